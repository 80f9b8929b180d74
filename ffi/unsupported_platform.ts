/**
 * The error for a system that does not support a call.
 *
 * @module
 */

/**
 * The system does not support the call. It is not Windows, it lacks the function or the information
 * class, or it refuses a limit that newer or other systems have.
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
