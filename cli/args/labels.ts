/**
 * The labels of a run: words of the caller that its record carries, such as the build's number.
 *
 * Pure.
 *
 * @module
 */
import { shown } from "../../values/shown.ts";
import type { Setting } from "./settings.ts";
import { UsageError } from "./usage_error.ts";

/** The most labels of one run. */
export const MOST_LABELS = 64;

/** The most characters of a label's name. */
const NAME_MAX = 63;

/** The most UTF-16 units of a label's value. */
const VALUE_MAX = 1024;

/** A name that every format can hold as it is. */
const NAME = /^[A-Za-z][A-Za-z0-9_.-]*$/;

/** Labels by their names. */
export type Labels = Readonly<Record<string, string>>;

function split({ from, value }: Setting): [name: string, value: string] {
  const equals = value.indexOf("=");
  if (equals < 0) {
    throw new UsageError(`${from}: Cannot read ${shown(value)}: expected NAME=VALUE`);
  }
  return [value.slice(0, equals), value.slice(equals + 1)];
}

function problemOf(name: string, value: string): string | undefined {
  if (!NAME.test(name)) {
    return `Cannot use ${shown(name)} as the name of a label: expected a letter, and then ` +
      'letters, digits, "_", "." or "-"';
  }
  if (name.length > NAME_MAX) {
    return `Cannot use ${shown(name)} as the name of a label: it has more than ${NAME_MAX} ` +
      "characters";
  }
  if (value.length > VALUE_MAX) {
    return `Cannot set label ${shown(name)}: its value has more than ${VALUE_MAX} UTF-16 units`;
  }
  if (!value.isWellFormed()) {
    return `Cannot set label ${shown(name)}: its value is not valid Unicode`;
  }
  return undefined;
}

/**
 * Reads the labels of settings.
 *
 * @param settings The settings; those named `label` are read, in their order. Names are compared
 * with case, and the last setting of each counts.
 * @returns Values by name; `undefined` when there is none.
 * @throws {UsageError} If one has no equals sign, a name that is empty, too long or has a character
 * that some format cannot hold, or a value that is too long or not valid Unicode, or if there are
 * too many.
 */
export function labelsOf(settings: readonly Setting[]): Labels | undefined {
  const labels = new Map<string, string>();
  for (const setting of settings) {
    if (setting.name !== "label") continue;
    const [name, value] = split(setting);
    const problem = problemOf(name, value);
    if (problem !== undefined) throw new UsageError(`${setting.from}: ${problem}`);
    labels.set(name, value);
    if (labels.size > MOST_LABELS) {
      throw new UsageError(
        `${setting.from}: Cannot set label ${shown(name)}: a run has at most ${MOST_LABELS} labels`,
      );
    }
  }
  return labels.size === 0 ? undefined : Object.fromEntries(labels);
}
