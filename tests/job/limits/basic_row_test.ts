import { assertEquals, assertThrows } from "@std/assert";
import {
  checkMemory,
  checkTime,
  countRow,
  hasFlag,
  putFlag,
} from "../../../job/limits/basic_row.ts";
import type { LimitParts } from "../../../job/limits/row.ts";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";

const EXTENDED = struct(STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION");

function parts(): LimitParts {
  return { extended: EXTENDED.decode(EXTENDED.allocate()) } as LimitParts;
}

Deno.test("putFlag: sets and clears its bit and no other", () => {
  const some = parts();
  putFlag(some, 0x20, { on: true });
  putFlag(some, 0x2000, { on: true });
  putFlag(some, 0x20, { on: false });
  assertEquals(some.extended.BasicLimitInformation.LimitFlags, 0x2000);
  assertEquals([hasFlag(some, 0x20), hasFlag(some, 0x2000)], [false, true]);
});

Deno.test("countRow: writes flag and field, and reads nothing without the flag", () => {
  const row = countRow("activeProcesses", "ActiveProcessLimit", {
    flag: "ACTIVE_PROCESS",
    range: [1, 5],
    unit: "processes",
    option: "--processes",
    valueName: "COUNT",
    summary: "",
    whenReached: "",
    win32: "",
    proof: "jobsim",
  });
  const some = parts();
  row.encode(3, some, { processors: 1 });
  assertEquals(some.extended.BasicLimitInformation.ActiveProcessLimit, 3);
  assertEquals(row.decode(some), 3);
  some.extended.BasicLimitInformation.LimitFlags = 0;
  assertEquals(row.decode(some), undefined);
  assertThrows(() => row.check(6, { processors: 1 }), RangeError, "of processes from 1 to 5");
});

Deno.test("checkMemory: a page is the least", () => {
  checkMemory("jobMemory", 4096);
  assertThrows(() => checkMemory("jobMemory", 4095), RangeError, "from 4096");
});

Deno.test("checkTime: a tick is the least", () => {
  checkTime("jobUserTime", 0.0001);
  assertThrows(() => checkTime("jobUserTime", 0.00001), RangeError, "jobUserTime");
  assertThrows(() => checkTime("jobUserTime", 0), RangeError, "from 0.0001 to 922337203685477");
});
