import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { JobControls } from "../../../job/job_controls.ts";
import { JobObject } from "../../../job/job_object.ts";
import { CpuRateControlType } from "../../../job/limits/limits.ts";
import { nextMessage, startChild, within } from "../../helpers/job_trials.ts";

const MIB = 1024 ** 2;

Deno.test("JobControls: it is made as a JobObject only", () => {
  using job = JobObject.create();
  assert(job instanceof JobControls);
  assertEquals(Object.getPrototypeOf(JobObject), JobControls);
});

Deno.test("JobControls: the seed's setters set what setLimits sets, and leave the rest", () => {
  using job = JobObject.create({ killOnClose: true });
  job.setMemoryLimit(256 * MIB);
  assertEquals(job.limits(), { killOnClose: true, jobMemory: 256 * MIB });
  job.setCpuLimit(CpuRateControlType.WeightBased, 5);
  assertEquals(job.limits().cpu, { weight: 5 });
  job.setCpuLimit(CpuRateControlType.RateBased, 2_500);
  assertEquals(job.limits().cpu, { hardCap: 25 });
  job.setResourceLimits({ cpuWeight: 7, memoryLimitInBytes: 128 * MIB });
  assertEquals(job.limits(), { killOnClose: true, jobMemory: 128 * MIB, cpu: { weight: 7 } });
  job.setLimits({ jobMemory: null, cpu: null });
  assertEquals(job.limits(), { killOnClose: true });
});

Deno.test("JobControls: what the seed's setters refuse changes nothing", () => {
  using job = JobObject.create({ limits: { activeProcesses: 4 } });
  assertThrows(() => job.setMemoryLimit(-1), RangeError);
  assertThrows(() => job.setCpuLimit(CpuRateControlType.WeightBased, 10), RangeError);
  assertThrows(() => job.setCpuLimit(7 as CpuRateControlType, 1));
  assertThrows(() => job.setResourceLimits({ cpuLimit: 1, cpuWeight: 1 }));
  assertThrows(() => job.setIoLimit(-1, 0), RangeError);
  assertEquals(job.limits(), { activeProcesses: 4 });
});

Deno.test("JobControls: notification limits are set, read, reported and lifted on the job", async () => {
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

Deno.test("JobControls: the statistics are the job's own", async () => {
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

Deno.test("freeze, thaw: the processes answer nothing in between, and then all", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "cat", { stdin: "piped", stdout: "piped" });
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  await writer.write(new TextEncoder().encode("a"));
  assertEquals((await within(reader.read(), "the first answer")).value, "a");
  job.freeze();
  await writer.write(new TextEncoder().encode("b"));
  const answer = reader.read();
  const first = await Promise.race([answer, elapsed(200)]);
  assertEquals(first, "nothing");
  job.thaw();
  assertEquals((await within(answer, "the second answer")).value, "b");
  await writer.close();
  assertEquals((await within(child.status, "the child's end")).code, 0);
  await reader.cancel();
});

/** That nothing happens can only be seen by the clock. */
function elapsed(ms: number): Promise<"nothing"> {
  const { promise, resolve } = Promise.withResolvers<"nothing">();
  setTimeout(() => resolve("nothing"), ms);
  return promise;
}
