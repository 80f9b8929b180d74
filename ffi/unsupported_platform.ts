/**
 * The error of a system that cannot do what was asked.
 *
 * @module
 */

/**
 * This system cannot do it: it is not Windows, it lacks the function or the information class, or
 * it refuses a limit that newer or other systems have.
 *
 * @example
 * ```ts
 * import { JobObject, UnsupportedPlatformError } from "@jobbox/jobobject";
 *
 * try {
 *   using _job = JobObject.create();
 * } catch (error) {
 *   if (error instanceof UnsupportedPlatformError) console.log("not on Windows");
 * }
 * ```
 */
export class UnsupportedPlatformError extends Error {
  /** `"UnsupportedPlatformError"`. */
  override readonly name: string = "UnsupportedPlatformError";
}
