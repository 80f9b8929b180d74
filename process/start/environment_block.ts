/**
 * The environment of a process in the form in which Windows hands it over: one block of UTF-16 strings.
 *
 * Pure.
 *
 * @module
 */

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
 * wins, with its spelling. No variable at all gives the two NULs of an empty environment.
 *
 * @param entries The variables in any order.
 * @returns The block with its closing NUL, to be kept alive until the process is made.
 * @throws {TypeError} If a name is empty, or holds `=` anywhere but at its beginning, or a name or value holds a NUL
 * character.
 * @throws {RangeError} If a variable is longer than {@linkcode ENVIRONMENT_VARIABLE_MAX}.
 */
export function encodeEnvironmentBlock(
  entries: Iterable<EnvironmentEntry>,
): Uint16Array<ArrayBuffer> {
  const sorted = [...byKey(entries)].sort(([a], [b]) => {
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
 * Names are the same whatever their case. A string sets a variable, `null` takes it away. With `clear` only the
 * {@linkcode REQUIRED_VARIABLES} of the base remain, and of these too a `null` takes one away.
 *
 * @param base The variables that stand already.
 * @param overrides Names with their new values.
 * @param options Whether to start from the required variables only.
 * @returns The variables for {@linkcode encodeEnvironmentBlock}.
 * @throws {TypeError} If a name or value cannot be encoded, as {@linkcode encodeEnvironmentBlock} says.
 * @throws {RangeError} If a variable is too long.
 */
export function mergeEnvironment(
  base: Iterable<EnvironmentEntry>,
  overrides: Readonly<Record<string, string | null>>,
  options: MergeOptions = {},
): EnvironmentEntry[] {
  const merged = byKey(base);
  if (options.clear) {
    const required = new Set<string>(REQUIRED_VARIABLES);
    for (const key of merged.keys()) if (!required.has(key)) merged.delete(key);
  }
  for (const [name, value] of Object.entries(overrides)) {
    if (value !== null && typeof value !== "string") {
      throw new TypeError(
        `Cannot encode environment variable ${
          JSON.stringify(name)
        }: wanted a string or null, got ${typeof value}`,
      );
    }
    checkEntry(name, value ?? "");
    const key = variableKey(name);
    if (value === null) merged.delete(key);
    else merged.set(key, [name, value]);
  }
  return [...merged.values()];
}

function byKey(entries: Iterable<EnvironmentEntry>): Map<string, EnvironmentEntry> {
  const found = new Map<string, EnvironmentEntry>();
  for (const [name, value] of entries) {
    checkEntry(name, value);
    found.set(variableKey(name), [name, value]);
  }
  return found;
}

function checkEntry(name: string, value: string): void {
  const what = `Cannot encode environment variable ${JSON.stringify(name)}`;
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
  const length = name.length + value.length + 2;
  if (length > ENVIRONMENT_VARIABLE_MAX) {
    throw new RangeError(
      `${what}: wanted at most ${ENVIRONMENT_VARIABLE_MAX} UTF-16 units with name, "=" and NUL, got ${length}`,
    );
  }
}
