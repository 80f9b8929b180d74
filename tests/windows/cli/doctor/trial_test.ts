import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { CanaryJob, endOf, refusalAnswer, within } from "../../../../cli/doctor/trial.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { UnsupportedPlatformError } from "../../../../ffi/unsupported_platform.ts";
import { LimitNotAppliedError } from "../../../../job/errors.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";

Deno.test("CanaryJob: an idle canary stays and is ended when the job is disposed of", async () => {
  const canaries = new CanaryJob();
  const child = canaries.idle();
  assert(await canaries.message(["newProcess"]));
  assertEquals(canaries.job.pids().includes(child.pid), true);
  assertEquals(await within(child.status, 100), undefined);
  await canaries[Symbol.asyncDispose]();
  assertEquals((await child.status).code, 1);
});

Deno.test("CanaryJob: a suspended canary runs nothing, a spinning one uses processor time", async () => {
  await using canaries = new CanaryJob({ soft: { jobUserTime: 100 } });
  const suspended = canaries.idle({ suspended: true });
  const input = suspended.stdin.getWriter();
  await input.write(new TextEncoder().encode("exit 7\r\n"));
  await input.close();
  canaries.spin();
  assert(await canaries.message(["notificationLimit"], 60_000));
  assertGreater(canaries.cpuTime(), 99);
  // The other had as much time to read its line.
  assert(canaries.job.pids().includes(suspended.pid));
  suspended.resume();
  assertEquals((await within(suspended.status, 60_000))?.code, 7);
});

Deno.test("CanaryJob.familySize: counts a canary that another canary starts", async () => {
  await using alone = new CanaryJob();
  alone.leaf();
  await using canaries = new CanaryJob();
  canaries.parent();
  assertEquals(await canaries.familySize(), await alone.familySize() + 1);
});

Deno.test("CanaryJob.message: a message that came before counts, one that never comes does not", async () => {
  await using canaries = new CanaryJob();
  canaries.idle({ suspended: true });
  assertEquals((await canaries.message(["newProcess"]))?.type, "newProcess");
  assertEquals((await canaries.message(["newProcess"]))?.type, "newProcess");
  assertEquals(await canaries.message(["jobCycleTimeLimit"], 50), undefined);
});

Deno.test("CanaryJob: no handle is left", async () => {
  const use = async (): Promise<void> => {
    await using canaries = new CanaryJob();
    canaries.idle();
    canaries.idle({ suspended: true });
  };
  await use();
  await assertNoHandleLeft(use, "a job of canaries");
});

Deno.test("within: returns what comes in time, otherwise undefined", async () => {
  assertEquals(await within(Promise.resolve(5), 1000), 5);
  assertEquals(await within(new Promise(() => {}), 10), undefined);
});

Deno.test("refusalAnswer: distinguishes dropped, missing and refused limits", () => {
  const dropped = new LimitNotAppliedError("Cannot x", {
    limit: "ui",
    wanted: 1,
    found: undefined,
  });
  assertEquals(refusalAnswer(dropped).status, "ineffective");
  const missing = new UnsupportedPlatformError("Cannot set cpu of a job: this system lacks it");
  assertEquals(refusalAnswer(missing), { status: "refused", detail: "this system lacks it" });
  const refused = new Win32Error(50, "SetInformationJobObject", "Cannot set cpu of a job");
  assertEquals(refusalAnswer(refused), {
    status: "refused",
    detail: "SetInformationJobObject: ERROR_NOT_SUPPORTED (50)",
  });
  assertThrows(() => refusalAnswer(new RangeError("ours")), RangeError, "ours");
});

Deno.test("endOf: shows the name of a code that has one", () => {
  assertEquals(endOf(1816), "code 1816 ERROR_NOT_ENOUGH_QUOTA");
  assertEquals(endOf(7), "code 7");
});
