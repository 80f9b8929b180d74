import { assertEquals } from "@std/assert";
import { JOB_OBJECT_MSG } from "../../../ffi/constants.ts";
import { LimitsTold, type Measured } from "../../../job/limits/reached.ts";
import type { Limits } from "../../../job/limits/limits.ts";

const MIB = 1024 ** 2;

function reached(limits: Limits, measured: Measured = {}): [string, string][] {
  return new LimitsTold().reached(limits, measured).map(({ limit, evidence }) => [limit, evidence]);
}

Deno.test("LimitsTold.reached: empty without limits, or far from them", () => {
  const measured = { peakMemory: 64 * MIB, peakProcessMemory: 64 * MIB, terminated: 3 };
  assertEquals(reached({}, measured), []);
  assertEquals(reached({ jobMemory: 512 * MIB, processMemory: 128 * MIB }, measured), []);
  assertEquals(reached({ jobMemory: 64 * MIB }), []);
});

Deno.test("LimitsTold.reached: a message is the strongest evidence, even for a removed limit", () => {
  const told = new LimitsTold();
  for (const message of ["JOB_MEMORY_LIMIT", "END_OF_JOB_TIME", "NEW_PROCESS"] as const) {
    told.message(JOB_OBJECT_MSG[message], 4n);
  }
  const measured = { peakMemory: 64 * MIB, periodUserTime: 700 };
  assertEquals(told.reached({ jobMemory: 64 * MIB }, measured), [
    { limit: "jobMemory", evidence: "message", value: 64 * MIB, measured: 64 * MIB },
    { limit: "jobUserTime", evidence: "message", measured: 700 },
  ]);
});

Deno.test("LimitsTold.reached: a peak one allocation away from the limit", () => {
  const limits = { jobMemory: 64 * MIB, processMemory: MIB };
  assertEquals(reached(limits, { peakMemory: 63 * MIB }), [["jobMemory", "measure"]]);
  assertEquals(reached(limits, { peakMemory: 63 * MIB - 1 }), []);
  assertEquals(reached(limits, { peakProcessMemory: MIB - 65_536 }), [[
    "processMemory",
    "measure",
  ]]);
  assertEquals(reached(limits, { peakProcessMemory: MIB - 65_537 }), []);
});

Deno.test("LimitsTold.reached: user time that is over, and a count that only one limit explains", () => {
  assertEquals(reached({ jobUserTime: 500 }, { periodUserTime: 500 }), [[
    "jobUserTime",
    "measure",
  ]]);
  assertEquals(reached({ jobUserTime: 500 }, { periodUserTime: 499 }), []);
  const terminated = { terminated: 1 };
  assertEquals(reached({ activeProcesses: 2 }, terminated), [["activeProcesses", "count"]]);
  assertEquals(reached({ processUserTime: 9 }, terminated), [["processUserTime", "count"]]);
  assertEquals(reached({ activeProcesses: 2, processUserTime: 9 }, terminated), []);
});

Deno.test("LimitsTold.endingLimit: the exit code of a limit, and the time used", () => {
  const limits = { processUserTime: 300, jobUserTime: 1_000 };
  const end = (code: number | null, userTime: number, periodUserTime = 0): unknown =>
    new LimitsTold().endingLimit(
      { pid: 4, code, userTime },
      () => ({ limits, measured: { periodUserTime } }),
    );
  assertEquals(end(1816, 300), "processUserTime");
  assertEquals(end(1816, 20, 1_000), "jobUserTime");
  // The last tenth may have been used after the system looked.
  assertEquals([end(1816, 270), end(1816, 269)], ["processUserTime", undefined]);
  // A program may choose any exit code.
  assertEquals([end(1816, 20, 30), end(0, 300), end(null, 300)], [undefined, undefined, undefined]);
});

Deno.test("LimitsTold.endingLimit: a message of the process decides, and it is remembered", () => {
  const told = new LimitsTold();
  told.message(JOB_OBJECT_MSG.END_OF_PROCESS_TIME, 4n);
  const known = () => ({ limits: { processUserTime: 300 }, measured: {} });
  const end = { code: 1816, userTime: undefined };
  assertEquals(told.endingLimit({ pid: 4, ...end }, known), "processUserTime");
  assertEquals(told.endingLimit({ pid: 8, ...end }, known), undefined);
  const other = new LimitsTold();
  other.endingLimit({ pid: 8, code: 1816, userTime: 290 }, known);
  assertEquals(other.reached({ processUserTime: 300 }, {}), [
    { limit: "processUserTime", evidence: "exitCode", value: 300 },
  ]);
});

Deno.test("LimitsTold.endingLimit: after 'post' the end of the job's time ends nothing", () => {
  const told = new LimitsTold();
  told.message(JOB_OBJECT_MSG.END_OF_JOB_TIME, 0n);
  const end = { pid: 4, code: 1816, userTime: 20 };
  assertEquals(told.endingLimit(end, () => ({ limits: {}, measured: {} })), undefined);
  const known = () => ({ limits: { jobUserTime: 500 }, measured: { periodUserTime: 20 } });
  assertEquals(told.endingLimit(end, known), "jobUserTime");
});

Deno.test("LimitsTold.endingLimit: a code never replaces a message as evidence, and without limits none is reached", () => {
  const told = new LimitsTold();
  told.message(JOB_OBJECT_MSG.END_OF_JOB_TIME, 0n);
  const end = { pid: 4, code: 1816, userTime: undefined };
  const known = (limits: Limits) => () => ({ limits, measured: { periodUserTime: 700 } });
  assertEquals(told.endingLimit(end, known({ jobUserTime: 700 })), "jobUserTime");
  assertEquals(told.reached({ jobUserTime: 700 }, {}).map(({ evidence }) => evidence), ["message"]);
  const silent = new LimitsTold();
  assertEquals(silent.endingLimit(end, known({})), undefined);
  assertEquals(silent.reached({}, {}), []);
  assertEquals(silent.endingLimit(end, known({ jobUserTime: 700 })), "jobUserTime");
  assertEquals(silent.reached({ jobUserTime: 700 }, {}).map(({ evidence }) => evidence), [
    "exitCode",
  ]);
});
