/**
 * The variables that a run sets and removes, from all their sources.
 *
 * @module
 */
import { shown } from "../../values/shown.ts";
import { UsageError } from "./usage_error.ts";
import type { Setting } from "./settings.ts";
import { checkVariable, variableKey } from "../windows.ts";

/**
 * Parses a file of `NAME=VALUE` lines. Empty lines and those that begin with `#` are ignored; a
 * value is everything after the first equals sign, unchanged.
 *
 * @param text The file's content.
 * @param path Its path, for messages.
 * @returns Settings named `env` that know their lines.
 * @throws {UsageError} If there is a carriage return anywhere but before a line feed.
 */
export function parseVariables(text: string, path: string): Setting[] {
  return text.split("\n").flatMap((full, at, lines) => {
    const isEnded = at < lines.length - 1;
    const line = isEnded ? full.replace(/\r$/, "") : full;
    const from = `${path}:${at + 1}`;
    if (line.includes("\r")) {
      throw new UsageError(
        `${from}: Cannot read it: a line must end with LF or CR LF, not with CR alone`,
      );
    }
    return line.trim() === "" || line.startsWith("#") ? [] : [{ name: "env", value: line, from }];
  });
}

function split({ value, from }: Setting): [name: string, value: string] {
  const equals = value.indexOf("=");
  if (equals < 1) throw new UsageError(`${from}: Cannot read ${shown(value)}: expected NAME=VALUE`);
  const name = value.slice(0, equals);
  if (/\s/.test(name)) {
    const hint = /^export\s+\S+$/.test(name) ? `; leave out "export"` : "";
    throw new UsageError(
      `${from}: Cannot set variable ${shown(name)}: expected a name without white space${hint}`,
    );
  }
  return [name, value.slice(equals + 1)];
}

/** Windows' own code finds the system's files by these: nothing runs well without them. */
const NEEDED: ReadonlySet<string> = new Set(["SYSTEMROOT", "SYSTEMDRIVE"]);

/**
 * Reads the variables that settings set and remove.
 *
 * @param settings The settings; those named `env` and `unset-env` are read, in their order. Names
 * are compared without case, and the last setting of each counts.
 * @returns Values by name, as it was last spelled; `null` for one that is removed.
 * @throws {UsageError} If one has no equals sign or no name, or a name with white space, or cannot
 * be passed on, or if one that programs need is taken away.
 */
export function environmentOf(settings: readonly Setting[]): Record<string, string | null> {
  const variables = new Map<string, [name: string, value: string | null]>();
  for (const setting of settings) {
    if (!isVariable(setting)) continue;
    const [name, value] = setting.name === "env" ? split(setting) : [setting.value, null];
    if (value === null && NEEDED.has(variableKey(name))) {
      throw new UsageError(
        `${setting.from}: Cannot remove ${name}: programs need it to find the system's files`,
      );
    }
    try {
      checkVariable(name, value ?? "");
    } catch (cause) {
      throw new UsageError(`${setting.from}: ${(cause as Error).message}`, { cause });
    }
    variables.set(variableKey(name), [name, value]);
  }
  return Object.fromEntries(variables.values());
}

function isVariable({ name }: Setting): boolean {
  return name === "env" || name === "unset-env";
}

function keyOf({ name, value }: Setting): string {
  return variableKey(name === "env" ? value.slice(0, value.indexOf("=")) : value);
}

/**
 * Leaves out the settings of a weaker source for variables that a stronger one sets.
 *
 * @param settings All settings.
 * @param sources `of`: the stronger source's variables. `from`: the weaker source's settings.
 * @returns The settings without those of the weaker source on the same variables.
 */
export function withoutVariables(
  settings: readonly Setting[],
  { of, from }: { readonly of: readonly Setting[]; readonly from: readonly Setting[] },
): Setting[] {
  const set = new Set(of.map(keyOf));
  const weaker = new Set(from.filter((each) => isVariable(each) && set.has(keyOf(each))));
  return settings.filter((each) => !weaker.has(each));
}
