/**
 * Times that a caller gives. Pure.
 *
 * @module
 */
import { describe, type Reader } from "./options.ts";

/** The longest time that a timer accepts; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Reads a time to wait, in ms.
 *
 * @returns The time as a timer accepts it: 24.8 days at most.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is negative or not a finite number.
 */
export const readMilliseconds: Reader<number> = (value, field, action) => {
  if (typeof value !== "number") {
    throw new TypeError(`${action}: ${field} must be 0 or more ms, got ${describe(value)}`);
  }
  if (!Number.isFinite(value) || value < 0) {
    throw new RangeError(`${action}: ${field} must be 0 or more ms, got ${value}`);
  }
  return Math.min(value, LONGEST);
};
