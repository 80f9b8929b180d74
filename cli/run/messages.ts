/**
 * The messages of a run on stderr besides its summary, one line each.
 *
 * @module
 */
import { changeSentence } from "../report/limit_changes.ts";
import { reachedLimits } from "../report/reached_limits.ts";
import type { RunRecord } from "../report/record.ts";
import { endingPhrase, isLimitVerdict, verdictSentence } from "../report/verdict.ts";
import { showCode, showCount } from "../text/display.ts";
import type { ProcessEntry } from "../../mod.ts";
import { describeExitCode, NtStatus } from "../windows.ts";

/** The rest of a tree whose command has ended. */
export interface LeftProcesses {
  /** The command's exit code; `undefined` when it is not known. */
  readonly code: number | undefined;
  /** The processes that still run. */
  readonly processes: readonly ProcessEntry[];
}

/** The most processes that are named. */
const MOST_NAMED = 5;

function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("\\"), path.lastIndexOf("/")) + 1);
}

/** Exit codes from here on are statuses of severity error; no program returns one by chance. */
const ERRORS_BEGIN = 3 * 2 ** 30;

function exitText(code: number): string {
  return showCode(code, describeExitCode(code).symbol);
}

/** How a command crashed; `undefined` for an end that it chose. */
function crashMessage({ child, command, verdict }: RunRecord): string | undefined {
  const { code } = child;
  if (verdict !== "exited" || code === undefined) return undefined;
  // The user pressed Ctrl-C or closed the console and knows it.
  if (code < ERRORS_BEGIN || code === NtStatus.STATUS_CONTROL_C_EXIT) return undefined;
  const { symbol, text } = describeExitCode(code);
  const what = `${fileName(command.executable)} ended with ${showCode(code, symbol)}`;
  return symbol === undefined && text.startsWith("ended with") ? what : `${what}: ${text}`;
}

/** The message about an interrupted run. */
function interruptedMessage(record: RunRecord): string | undefined {
  if (record.verdict !== "interrupted") return undefined;
  const ending = endingPhrase(record);
  return `${verdictSentence(record)}${ending === "" ? "" : `; ${ending}`}`;
}

function endedWith(command: string, { code }: LeftProcesses): string {
  const end = code === undefined ? "exited" : `exited with ${exitText(code)}`;
  return `${fileName(command)} ${end}`;
}

function namedProcesses({ processes }: LeftProcesses): string {
  const count = processes.length;
  const names = processes.slice(0, MOST_NAMED).map(({ image, pid }) =>
    `${fileName(image)} (${pid})`
  );
  const more = count > MOST_NAMED ? ` and ${showCount(count - MOST_NAMED)} more` : "";
  return `${showCount(count)} ${count === 1 ? "process" : "processes"} it started: ` +
    `${names.join(", ")}${more}`;
}

function reachedMessage(record: RunRecord): string | undefined {
  // The summary reports a limit that ended the run.
  if (isLimitVerdict(record.verdict)) return undefined;
  const reached = reachedLimits(record).map(({ count, option, text }) =>
    `its ${text} (${option}, ${showCount(count)}×)`
  );
  if (reached.length === 0) return undefined;
  const { code } = record.child;
  const end = record.verdict === "exited" && code !== undefined
    ? `; the command exited with ${exitText(code)}`
    : "";
  return `the job reached ${reached.join(" and ")}${end}`;
}

/**
 * Lists the messages at the end of a run besides its summary.
 *
 * @param record The record of the run.
 * @returns One line each: an interruption, a crash, limits that were reached without ending the run, and limits that
 * were changed meanwhile.
 */
export function closingMessages(record: RunRecord): string[] {
  const changes = (record.limitChanges ?? []).map(changeSentence);
  return [
    ...[interruptedMessage(record), crashMessage(record), reachedMessage(record)],
    ...changes,
    ...record.isolation?.left ?? [],
  ].filter((text) => text !== undefined);
}

/**
 * Says which processes --no-wait-tree ended with the command.
 *
 * @param command The command as it was given.
 * @param left Its exit code, and what still runs.
 * @returns One line.
 */
export function leftMessage(command: string, left: LeftProcesses): string {
  return `${endedWith(command, left)}; ended ${namedProcesses(left)} (--no-wait-tree)`;
}

/**
 * Says which processes are waited for when the command has ended but its tree has not.
 *
 * @param command The command as it was given.
 * @param left Its exit code, and what still runs.
 * @returns One line.
 */
export function waitingMessage(command: string, left: LeftProcesses): string {
  return `${endedWith(command, left)}; waiting for ${namedProcesses(left)}; ` +
    "--no-wait-tree ends them with the command";
}
