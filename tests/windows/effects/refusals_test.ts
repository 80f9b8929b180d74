/**
 * What a job refuses: calls for which its handle has no right, and every call once it is closed.
 *
 * @module
 */
import "../../helpers/bound_kernel.ts";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { AlreadyClosedError } from "../../../ffi/handle.ts";
import { JobObject } from "../../../job/job_object.ts";
import { CpuRateControlType } from "../../../job/resource_limits.ts";
import { startChild, uniqueName, within } from "../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";

Deno.test("JobObject.open: each right allows its calls, and no other", async () => {
  const name = uniqueName("rights");
  using owner = JobObject.create({ name, killOnClose: true });
  await using child = startChild(owner, "sleepforever");
  const calls: { [right: string]: [(job: JobObject) => unknown, string][] } = {
    assign: [[(job) => job.assign(child.pid), "AssignProcessToJobObject"]],
    set: [
      [(job) => job.setLimits({ dieOnUnhandledException: true }), "SetInformationJobObject"],
    ],
    query: [
      [(job) => job.pids(), "QueryInformationJobObject"],
      [(job) => job.stats(), "QueryInformationJobObject"],
      [(job) => job.limits(), "QueryInformationJobObject"],
      [(job) => job.contains(child.pid), "IsProcessInJob"],
      [(job) => job.processes(), "QueryInformationJobObject"],
    ],
    terminate: [[(job) => job.terminate(3), "TerminateJobObject"]],
  };
  const all = Object.keys(calls) as ("assign" | "set" | "query" | "terminate")[];
  for (const right of all) {
    using without = JobObject.open(name, { access: all.filter((other) => other !== right) });
    for (const [call, api] of calls[right]!) {
      const error = assertThrows(() => call(without), Win32Error);
      assertEquals([error.code, error.api], [ERROR.ACCESS_DENIED, api]);
    }
  }
  for (const right of ["query", "assign", "terminate"] as const) {
    using job = JobObject.open(name, { access: [right] });
    // A process that is in the very job may not be assigned to it once more on every system.
    if (right !== "assign") { for (const [call] of calls[right]!) call(job); }
  }
  assertEquals((await within(child.status, "the terminated child")).code, 3);
});

Deno.test("JobObject.spawn: the rights to assign and to query are enough", async () => {
  const name = uniqueName("starter");
  using owner = JobObject.create({ name, killOnClose: true });
  using starter = JobObject.open(name, { access: ["assign", "query"] });
  await using child = startChild(starter, "sleepforever");
  assertEquals(owner.pids(), [child.pid]);
  using blind = JobObject.open(name, { access: ["assign"] });
  assertThrows(() => startChild(blind, "sleepforever"), Win32Error, "ERROR_ACCESS_DENIED");
  await within(child[Symbol.asyncDispose](), "the child's end");
  await owner.wait();
  assertEquals(owner.pids(), []);
});

Deno.test("JobObject.spawn: without the right to assign nothing is started", async () => {
  const name = uniqueName("readonly");
  using owner = JobObject.create({ name, killOnClose: true });
  using reader = JobObject.open(name, { access: ["query", "set", "terminate"] });
  startFails(reader);
  await assertNoHandleLeft(() => {
    startFails(reader);
  });
  assertEquals(owner.pids(), []);

  function startFails(job: JobObject): void {
    const error = assertThrows(() => startChild(job, "sleepforever"), Win32Error);
    assertEquals(error.code, ERROR.ACCESS_DENIED);
  }
});

/** Each public call, with arguments that are right for an open job. */
const CALLS: { readonly [name: string]: (job: JobObject) => unknown } = {
  assign: (job) => job.assign(Deno.pid),
  pids: (job) => job.pids(),
  contains: (job) => job.contains(Deno.pid),
  terminate: (job) => job.terminate(),
  spawn: (job) => startChild(job, "sleepforever"),
  pollNotification: (job) => job.pollNotification(),
  notifications: (job) => job.notifications(),
  wait: (job) => job.wait(),
  limits: (job) => job.limits(),
  setLimits: (job) => job.setLimits({ activeProcesses: 2 }),
  notificationLimits: (job) => job.notificationLimits(),
  setNotificationLimits: (job) => job.setNotificationLimits({ jobMemory: 1 << 20 }),
  limitViolation: (job) => job.limitViolation(),
  limitsReached: (job) => job.limitsReached(),
  setResourceLimits: (job) => job.setResourceLimits({ cpuWeight: 5 }),
  setCpuLimit: (job) => job.setCpuLimit(CpuRateControlType.WeightBased, 5),
  setMemoryLimit: (job) => job.setMemoryLimit(1 << 30),
  setIoLimit: (job) => job.setIoLimit(1 << 20, 100),
  queryMemoryStats: (job) => job.queryMemoryStats(),
  queryProcessorStats: (job) => job.queryProcessorStats(),
  queryStorageStats: (job) => job.queryStorageStats(),
  setIoTracking: (job) => job.setIoTracking(true),
  stats: (job) => job.stats(),
  resetPeakMemory: (job) => job.resetPeakMemory(),
  processes: (job) => job.processes(),
  freeze: (job) => job.freeze(),
  thaw: (job) => job.thaw(),
  userHandleGrantAccess: (job) => job.userHandleGrantAccess(1n),
};

/** What a closed job still returns or does. */
const AFTER_CLOSE = ["constructor", "close", "closed"];

Deno.test("JobObject: every call on a closed job is an AlreadyClosedError", async () => {
  const methods = Object.getOwnPropertyNames(JobObject.prototype);
  assertEquals(
    new Set(Object.keys(CALLS)),
    new Set(methods.filter((name) => !AFTER_CLOSE.includes(name))),
  );
  const name = uniqueName("closed");
  const job = JobObject.create({ name, notifications: true, killOnClose: true });
  job.close();
  for (const [method, call] of Object.entries(CALLS)) {
    const error = await assertRejects(
      async () => await call(job),
      AlreadyClosedError,
      undefined,
      method,
    );
    assertStringIncludes(error.message, `job "${name}"`, method);
    assertStringIncludes(error.message, "it was closed", method);
  }
  assertEquals(job.closed, true);
  assertEquals(job.name, name);
});
