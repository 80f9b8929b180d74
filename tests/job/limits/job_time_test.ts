import { assertEquals } from "@std/assert";
import { JOB_OBJECT_LIMIT } from "../../../ffi/constants.ts";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import { fromRead, JobTime, toWritten } from "../../../job/limits/job_time.ts";
import type { ExtendedLimits } from "../../../job/limits/row.ts";

const EXTENDED = struct(STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION");
const { ACTIVE_PROCESS, JOB_TIME, PRESERVE_JOB_TIME } = JOB_OBJECT_LIMIT;

function limits(flags: number, time = 0n): ExtendedLimits {
  const extended = EXTENDED.decode(EXTENDED.allocate());
  extended.BasicLimitInformation.LimitFlags = flags;
  extended.BasicLimitInformation.PerJobUserTimeLimit = time;
  return { ...extended, PeakJobMemoryUsed: 5n, PeakProcessMemoryUsed: 6n };
}

function flagsOf(extended: ExtendedLimits): number {
  return extended.BasicLimitInformation.LimitFlags;
}

Deno.test("toWritten: a new job time starts the clock, another limit keeps it, never both flags", () => {
  const some = limits(JOB_TIME | ACTIVE_PROCESS, 9n);
  assertEquals(flagsOf(toWritten(some, false)), JOB_TIME | ACTIVE_PROCESS);
  assertEquals(flagsOf(toWritten(some, true)), PRESERVE_JOB_TIME | ACTIVE_PROCESS);
});

Deno.test("toWritten: without a job time there is nothing to keep", () => {
  for (const keepClock of [true, false]) {
    const written = toWritten(limits(ACTIVE_PROCESS), keepClock);
    assertEquals(flagsOf(written), ACTIVE_PROCESS);
    assertEquals([written.PeakJobMemoryUsed, written.PeakProcessMemoryUsed], [0n, 0n]);
  }
});

Deno.test("fromRead: whichever flag a system answers for a kept limit, it is in force", () => {
  assertEquals(flagsOf(fromRead(limits(JOB_TIME, 9n))), JOB_TIME);
  assertEquals(flagsOf(fromRead(limits(PRESERVE_JOB_TIME, 9n))), JOB_TIME);
  assertEquals(flagsOf(fromRead(limits(JOB_TIME | PRESERVE_JOB_TIME, 9n))), JOB_TIME);
  assertEquals(flagsOf(fromRead(limits(PRESERVE_JOB_TIME, 0n))), 0);
});

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
