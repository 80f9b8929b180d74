/**
 * The options of the limits, made from the tables of limits, so that each limit is described only
 * once.
 *
 * @module
 */
import type { AnyRow, LimitOption } from "../../job/limits/row.ts";
import { LIMIT_ROWS } from "../../job/limits/table.ts";
import { NOTIFICATION_ROWS } from "../../job/notifications/table.ts";
import { defined } from "../../values/defined.ts";
import { LIFT, type SettingSpec } from "./option.ts";
import { bare } from "../text/limit_text.ts";
import type { RowTable, Setting, Settings } from "./settings.ts";

/** A phrase of a table for the help: lower case, limits named by their options. */
function phrase(text: string): string {
  const lower = text.charAt(0).toLowerCase() + text.slice(1);
  const limits: RowTable = LIMIT_ROWS;
  return lower.replace(/`(\w+)`/g, (_, name: string) => limits[name]?.options[0].option ?? name);
}

const LIMIT_GROUP = "Limits, enforced by the kernel";
const SOFT_GROUP = "Soft limits, reported but not enforced (see --on-notify)";

function optionSpec(row: AnyRow, option: LimitOption, group: string): SettingSpec {
  const { valueName, summary, form, beyond, key } = option;
  const words = form.words === undefined ? "" : ` (${form.words.join(", ")})`;
  const exceeded = group === SOFT_GROUP || beyond === undefined
    ? ""
    : `; beyond it ${phrase(beyond)}`;
  return {
    name: bare(option),
    ...defined({
      value: form.json === "boolean" ? undefined : valueName,
      allowed: form.isList === true ? undefined : form.words,
      words: form.words,
      excludes: key === undefined ? undefined : row.name,
    }),
    type: form.json,
    group,
    help: `${phrase(summary)}${words}${exceeded}`,
  };
}

/**
 * Makes the options of a table of limits.
 *
 * @param table The rows.
 * @param group The help's heading.
 * @returns An option for each limit or, where it has several, for each of its parts.
 */
export function tableOptions(table: RowTable, group = LIMIT_GROUP): SettingSpec[] {
  return Object.values(table).flatMap((row) =>
    row.options.map((option) => optionSpec(row, option, group))
  );
}

/** The option of every limit, in the order of the table. */
export const LIMIT_OPTIONS: readonly SettingSpec[] = tableOptions(LIMIT_ROWS);

/** The option of every soft limit, in the order of the table. */
export const NOTIFICATION_OPTIONS: readonly SettingSpec[] = tableOptions(
  NOTIFICATION_ROWS,
  SOFT_GROUP,
);

/**
 * The options in the form that changes an existing job: each also takes {@linkcode LIFT}, and a
 * switch takes a word.
 *
 * @param options The options.
 * @returns The same options, with the values that they take there.
 */
export function changeOptions(options: readonly SettingSpec[]): SettingSpec[] {
  return options.map((option) => ({
    ...option,
    value: option.value === undefined ? `on|${LIFT}` : `${option.value}|${LIFT}`,
    type: "string",
  }));
}

/**
 * The options in the form for a run, where they can remove a limit of a policy: a value by
 * {@linkcode LIFT}, a switch by `--no-` before its name.
 *
 * @param options The options.
 * @returns The same options, with what removes them.
 */
export function liftableOptions(options: readonly SettingSpec[]): SettingSpec[] {
  return options.map((option) => ({
    ...option,
    ...defined({
      undo: option.value === undefined ? `no-${option.name}` : undefined,
      lift: option.value === undefined ? undefined : true,
    }),
  }));
}

/** How values are written, for the help. */
export const VALUE_NOTES: readonly (readonly [string, string])[] = [
  ["SIZE", "a number with the unit B, K, M, G or T (powers of 1024): 800KB, 64M, 1.5GiB"],
  ["TIME", "a number with the unit ms, s, m, h or d, or several of these: 250ms, 1.5s, 1m30s"],
  ["PERCENT", "a share of the whole machine, with the percent sign: 50%, 12.5%"],
  ["COUNT", "a whole number"],
  ["CPUS", "processor numbers, counted from 0: 0-3,6"],
];

/** A limit that options set. */
export interface GivenLimit {
  /** Its row of the table. */
  readonly row: AnyRow;
  /** The options that were given for it, in their order. */
  readonly given: readonly Setting[];
}

/**
 * Lists the limits of a table that options set, with their rows.
 *
 * @param table The rows.
 * @param settings The options as given.
 * @returns The limits in the order of the table.
 */
export function givenLimits(table: RowTable, settings: Settings): GivenLimit[] {
  return Object.values(table).map((row) => ({ row, given: settings.all(...row.options.map(bare)) }))
    .filter((limit) => limit.given.length > 0);
}
