/**
 * Errors of a job other than failed calls. Pure.
 *
 * @module
 */

/**
 * Messages were requested from a job that was not created with `notifications`.
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
 * The system accepted a limit but did not put it in force. The job's limits are as before.
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
  /** The value that was set; `undefined` if the limit was to be removed. */
  readonly wanted: unknown;
  /** The value that the system reports; `undefined` for none, or if it cannot be read. */
  readonly found: unknown;

  /**
   * Creates the error for one limit.
   *
   * @param message The action that failed, beginning with "Cannot".
   * @param limit The limit's key, the value that was set, and the value that was found.
   */
  constructor(message: string, limit: { limit: string; wanted: unknown; found: unknown }) {
    super(message);
    this.limit = limit.limit;
    this.wanted = limit.wanted;
    this.found = limit.found;
  }
}
