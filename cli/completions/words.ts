/**
 * The words that the completions of every shell use, taken from the commands' tables.
 *
 * @module
 */
import { type CommandSpec, HELP_OPTION } from "../args/command.ts";
import type { OptionSpec } from "../args/option.ts";

/** The words that completions use: those after each command. */
export interface Words {
  readonly command: string;
  readonly options: readonly string[];
  /** Options that take a value, and its words if they are known. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Options whose value is a file. */
  readonly files: readonly string[];
  /** The possible values of its first positional, if they are known. */
  readonly positionals: readonly string[];
  /** Whether the first positional begins another program's command line. */
  readonly runs: boolean;
}

/**
 * Returns whether an option takes the path of a file or a folder.
 *
 * @param option The option.
 * @returns `true` if its value is completed as a path.
 */
export function isFile({ value }: OptionSpec): boolean {
  return value === "FILE" || value === "FOLDER";
}

/**
 * Lists the spellings of an option.
 *
 * @param option The option.
 * @returns Its long form, then its short one if it has one.
 */
export function spellings({ name, short }: OptionSpec): string[] {
  return [`--${name}`, ...short === undefined ? [] : [`-${short}`]];
}

/**
 * Adds the forms that undo a flag, such as `--no-quiet`, to a command's options.
 *
 * @param options The options.
 * @returns Each, and after it the flag that undoes it, where there is one.
 */
export function withUndo(options: readonly OptionSpec[]): OptionSpec[] {
  return options.flatMap((option) =>
    option.undo === undefined
      ? [option]
      : [option, { name: option.undo, help: `undoes --${option.name}` }]
  );
}

/**
 * Reads the words from the commands' tables.
 *
 * @param specs The commands.
 * @returns The words after each command, in the commands' order.
 */
export function wordsOf(specs: readonly CommandSpec[]): Words[] {
  return specs.map(({ name, options, stopEarly, words }) => ({
    command: name,
    options: [...withUndo(options), HELP_OPTION].map((option) => `--${option.name}`).sort(),
    values: new Map(
      options.filter(({ value }) => value !== undefined).flatMap((option) =>
        spellings(option).map((spelling) => [spelling, option.words ?? []] as const)
      ),
    ),
    files: options.filter(isFile).flatMap(spellings).sort(),
    positionals: words ?? [],
    runs: stopEarly === true,
  }));
}

/**
 * Groups the options by the words of their value: those that share them need one line.
 *
 * @param words The words after each command.
 * @returns The options of each group, and the words that their value can be.
 */
export function valueCases(
  words: readonly Words[],
): [options: string[], words: readonly string[]][] {
  const all = new Map(words.flatMap(({ values }) => [...values]));
  const known = [...all].filter(([, each]) => each.length > 0);
  const groups = Map.groupBy(known, ([, each]) => each.join(" "));
  return [...groups.values()].map((
    group,
  ) => [group.map(([option]) => option).sort(), group[0]![1]]);
}

/**
 * Lists the options whose value is a path.
 *
 * @param words The words after each command.
 * @returns The options, each once, sorted.
 */
export function filed(words: readonly Words[]): string[] {
  return [...new Set(words.flatMap(({ files }) => files))].sort();
}

/**
 * Lists what can follow `jobbox` itself.
 *
 * @param words The words after each command.
 * @returns The commands and the tool's own options.
 */
export function toolWords(words: readonly Words[]): string[] {
  return [...words.map(({ command }) => command), "--help", "--version", "--json"];
}
