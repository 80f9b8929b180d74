/**
 * The options of isolation, made from the table of restrictions: each row is an option.
 *
 * @module
 */
import { contradiction, readIsolation, type Wording } from "../../isolation/read_isolation.ts";
import { NETWORKS } from "../../isolation/capabilities.ts";
import {
  CONTAINER_PARTS,
  type ContainerPart,
  ISOLATION_LEVELS,
  ISOLATION_PRESETS,
  ISOLATION_ROWS,
  type IsolationRow,
  isolationRow,
  MITIGATIONS,
} from "../../isolation/table.ts";
import { IsolationNotAppliedError, notAppliedText } from "../../isolation/errors.ts";
import type { Container, Isolation, IsolationName } from "../../isolation/isolation.ts";
import { defined } from "../../values/defined.ts";
import type { SettingSpec } from "./option.ts";
import { bare } from "../text/limit_text.ts";
import { messageOf } from "../text/message.ts";
import { readSetting, type Setting, Settings } from "./settings.ts";
import { UsageError } from "./usage_error.ts";

const GROUP = "What the command is not allowed to do (see jobbox doctor)";

const CONTAINER_GROUP = "What the container is given (with --isolate container or --container)";

/** The word for an empty list. */
const NOTHING = "none";

function optionSpec(row: IsolationRow): SettingSpec {
  const common = { name: bare(row), group: GROUP, help: row.summary };
  switch (row.form) {
    case "flag":
      return { ...common, type: "boolean" };
    case "patterns":
      return { ...common, value: row.valueName, type: "strings", repeat: true };
    case "list":
      return {
        ...common,
        value: row.valueName,
        type: "string",
        ...defined({ words: row.name === "mitigations" ? MITIGATIONS : undefined }),
      };
    case "low":
      return { ...common, value: "LEVEL", type: "string", allowed: ["low"], words: ["low"] };
    case "container":
      return { ...common, type: "boolean" };
  }
}

function partSpec(part: ContainerPart): SettingSpec {
  const { form, name, option, summary, valueName } = part;
  const common = {
    name: option.slice(2),
    group: CONTAINER_GROUP,
    help: summary,
    partOf: { option: "isolate", word: "container", flag: bare(isolationRow("container")) },
    ...defined({ excludes: name === "network" ? "network" : undefined }),
  };
  switch (form) {
    case "flag":
      return { ...common, type: "boolean" };
    case "folders":
      return { ...common, value: valueName, type: "strings", repeat: true };
    case "list":
      return {
        ...common,
        value: valueName,
        type: "string",
        ...defined({ words: name === "network" ? NETWORKS : undefined }),
      };
  }
}

/** The word for several restrictions, and the option of each. */
export const ISOLATION_OPTIONS: readonly SettingSpec[] = [
  {
    name: "isolate",
    value: "WORD",
    type: "string",
    allowed: ISOLATION_LEVELS,
    words: ISOLATION_LEVELS,
    lift: true,
    group: GROUP,
    help:
      "user: --no-admin, --keep-privileges none, --fresh-temp and --protect; low: the same and " +
      "--integrity low; container: --no-admin, --keep-privileges none, --protect and --container; " +
      "none: none of these. If one is not in force, the run ends with 125 before the " +
      "command starts",
  },
  ...ISOLATION_ROWS.map(optionSpec),
  ...CONTAINER_PARTS.map(partSpec),
];

function words(text: string): string[] {
  if (text.trim().toLowerCase() === NOTHING) return [];
  return text.split(",").map((word) => word.trim());
}

/** The value of the settings of one restriction. */
function valueOf(row: IsolationRow, given: readonly Setting[]): unknown {
  const { value } = given.at(-1)!;
  switch (row.form) {
    case "list":
      return words(value);
    case "patterns":
      return given.map((setting) => setting.value);
    case "low":
      return value.toLowerCase();
    case "container":
      return {};
    case "flag":
      // As the presets have it.
      return { admin: false, temp: "fresh", protect: true, desktop: "private" }[row.name as "temp"];
  }
}

/** A restriction that options ask for. */
export interface GivenRestriction {
  /** Its row of the table. */
  readonly row: IsolationRow;
  /** The options that ask for it: its own, or `--isolate`. */
  readonly given: readonly Setting[];
}

/**
 * Lists the restrictions that options ask for.
 *
 * @param settings The options as given.
 * @returns The restrictions in the order of the table.
 */
