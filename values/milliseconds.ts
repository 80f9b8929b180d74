/**
 * Times that a caller gives. Pure.
 *
 * @module
 */

/** The longest time that a timer takes; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Checks a time that is to be waited for.
 *
 * @param milliseconds The time.
 * @param action What is being done, beginning with "Cannot", and which option it is.
 * @returns The time as a timer takes it: 24.8 days at most.
 * @throws {RangeError} If it is negative or no finite number.
 */
export function checkMilliseconds(milliseconds: number, action: string): number {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    throw new RangeError(`${action} must be 0 or more ms, got ${milliseconds}`);
  }
  return Math.min(milliseconds, LONGEST);
}
