/**
 * What a kind of value is: how the values of a limit are written as text and read, checked and compared.
 * A row of a table of limits names its kind, and nobody else asks what kind it is. Words and switches are
 * here; `quantity.ts`, `duration.ts` and `cpus.ts` have the others. Pure.
 *
 * @module
 */
import { describe, misspelled } from "./options.ts";
import { plainKeys } from "./plain_object.ts";
import { shown } from "./shown.ts";

/** What a number must be. */
export interface NumberRange {
  /** Smallest number that fits. */
  readonly min: number;
  /** Largest number that fits. */
  readonly max: number;
  /** What it counts, for the message; empty where it has no unit. */
  readonly unit: string;
}

/** How a value is written as text. */
export interface TextForm<V = unknown> {
  /** Its type in JSON: text for all that has a unit. */
  readonly json: "boolean" | "integer" | "string";
  /** A text that it takes. */
  readonly example: string;
  /** The words that it takes, where they are few. */
  readonly words?: readonly string[];
  /** The numbers that fit, where it is a number. */
  readonly range?: NumberRange;
  /** Whether it takes several of its words. */
  readonly isList?: boolean;
  /**
   * Reads a text.
   *
   * @throws {SyntaxError} If it is not of this form.
   * @throws {RangeError} If the value does not come out even.
   */
  parse(text: string): V;
  /** Writes a value as {@linkcode parse} reads it; also one of a record, where masks are text. */
  format(value: V): string;
}

/** How the values of one kind are written, read, checked and compared. */
export interface ValueKind<V = unknown> extends TextForm<V> {
  /** Whether more than a value can be used, so that the help says what happens then. */
  readonly isAmount?: boolean;
  /**
   * Refuses what is not such a value.
   *
   * @throws {TypeError} If it is of the wrong type.
   * @throws {RangeError} If it is out of range.
   */
  check(field: string, value: unknown): void;
  /** Whether a value that was read back is the one that was set. */
  same(wanted: V, found: V): boolean;
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
 * Makes the error of a text that is not of a kind.
 *
 * @param text The text.
 * @param wanted What it should be.
 * @returns The error.
 */
export function unreadable(text: string, wanted: string): SyntaxError {
  return new SyntaxError(`Cannot read ${shown(text)}: wanted ${wanted}`);
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
  const meant = misspelled(key, keys);
  return meant === undefined ? "" : ` (did you mean ${meant}?)`;
}

/**
 * Checks an object's keys.
 *
 * @param field Its name, for messages.
 * @param value What was given.
 * @param keys The keys that it may have.
 * @returns It, to be read.
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