export function givenRestrictions(settings: Settings): GivenRestriction[] {
  const isolate = settings.find("isolate");
  const preset = presetOf(settings);
  return ISOLATION_ROWS.flatMap((row) => {
    const own = settings.all(bare(row));
    const given = own.length > 0 ? own : row.name in preset ? [isolate!] : [];
    if (given.length === 0) return [];
    const parts = row.name === "container"
      ? settings.all(...CONTAINER_PARTS.map(({ option }) => option.slice(2)))
      : [];
    return [{ row, given: [...given, ...parts] }];
  });
}

/**
 * What messages call restrictions and variables: as they were written.
 *
 * @param settings The options as given.
 * @returns The words; a restriction that was not asked for has the name of its option.
 */
export function wordsOf(settings: Settings): Wording {
  const given = givenRestrictions(settings);
  return {
    restriction: (name) => {
      const { option } = isolationRow(name);
      const setting = given.find(({ row }) => row.name === name)?.given[0];
      if (setting === undefined) return option;
      return setting.name === "isolate"
        ? `${setting.from} ${setting.value} (${option})`
        : setting.from;
    },
    variable: (name) => `the variable ${name}`,
  };
}

/**
 * Returns the message of a thrown value, in which a restriction that is not in force has the name of
 * its option.
 *
 * @param error What was thrown.
 * @param settings The options as given.
 * @returns The message.
 */
export function messageInOptions(error: unknown, settings: readonly Setting[]): string {
  if (!(error instanceof IsolationNotAppliedError)) return messageOf(error);
  const { restriction } = wordsOf(new Settings(settings));
  return notAppliedText(error, restriction(error.row as IsolationName));
}

function presetOf(settings: Settings): Isolation {
  return ISOLATION_PRESETS[settings.choice("isolate", ISOLATION_LEVELS, "none")];
}

/**
 * Reads the rights that the command is started without.
 *
 * @param settings The options as given.
 * @returns The isolation; `undefined` if none is requested.
 * @throws {UsageError} If a value cannot be understood, or options contradict each other.
 */
export function readIsolationOptions(settings: Settings): Isolation | undefined {
  const wish: Record<string, unknown> = { ...presetOf(settings) };
  for (const row of ISOLATION_ROWS) {
    const given = settings.all(bare(row));
    if (given.length === 0) continue;
    wish[row.name] = readSetting(given.at(-1)!, () => {
      const value = valueOf(row, given);
      const problem = problemOf(row, value);
      if (problem !== undefined) throw new SyntaxError(problem);
      return value;
    });
  }
  const parts = readParts(settings);
  const [first] = parts.values();
  if (first !== undefined && wish["container"] === undefined) {
    throw new UsageError(
      `${first.from}: it gives something to a container, or takes it away: add --isolate container ` +
        "or --container",
    );
  }
  if (wish["container"] !== undefined) {
    wish["container"] = Object.fromEntries([...parts].map(([name, { value }]) => [name, value]));
  }
  if (Object.keys(wish).length === 0) return undefined;
  const isolation = wish as Isolation;
  const problem = contradiction(isolation, wordsOf(settings));
  if (problem !== undefined) throw new UsageError(`Cannot isolate the command: ${problem}`);
  return readIsolation(isolation);
}

interface GivenPart {
  readonly value: unknown;
  readonly from: string;
}

/** The parts of the container that options give, by their keys. */
function readParts(settings: Settings): Map<keyof Container, GivenPart> {
  const parts = new Map<keyof Container, GivenPart>();
  for (const { flagValue, form, name, option } of CONTAINER_PARTS) {
    const given = settings.all(option.slice(2));
    const [last] = given.slice(-1);
    if (last === undefined) continue;
    if (parts.has(name)) {
      throw new UsageError(`${last.from}: it cannot stand beside ${parts.get(name)!.from}`);
    }
    const value = readSetting(last, () => {
      const found = form === "flag"
        ? flagValue
        : form === "list"
        ? words(last.value)
        : given.map((setting) => setting.value);
      const problem = problemOf({ name: "container" }, { [name]: found });
      if (problem !== undefined) throw new SyntaxError(problem);
      return found;
    });
    parts.set(name, { value, from: last.from });
  }
  return parts;
}

/** Why a value does not suit a restriction, without the words of the programming interface. */
function problemOf({ name }: Pick<IsolationRow, "name">, value: unknown): string | undefined {
  try {
    // On its own it would be refused without the restriction that it needs.
    readIsolation(name === "protect" ? { admin: false, protect: value } : { [name]: value });
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^Cannot start a process: /, "")
      .replace(/^(options\.)?isolation\.(\w+)(\.\w+)?(\[\d+\])? /, "");
  }
}
