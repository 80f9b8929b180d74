/**
 * Options as they were given: parsed from the command line or taken from a policy, and read in the
 * same way, the limits by their rows.
 *
 * Not by `@std/cli`'s `parseArgs`: it reads the program `true` as a flag's value, drops a command's
 * own `--`, and loses the order of the options (`tests/cli/args/std_parse_args_test.ts`).
 *
 * @module
 */
import { sealChecked } from "../../job/limits/change.ts";
import type { AnyRow, LimitOption } from "../../job/limits/row.ts";
import { LIMIT_ROWS } from "../../job/limits/table.ts";
import { NOTIFICATION_ROWS } from "../../job/notifications/table.ts";
import { defined } from "../../values/defined.ts";
import { shown } from "../../values/shown.ts";
import { findOption, LIFT, type OptionSpec, unknownOption } from "./option.ts";
import { bare } from "../text/limit_text.ts";
import { messageOf } from "../text/message.ts";
import { UsageError } from "./usage_error.ts";
import type { Limits, NotificationLimits } from "../../mod.ts";

/** One option as it was given. */
export interface GivenOption {
  /** The option's name without the dashes. */
  readonly name: string;
  /** Its value; empty for a flag. */
  readonly value: string;
  /** The name that undid the flag; absent if the flag itself was given. */
  readonly undone?: string;
  /** The alias by which it was given; absent if it was its own name. */
  readonly alias?: string;
}

/** A command line taken apart. */
export interface ParsedArgs {
  /** The options in the order in which they were given. */
  readonly options: readonly GivenOption[];
  /** The words that are not options. */
  readonly positionals: readonly string[];
}

/** How {@linkcode parseArgs} reads. */
export interface ParseOptions {
  /** Whether options end at the first positional, as for a command that runs another. */
  readonly stopEarly?: boolean;
  /** Messages for options that do not exist, by name. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

/** The kinds of values that have no sign. */
const UNSIGNED = /^(?:SIZE|TIME|PERCENT|COUNT|NUMBER|CODE)\b/;

function missingValue(
  { name, value: form = "" }: OptionSpec,
  written: string,
  next: string | undefined,
): string {
  const option = written.startsWith("--") ? written : `--${name}`;
  if (next === undefined || next === "--") return `${option} needs a value: ${form}`;
  return UNSIGNED.test(form) && /^-[\d.]/.test(next)
    ? `${option}: Cannot read "${next}": expected a ${form} of 0 or more`
    : `${option} needs a value: write ${option}=${next} if the value begins with a dash`;
}

/**
 * Takes a command line apart.
 *
 * A value follows its option or an equals sign; one that begins with a dash needs the equals sign.
 * `--` ends the options.
 *
 * @param tokens The arguments.
 * @param specs The options that there are.
 * @param parse How to read.
 * @returns The options and the rest.
 * @throws {UsageError} If an option is unknown, given twice, lacks its value, or has a value that it cannot take.
 */
export function parseArgs(
  tokens: readonly string[],
  specs: readonly OptionSpec[],
  parse: ParseOptions = {},
): ParsedArgs {
  const options: GivenOption[] = [];
  const positionals: string[] = [];
  const refuse = (message: string): never => {
    throw new UsageError(message);
  };
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token === "--") {
      positionals.push(...tokens.slice(at + 1));
      break;
    }
    if (token.length < 2 || !token.startsWith("-")) {
      if (parse.stopEarly) {
        positionals.push(...tokens.slice(at));
        break;
      }
      positionals.push(token);
      continue;
    }
    const equals = token.indexOf("=");
    const written = equals < 0 ? token : token.slice(0, equals);
    const spec = findOption(written, specs) ??
      refuse(unknownOption(written, specs, parse.elsewhere));
    const { name } = spec;
    if (spec.repeat !== true && options.some((given) => given.name === name)) {
      refuse(`--${name} is given twice: give it once`);
    }
    const alias = spec.aliases?.find((each) => written === `--${each}`);
    const also = alias === undefined ? {} : { alias };
    if (spec.value === undefined) {
      if (equals >= 0) refuse(`${written} takes no value`);
      const undone = written === `--${spec.undo}` ? { undone: written.slice(2) } : {};
      options.push({ name, value: "", ...undone });
    } else if (equals >= 0) {
      options.push({ name, value: token.slice(equals + 1), ...also });
    } else {
      const value = tokens[at + 1];
      if (value === undefined || (value.length > 1 && value.startsWith("-"))) {
        refuse(missingValue(spec, written, value));
      }
      options.push({ name, value: value!, ...also });
      at++;
    }
  }
  return { options, positionals };
}

/** A setting as text, and where it comes from. */
export interface Setting extends GivenOption {
  /** The value itself if a policy gives a number; `value` is its text, for people. */
  readonly number?: number;
  /** Where, for messages: `"--memory"`, or the policy file and the key's path. */
  readonly from: string;
}

/**
 * Marks options of a command line as settings.
 *
 * @param options The options.
 * @returns Settings that know where they come from.
 */
export function fromCommandLine(options: readonly GivenOption[]): Setting[] {
  return options.map((option) => ({
    ...option,
    from: `--${option.undone ?? option.alias ?? option.name}`,
  }));
}

