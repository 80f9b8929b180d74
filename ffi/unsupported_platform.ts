/**
 * The error of a system that cannot do what was asked.
 *
 * @module
 */

/**
 * This system cannot do it: it is not Windows, it lacks the function or the information class, or
 * it refuses a limit that newer or other systems have.
 */
export class UnsupportedPlatformError extends Error {
  /** `"UnsupportedPlatformError"`. */
  override readonly name: string = "UnsupportedPlatformError";
}
