/**
 * The explanation of a run: what `--explain --json` writes, and its text for people.
 *
 * @module
 */
import { showCommand, showText } from "../text/display.ts";
import { oneLine } from "../text/message.ts";

/** A limit as it would be set. */
export interface ExplainedLimit {
  /** Its name in the programming interface. */
  readonly name: string;
  /** The options that set it, as they were given. */
  readonly options: readonly string[];
  /** The C name of its flag or structure. */
  readonly win32: string;
  /** The information class or function that sets it. */
  readonly setBy: string;
  /** What happens when it is reached. */
  readonly whenReached: string;
  /** Why this system refuses it; absent when it does not. */
  readonly refused?: string;
}

/** A restriction as the command would be started with it. */
export interface ExplainedRestriction {
  /** Its key in the programming interface. */
  readonly name: string;
  /** The options that ask for it, as they were given. */
  readonly options: readonly string[];
  /** The calls of Windows. */
  readonly win32: string;
  /** What it takes away. */
  readonly takesAway: string;
  /** How it is shown before the command begins. */
  readonly checkedBy: string;
  /** Why this system refuses it, as far as that shows without a process; absent when it does not. */
  readonly refused?: string;
}

/** A limit that jobbox itself enforces. */
export interface OwnLimit {
  /** Its name in the run record. */
  readonly name: "wallTime" | "outputSize";
  /** The option that sets it. */
  readonly option: string;
  /** What happens when it is reached. */
  readonly whenReached: string;
}

/** What a run would do. */
export interface Explanation {
  /** The program's full path; as written if it was not found. */
  readonly executable: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** The folder it would run in. */
  readonly cwd: string;
  /** The limits and soft limits. */
  readonly limits: readonly ExplainedLimit[];
  /** What the command would be started without. */
  readonly isolation: readonly ExplainedRestriction[];
  /** The limits that jobbox itself enforces, which no call sets. */
  readonly ownLimits: readonly OwnLimit[];
  /** The files that it reads and writes. */
  readonly files: readonly string[];
  /** The calls as the system received them in a rehearsal, and the steps after the start. */
  readonly calls: readonly string[];
  /** The errors that would make the run fail before its start; empty if there are none. */
  readonly refused: readonly string[];
  /** The exit code of that failure; 0 when there is none. */
  readonly exitCode: number;
  /** The content of a policy file for the same run. */
  readonly policy: Readonly<Record<string, unknown>>;
}

/** More characters than a command line of Windows can have. */
const MOST_COMMAND = 40_000;

/**
 * Writes an explanation for people.
 *
 * @param explanation The explanation.
 * @returns Lines, with an end of line after the last.
 */
export function renderExplanation(explanation: Explanation): string {
  const { args, calls, cwd, executable, files, isolation, limits, ownLimits, refused } =
    explanation;
  const lines = [
    `Program: ${showCommand({ executable, args }, MOST_COMMAND)}`,
    `Folder:  ${showText(cwd)}`,
    ...files.length === 0 ? [] : ["Files:"],
    ...files.map((file) => `  ${showText(file)}`),
    `Limits of the kernel:${limits.length === 0 ? " none" : ""}`,
    ...limits.flatMap((limit) => [
      `  ${showText(limit.options.join(" "))}`,
      `      ${limit.win32}; when reached: ${limit.whenReached}`,
      ...limit.refused === undefined ? [] : [`      refused here: ${oneLine(limit.refused)}`],
    ]),
    ...isolation.length === 0
      ? []
      : ["What the command is not allowed to do, shown before it starts:"],
    ...isolation.flatMap((row) => [
      `  ${showText(row.options.join(" "))}`,
      `      ${row.win32}; takes away ${row.takesAway}`,
      `      shown by ${row.checkedBy}`,
      ...row.refused === undefined ? [] : [`      refused here: ${oneLine(row.refused)}`],
    ]),
    ...ownLimits.length === 0 ? [] : ["Limits of jobbox:"],
    ...ownLimits.flatMap(({ option, whenReached }) => [`  ${option}`, `      ${whenReached}`]),
    "Calls:",
    ...calls.map((call, at) => `  ${at + 1}. ${showText(call)}`),
    refused.length === 0
      ? "This system accepts the program, the folder, the files and the limits. Nothing was started."
      : "This system would refuse the run:",
    ...refused.map((text) => `  ${oneLine(text)}`),
  ];
  return lines.join("\n") + "\n";
}
