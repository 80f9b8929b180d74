import { assertEquals } from "@std/assert";
import { JOB_OBJECT_LIMIT } from "../../../ffi/constants.ts";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import { ExtendedAsGiven, isSilent } from "../../../job/limits/as_given.ts";
import type { ExtendedLimits } from "../../../job/limits/row.ts";

const EXTENDED = struct(STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION");
const { JOB_MEMORY, JOB_TIME } = JOB_OBJECT_LIMIT;

function limits(flags: number, time = 0n): ExtendedLimits {
  const extended = EXTENDED.decode(EXTENDED.allocate());
  extended.BasicLimitInformation.LimitFlags = flags;
  extended.BasicLimitInformation.PerJobUserTimeLimit = time;
  return { ...extended, PeakJobMemoryUsed: 5n, PeakProcessMemoryUsed: 6n };
}

Deno.test("asGiven: what the system adds to a time that was set is taken back, and no other time", () => {
  const time = new ExtendedAsGiven();
  const timeOf = (extended: ExtendedLimits): bigint =>
    extended.BasicLimitInformation.PerJobUserTimeLimit;
  time.remember(limits(JOB_TIME, 100n), limits(JOB_TIME, 130n), { keepsTime: false });
  assertEquals(timeOf(time.asGiven(limits(JOB_TIME, 130n))), 100n);
  assertEquals(timeOf(time.asGiven(limits(JOB_TIME, 200n))), 200n);
  time.remember(limits(0), limits(0), { keepsTime: false });
  assertEquals(timeOf(time.asGiven(limits(JOB_TIME, 130n))), 130n);
});

Deno.test("asGiven: what a system takes and does not give back is as it was set, until it says more", () => {
  const given = new ExtendedAsGiven();
  const flagsOf = (extended: ExtendedLimits): number => extended.BasicLimitInformation.LimitFlags;
  assertEquals(flagsOf(given.asGiven(limits(0))), 0);
  given.remember(limits(JOB_MEMORY), limits(0), { keepsTime: true });
  assertEquals(flagsOf(given.asGiven(limits(0))), JOB_MEMORY);
  assertEquals(flagsOf(given.asGiven(limits(JOB_TIME))), JOB_TIME);
  given.remember(limits(JOB_MEMORY), limits(JOB_MEMORY), { keepsTime: true });
  assertEquals(flagsOf(given.asGiven(limits(0))), 0);
  assertEquals(isSilent(limits(JOB_MEMORY), limits(JOB_TIME)), true);
  assertEquals(isSilent(limits(0), limits(0)), false);
});

Deno.test("asGiven: a time that was left as it was is still the one that was given", () => {
  const given = new ExtendedAsGiven();
  given.remember(limits(JOB_TIME, 100n), limits(JOB_TIME, 130n), { keepsTime: false });
  given.remember(limits(JOB_TIME, 100n), limits(JOB_TIME, 200n), { keepsTime: true });
  const { BasicLimitInformation } = given.asGiven(limits(JOB_TIME, 130n));
  assertEquals(BasicLimitInformation.PerJobUserTimeLimit, 100n);
});
