/**
 * The limits' options, made of the tables of limits: what the tables have is an option here, and
 * nothing is named a second time.
 *
 * @module
 */
import { shown } from "../../process/start/shown.ts";
import { JOBOBJECTINFOCLASS } from "../../ffi/constants.ts";
import { LIMIT_ROWS } from "../../job/limits/table.ts";
import type { LimitText, OptionVariant, ValueKind } from "../../job/limits/row.ts";
import type { Limits } from "../../job/limits/limits.ts";
import type { NotificationLimits } from "../../job/notifications/notification_limits.ts";
import { NOTIFICATION_ROWS } from "../../job/notifications/table.ts";
import {
  parseCount,
  parseCpuList,
  parseDuration,
  parsePercent,
  parseSize,
} from "../text/quantity.ts";
import { cpusToMask } from "../../job/units.ts";
import { LIFT, readSetting, type Setting, type Settings, type SettingSpec } from "./setting.ts";
import { UsageError } from "./usage_error.ts";

/** A limit that options set, and the options that set it. */
export interface GivenLimit {
  /** The limit's name. */
  readonly name: string;
  /** The options that were given for it, in their order. */
  readonly given: readonly Setting[];
  /** What the table says of it. */
  readonly text: LimitText;
  /** The information class that it is set with; 0 where a function of its own sets it. */
  readonly infoClass: number;
}

/** What of a row the options read; the rows of both tables are such. */
interface Row extends LimitText {
  readonly name: string;
  readonly kind: ValueKind;
  readonly choices?: readonly string[];
  readonly variants?: readonly OptionVariant[];
  readonly infoClass?: number;
  check(value: unknown, machine: { readonly processors: number }): void;
}

const LIMITS: readonly Row[] = Object.values(LIMIT_ROWS) as unknown as Row[];
const NOTIFICATIONS: readonly Row[] = Object.values(NOTIFICATION_ROWS) as unknown as Row[];

function bare(option: string): string {
  return option.replace(/^--/, "");
}

/** A phrase of a table as one of the help: lower case, limits by their options. */
function phrase(text: string): string {
  const lower = text.charAt(0).toLowerCase() + text.slice(1);
  return lower.replace(
    /`(\w+)`/g,
    (_, name: string) => LIMITS.find((row) => row.name === name)?.option ?? name,
  );
}

/** Values that can be exceeded; what that does stands in the help. */
const AMOUNTS: ReadonlySet<ValueKind> = new Set(["bytes", "byteRange", "milliseconds", "count"]);

/** What happens beyond a limit, without what programs are told; empty where nothing is exceeded. */
function beyond({ kind, unit, whenReached }: Row): string {
  if (!AMOUNTS.has(kind) || unit === "") return "";
  return `; beyond it ${phrase(whenReached.split(";")[0] ?? "")}`;
}

function typeOf(kind: ValueKind | OptionVariant["kind"]): SettingSpec["type"] {
  if (kind === "switch") return "boolean";
  return kind === "count" ? "integer" : "string";
}

function rowOptions(row: Row, group: string): SettingSpec[] {
  if (row.variants !== undefined) {
    return row.variants.map(({ option, valueName, kind, summary }) => ({
      name: bare(option),
      ...kind === "switch" ? {} : { value: valueName },
      type: typeOf(kind),
      excludes: row.name,
      group,
      help: phrase(summary),
    }));
  }
  const words = row.choices === undefined ? "" : ` (${row.choices.join(", ")})`;
  const exceeded = group === SOFT_GROUP ? "" : beyond(row);
  return [{
    name: bare(row.option),
    ...row.kind === "switch" ? {} : { value: row.valueName },
    ...row.kind === "choice" && row.choices !== undefined ? { allowed: row.choices } : {},
    ...row.choices === undefined ? {} : { words: row.choices },
    type: typeOf(row.kind),
    group,
    help: `${phrase(row.summary)}${words}${exceeded}`,
  }];
}

const LIMIT_GROUP = "Limits, kept by the kernel";
const SOFT_GROUP = "Soft limits, told and not kept (see --on-notify)";

/** The option of every limit, in the order of the table. */
export const LIMIT_OPTIONS: readonly SettingSpec[] = LIMITS.flatMap((row) =>
  rowOptions(row, LIMIT_GROUP)
);

