/**
 * Checks of values that callers give, and the words of their errors. Pure.
 *
 * @module
 */

import { describe, nearest } from "./options.ts";

/** What a number must be. */
export interface NumberRange {
  /** Smallest number that fits. */
  readonly min: number;
  /** Largest number that fits. */
  readonly max: number;
  /** What it counts, for the message; empty where it has no unit. */
  readonly unit: string;
}

/**
 * Writes a value as one would write it in a program; two limits are the same when this is.
 *
 * @param value Anything.
 * @returns Its text.
 */
export function textOf(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return String(value);
  return JSON.stringify(value, (_, part) => typeof part === "bigint" ? `${part}n` : part);
}

function wanted(whole: boolean, { min, max, unit }: NumberRange): string {
  const what = whole ? "a whole number" : "a number";
  return `expected ${what} ${unit === "" ? "" : `of ${unit} `}from ${min} to ${max}`;
}

/**
 * Checks a number that may have a fraction.
 *
 * @param field Its name, for messages.
 * @param value What was given.
 * @param range What it must be.
 * @throws {TypeError} If it is no number.
 * @throws {RangeError} If it is NaN or out of range.
 */
export function checkNumber(
  field: string,
  value: unknown,
  range: NumberRange,
): asserts value is number {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot set ${field}: ${wanted(false, range)}, got ${describe(value)}`);
  }
  if (!(value >= range.min && value <= range.max)) {
    throw new RangeError(`Cannot set ${field}: ${wanted(false, range)}, got ${value}`);
  }
}

/**
 * Checks a whole number.
 *
 * @param field Its name, for messages.
 * @param value What was given.
 * @param range What it must be.
 * @throws {TypeError} If it is no number.
 * @throws {RangeError} If it has a fraction or is out of range.
 */
export function checkInteger(
  field: string,
  value: unknown,
  range: NumberRange,
): asserts value is number {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot set ${field}: ${wanted(true, range)}, got ${describe(value)}`);
  }
  if (!Number.isInteger(value) || value < range.min || value > range.max) {
    throw new RangeError(`Cannot set ${field}: ${wanted(true, range)}, got ${value}`);
  }
}

/**
 * Checks a processor mask.
 *
 * @param field Its name, for messages.
 * @param value What was given.
 * @throws {TypeError} If it is no bigint.
 * @throws {RangeError} If it names no processor, or has a bit above 63.
 */
export function checkMask(field: string, value: unknown): asserts value is bigint {
  if (typeof value !== "bigint") {
    throw new TypeError(
      `Cannot set ${field}: expected a bigint, one bit a processor, got ${describe(value)}`,
    );
  }
  if (value < 1n || value > 0xffff_ffff_ffff_ffffn) {
    throw new RangeError(
      `Cannot set ${field}: expected a mask of 1 to 64 processors, got ${describe(value)}`,
    );
  }
}

/**
 * Checks one of several words.
 *
 * @param field Its name, for messages.
 * @param value What was given.
 * @param choices The words.
 * @throws {TypeError} If it is not a string.
 * @throws {RangeError} If it is none of them.
 */
export function checkChoice(field: string, value: unknown, choices: readonly string[]): void {
  const list = choices.map((choice) => `"${choice}"`).join(", ");
  if (typeof value !== "string") {
    throw new TypeError(`Cannot set ${field}: expected one of ${list}, got ${describe(value)}`);
  }
  if (!choices.includes(value)) {
    throw new RangeError(`Cannot set ${field}: expected one of ${list}, got ${describe(value)}`);
  }
}

/**
 * Shows the key of an object in a message, with a bound.
 *
 * @param key The key.
 * @returns It as it is where it is a name, else quoted.
 */
export function shownKey(key: string): string {
  return /^\w{1,40}$/.test(key) ? key : describe(key);
}

/**
 * Asks for the key that was probably meant.
 *
 * @param key What was given.
 * @param keys The keys that there are.
 * @returns A part of a message; empty where none is near.
 */
export function hint(key: string, keys: readonly string[]): string {
  const meant = nearest(key, keys);
  return meant === undefined ? "" : ` (did you mean ${meant}?)`;
}

/**
 * Checks an object's keys.
 *
 * @param field Its name, for messages.
 * @param value What was given.
 * @param keys The keys that it may have.
 * @returns It, to be read.
 * @throws {TypeError} If it is no object, or has another key.
 */
export function checkKeys<K extends string>(
  field: string,
  value: unknown,
  keys: readonly K[],
): { readonly [key in K]?: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(
      `Cannot set ${field}: expected an object of ${keys.join(", ")}, got ${describe(value)}`,
    );
  }
  for (const key of Object.keys(value)) {
    if (!(keys as readonly string[]).includes(key)) {
      throw new TypeError(
        `Cannot set ${field}.${shownKey(key)}: ${field} has no such part${hint(key, keys)}, only ` +
          keys.join(", "),
      );
    }
  }
  return value as { readonly [key in K]?: unknown };
}

/**
 * Checks an array.
 *
 * @param field Its name, for messages.
 * @param value What was given.
 * @returns It, to be read.
 * @throws {TypeError} If it is no array.
 */
export function checkArray(field: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new TypeError(`Cannot set ${field}: expected an array, got ${describe(value)}`);
  }
  return value;
}
