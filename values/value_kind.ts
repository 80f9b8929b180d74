/**
 * Kinds of values: how the values of a limit are written as text, read, checked and compared. Each
 * row of a table of limits names its kind, and all other code uses the kind's functions. Words and
 * switches are here; the other kinds are in `quantity.ts`, `duration.ts` and `cpus.ts`. Pure.
 *
 * @module
 */
import { describe, misspelled } from "./options.ts";
import { plainKeys } from "./plain_object.ts";
import { shown } from "./shown.ts";

/** The allowed range of a number. */
export interface NumberRange {
  /** Smallest allowed number. */
  readonly min: number;
  /** Largest allowed number. */
  readonly max: number;
  /** The unit, for the message; empty if it has none. */
  readonly unit: string;
}

/** The text form of a value. */
export interface TextForm<V = unknown> {
  /** Its type in JSON; values with a unit are strings. */
  readonly json: "boolean" | "integer" | "string";
  /** An example of a valid text. */
  readonly example: string;
  /** The accepted words, if there is a fixed set. */
  readonly words?: readonly string[];
  /** The allowed numbers, if it is a number. */
  readonly range?: NumberRange;
  /** Whether it accepts several of its words. */
  readonly isList?: boolean;
  /**
   * Reads a text.
   *
   * @throws {SyntaxError} If it is not of this form.
   * @throws {RangeError} If the value cannot be stored exactly.
   */
  parse(text: string): V;
  /**
   * Writes a value as {@linkcode parse} reads it; also a value of a record, in which masks are
   * strings.
   */
  format(value: V): string;
}

/** How the values of one kind are written, read, checked and compared. */
export interface ValueKind<V = unknown> extends TextForm<V> {
  /** Whether a program can use more than the value, so that the help must say what happens then. */
  readonly isAmount?: boolean;
  /**
   * Throws unless it is such a value.
   *
   * @throws {TypeError} If it is of the wrong type.
   * @throws {RangeError} If it is out of range.
   */
  check(field: string, value: unknown): void;
  /** Returns whether a value that was read back equals the one that was set. */
  same(wanted: V, found: V): boolean;
}

/**
 * Returns a value's text as it would be written in a program. Two limits are equal if their texts
 * are.
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

/**
 * Compares two values.
 *
 * @param wanted One.
 * @param found The other.
 * @returns Whether their texts are the same.
 */
export function same(wanted: unknown, found: unknown): boolean {
  return textOf(wanted) === textOf(found);
}

/**
 * Creates the error for a text that is not of a kind.
 *
 * @param text The text.
 * @param wanted The expected value.
 * @returns The error.
 */
export function unreadable(text: string, wanted: string): SyntaxError {
  return new SyntaxError(`Cannot read ${shown(text)}: expected ${wanted}`);
}

/**
 * Formats the key of an object for a message, with bounded length.
 *
 * @param key The key.
 * @returns The key unchanged if it is a name, otherwise quoted.
 */
export function shownKey(key: string): string {
  return /^\w{1,40}$/.test(key) ? key : describe(key);
}

/**
 * Suggests the key that was probably meant.
 *
 * @param key The key that was given.
 * @param keys The existing keys.
 * @returns A part of a message; empty if no key is close.
 */
export function hint(key: string, keys: readonly string[]): string {
  const meant = misspelled(key, keys);
  return meant === undefined ? "" : ` (did you mean ${meant}?)`;
}

/**
 * Checks an object's keys.
 *
 * @param field Its name, for messages.
 * @param value The value to check.
 * @param keys The keys that it may have.
 * @returns The same object, typed.
 * @throws {TypeError} If it is not a plain object, or has another key.
 */
export function checkKeys<K extends string>(
  field: string,
  value: unknown,
  keys: readonly K[],
): { readonly [key in K]?: unknown } {
  const given = plainKeys(value);
  if (given === undefined) {
    throw new TypeError(
      `Cannot set ${field}: expected an object of ${keys.join(", ")}, got ${describe(value)}`,
    );
  }
  for (const key of given) {
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
 * @param value The value to check.
 * @returns The same object, typed.
 * @throws {TypeError} If it is not an array.
 */
export function checkArray(field: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new TypeError(`Cannot set ${field}: expected an array, got ${describe(value)}`);
  }
  return value;
}

/**
 * Checks one of several words.
 *
 * @param field Its name, for messages.
 * @param value The value to check.
 * @param choices The words.
 * @throws {TypeError} If it is not a string.
 * @throws {RangeError} If it is not one of them.
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

function parseWord<W extends string>(text: string, words: readonly W[]): W {
  const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw unreadable(text, words.join(", "));
}

/**
 * One of several words.
 *
 * @param words The words.
 * @returns The kind.
 */
export function choice<W extends string>(words: readonly W[]): ValueKind<W> {
  return {
    json: "string",
    example: words[0] ?? "",
    words,
    parse: (text) => parseWord(text, words),
    format: String,
    check: (field, value) => checkChoice(field, value, words),
    same,
  };
}

/**
 * Several of some words.
 *
 * @param words The words.
 * @returns The kind.
 */
export function choices<W extends string>(words: readonly W[]): ValueKind<readonly W[]> {
  return {
    json: "string",
    example: words[0] ?? "",
    words,
    isList: true,
    parse: (text) => text === "" ? [] : text.split(",").map((word) => parseWord(word, words)),
    format: (list) => list.join(","),
    check: (field, value) => {
      for (const [at, item] of checkArray(field, value).entries()) {
        checkChoice(`${field}[${at}]`, item, words);
      }
    },
    same,
  };
}

/** On, or not there. */
export const SWITCH: ValueKind<boolean> = {
  json: "boolean",
  example: "on",
  parse: (text) => {
    if (text === "" || text === "on") return true;
    throw unreadable(text, "on or none");
  },
  format: () => "on",
  check: (field, value) => {
    if (typeof value !== "boolean") {
      throw new TypeError(`Cannot set ${field}: expected a boolean, got ${describe(value)}`);
    }
  },
  same,
};
