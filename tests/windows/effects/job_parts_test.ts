/**
 * What a job's parts do together: its notification limits, its messages and its statistics.
 *
 * @module
 */
import "../../helpers/bound_kernel.ts";
import { assertEquals, assertGreater, assertStrictEquals } from "@std/assert";
import { JobObject } from "../../../job/job_object.ts";
import { nextMessage, startChild, within } from "../../helpers/job_trials.ts";

const MIB = 1024 ** 2;

Deno.test("JobObject: it has all its methods itself, and no base class", () => {
  using job = JobObject.create();
  assertStrictEquals(Object.getPrototypeOf(JobObject), Function.prototype);
  assertStrictEquals(Object.getPrototypeOf(job), JobObject.prototype);
});

Deno.test("JobObject: notification limits are set, read, reported and removed on the job", async () => {
  using job = JobObject.create({ killOnClose: true, notifications: true });
  job.setNotificationLimits({ jobMemory: 16 * MIB });
  assertEquals(job.notificationLimits(), { jobMemory: 16 * MIB });
  await using child = startChild(job, `alloc ${64 * MIB} sleepforever`);
  const { pid, violation } = await nextMessage(job, "notificationLimit");
  assertEquals(pid, child.pid);
  assertEquals(violation.violated, ["jobMemory"]);
  assertEquals(violation.jobMemory?.limit, 16 * MIB);
  assertGreater(violation.jobMemory?.measured ?? 0, 16 * MIB);
  job.setNotificationLimits({ jobMemory: null });
  assertEquals(job.notificationLimits(), {});
  assertEquals(job.limitViolation().violated, []);
});

Deno.test("JobObject: the statistics are the job's own", async () => {
  using job = JobObject.create({ killOnClose: true });
  using empty = JobObject.create();
  const first = startChild(job, "spin 100");
  await within(first.status, "the spinning child");
  await job.wait();
  await using _second = startChild(job, "sleepforever");
  const { processes, userTime } = job.stats();
  assertEquals(processes, { total: 2, active: 1, terminated: 0 });
  assertGreater(userTime, 50);
  assertEquals(job.processes().length, 1);
  assertEquals(empty.stats().processes, { total: 0, active: 0, terminated: 0 });
  assertEquals(empty.stats().userTime, 0);
});
