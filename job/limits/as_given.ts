/**
 * The class 9 limits as they were set, for systems that do not report them unchanged. Pure.
 *
 * @module
 */
import { JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import type { ExtendedLimits } from "./row.ts";

const { JOB_TIME } = JOB_OBJECT_LIMIT;

/**
 * Returns whether a system reports nothing of class 9.
 *
 * @param written Class 9 as it was written.
 * @param found Class 9 as it was read back.
 * @returns Whether none of the flags that were set is reported.
 */
export function isSilent(written: ExtendedLimits, found: ExtendedLimits): boolean {
  const flags = written.BasicLimitInformation.LimitFlags;
  return flags !== 0 && (found.BasicLimitInformation.LimitFlags & flags) === 0;
}

/** The class 9 limits of one job as they were set. */
export class ExtendedAsGiven {
  /** The job time. The system may report a larger value, which includes the time used before. */
  #time: { readonly given: bigint; readonly found: bigint } | undefined;
  /** All class 9 limits, on a system that does not report them. */
  #silent: ExtendedLimits | undefined;

  /**
   * Converts class 9 back to the values that were set.
   *
   * @param limits Class 9 as it was read.
   * @returns The limits as they were set.
   */
  asGiven(limits: ExtendedLimits): ExtendedLimits {
    if (limits.BasicLimitInformation.LimitFlags === 0 && this.#silent !== undefined) {
      return this.#silent;
    }
    const basic = limits.BasicLimitInformation;
    if (this.#time?.found !== basic.PerJobUserTimeLimit) return limits;
    return {
      ...limits,
      BasicLimitInformation: { ...basic, PerJobUserTimeLimit: this.#time.given },
    };
  }

  /**
   * Remembers the limits that were set.
   *
   * @param given Class 9 as it was written; all of it is in force.
   * @param found Class 9 as the system reports it.
   * @param options Whether the job time was left unchanged.
   */
  remember(
    given: ExtendedLimits,
    found: ExtendedLimits,
    { keepsTime }: { readonly keepsTime: boolean },
  ): void {
    this.#silent = isSilent(given, found) ? given : undefined;
    if (keepsTime) return;
    const basic = given.BasicLimitInformation;
    this.#time = (basic.LimitFlags & JOB_TIME) === 0 ? undefined : {
      given: basic.PerJobUserTimeLimit,
      found: found.BasicLimitInformation.PerJobUserTimeLimit,
    };
  }
}
