/**
 * The limits' options, made of the tables of limits: what a table has is an option here, and nothing
 * is named a second time.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import type { AnyRow, LimitOption } from "../../job/limits/row.ts";
import { sealChecked } from "../../job/limits/change.ts";
import { LIMIT_ROWS } from "../../job/limits/table.ts";
import type { Limits } from "../../job/limits/limits.ts";
import type { NotificationLimits } from "../../job/notifications/notification_limits.ts";
import { NOTIFICATION_ROWS } from "../../job/notifications/table.ts";
import { LIFT, readSetting, type Setting, type Settings, type SettingSpec } from "./setting.ts";
import { UsageError } from "./usage_error.ts";

/** A limit that options set. */
export interface GivenLimit {
  /** What the table says of it. */
  readonly row: AnyRow;
  /** The options that were given for it, in their order. */
  readonly given: readonly Setting[];
}

/** A table of limits or soft limits. */
export type RowTable = Readonly<Record<string, AnyRow>>;

function bare({ option }: LimitOption): string {
  return option.replace(/^--/, "");
}

/** A phrase of a table as one of the help: lower case, limits by their options. */
function phrase(text: string): string {
  const lower = text.charAt(0).toLowerCase() + text.slice(1);
  const limits: RowTable = LIMIT_ROWS;
  return lower.replace(/`(\w+)`/g, (_, name: string) => limits[name]?.options[0].option ?? name);
}

const LIMIT_GROUP = "Limits, kept by the kernel";
const SOFT_GROUP = "Soft limits, told and not kept (see --on-notify)";

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
 * The options in the form that changes a standing job: each takes {@linkcode LIFT} too, and a switch
 * a word.
 *
 * @param options The options.
 * @returns The same options, with what they take there.
 */
export function changeOptions(options: readonly SettingSpec[]): SettingSpec[] {
  return options.map((option) => ({
    ...option,
    value: option.value === undefined ? `on|${LIFT}` : `${option.value}|${LIFT}`,
    type: "string",
  }));
}

/**
 * The options in the form that a run takes, where they can lift what a policy sets: a value by
 * {@linkcode LIFT}, a switch by `--no-` before its name.
 *
 * @param options The options.
 * @returns The same options, with what lifts them.
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
  ["SIZE", "a number with its unit B, K, M, G or T (powers of 1024): 800KB, 64M, 1.5GiB"],
  ["TIME", "a number with its unit ms, s, m, h or d, or several: 250ms, 1.5s, 1m30s"],
  ["PERCENT", "a share of the whole machine with its sign: 50%, 12.5%"],
  ["COUNT", "a whole number"],
  ["CPUS", "processors by their numbers from 0: 0-3,6"],
];

/** How limits are read. */
export interface ReadLimitsOptions {
  /** The machine's processors, for limits that are counted in them. */
  readonly processors: number;
  /** Whether {@linkcode LIFT} is a value, which becomes `null`. */
  readonly lift?: boolean;
}

/** The settings of a row: of its option, or of those of its parts. */
function given(row: AnyRow, settings: Settings): Setting[] {
  return settings.all(...row.options.map(bare));
}

function readRow(row: AnyRow, settings: Settings, options: ReadLimitsOptions): unknown {
  const all = given(row, settings);
  const [first] = all;
  if (first === undefined) return undefined;
  if (options.lift === true && all.some(({ value }) => value === LIFT)) {
    if (all.length === 1) return null;
    throw new UsageError(`${first.from}: Cannot lift a limit and set it at the same time`);
  }
  const value = readParts(row, all);
  try {
    readSetting(first, () => row.check(value, options));
    return value;
  } catch (error) {
    const { cause, message } = error as Error;
    // Parts of a wrong type were refused before: these do not go together.
    if (row.options.length > 1 && cause instanceof TypeError) throw misfit(row.options, all);
    // The option says what cannot be set; the limit's name is the programming interface's.
    const inner = ` Cannot set ${row.name}:`;
    if (message.includes(inner)) throw new UsageError(message.replace(inner, ""), { cause });
    throw error;
  }
}

function misfit(options: readonly LimitOption[], all: readonly Setting[]): UsageError {
  const order = options.map(({ option }) => option);
  const ways = options
    // A pair is named by its first.
    .filter(({ beside }, at) => beside === undefined || order.indexOf(beside) > at)
    .map(({ option, beside }) => beside === undefined ? option : `${option} with ${beside}`);
  const given = all.map(({ from }) => from).join(" and ");
  const how = all.length === 1 ? "alone" : "together";
  return new UsageError(`Cannot take ${given} ${how}: wanted one way of ${ways.join(", ")}`);
}

/** The value that settings are, each of a part of it or one of the whole. */
function readParts(row: AnyRow, all: readonly Setting[]): unknown {
  let whole: unknown;
  const parts: Record<string, unknown> = {};
  for (const setting of all) {
    const option = row.options.find((each) => bare(each) === setting.name);
    if (option === undefined) continue;
    const value = setting.number ?? readSetting(setting, (text) => option.form.parse(text));
    if (option.key === undefined) whole = value;
    else parts[option.key] = value;
  }
  return whole ?? parts;
}

/**
 * Reads the limits of a table off the options.
 *
 * @param table The rows.
 * @param settings The options as given.
 * @param options The machine, and whether limits can be lifted.
 * @returns The limits that were given, checked.
 * @throws {UsageError} If one cannot be read or is out of range; the message names its option.
 */
export function readTable(
  table: RowTable,
  settings: Settings,
  options: ReadLimitsOptions,
): Record<string, unknown> {
  return defined(Object.fromEntries(
    Object.values(table).map((row) => [row.name, readRow(row, settings, options)]),
  ));
}

/**
 * Reads the limits off the options.
 *
 * @param settings The options as given.
 * @param options The machine, and whether limits can be lifted.
 * @returns The limits that were given, checked.
 * @throws {UsageError} If one cannot be read or is out of range; the message names its option.
 */
export function readLimits(settings: Settings, options: ReadLimitsOptions): Limits {
  return sealChecked(readTable(LIMIT_ROWS, settings, options));
}

/**
 * Reads the soft limits off the options.
 *
 * @param settings The options as given.
 * @param options The machine, and whether limits can be lifted.
 * @returns The soft limits that were given, checked.
 * @throws {UsageError} If one cannot be read or is out of range; the message names its option.
 */
export function readNotificationLimits(
  settings: Settings,
  options: ReadLimitsOptions,
): NotificationLimits {
  return readTable(NOTIFICATION_ROWS, settings, options);
}

/**
 * Lists the limits of a table that options set, with what the table says of them.
 *
 * @param table The rows.
 * @param settings The options as given.
 * @returns The limits in the order of the table.
 */
export function givenLimits(table: RowTable, settings: Settings): GivenLimit[] {
  return Object.values(table).map((row) => ({ row, given: given(row, settings) }))
    .filter((limit) => limit.given.length > 0);
}
