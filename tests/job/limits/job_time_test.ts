import { assertEquals } from "@std/assert";
import { JOB_OBJECT_LIMIT } from "../../../ffi/constants.ts";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import { JobTime } from "../../../job/limits/job_time.ts";
import type { ExtendedLimits } from "../../../job/limits/row.ts";

const EXTENDED = struct(STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION");
const { JOB_TIME } = JOB_OBJECT_LIMIT;

function limits(flags: number, time = 0n): ExtendedLimits {
  const extended = EXTENDED.decode(EXTENDED.allocate());
  extended.BasicLimitInformation.LimitFlags = flags;
  extended.BasicLimitInformation.PerJobUserTimeLimit = time;
  return { ...extended, PeakJobMemoryUsed: 5n, PeakProcessMemoryUsed: 6n };
}

Deno.test("JobTime: what the system adds to a time that was set is taken back, and no other time", () => {
  const time = new JobTime();
  const timeOf = (extended: ExtendedLimits): bigint =>
    extended.BasicLimitInformation.PerJobUserTimeLimit;
  time.remember(limits(JOB_TIME, 100n), limits(JOB_TIME, 130n));
  assertEquals(timeOf(time.asGiven(limits(JOB_TIME, 130n))), 100n);
  assertEquals(timeOf(time.asGiven(limits(JOB_TIME, 200n))), 200n);
  time.remember(limits(0), limits(0));
  assertEquals(timeOf(time.asGiven(limits(JOB_TIME, 130n))), 130n);
});
