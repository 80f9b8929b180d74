/**
 * Reads the options that callers pass. Each value is read once, checked, and used as read, so a
 * getter or other code that changes the object in between has no effect. Unknown keys are refused,
 * and messages have a bounded length for any input.
 *
 * Pure.
 *
 * @module
 */
import { className, plainKeys } from "./plain_object.ts";
import { shown } from "./shown.ts";

/** The longest text of a value in a message, in UTF-16 units. */
const SHOWN_MAX = 100;

/** How deep and how wide a value is copied or shown. No option is deeper or wider. */
const DEPTH_MAX = 4;
const KEYS_MAX = 64;

/** The longest bigint whose digits are shown, in bits. */
const BIGINT_BITS = 256;

/** Longer than any name, in UTF-16 units. */
const WORD_MAX = 40;

/**
 * Returns a value's text for a message, as it would be written in a program.
 *
 * @param value Anything; control characters are escaped.
 * @returns At most 100 UTF-16 units of its text.
 */
export function describe(value: unknown): string {
  const text = textOf(value, DEPTH_MAX);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 1)}…` : text;
}

function textOf(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return shown(value);
    case "bigint":
      // Formatting a huge number would take very long.
      return BigInt.asIntN(BIGINT_BITS, value) === value ? `${value}n` : "a huge bigint";
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    case "object":
      return value === null ? "null" : objectText(value, depth);
    default:
      return String(value);
  }
}

function objectText(value: object, depth: number): string {
  if (depth === 0) return "…";
  try {
    if (Array.isArray(value)) {
      const items = value.slice(0, KEYS_MAX).map((item) => textOf(item, depth - 1));
      return `[${items.join(", ")}]`;
    }
    const keys = plainKeys(value);
    if (keys === undefined) {
      const name = className(value);
      return name === undefined ? "an instance of a class" : `an instance of ${shown(name)}`;
    }
    const entries = keys.slice(0, KEYS_MAX).map((key) => {
      const name = /^[A-Za-z_]\w{0,40}$/.test(key) ? key : textOf(key, 1);
      return `${name}: ${textOf((value as Record<string, unknown>)[key], depth - 1)}`;
    });
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  } catch {
    // A getter or a proxy that throws cannot be shown.
    return "an object";
  }
}

/** Whether two words differ by one extra, missing or wrong letter, or by two swapped letters. */
function isOneEdit(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [left, right] = [a, b].map((word) => word.slice(start, word.length - end));
  return Math.max(left!.length, right!.length) <= 1 ||
    left!.length === 2 && right === left![1]! + left![0]!;
}

/**
 * Finds the name that a misspelled word probably means: it differs in case or by one letter.
 *
 * @param word The word as written.
 * @param names The existing names.
 * @returns The name; `undefined` if none is that close.
 */
export function misspelled(word: string, names: readonly string[]): string | undefined {
  const written = word.slice(0, WORD_MAX + 1).toLowerCase();
  return names.find((name) => isOneEdit(written, name.toLowerCase()));
}

/**
 * Copies a value made of plain objects and arrays, reading each property once. Inherited properties
 * become own properties of the copy.
 *
 * @param value Anything; a value that is neither a plain object nor an array is returned unchanged,
 * to be refused later.
 * @returns The copy, which no other code holds.
 */
export function snapshot(value: unknown): unknown {
  return copy(value, DEPTH_MAX);
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null || depth === 0) return value;
  if (Array.isArray(value)) return Array.from(value, (item) => copy(item, depth - 1));
  const keys = plainKeys(value);
  if (keys === undefined) return value;
  const result: Record<string, unknown> = {};
  for (const key of keys) {
    const part = copy((value as Record<string, unknown>)[key], depth - 1);
    // Here "__proto__" is a key like any other.
    Object.defineProperty(result, key, { value: part, enumerable: true, writable: true });
  }
  return result;
}

/** Checks one value and returns it; `field` is its name, `action` begins with "Cannot". */
export type Reader<T> = (value: unknown, field: string, action: string) => T;

/** The readers of an options object, one for each key. */
export type Readers<T> = { readonly [K in keyof T]-?: Reader<Exclude<T[K], undefined>> };

function refuse(action: string, field: string, wanted: string, value: unknown): never {
  throw new TypeError(`${action}: ${field} must be ${wanted}, got ${describe(value)}`);
}

/**
 * Reads the keys of a plain object.
 *
 * @param value The value to check.
 * @param field Its name.
 * @param action The action, beginning with "Cannot".
 * @param wanted The expected value, for the message.
 * @returns Its keys, inherited ones too.
 * @throws {TypeError} If it is not a plain object, but for example an array, or an instance of a
 * class such as Map or Date.
 */
export function readKeys(
  value: unknown,
  field: string,
  action: string,
  wanted = "an object",
): string[] {
  return plainKeys(value) ?? refuse(action, field, `${wanted}, written as a literal`, value);
}

/**
 * Reads an options object: each key once, in the order of the readers.
 *
 * @param given The caller's options.
 * @param readers The readers of the known keys.
 * @param where `action` is the action, beginning with "Cannot"; `name` is the name of the object,
 * by default `"options"`.
 * @returns A copy with the keys that were given, checked.
 * @throws {TypeError} If it is not a plain object, or a key is unknown or of the wrong type.
 * @throws {RangeError} If a value is out of range.
 */
export function readOptions<T extends object>(
  given: unknown,
  readers: Readers<T>,
  { action, name = "options" }: { readonly action: string; readonly name?: string },
): T {
  const known = Object.keys(readers);
  const keys = readKeys(given, name, action, `an object of ${known.join(", ")}`);
  for (const key of keys) {
    if (Object.hasOwn(readers, key)) continue;
    const meant = misspelled(key, known);
    throw new TypeError(
      `${action} with ${describe(key)}: ${name} has no such part, only ${known.join(", ")}` +
        (meant === undefined ? "" : `; did you mean ${meant}?`),
    );
  }
  const result: Record<string, unknown> = {};
  for (const [key, read] of Object.entries<Reader<unknown>>(readers as never)) {
    if (!keys.includes(key)) continue;
    const value = (given as Record<string, unknown>)[key];
    if (value !== undefined) result[key] = read(value, `${name}.${key}`, action);
  }
  return result as T;
}

/**
 * Reads a string.
 *
 * @param value The value to check.
 * @param field Its name.
 * @param action The action, beginning with "Cannot".
 * @returns The value. @throws {TypeError} If it has another type.
 */
export function readString(value: unknown, field: string, action: string): string {
  return typeof value === "string" ? value : refuse(action, field, "a string", value);
}

/**
 * Reads a boolean.
 *
 * @param value The value to check.
 * @param field Its name.
 * @param action The action, beginning with "Cannot".
 * @returns The value.
 * @throws {TypeError} If it is not a boolean: words and numbers are not converted.
 */
export function readBoolean(value: unknown, field: string, action: string): boolean {
  return typeof value === "boolean" ? value : refuse(action, field, "a boolean", value);
}

/**
 * Reads a bigint, such as a handle.
 *
 * @param value The value to check.
 * @param field Its name.
 * @param action The action, beginning with "Cannot".
 * @returns The value. @throws {TypeError} If it has another type.
 */
export function readBigint(value: unknown, field: string, action: string): bigint {
  return typeof value === "bigint" ? value : refuse(action, field, "a bigint", value);
}

/**
 * Reads an unsigned integer of 32 bits, such as a process id or an exit code.
 *
 * @param value The value to check.
 * @param field Its name.
 * @param action The action, beginning with "Cannot".
 * @returns The value.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it has a fraction or is out of range.
 */
export function readUint32(value: unknown, field: string, action: string): number {
  const wanted = "a whole number from 0 to 4294967295";
  if (typeof value !== "number") refuse(action, field, wanted, value);
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
    throw new RangeError(`${action}: ${field} must be ${wanted}, got ${value}`);
  }
  // -0 is not an unsigned number for a foreign call.
  return value + 0;
}

/**
 * Reads an AbortSignal.
 *
 * @param value The value to check.
 * @param field Its name.
 * @param action The action, beginning with "Cannot".
 * @returns The value. @throws {TypeError} If it has another type.
 */
export function readSignal(value: unknown, field: string, action: string): AbortSignal {
  return isSignal(value) ? value : refuse(action, field, "an AbortSignal", value);
}

/** Whether a value is a real signal, not only an object with the prototype of one. */
function isSignal(value: unknown): value is AbortSignal {
  try {
    return value instanceof AbortSignal && typeof value.aborted === "boolean";
  } catch {
    return false;
  }
}

/**
 * Returns a reader for one of several words.
 *
 * @param words The words.
 * @returns A reader that throws TypeError for anything else.
 */
export function readWord<W extends string>(words: readonly W[]): Reader<W> {
  const wanted = `one of ${words.join(", ")}`;
  return (value, field, action) =>
    words.includes(value as W) ? value as W : refuse(action, field, wanted, value);
}

/**
 * Returns a reader for an array.
 *
 * @param item The reader of its items.
 * @returns A reader that returns a copy, and throws TypeError for anything else.
 */
export function readArray<T>(item: Reader<T>): Reader<T[]> {
  return (value, field, action) => {
    if (!Array.isArray(value)) refuse(action, field, "an array", value);
    return Array.from(value, (each, at) => item(each, `${field}[${at}]`, action));
  };
}

/**
 * Reads a path: a string or a URL.
 *
 * @param value The value to check.
 * @param field Its name.
 * @param action The action, beginning with "Cannot".
 * @returns The string, or a copy of the URL.
 * @throws {TypeError} If it is neither.
 */
export function readPath(value: unknown, field: string, action: string): string | URL {
  if (typeof value === "string") return value;
  try {
    if (value instanceof URL) return new URL(value.href);
  } catch {
    // Only an object with the prototype of a URL.
  }
  return refuse(action, field, "a path or a URL", value);
}
