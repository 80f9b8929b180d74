/**
 * Options as data: what a command line and a policy can hold.
 *
 * @module
 */
import { suggestion } from "./suggestion.ts";

/** One option of a command, as data. */
export interface OptionSpec {
  /** Its name without the dashes. */
  readonly name: string;
  /** Other names for it, without the dashes. */
  readonly aliases?: readonly string[];
  /** The name that undoes a flag, such as `"no-quiet"`; absent if there is none. */
  readonly undo?: string;
  /** Its one-letter form without the dash. */
  readonly short?: string;
  /** The name of its value in the help, such as `"SIZE"`; absent for a flag. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly repeat?: boolean;
  /** The possible values, if there are only a few; also for an option that takes a list of them. */
  readonly words?: readonly string[];
  /** One phrase for the help. */
  readonly help: string;
  /** Its heading in the help; absent means the first. */
  readonly group?: string;
}

/** The type of a setting in a policy file. */
export type SettingType = "boolean" | "string" | "integer" | "strings" | "variables" | "labels";

/** An option that a policy file can hold. */
export interface SettingSpec extends OptionSpec {
  /** Its type in a policy file. */
  readonly type: SettingType;
  /** The only values; absent if the text is parsed further. */
  readonly allowed?: readonly string[];
  /** Options that exclude each other share this name; an option of the command line replaces those of the policy. */
  readonly excludes?: string;
  /** Whether each value sets a different variable, so that none replaces another. */
  readonly perVariable?: boolean;
  /** Whether {@linkcode LIFT} is a value that undoes the policy. */
  readonly lift?: boolean;
  /**
   * What it is a part of: a word of an option, or a flag. A policy's part goes when the command line
   * takes the whole back.
   */
  readonly partOf?: { readonly option: string; readonly word: string; readonly flag: string };
}

/** The word that removes a limit. */
export const LIFT = "none";

/**
 * Returns an option's key in a policy file.
 *
 * @param name The option's name, such as `"cpu-rate"`.
 * @returns The key, such as `"cpuRate"`.
 */
export function policyKey(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The names that other tools use for these options. */
const FOREIGN_NAMES: { readonly [name: string]: string } = {
  "wall-time": "timeout",
  walltime: "timeout",
  "time-limit": "timeout",
  maxmem: "memory",
  "max-memory": "memory",
  "memory-limit": "memory",
  "extra-time": "grace",
  "kill-after": "grace",
  nowait: "no-wait-tree",
  "no-wait": "no-wait-tree",
  chdir: "cwd",
  workdir: "cwd",
  dir: "cwd",
  maxprocs: "processes",
  environment: "env",
};

/**
 * Explains an unknown option and suggests the one that was probably meant.
 *
 * @param written The word, with its dashes.
 * @param specs The options that there are.
 * @param elsewhere Messages for options that do not exist, by name.
 * @returns The message.
 */
export function unknownOption(
  written: string,
  specs: readonly OptionSpec[],
  elsewhere: Readonly<Record<string, string>> = {},
): string {
  const word = written.replace(/^-+/, "").toLowerCase();
  if (Object.hasOwn(elsewhere, word)) return `Cannot take ${written}: ${elsewhere[word]}`;
  const names = specs.flatMap(({ name, undo = [] }) => [name].concat(undo));
  if (word === "version" || written === "-V") {
    return `Unknown option ${written}: jobbox --version prints the version`;
  }
  const foreign = Object.hasOwn(FOREIGN_NAMES, word) ? FOREIGN_NAMES[word]! : "";
  const meant = names.includes(foreign) ? foreign : suggestion(word, names);
  return `Unknown option ${written}${meant === undefined ? "" : `: did you mean --${meant}?`}`;
}

/**
 * Finds an option by the word that was written.
 *
 * @param written The word, with its dashes.
 * @param specs The options that there are.
 * @returns The option; `undefined` when there is none.
 */
export function findOption(written: string, specs: readonly OptionSpec[]): OptionSpec | undefined {
  if (!written.startsWith("--")) {
    return specs.find(({ short }) => short !== undefined && short === written.slice(1));
  }
  const word = written.slice(2);
  return specs.find(({ name, undo, aliases }) =>
    name === word || undo === word || aliases?.includes(word) === true
  );
}
