/**
 * The limit of a job's user time, whose clock every write of class 9 would start again. Pure.
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
 * @param keepsClock Whether the limit in force is to go on as it is.
 * @returns Class 9 to be written, without the fields that are output only.
 */
export function toWritten(limits: ExtendedLimits, keepsClock: boolean): ExtendedLimits {
  const basic = limits.BasicLimitInformation;
  const keep = keepsClock && (basic.LimitFlags & JOB_TIME) !== 0;
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
 * Takes class 9 as it was read: whether a system returns `JOB_TIME` or `PRESERVE_JOB_TIME` for a
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

/** The job time that was asked for: the system may call it by a greater number, with what was used. */
export class JobTime {
  #set: { readonly given: bigint; readonly found: bigint } | undefined;

  /**
   * Takes class 9 back to what was asked for.
   *
   * @param limits Class 9 as it was read.
   * @returns The same, with the job time as it was given.
   */
  asGiven(limits: ExtendedLimits): ExtendedLimits {
    const basic = limits.BasicLimitInformation;
    if (this.#set?.found !== basic.PerJobUserTimeLimit) return limits;
    return {
      ...limits,
      BasicLimitInformation: { ...basic, PerJobUserTimeLimit: this.#set.given },
    };
  }

  /**
   * Remembers a job time that was set, or that none is.
   *
   * @param given Class 9 as it was written.
   * @param found Class 9 as the system has it.
   */
  remember(given: ExtendedLimits, found: ExtendedLimits): void {
    const isSet = (given.BasicLimitInformation.LimitFlags & JOB_TIME) !== 0;
    this.#set = isSet
      ? {
        given: given.BasicLimitInformation.PerJobUserTimeLimit,
        found: found.BasicLimitInformation.PerJobUserTimeLimit,
      }
      : undefined;
  }
}
