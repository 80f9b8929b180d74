/**
 * Encodes the environment of a process as Windows expects it: one block of UTF-16 strings.
 *
 * Pure.
 *
 * @module
 */

import { shown } from "../../values/shown.ts";

/** One variable: its name as spelled, and its value. */
export type EnvironmentEntry = readonly [name: string, value: string];

/** The longest variable, in UTF-16 units: name, `=`, value and the closing NUL. */
export const ENVIRONMENT_VARIABLE_MAX = 32_767;

/**
 * The variables that {@linkcode mergeEnvironment} keeps with `clear`: without them Windows
 * programs, sockets, random numbers and temporary files fail. `Deno.Command` keeps the same ones.
 */
export const REQUIRED_VARIABLES = [
  "HOMEDRIVE",
  "HOMEPATH",
  "LOGONSERVER",
  "PATH",
  "SYSTEMDRIVE",
  "SYSTEMROOT",
  "TEMP",
  "USERDOMAIN",
  "USERNAME",
  "USERPROFILE",
  "WINDIR",
] as const;

/** How {@linkcode mergeEnvironment} treats the existing variables. */
export interface MergeOptions {
  /** Starts from {@linkcode REQUIRED_VARIABLES} instead of from everything; absent means `false`. */
  clear?: boolean;
}

/**
 * Returns a name in the form in which Windows compares it: each UTF-16 unit in upper case,
 * independent of any language.
 *
 * @param name A variable's name.
 * @returns The name of the same length in upper case.
 */
export function variableKey(name: string): string {
  // deno-lint-ignore no-control-regex -- the ASCII range, which covers nearly every name
  if (/^[\x00-\x7f]*$/.test(name)) return name.toUpperCase();
  let key = "";
  for (let i = 0; i < name.length; i++) key += upperUnit(name.charAt(i));
  return key;
}

function upperUnit(unit: string): string {
  const upper = unit.toUpperCase();
  // Windows maps one unit to one unit, and only if the reverse exists: "ß" stays, and "ı" and "ſ"
  // do not become ASCII.
  return upper.length === 1 && upper.toLowerCase() === unit ? upper : unit;
}

/**
 * Encodes variables as the block that CreateProcessW takes with CREATE_UNICODE_ENVIRONMENT.
 *
 * Sorted by {@linkcode variableKey}, the per-drive folders (`=C:`) first. If names differ only in
 * case, the last one wins, with its spelling. Without variables the block is the two NULs of an
 * empty environment. A variable may be longer than {@linkcode ENVIRONMENT_VARIABLE_MAX}: that limit
 * applies to variables that a program sets, not to the block.
 *
 * @param entries The variables in any order.
 * @returns The block with its closing NUL. Keep it alive until the process has been created.
 * @throws {TypeError} If a name is empty, or holds `=` after its first character, or a name or
 * value holds a NUL character.
 */
export function encodeEnvironmentBlock(
  entries: Iterable<EnvironmentEntry>,
): Uint16Array<ArrayBuffer> {
  const found = new Map<string, EnvironmentEntry>();
  for (const [name, value] of entries) {
    checkForm(name, value);
    found.set(variableKey(name), [name, value]);
  }
  const sorted = [...found].sort(([a], [b]) => {
    const hidden = Number(b.startsWith("=")) - Number(a.startsWith("="));
    // The < of JavaScript compares UTF-16 units, which is the ordinal order that Windows requires.
    return hidden !== 0 ? hidden : a < b ? -1 : 1;
  });
  const text = sorted.map(([, [name, value]]) => `${name}=${value}\0`).join("") || "\0";
  const block = new Uint16Array(text.length + 1);
  for (let i = 0; i < text.length; i++) block[i] = text.charCodeAt(i);
  return block;
}

/**
 * Decodes a block such as GetEnvironmentStringsW returns.
 *
 * @param block The UTF-16 units; anything after the first empty string is ignored.
 * @returns The variables in the block's order, the hidden `=C:` ones included. A string without `=`
 * is not a variable and is left out.
 */
