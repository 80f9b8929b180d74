/**
 * The environment of a process in the form in which Windows hands it over: one block of UTF-16 strings.
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
 * The variables that {@linkcode mergeEnvironment} keeps when it starts from nothing: Windows programs, sockets, random
 * numbers and temporary files fail without them. The same ones that `Deno.Command` keeps.
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

/** How {@linkcode mergeEnvironment} treats the variables that stand already. */
export interface MergeOptions {
  /** Starts from {@linkcode REQUIRED_VARIABLES} instead of from everything; absent means `false`. */
  clear?: boolean;
}

/**
 * Writes a name as Windows compares it: each UTF-16 unit in upper case on its own, independent of any language.
 *
 * @param name A variable's name.
 * @returns The name of the same length in upper case.
 */
export function variableKey(name: string): string {
  // deno-lint-ignore no-control-regex -- the ASCII range, which is nearly every name
  if (/^[\x00-\x7f]*$/.test(name)) return name.toUpperCase();
  let key = "";
  for (let i = 0; i < name.length; i++) key += upperUnit(name.charAt(i));
  return key;
}

function upperUnit(unit: string): string {
  const upper = unit.toUpperCase();
  // Windows maps one unit to one, and only where the way back exists: "ß" stays, and "ı" and "ſ" are no ASCII letters.
  return upper.length === 1 && upper.toLowerCase() === unit ? upper : unit;
}

/**
 * Encodes variables as the block that CreateProcessW takes with CREATE_UNICODE_ENVIRONMENT.
 *
 * Sorted by {@linkcode variableKey}, the per-drive folders (`=C:`) first. Of names that differ only in case the last
 * wins, with its spelling. No variable at all gives the two NULs of an empty environment. A variable may be longer than
 * {@linkcode ENVIRONMENT_VARIABLE_MAX}: that is the limit of what a program sets, and the block has none.
 *
 * @param entries The variables in any order.
 * @returns The block with its closing NUL, to be kept alive until the process is made.
 * @throws {TypeError} If a name is empty, or holds `=` anywhere but at its beginning, or a name or value holds a NUL
 * character.
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
    // The < of JavaScript compares UTF-16 units, which is the ordinal order that Windows wants.
    return hidden !== 0 ? hidden : a < b ? -1 : 1;
  });
  const text = sorted.map(([, [name, value]]) => `${name}=${value}\0`).join("") || "\0";
  const block = new Uint16Array(text.length + 1);
  for (let i = 0; i < text.length; i++) block[i] = text.charCodeAt(i);
  return block;
}

/**
 * Decodes a block such as GetEnvironmentStringsW gives.
 *
 * @param block The UTF-16 units; what follows the first empty string is not looked at.
 * @returns The variables in the block's order, the hidden `=C:` ones included. A string without `=` is no variable and
 * is left out.
 */
export function decodeEnvironmentBlock(block: Uint16Array): EnvironmentEntry[] {
  const entries: EnvironmentEntry[] = [];
  for (let start = 0; start < block.length && block[start] !== 0;) {
    const nul = block.indexOf(0, start);
    const end = nul < 0 ? block.length : nul;
    let text = "";
    // In parts, because a long variable has more units than a call may have arguments.
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
 * Makes the environment of a child from that of its parent and a set of changes.
 *
 * Names are the same whatever their case; of overrides of one name the last wins. A string sets a variable, `null` takes
 * it away, and every other variable stays as it is: the base is not checked, and of its names that differ only in case
 * the first stays, which is the one that the system finds. With `clear` only the {@linkcode REQUIRED_VARIABLES} of the
 * base remain, and of these too a `null` takes one away.
 *
 * @param base The variables that stand already.
 * @param overrides Names with their new values.
 * @param options Whether to start from the required variables only.
 * @returns The variables for {@linkcode encodeEnvironmentBlock}.
 * @throws {TypeError} If an override's name or value cannot be encoded, as {@linkcode checkVariable} says.
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
        `${subject(name)}: wanted a string or null, got ${typeof value}`,
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
 * Checks a variable that is to be set.
 *
 * @param name Its name.
 * @param value Its value; empty for one that is taken away.
 * @throws {TypeError} If the name is empty, or holds `=` anywhere but at its beginning, or name or value holds a NUL
 * character.
 * @throws {RangeError} If it is longer than {@linkcode ENVIRONMENT_VARIABLE_MAX}.
 */
export function checkVariable(name: string, value: string): void {
  checkForm(name, value);
  const length = name.length + value.length + 2;
  if (length > ENVIRONMENT_VARIABLE_MAX) {
    throw new RangeError(
      `${
        subject(name)
      }: wanted at most ${ENVIRONMENT_VARIABLE_MAX} UTF-16 units with name, "=" and NUL, got ${length}`,
    );
  }
}

function checkForm(name: string, value: string): void {
  const what = subject(name);
  if (name === "" || name === "=") throw new TypeError(`${what}: wanted a name that is not empty`);
  if (name.includes("=", 1)) {
    throw new TypeError(
      `${what}: wanted a name without "=", got one at index ${name.indexOf("=", 1)}`,
    );
  }
  if (name.includes("\0")) throw new TypeError(`${what}: wanted no NUL character in the name`);
  if (value.includes("\0")) {
    throw new TypeError(
      `${what}: wanted no NUL character in the value, got one at index ${value.indexOf("\0")}`,
    );
  }
}

function subject(name: string): string {
  return `Cannot encode environment variable ${shown(name)}`;
}
