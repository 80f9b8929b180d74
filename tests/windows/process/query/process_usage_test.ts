import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { processUsage } from "../../../../process/query/process_usage.ts";
import { startChild, within } from "../../../helpers/job_trials.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

function fill(target: BufferSource | null, value: bigint): void {
  (target as BigUint64Array)[0] = value;
}

Deno.test("processUsage: of this process, it has begun, used time and memory, and not ended", () => {
  const usage = processUsage(kernel32.GetCurrentProcess());
  assertEquals(usage.endTime, undefined);
  const age = Date.now() - usage.startTime.getTime();
  assert(age > 0 && age < 3_600_000, `${age} ms old`);
  assert(usage.userTime > 0);
  assert(usage.memory !== undefined && usage.memory.workingSet > 1_000_000);
  assert(usage.memory.peakWorkingSet >= usage.memory.workingSet);
});

Deno.test("processUsage: each time in its unit, from its own field", () => {
  using _times = substituteKernel(
    "GetProcessTimes",
    () => (_process, made, ended, kernel, user) => {
      // 2000-01-01 in 100 ns since 1601.
      fill(made, 125_911_584_000_000_000n);
      fill(ended, 125_911_584_010_000_000n);
      fill(kernel, 25_000n);
      fill(user, 1_234_5678n);
      return 1;
    },
  );
  const { startTime, endTime, kernelTime, userTime } = processUsage(kernel32.GetCurrentProcess());
  assertEquals(startTime.toISOString(), "2000-01-01T00:00:00.000Z");
  assertEquals(endTime?.toISOString(), "2000-01-01T00:00:01.000Z");
  assertEquals([kernelTime, userTime], [2.5, 1234.5678]);
});

Deno.test("processUsage: values that the system does not report are absent, except the times", () => {
  const refuse = (name: "K32GetProcessMemoryInfo" | "GetProcessIoCounters" | "GetProcessTimes") =>
    substituteKernel(name as "GetProcessTimes", () => () => {
      kernel32.SetLastError(ERROR.ACCESS_DENIED);
      return 0;
    });
  const self = kernel32.GetCurrentProcess();
  {
    using _memory = refuse("K32GetProcessMemoryInfo");
    using _io = refuse("GetProcessIoCounters");
    const { memory, io } = processUsage(self);
    assertEquals([memory, io], [undefined, undefined]);
  }
  using _times = refuse("GetProcessTimes");
  assertThrows(() => processUsage(self), Win32Error, "Cannot learn what a process has used");
});

Deno.test("processUsage: of a child, its own processor time and not the caller's", async () => {
  using job = JobObject.create({ killOnClose: true });
  const userTime = async (verbs: string): Promise<number> =>
    (await within(startChild(job, verbs).status, `the end of ${verbs}`)).usage!.userTime;
  const spun = await userTime("spin 500");
  assert(spun >= 400 && spun <= 600, `${spun} ms`);
  // The caller has used the same or more by now.
  const idle = await userTime("exit 0");
  assert(idle >= 0 && idle < 200, `${idle} ms`);
});