/**
 * Reads a setting's value; the error says where the setting comes from.
 *
 * @param setting The setting.
 * @param read Reads the text; what it throws becomes a usage error.
 * @returns What `read` returned.
 * @throws {UsageError} If the text cannot be read.
 */
export function readSetting<T>(setting: Setting, read: (text: string) => T): T {
  try {
    return read(setting.value);
  } catch (cause) {
    throw new UsageError(`${setting.from}: ${messageOf(cause)}`, { cause });
  }
}

/** The settings by name; the last one of a name that cannot be repeated. */
export class Settings {
  readonly #all: readonly Setting[];

  /**
   * Takes the settings.
   *
   * @param all All settings in force.
   */
  constructor(all: readonly Setting[]) {
    this.#all = all;
  }

  /** Whether an option was given. */
  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  /** The setting of a name; absent when it was not given. */
  find(name: string): Setting | undefined {
    return this.#all.findLast((setting) => setting.name === name);
  }

  /** All settings of one of some names, in their order. */
  all(...names: readonly string[]): Setting[] {
    return this.#all.filter(({ name }) => names.includes(name));
  }

  /** The text of a setting; absent when it was not given. An empty one is refused. */
  text(name: string): string | undefined {
    return this.read(name, (text) => {
      if (text === "") throw new SyntaxError("The value is empty");
      return text;
    });
  }

  /** The parsed value of a setting; absent when it was not given. */
  read<T>(name: string, read: (text: string) => T): T | undefined {
    const setting = this.find(name);
    return setting === undefined ? undefined : readSetting(setting, read);
  }

  /** One of some words. */
  choice<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    return this.read(name, (text) => {
      const found = allowed.find((word) => word === text.toLowerCase());
      if (found !== undefined) return found;
      throw new SyntaxError(
        `Cannot read ${shown(text)}: expected ${allowed.slice(0, -1).join(", ")} or ${
          allowed.at(-1)
        }`,
      );
    }) ?? fallback;
  }
}

/** A table of limits or soft limits. */
export type RowTable = Readonly<Record<string, AnyRow>>;

/** How limits are read. */
export interface ReadLimitsOptions {
  /** The machine's processors, for limits that are counted in them. */
  readonly processors: number;
  /** Whether {@linkcode LIFT} is a value, which becomes `null`. */
  readonly lift?: boolean;
}

/** The value that the options of a row give together; `undefined` for none. */
function readRow(row: AnyRow, settings: Settings, options: ReadLimitsOptions): unknown {
  const all = settings.all(...row.options.map(bare));
  const [first] = all;
  if (first === undefined) return undefined;
  if (options.lift === true && all.some(({ value }) => value === LIFT)) {
    if (all.length === 1) return null;
    throw new UsageError(`${first.from}: Cannot remove a limit and set it at the same time`);
  }
  const value = readParts(row, all);
  try {
    readSetting(first, () => row.check(value, options));
    return value;
  } catch (error) {
    const { cause, message } = error as Error;
    // Parts of a wrong type were refused before, so these exclude each other.
    if (row.options.length > 1 && cause instanceof TypeError) throw misfit(row.options, all);
    // The option already names it; the limit's name belongs to the programming interface.
    throw new UsageError(withOptionNames(message, row), { cause });
  }
}

/** Replaces the names of a limit and its parts in the programming interface by their options. */
function withOptionNames(message: string, { name, options }: AnyRow): string {
  return message.replace(new RegExp(` Cannot set ${name}(?:\\.\\w+)?:`), "")
    .replaceAll(
      new RegExp(`\\b${name}\\.(\\w+)`, "g"),
      (_, key: string) => options.find((option) => option.key === key)?.option ?? `the ${key}`,
    );
}

function misfit(options: readonly LimitOption[], all: readonly Setting[]): UsageError {
  const order = options.map(({ option }) => option);
  const ways = options
    // A pair is named by its first.
    .filter(({ beside }, at) => beside === undefined || order.indexOf(beside) > at)
    .map(({ option, beside }) => beside === undefined ? option : `${option} with ${beside}`);
  const given = all.map(({ from }) => from).join(" and ");
  const how = all.length === 1 ? "alone" : "together";
  return new UsageError(`Cannot use ${given} ${how}: expected one of ${ways.join(", ")}`);
}

/** The value of settings, each of which is a part or one is the whole. */
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
 * Reads the limits of a table from the options.
 *
 * @param table The rows.
 * @param settings The options as given.
 * @param options The machine, and whether limits can be removed.
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
 * Reads the limits from the options.
 *
 * @param settings The options as given.
 * @param options The machine, and whether limits can be removed.
 * @returns The limits that were given, checked.
 * @throws {UsageError} If one cannot be read or is out of range; the message names its option.
 */
export function readLimits(settings: Settings, options: ReadLimitsOptions): Limits {
  return sealChecked(readTable(LIMIT_ROWS, settings, options));
}

/**
 * Reads the soft limits from the options.
 *
 * @param settings The options as given.
 * @param options The machine, and whether limits can be removed.
 * @returns The soft limits that were given, checked.
 * @throws {UsageError} If one cannot be read or is out of range; the message names its option.
 */
export function readNotificationLimits(
  settings: Settings,
  options: ReadLimitsOptions,
): NotificationLimits {
  return readTable(NOTIFICATION_ROWS, settings, options);
}
