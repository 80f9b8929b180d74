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
  /** Other names that it is taken by, without the dashes. */
  readonly aliases?: readonly string[];
  /** The name that takes a flag back, such as `"no-quiet"`; absent where nothing does. */
  readonly undo?: string;
  /** Its one-letter form without the dash. */
  readonly short?: string;
  /** What its value is called in the help, such as `"SIZE"`; absent for a flag. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly repeat?: boolean;
  /** The words that its value can be, where they are few; a list of several where it takes one. */
  readonly words?: readonly string[];
  /** One phrase for the help. */
  readonly help: string;
  /** The help's heading that it stands under; absent means the first. */
  readonly group?: string;
}

/** The type of a setting in a policy file. */
export type SettingType = "boolean" | "string" | "integer" | "strings" | "variables";

/** An option that a policy file can hold. */
export interface SettingSpec extends OptionSpec {
  /** Its type in a policy file. */
  readonly type: SettingType;
  /** The only values; absent where the text is read further. */
  readonly allowed?: readonly string[];
  /** Options that exclude each other share this name; the command line's replace the policy's. */
  readonly excludes?: string;
  /** Whether each of its values is of a variable of its own, and so replaces no other. */
  readonly perVariable?: boolean;
  /** Whether {@linkcode LIFT} is a value, which takes back what a policy says. */
  readonly lift?: boolean;
}

/** The word that lifts a limit. */
export const LIFT = "none";

/**
 * Answers an option's key in a policy file.
 *
 * @param name The option's name, such as `"cpu-rate"`.
 * @returns The key, such as `"cpuRate"`.
 */
export function policyKey(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** What other tools call the options of this one. */
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
 * Says of a word that is no option what was probably meant.
 *
 * @param written The word, with its dashes.
 * @param specs The options that there are.
 * @param elsewhere What is said of options that are not there, by their names.
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
