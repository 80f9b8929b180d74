/**
 * Times that a caller gives. Pure.
 *
 * @module
 */

/** The longest time that a timer accepts; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Checks a time to wait.
 *
 * @param milliseconds The time.
 * @param action The action and the option, beginning with "Cannot".
 * @returns The time as a timer accepts it: 24.8 days at most.
 * @throws {RangeError} If it is negative or not a finite number.
 */
export function checkMilliseconds(milliseconds: number, action: string): number {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    throw new RangeError(`${action} must be 0 or more ms, got ${milliseconds}`);
  }
  return Math.min(milliseconds, LONGEST);
}
