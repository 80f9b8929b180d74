/**
 * Class 9 as it was given, where the system does not give it back so. Pure.
 *
 * @module
 */
import { JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import type { ExtendedLimits } from "./row.ts";

const { JOB_TIME } = JOB_OBJECT_LIMIT;

/**
 * Tells whether a system gives nothing back of class 9.
 *
 * @param written Class 9 as it was written.
 * @param found Class 9 as it was read back.
 * @returns Whether no flag that was set is there.
 */
export function isSilent(written: ExtendedLimits, found: ExtendedLimits): boolean {
  const flags = written.BasicLimitInformation.LimitFlags;
  return flags !== 0 && (found.BasicLimitInformation.LimitFlags & flags) === 0;
}

/** Class 9 of one job as it was given. */
export class ExtendedAsGiven {
  /** The job time: the system may call it by a greater number, with what was used. */
  #time: { readonly given: bigint; readonly found: bigint } | undefined;
  /** All of it, on a system that gives nothing back. */
  #silent: ExtendedLimits | undefined;

  /**
   * Takes class 9 back to what was given.
   *
   * @param limits Class 9 as it was read.
   * @returns The same, as it was given.
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
   * Remembers what was set.
   *
   * @param given Class 9 as it was written, all of it in force.
   * @param found Class 9 as the system gives it back.
   * @param options Whether the job time was left as it was.
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
