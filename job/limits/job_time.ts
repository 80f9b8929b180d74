/**
 * The clock of a job's user time, which every write of class 9 would start again. Pure.
 *
 * @module
 */
import { JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import type { ExtendedLimits } from "./row.ts";

const { JOB_TIME, PRESERVE_JOB_TIME } = JOB_OBJECT_LIMIT;

/**
 * Takes class 9 as it is written: with `JOB_TIME` the clock starts again, with `PRESERVE_JOB_TIME`
 * in its place limit and clock stay. Both together are refused by the system, none lifts the limit.
 *
 * @param limits Class 9; `JOB_TIME` says whether the limit is to be in force.
 * @param options `keepClock`: whether the limit in force is to go on as it is.
 * @returns Class 9 to be written, without the fields that are output only.
 */
export function toWritten(
  limits: ExtendedLimits,
  { keepClock }: { keepClock: boolean },
): ExtendedLimits {
  const basic = limits.BasicLimitInformation;
  const keep = keepClock && (basic.LimitFlags & JOB_TIME) !== 0;
  return {
    ...limits,
    PeakJobMemoryUsed: 0n,
    PeakProcessMemoryUsed: 0n,
    BasicLimitInformation: {
      ...basic,
      LimitFlags: keep ? (basic.LimitFlags & ~JOB_TIME) | PRESERVE_JOB_TIME : basic.LimitFlags,
    },
  };
}

/**
 * Takes class 9 as it was read: whether a system answers `JOB_TIME` or `PRESERVE_JOB_TIME` for a
 * limit that was kept, `JOB_TIME` says that it is in force.
 *
 * @param limits Class 9 as the system gave it.
 * @returns Class 9 without `PRESERVE_JOB_TIME`.
 */
export function fromRead(limits: ExtendedLimits): ExtendedLimits {
  const basic = limits.BasicLimitInformation;
  const kept = (basic.LimitFlags & PRESERVE_JOB_TIME) !== 0 && basic.PerJobUserTimeLimit !== 0n;
  const flags = basic.LimitFlags & ~PRESERVE_JOB_TIME;
  return {
    ...limits,
    BasicLimitInformation: { ...basic, LimitFlags: kept ? flags | JOB_TIME : flags },
  };
}
