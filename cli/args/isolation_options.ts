/**
 * The options of isolation, made from the table of restrictions: each row is an option.
 *
 * @module
 */
import { contradiction, readIsolation } from "../../isolation/read_isolation.ts";
import {
  ISOLATION_LEVELS,
  ISOLATION_PRESETS,
  ISOLATION_ROWS,
  type IsolationRow,
  MITIGATIONS,
} from "../../isolation/table.ts";
import type { Isolation } from "../../mod.ts";
import { defined } from "../../values/defined.ts";
import type { SettingSpec } from "./option.ts";
import { bare } from "../text/limit_text.ts";
import { readSetting, type Setting, type Settings } from "./settings.ts";
import { UsageError } from "./usage_error.ts";

const GROUP = "What the command is not allowed to do (see jobbox doctor)";

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
      "--integrity low; none: none of these. If one is not in force, the run ends with 125 before the " +
      "command starts",
  },
  ...ISOLATION_ROWS.map(optionSpec),
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
    return given.length === 0 ? [] : [{ row, given }];
  });
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
  if (Object.keys(wish).length === 0) return undefined;
  const isolation = wish as Isolation;
  const problem = contradiction(isolation);
  if (problem !== undefined) throw new UsageError(`Cannot isolate the command: ${problem}`);
  return readIsolation(isolation);
}

/** Why a value does not suit a restriction, without the words of the programming interface. */
function problemOf({ name }: IsolationRow, value: unknown): string | undefined {
  try {
    // On its own it would be refused without the restriction that it needs.
    readIsolation(name === "protect" ? { admin: false, protect: value } : { [name]: value });
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^Cannot start a process: /, "")
      .replace(/^options\.isolation\.(\w+)(\[\d+\])? /, "");
  }
}
