/**
 * The summary of a run for people: five lines.
 *
 * @module
 */
import { showCommand, showCount, showName, showSize, showTime } from "../text/display.ts";
import { oneLine } from "../text/message.ts";
import type { RunRecord } from "./record.ts";
import { endingPhrase, verdictSentence } from "./verdict.ts";

/** The most characters of the command: a few lines of a terminal. */
const MOST_COMMAND = 240;

/** What a summary says in addition to the record. */
export interface SummaryAside {
  /** Whether CTRL_BREAK could not be sent. */
  readonly unasked?: boolean;
}

/**
 * Renders the summary.
 *
 * @param record The record of the run.
 * @param aside Facts that are printed but not recorded.
 * @returns Five lines, each with its line end, without colour.
 */
export function renderSummary(record: RunRecord, aside: SummaryAside = {}): string {
  const lines = [
    `jobbox: ${oneLine(verdictSentence(record))}`,
    `  command    ${showCommand(record.command, MOST_COMMAND)}`,
    `  time       ${timeLine(record)}`,
    `  memory     ${memoryLine(record)}`,
    `  processes  ${processLine(record, aside)}`,
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function timeLine({ times }: RunRecord): string {
  const part = (ms: number | undefined, what: string): string[] =>
    ms === undefined ? [] : [`${showTime(ms)} ${what}`];
  return [times.wall, times.user, times.kernel]
    .flatMap((ms, at) => part(ms, ["wall", "user", "kernel"][at]!)).join(", ");
}

function memoryLine({ memory, job, io }: RunRecord): string {
  const limit = job.limits["jobMemory"];
  // A process has memory and reads its program: if all is 0, nothing was counted.
  const peak = memory.peakJob === undefined || memory.peakJob === 0
    ? "peak not known"
    : `peak ${showSize(memory.peakJob)}` +
      (typeof limit === "number" ? ` of ${showSize(limit)}` : "");
  if (io === undefined) return `${peak}; reads and writes not known`;
  const operations = io.readOperations + io.writeOperations + io.otherOperations;
  if (operations === 0) return `${peak}; reads and writes not known`;
  return `${peak}; read ${showSize(io.readBytes)}, written ${showSize(io.writeBytes)}`;
}

function processLine(record: RunRecord, { unasked }: SummaryAside): string {
  const { processes, limitHitCounts } = record;
  const parts = [
    `${showCount(processes.total)} in all, ${showCount(processes.peakActive)} at once`,
  ];
  const hits = Object.entries(limitHitCounts);
  if (hits.length > 0) {
    parts.push(hits.map(([type, count]) => `${showName(type)} ${showCount(count)}×`).join(", "));
  }
  const ending = unasked === true
    ? "terminated at once: without a console CTRL_BREAK cannot be sent"
    : endingPhrase(record);
  if (ending !== "") parts.push(ending);
  return parts.join("; ");
}
