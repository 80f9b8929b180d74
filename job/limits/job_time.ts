/**
 * The limit of a job's user time as it was asked for. Pure.
 *
 * @module
 */
import { JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import type { ExtendedLimits } from "./row.ts";

const { JOB_TIME } = JOB_OBJECT_LIMIT;

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
