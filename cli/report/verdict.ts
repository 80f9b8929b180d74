/**
 * The verdict in words.
 *
 * @module
 */
import type { Verdict } from "../exit_code.ts";
import { showCode, showMeasure, showMeasured, showName, showTime } from "../text/display.ts";
import type { RunRecord, StoppedBy } from "./record.ts";

/** What a reader should feel about a verdict. */
export type Tone = "good" | "bad" | "limit";

const LIMIT_VERDICTS: ReadonlySet<Verdict> = new Set([
  "timeout",
  "memory",
  "cpuTime",
  "processes",
  "outputSize",
  "notification",
]);

const ENDINGS: Readonly<Record<StoppedBy, string>> = {
  self: "the command ended by itself",
  break: "it ended at CTRL_BREAK",
  terminate: "jobbox terminated the job",
  kernel: "Windows ended it",
};

/**
 * Tells whether a run ended at a limit.
 *
 * @param verdict The record's verdict.
 * @returns Whether a limit ended it.
 */
export function isLimitVerdict(verdict: Verdict): boolean {
  return LIMIT_VERDICTS.has(verdict);
}

/**
 * Tells how a run is to be coloured.
 *
 * @param record The record.
 * @returns `good` for an exit with 0, `limit` when a limit ended it, else `bad`.
 */
export function toneOf(record: RunRecord): Tone {
  if (isLimitVerdict(record.verdict)) return "limit";
  return record.verdict === "exited" && record.child.code === 0 ? "good" : "bad";
}

/**
 * Says in one sentence how a run ended.
 *
 * @param record The record.
 * @returns Such as `"Ended at its memory limit: job memory 64 MiB, measured 65.2 MiB"`; no final
 * period, one line.
 */
export function verdictSentence(record: RunRecord): string {
  const { verdict, child, error } = record;
  switch (verdict) {
    case "exited":
      return child.code === undefined
        ? "Exited"
        : `Exited with code ${showCode(child.code, child.codeName)}`;
    case "notFound":
      return `Not found: ${error ?? record.command.executable}`;
    case "cannotExecute":
      return `Cannot be executed: ${error ?? record.command.executable}`;
    case "timeout":
      return `Ended at its wall time limit${measures(record)}`;
    case "memory":
      return `Ended at its memory limit${measures(record)}`;
    case "cpuTime":
      return `Ended at its CPU time limit${measures(record)}`;
    case "processes":
      return `Ended at its limit of processes${measures(record)}`;
    case "outputSize":
      return `Ended at its limit of output${measures(record)}`;
    case "notification":
      return `Ended at a soft limit${measures(record)}`;
    case "interrupted":
      return "Interrupted by Ctrl-C, or by the end of the console or the session";
    case "killed":
      return "Killed from outside";
    case "failed":
      return `Failure of jobbox itself: ${error ?? "no reason is known"}`;
  }
}

function measures({ limit, times }: RunRecord): string {
  if (!limit) return ` after ${showTime(times.wall)}`;
  // A deadline is passed by what it takes to act: to measure it tells nothing.
  if (limit.name === "wallTime") return ` of ${showMeasure(limit.limit, limit.unit)}`;
  const measured = limit.measured === undefined
    ? ""
    : `, measured ${showMeasured(limit.measured, limit.limit, limit.unit)}`;
  return `: ${showName(limit.name)} ${showMeasure(limit.limit, limit.unit)}${measured}`;
}

/**
 * Says which rung of the ladder ended a run.
 *
 * @param record The record.
 * @returns A phrase such as `"jobbox terminated the job"`; empty when nothing was started.
 */
export function endingPhrase(record: RunRecord): string {
  return record.stoppedBy === undefined ? "" : ENDINGS[record.stoppedBy];
}
