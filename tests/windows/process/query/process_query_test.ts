import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR, PROCESS, STANDARD_RIGHTS } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { openProcess } from "../../../../job/membership.ts";
import {
  exitCode,
  hasEnded,
  processImage,
  processIo,
  processMemory,
  processTimes,
} from "../../../../process/query/process_query.ts";
import { startChild, within } from "../../../helpers/job_trials.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

const ACTION = "Cannot ask it";
const SELF = kernel32.GetCurrentProcess();

Deno.test("hasEnded, exitCode, processTimes: a process that runs, and one that has ended with 259", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "sleepforever");
  const rights = PROCESS.QUERY_LIMITED_INFORMATION | STANDARD_RIGHTS.SYNCHRONIZE;
  using process = openProcess(child.pid, rights, ACTION);
  assertEquals(hasEnded(process.value, ACTION), false);
  assertEquals(processTimes(process.value).exited, undefined);
  job.terminate(259);
  await within(child.status, "its end");
  assertEquals([hasEnded(process.value, ACTION), exitCode(process.value, ACTION)], [true, 259]);
  const { created, exited } = processTimes(process.value);
  assert(exited !== undefined && exited >= created && created > Date.now() - 3_600_000);
});

Deno.test("processImage, processMemory: of this process", () => {
  assertEquals(processImage(SELF)?.split("\\").at(-1)?.toLowerCase(), "deno.exe");
  const memory = processMemory(SELF);
  assert(memory !== undefined && memory.workingSet > 1_000_000);
  assert(memory.peakWorkingSet >= memory.workingSet);
});

Deno.test("processIo: bytes read and written, and nothing where not even an operation was counted", () => {
  const counters = new BigUint64Array(6);
  using _ = substituteKernel("GetProcessIoCounters", () => (_process, memory) => {
    const { buffer, byteOffset } = memory as DataView<ArrayBuffer>;
    new BigUint64Array(buffer, byteOffset, counters.length).set(counters);
    return 1;
  });
  assertEquals(processIo(SELF), undefined);
  counters[2] = 1n;
  assertEquals(processIo(SELF), { readBytes: 0, writeBytes: 0 });
  counters.set([5n, 6n, 7n, 8n, 9n, 10n]);
  assertEquals(processIo(SELF), { readBytes: 8, writeBytes: 9 });
});

type Name =
  | "GetExitCodeProcess"
  | "GetProcessIoCounters"
  | "GetProcessTimes"
  | "K32GetProcessMemoryInfo"
  | "QueryFullProcessImageNameW"
  | "WaitForSingleObject";

/** Lets a question fail without a reason. */
function failing(name: Name, gives = 0): Disposable {
  return substituteKernel(name as "GetProcessTimes", () => () => {
    kernel32.SetLastError(ERROR.SUCCESS);
    return gives;
  });
}

Deno.test("hasEnded, exitCode, processTimes: a missing result is an error", () => {
  const questions: [Name, number, () => unknown][] = [
    ["WaitForSingleObject", 0xffff_ffff, () => hasEnded(SELF, ACTION)],
    // Of a mutex only.
    ["WaitForSingleObject", 0x80, () => hasEnded(SELF, ACTION)],
    ["GetExitCodeProcess", 0, () => exitCode(SELF, ACTION)],
    ["GetProcessTimes", 0, () => processTimes(SELF)],
  ];
  for (const [name, gives, ask] of questions) {
    using _failing = failing(name, gives);
    const error = assertThrows(ask, Win32Error);
    assertEquals([error.api, error.code], [name, ERROR.GEN_FAILURE]);
  }
});

Deno.test("processImage: a path for which there is too little room is read again with more", () => {
  const wanted = processImage(SELF);
  const rooms: number[] = [];
  using _ = substituteKernel("QueryFullProcessImageNameW", (real) => (...args) => {
    const room = (args[2] as Uint16Array).length;
    rooms.push(room);
    if (room === 32_768) return real(...args);
    kernel32.SetLastError(ERROR.INSUFFICIENT_BUFFER);
    return 0;
  });
  assertEquals(processImage(SELF), wanted);
  assertEquals(rooms, [1_024, 32_768]);
});

Deno.test("processImage, processMemory, processIo: a missing result is undefined", () => {
  const questions: [Name, () => unknown][] = [
    ["QueryFullProcessImageNameW", () => processImage(SELF)],
    ["K32GetProcessMemoryInfo", () => processMemory(SELF)],
    ["GetProcessIoCounters", () => processIo(SELF)],
  ];
  for (const [name, ask] of questions) {
    using _failing = failing(name);
    assertEquals(ask(), undefined, name);
  }
});