export function decodeEnvironmentBlock(block: Uint16Array): EnvironmentEntry[] {
  const entries: EnvironmentEntry[] = [];
  for (let start = 0; start < block.length && block[start] !== 0;) {
    const nul = block.indexOf(0, start);
    const end = nul < 0 ? block.length : nul;
    let text = "";
    // In parts, because a long variable can have more units than a call may have arguments.
    for (let at = start; at < end; at += 8192) {
      text += String.fromCharCode(...block.subarray(at, Math.min(at + 8192, end)));
    }
    const equals = text.indexOf("=", 1);
    if (equals > 0) entries.push([text.slice(0, equals), text.slice(equals + 1)]);
    start = end + 1;
  }
  return entries;
}

/**
 * Returns the environment of a child: that of its parent with some changes.
 *
 * Names are compared without regard to case; if a name is overridden twice, the last value wins. A
 * string sets a variable, `null` removes it, and all other variables stay as they are. The base is
 * not checked; if its names differ only in case, the first one stays, since the system finds that
 * one. With `clear` only the {@linkcode REQUIRED_VARIABLES} of the base remain, and `null` can
 * remove these too.
 *
 * @param base The existing variables.
 * @param overrides Names with their new values.
 * @param options Whether to start from the required variables only.
 * @returns The variables for {@linkcode encodeEnvironmentBlock}.
 * @throws {TypeError} If an override's name or value cannot be encoded; see {@linkcode
 * checkVariable}.
 * @throws {RangeError} If an override is too long.
 */
export function mergeEnvironment(
  base: Iterable<EnvironmentEntry>,
  overrides: Readonly<Record<string, string | null>>,
  options: MergeOptions = {},
): EnvironmentEntry[] {
  const merged = new Map<string, EnvironmentEntry>();
  for (const entry of base) {
    const key = variableKey(entry[0]);
    if (!merged.has(key)) merged.set(key, entry);
  }
  if (options.clear) {
    const required = new Set<string>(REQUIRED_VARIABLES);
    for (const key of merged.keys()) if (!required.has(key)) merged.delete(key);
  }
  for (const [name, value] of Object.entries(overrides)) {
    if (value !== null && typeof value !== "string") {
      throw new TypeError(
        `${subject(name)}: expected a string or null, got ${typeof value}`,
      );
    }
    checkVariable(name, value ?? "");
    const key = variableKey(name);
    if (value === null) merged.delete(key);
    else merged.set(key, [name, value]);
  }
  return [...merged.values()];
}

/**
 * Checks a variable before it is set.
 *
 * @param name Its name.
 * @param value Its value; empty for a variable that is removed.
 * @throws {TypeError} If the name is empty, or holds `=` after its first character, or name or
 * value holds a NUL character.
 * @throws {RangeError} If it is longer than {@linkcode ENVIRONMENT_VARIABLE_MAX}.
 */
export function checkVariable(name: string, value: string): void {
  checkForm(name, value);
  const length = name.length + value.length + 2;
  if (length > ENVIRONMENT_VARIABLE_MAX) {
    throw new RangeError(
      `${
        subject(name)
      }: expected at most ${ENVIRONMENT_VARIABLE_MAX} UTF-16 units with name, "=" and NUL, got ${length}`,
    );
  }
}

function checkForm(name: string, value: string): void {
  const what = subject(name);
  if (name === "" || name === "=") {
    throw new TypeError(`${what}: expected a name that is not empty`);
  }
  if (name.includes("=", 1)) {
    throw new TypeError(
      `${what}: expected a name without "=", got one at index ${name.indexOf("=", 1)}`,
    );
  }
  if (name.includes("\0")) throw new TypeError(`${what}: expected no NUL character in the name`);
  if (value.includes("\0")) {
    throw new TypeError(
      `${what}: expected no NUL character in the value, got one at index ${value.indexOf("\0")}`,
    );
  }
}

function subject(name: string): string {
  return `Cannot encode environment variable ${shown(name)}`;
}
