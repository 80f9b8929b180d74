/**
 * The verdict in words.
 *
 * @module
 */
import { LIMIT_NAMES, limitRow } from "../../job/limits/table.ts";
import { NOTIFICATION_NAMES, notificationRow } from "../../job/notifications/table.ts";
import { LIMIT_VERDICTS, type Verdict } from "../exit_code.ts";
import { showCode, showMeasure, showMeasured, showTime } from "../text/display.ts";
import type { RecordedLimit, RunRecord, StoppedBy } from "./record.ts";
import { NtStatus } from "../windows.ts";

/** How good or bad a verdict is. */
export type Tone = "good" | "bad" | "limit";

const LIMIT_OPTIONS: ReadonlyMap<string, string> = new Map(
  LIMIT_NAMES.map((name) => [name, limitRow(name).options[0].option]),
);

const NOTIFICATION_OPTIONS: ReadonlyMap<string, string> = new Map(
  NOTIFICATION_NAMES.map((name) => [name, notificationRow(name).options[0].option]),
);

const ENDINGS: Readonly<Record<StoppedBy, string>> = {
  self: "the command ended by itself",
  break: "it ended after CTRL_BREAK",
  terminate: "jobbox terminated the job",
  kernel: "ended by Windows",
};

/**
 * Returns whether a run ended at a limit.
 *
 * @param verdict The record's verdict.
 * @returns Whether a limit ended it.
 */
export function isLimitVerdict(verdict: Verdict): boolean {
  return LIMIT_VERDICTS.some((each) => each === verdict);
}

/**
 * Returns the tone of a run, which decides its colour.
 *
 * @param record The record.
 * @returns `good` for an exit with 0, `limit` when a limit ended it, otherwise `bad`.
 */
export function toneOf(record: RunRecord): Tone {
  if (isLimitVerdict(record.verdict)) return "limit";
  return record.verdict === "exited" && record.child.code === 0 ? "good" : "bad";
}

/**
 * Says in one sentence how a run ended.
 *
 * @param record The record.
 * @returns Such as `"Ended at its memory limit of 64 MiB (--memory), measured 65.2 MiB"`; no final
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
      return record.limit === undefined
        ? `Timed out after ${showTime(record.times.wall)}`
        : `Timed out after ${showLimit(record.limit)} (--timeout)`;
    case "memory":
      return `Ended at its memory limit${reached(record)}`;
    case "cpuTime":
      return `Ended at its CPU time limit${reached(record)}`;
    case "processes":
      return record.limit === undefined
        ? "Ended: it tried to start one process too many"
        : `Ended: it tried to run more than ${showLimit(record.limit)} (--processes)`;
    case "outputSize":
      return record.limit === undefined
        ? "Ended at its output limit"
        : `Ended: more than ${showLimit(record.limit)} of output (--max-output)`;
    case "notification":
      return `Ended at a soft limit${reached(record)}`;
    case "interrupted":
      return "Interrupted by Ctrl-C, or by the end of the console or the session";
    case "killed":
      return "Killed from outside";
    case "failed":
      return `jobbox itself failed: ${error ?? "the reason is unknown"}`;
  }
}

function showLimit({ limit, unit }: RecordedLimit): string {
  return showMeasure(limit, unit);
}

/** The option that sets a limit; that of a soft limit where such a limit ended the run. */
function optionOf({ limit, verdict }: RunRecord): string | undefined {
  const name = limit?.name ?? "";
  if (verdict === "notification") return NOTIFICATION_OPTIONS.get(name);
  return LIMIT_OPTIONS.get(name);
}

function reached(record: RunRecord): string {
  const { limit, times } = record;
  if (limit === undefined) return ` after ${showTime(times.wall)}`;
  const option = optionOf(record);
  const shown = showLimit(limit);
  const measured = limit.measured === undefined
    ? shown
    : showMeasured(limit.measured, limit.limit, limit.unit);
  return ` of ${shown}${option === undefined ? "" : ` (${option})`}` +
    (measured === shown ? "" : `, measured ${measured}`);
}

/**
 * Says which rung of the ladder ended a run.
 *
 * @param record The record.
 * @returns A phrase such as `"jobbox terminated the job"`; empty when nothing was started.
 */
export function endingPhrase(record: RunRecord): string {
  const { child: { code, codeName }, stoppedBy } = record;
  if (stoppedBy === undefined) return "";
  // A process ended by CTRL_BREAK has a special code; with another one the command chose its end.
  return stoppedBy === "break" && code !== undefined && code !== NtStatus.STATUS_CONTROL_C_EXIT
    ? `after CTRL_BREAK the command ended by itself with ${showCode(code, codeName)}`
    : ENDINGS[stoppedBy];
}
