/**
 * What can go wrong with a job, beyond a failed call. Pure.
 *
 * @module
 */

/**
 * Messages were asked for of a job that was not made with `notifications`.
 *
 * @example
 * ```ts
 * import { JobObject, NotRegisteredError } from "@jobbox/jobobject";
 *
 * using job = JobObject.create();
 * await job.pollNotification().catch((error: unknown) => {
 *   if (error instanceof NotRegisteredError) console.log("made without notifications");
 * });
 * ```
 */
export class NotRegisteredError extends Error {
  /** `"NotRegisteredError"`. */
  override readonly name: string = "NotRegisteredError";
}

/**
 * The system accepted a limit and does not have it: it would be an empty promise. The job's limits
 * are as before.
 *
 * @example
 * ```ts
 * import { JobObject, LimitNotAppliedError } from "@jobbox/jobobject";
 *
 * try {
 *   using _job = JobObject.create({ limits: { netBandwidth: 1_000_000 } });
 * } catch (error) {
 *   if (error instanceof LimitNotAppliedError) console.log(error.limit, error.wanted, error.found);
 * }
 * ```
 */
export class LimitNotAppliedError extends Error {
  /** `"LimitNotAppliedError"`. */
  override readonly name: string = "LimitNotAppliedError";
  /** The limit's key, such as `"jobMemory"`. */
  readonly limit: string;
  /** What was set; `undefined` where it was lifted. */
  readonly wanted: unknown;
  /** What the system says that it has; `undefined` for none, or where it cannot be asked. */
  readonly found: unknown;

  /**
   * Makes the error of one limit.
   *
   * @param message What could not be done, beginning with "Cannot".
   * @param limit The limit's key, what was set, and what was found.
   */
  constructor(message: string, limit: { limit: string; wanted: unknown; found: unknown }) {
    super(message);
    this.limit = limit.limit;
    this.wanted = limit.wanted;
    this.found = limit.found;
  }
}
