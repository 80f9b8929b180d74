/**
 * The record in the form of isolate's `--meta`: one `key:value` per line, so that a judge's
 * front end can read a run on Windows.
 *
 * Some keys are ours. `limits-reached` holds the options of the limits of the kernel that were
 * reached, whether or not one of them ended the run, such as `memory,processes`; absent when none
 * was. `machine` is the machine's name, and `label-NAME` the value of a label.
 *
 * Differences because of Windows: memory is commit and not resident memory; an exit code may be
 * any unsigned 32-bit number; there are no signals, so an exit by an exception gets the
 * corresponding signal of Linux; context switches are not counted and their keys are absent.
 *
 * @module
 */
import type { RecordedChild, RunRecord } from "./record.ts";
import { reachedLimits } from "./reached_limits.ts";
import { bare } from "../text/limit_text.ts";
import { oneLine } from "../text/message.ts";
import { verdictSentence } from "./verdict.ts";
import { NtStatus } from "../windows.ts";

const SIGNALS = {
  interrupt: 2,
  illegal: 4,
  trap: 5,
  abort: 6,
  arithmetic: 8,
  kill: 9,
  segment: 11,
  fileSize: 25,
} as const;

const SIGNAL_OF_STATUS: ReadonlyMap<number, number> = new Map([
  [NtStatus.STATUS_CONTROL_C_EXIT, SIGNALS.interrupt],
  [NtStatus.STATUS_ILLEGAL_INSTRUCTION, SIGNALS.illegal],
  [NtStatus.STATUS_PRIVILEGED_INSTRUCTION, SIGNALS.illegal],
  [NtStatus.STATUS_BREAKPOINT, SIGNALS.trap],
  [NtStatus.STATUS_SINGLE_STEP, SIGNALS.trap],
  [NtStatus.STATUS_STACK_BUFFER_OVERRUN, SIGNALS.abort],
  [NtStatus.STATUS_HEAP_CORRUPTION, SIGNALS.abort],
  [NtStatus.STATUS_ASSERTION_FAILURE, SIGNALS.abort],
  [NtStatus.STATUS_FATAL_APP_EXIT, SIGNALS.abort],
  [NtStatus.STATUS_INTEGER_DIVIDE_BY_ZERO, SIGNALS.arithmetic],
  [NtStatus.STATUS_INTEGER_OVERFLOW, SIGNALS.arithmetic],
  [NtStatus.STATUS_FLOAT_DIVIDE_BY_ZERO, SIGNALS.arithmetic],
  [NtStatus.STATUS_FLOAT_INVALID_OPERATION, SIGNALS.arithmetic],
  [NtStatus.STATUS_FLOAT_OVERFLOW, SIGNALS.arithmetic],
  [NtStatus.STATUS_FLOAT_UNDERFLOW, SIGNALS.arithmetic],
  [NtStatus.STATUS_ACCESS_VIOLATION, SIGNALS.segment],
  [NtStatus.STATUS_STACK_OVERFLOW, SIGNALS.segment],
  [NtStatus.STATUS_IN_PAGE_ERROR, SIGNALS.segment],
  [NtStatus.STATUS_GUARD_PAGE_VIOLATION, SIGNALS.segment],
]);

type Pairs = [key: string, value: string | number][];

/** Whether the command ended by itself, requested or not. */
function isOwnEnd({ code, endedBy = "itself" }: RecordedChild): boolean {
  // An unknown end is not a success.
  return endedBy === "itself" || endedBy === "asked" || endedBy === "unknown" && code !== 0;
}

/** How the run ended, in isolate's words: RE, SG, TO, XX, or no status for an exit with 0. */
function statusPairs(record: RunRecord): Pairs {
  const { verdict, child } = record;
  const message: Pairs = [["message", oneLine(verdictSentence(record))]];
  const killed = (signal: number): Pairs => [
    ["exitsig", signal],
    ["killed", 1],
    ["status", "SG"],
    ...message,
  ];
  switch (verdict) {
    case "exited": {
      if (!isOwnEnd(child)) return killed(SIGNALS.kill);
      if (child.code === 0) return [["exitcode", 0]];
      const signal = child.code === undefined ? undefined : SIGNAL_OF_STATUS.get(child.code);
      if (signal !== undefined) return [["exitsig", signal], ["status", "SG"], ...message];
      return [["exitcode", child.code ?? 1], ["status", "RE"], ...message];
    }
    case "timeout":
    case "cpuTime":
      return [["killed", 1], ["status", "TO"], ...message];
    case "memory":
      return [["cg-oom-killed", 1], ...killed(SIGNALS.kill)];
    case "outputSize":
      return killed(SIGNALS.fileSize);
    case "processes":
    case "notification":
    case "killed":
      return killed(SIGNALS.kill);
    case "notFound":
    case "cannotExecute":
    case "interrupted":
    case "failed":
      return [["status", "XX"], ...message];
  }
}

/** Seconds, to the millisecond. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** The processor time, if known. */
function cpuTime({ user, kernel }: RunRecord["times"]): Pairs {
  return user === undefined || kernel === undefined ? [] : [["time", seconds(user + kernel)]];
}

/**
 * Renders the record as meta lines.
 *
 * @param record The record of the run.
 * @returns Lines of `key:value` in alphabetical order; times in seconds, memory in KiB.
 */
export function renderMeta(record: RunRecord): string {
  const { times, memory, machine, labels = {} } = record;
  const pairs: Pairs = [
    ...cpuTime(times),
    ["time-wall", seconds(times.wall)],
    ...statusPairs(record),
  ];
  if (memory.peakJob !== undefined) pairs.push(["cg-mem", Math.ceil(memory.peakJob / 1024)]);
  if (memory.peakProcess !== undefined) {
    pairs.push(["max-rss", Math.ceil(memory.peakProcess / 1024)]);
  }
  const limits = reachedLimits(record).map(bare);
  if (limits.length > 0) pairs.push(["limits-reached", [...new Set(limits)].join(",")]);
  if (machine.name !== undefined) pairs.push(["machine", oneLine(machine.name)]);
  for (const [name, value] of Object.entries(labels)) pairs.push([`label-${name}`, oneLine(value)]);
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.map(([key, value]) => `${key}:${value}\n`).join("");
}