/** The option of every soft limit, in the order of the table. */
export const NOTIFICATION_OPTIONS: readonly SettingSpec[] = NOTIFICATIONS.flatMap((row) =>
  rowOptions(row, SOFT_GROUP)
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
    ...option.value === undefined ? { undo: `no-${option.name}` } : { lift: true },
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

/** Reads what a row's option says; the row's own check comes later. */
function parseValue(row: Row, text: string): unknown {
  switch (row.kind) {
    case "bytes":
      return parseSize(text);
    case "milliseconds":
      return parseDuration(text);
    case "count":
      return parseCount(text);
    case "mask":
      return cpusToMask(parseCpuList(text));
    case "byteRange":
      return parseRange(text);
    case "groupMasks":
      return text.split(";").map(parseGroup);
    case "choices":
      return text === "" ? [] : text.split(",").map((word) => parseWord(word, row.choices ?? []));
    case "choice":
      return parseWord(text, row.choices ?? []);
    case "rateTolerance":
      return parseTolerance(text);
    case "switch":
      if (text === "" || text === "on") return true;
      throw unreadable(text, `on or ${LIFT}`);
    case "cpu":
      throw new TypeError("A row with several options has no value of its own");
  }
}

function unreadable(text: string, wanted: string): SyntaxError {
  return new SyntaxError(`Cannot read ${shown(text)}: wanted ${wanted}`);
}

function parseWord(text: string, words: readonly string[]): string {
  const found = words.find((word) => word.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw unreadable(text, words.join(", "));
}

function parseRange(text: string): { min: number; max: number } {
  const [min, max, ...rest] = text.split("..");
  if (min === undefined || max === undefined || rest.length > 0) {
    throw unreadable(text, "two sizes such as 1M..64M");
  }
  return { min: parseSize(min), max: parseSize(max) };
}

function parseGroup(text: string): { group: number; mask: bigint } {
  const [group, cpus, ...rest] = text.split(":");
  if (group === undefined || cpus === undefined || rest.length > 0) {
    throw unreadable(text, "a processor group and its processors such as 0:0-3");
  }
  return { group: parseCount(group), mask: cpusToMask(parseCpuList(cpus)) };
}

function parseTolerance(text: string): { tolerance: string; interval?: string } {
  const [tolerance = "", interval, ...rest] = text.split(",");
  if (rest.length > 0) throw unreadable(text, "a tolerance and an interval such as high,short");
  return {
    tolerance: parseWord(tolerance, ["low", "medium", "high"]),
    ...interval === undefined ? {} : { interval: parseWord(interval, ["short", "medium", "long"]) },
  };
}

function parseVariant(kind: OptionVariant["kind"], text: string): unknown {
  switch (kind) {
    case "percent":
      return parsePercent(text);
    case "count":
      return parseCount(text);
    case "number":
      if (!/^\d+(\.\d+)?$/.test(text)) throw unreadable(text, "a number such as 1.5");
      return Number(text);
    case "switch":
      return true;
  }
}

/** How limits are read. */
export interface ReadLimitsOptions {
  /** The machine's processors, for limits that are counted in them. */
  readonly processors: number;
  /** Whether {@linkcode LIFT} is a value, which becomes `null`. */
  readonly lift?: boolean;
}

/** The settings of a row: of its option, or of those of its parts. */
function given(row: Row, settings: Settings): Setting[] {
  const options = row.variants?.map(({ option }) => option) ?? [row.option];
  return settings.all(...options.map(bare));
}

function readRow(row: Row, settings: Settings, options: ReadLimitsOptions): unknown {
  const variants = row.variants ?? [];
  const all = given(row, settings);
  const first = all[0];
  if (first === undefined) return undefined;
  if (options.lift === true && all.some(({ value }) => value === LIFT)) {
    if (all.length === 1) return null;
    throw new UsageError(`${first.from}: Cannot lift a limit and set it at the same time`);
  }
  const value = variants.length === 0
    ? readSetting(first, (text) => parseValue(row, text))
    : readVariants(variants, all);
  try {
    return readSetting(first, () => {
      row.check(value, options);
      return value;
    });
  } catch (error) {
    const { cause, message } = error as Error;
    // Parts of a wrong type were refused before: these do not go together.
    if (variants.length > 0 && cause instanceof TypeError) throw misfit(variants, all);
    // The option says what cannot be set; the limit's name is the programming interface's.
    const inner = ` Cannot set ${row.name}:`;
    if (message.includes(inner)) throw new UsageError(message.replace(inner, ""), { cause });
    throw error;
  }
}

function misfit(variants: readonly OptionVariant[], all: readonly Setting[]): UsageError {
  const order = variants.map(({ option }) => option);
  const ways = variants
    // A pair is named by its first.
    .filter(({ beside }, at) => beside === undefined || order.indexOf(beside) > at)
    .map(({ option, beside }) => beside === undefined ? option : `${option} with ${beside}`);
  const given = all.map(({ from }) => from).join(" and ");
  const how = all.length === 1 ? "alone" : "together";
  return new UsageError(`Cannot take ${given} ${how}: wanted one way of ${ways.join(", ")}`);
}

function readVariants(
  variants: readonly OptionVariant[],
  all: readonly Setting[],
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const setting of all) {
    const variant = variants.find(({ option }) => bare(option) === setting.name);
    if (variant === undefined) continue;
    value[variant.key] = readSetting(setting, (text) => parseVariant(variant.kind, text));
  }
  return value;
}

function readRows(
  rows: readonly Row[],
  settings: Settings,
  options: ReadLimitsOptions,
): Record<string, unknown> {
  const limits: Record<string, unknown> = {};
  for (const row of rows) {
    const value = readRow(row, settings, options);
    if (value !== undefined) limits[row.name] = value;
  }
  return limits;
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
  return readRows(LIMITS, settings, options) as Limits;
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
  return readRows(NOTIFICATIONS, settings, options) as NotificationLimits;
}

/**
 * Lists the limits that options set, with what the tables say of them.
 *
 * @param settings The options as given.
 * @returns The limits, then the soft limits, each in the order of its table.
 */
export function givenLimits(settings: Settings): { hard: GivenLimit[]; soft: GivenLimit[] } {
  const list = (rows: readonly Row[], infoClass: number): GivenLimit[] =>
    rows.map((row) => ({
      name: row.name,
      given: given(row, settings),
      text: row,
      infoClass: row.infoClass ?? infoClass,
    })).filter((limit) => limit.given.length > 0);
  return {
    hard: list(LIMITS, 0),
    soft: list(NOTIFICATIONS, JOBOBJECTINFOCLASS.JobObjectNotificationLimitInformation2),
  };
}
