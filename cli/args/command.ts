/**
 * The definition of a command of the tool, and the help made from its table.
 *
 * @module
 */
import type { Io } from "../terminal/io.ts";
import type { OptionSpec } from "./option.ts";
import type { ParsedArgs } from "./settings.ts";
import { wrapText } from "../text/table.ts";

/** A command as data: the parser, the help and the completions are made from it. */
export interface CommandSpec {
  /** Its name, such as `"run"`. */
  readonly name: string;
  /** What it does, as one phrase. */
  readonly summary: string;
  /** How it is called, without `jobbox` and its name, such as `"[OPTION…] NAME"`. */
  readonly usage: string;
  /** A command line that works. */
  readonly example: string;
  /** Its options, without `--help`. */
  readonly options: readonly OptionSpec[];
  /** Whether its options end at the first positional. */
  readonly stopEarly?: boolean;
  /** What to use instead of options that it does not have but a user may expect. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** The possible values of its positional, if there are only a few. */
  readonly words?: readonly string[];
  /** Further paragraphs and tables of the help. */
  readonly notes?: readonly HelpSection[];
}

/** A part of the help under its own heading. */
export interface HelpSection {
  /** The heading. */
  readonly title: string;
  /** Rows of a term and what it means; a term may be empty. */
  readonly rows: readonly (readonly [term: string, meaning: string])[];
}

/** A command: its table, how its arguments become a value, and how it runs. */
export interface Command<T = unknown> {
  /** Its table. */
  readonly spec: CommandSpec;
  /**
   * Turns the arguments into a value; touches only files that they name.
   *
   * @throws {UsageError} If they cannot be understood.
   */
  parse(args: ParsedArgs, io: Io): T;
  /** Runs it and returns the exit code. */
  execute(value: T, io: Io): Promise<number>;
  /**
   * Writes what is promised even if the arguments cannot be understood, or the execution throws; only the
   * first replaces files.
   */
  refused?(
    tokens: readonly string[],
    error: Error,
    io: Io,
    options: { readonly keepsFiles: boolean },
  ): Promise<void>;
}

/** The option that every command has. */
export const HELP_OPTION: OptionSpec = { name: "help", short: "h", help: "show this help" };

/** The option of every command that has a result for programs. */
export const JSON_OPTION: OptionSpec = { name: "json", help: "print the result as JSON" };

/** Two columns, the second one wrapped; a long term has a line to itself. */
function twoColumns(rows: HelpSection["rows"], width: number): string[] {
  const left = Math.min(26, Math.max(...rows.map(([term]) => term.length)) + 4);
  const lines: string[] = [];
  for (const [term, meaning] of rows) {
    const [first = "", ...rest] = wrapText(meaning, Math.max(20, width - left));
    const head = `  ${term}`;
    if (head.length + 2 > left) lines.push(head, " ".repeat(left) + first);
    else lines.push(head.padEnd(left) + first);
    for (const line of rest) lines.push(" ".repeat(left) + line);
  }
  return lines;
}

function optionTerm({ name, short, value }: OptionSpec): string {
  const long = `--${name}${value === undefined ? "" : ` ${value}`}`;
  return short === undefined ? long : `-${short}, ${long}`;
}

/**
 * Puts options under their headings.
 *
 * @param options The options.
 * @returns The headings in the order of the table, each with its options and their help.
 */
export function optionSections(options: readonly OptionSpec[]): HelpSection[] {
  const groups = Map.groupBy(options, ({ group }) => group ?? "Options");
  return [...groups].map(([title, members]) => ({
    title,
    rows: members.map((option) => [optionTerm(option), option.help] as const),
  }));
}

/**
 * Writes the help of a command.
 *
 * @param spec The command.
 * @param width The columns to fill.
 * @returns Lines, with an end of line after the last.
 */
export function commandHelp(spec: CommandSpec, width: number): string {
  const lines = [
    `jobbox ${spec.name}: ${spec.summary}`,
    "",
    `Usage: jobbox ${spec.name} ${spec.usage}`,
    `Example: ${spec.example}`,
  ];
  for (
    const { title, rows } of [
      ...optionSections([...spec.options, HELP_OPTION]),
      ...spec.notes ?? [],
    ]
  ) {
    lines.push("", `${title}:`, ...twoColumns(rows, width));
  }
  return lines.join("\n") + "\n";
}

/**
 * Writes the help of the tool.
 *
 * @param specs Its commands.
 * @param width The columns to fill.
 * @returns Lines, with an end of line after the last.
 */
export function toolHelp(specs: readonly CommandSpec[], width: number): string {
  const commands = specs.map(({ name, summary }) => [name, summary] as const);
  return [
    "jobbox: runs a command under limits on Windows and reports what happened",
    "",
    "Usage: jobbox COMMAND [OPTION…] …",
    "Example: jobbox run --memory 512M --timeout 30s -- node build.js",
    "",
    "Commands:",
    ...twoColumns(commands, width),
    "",
    "Options:",
    ...twoColumns([
      ["-h, --help", "show this help; after a command, the help of that command"],
      ["--version", "print the version"],
    ], width),
    "",
  ].join("\n");
}
