/**
 * Which limits a run reached, whether or not one of them ended it.
 *
 * @module
 */
import { type LimitName, limitRow } from "../../job/limits/table.ts";
import { notificationRow } from "../../job/notifications/table.ts";
import { showMeasure } from "../text/display.ts";
import type { RecordedUnit, RunRecord } from "./record.ts";
import type { NotificationLimitName } from "../../mod.ts";

/** A limit that was reached. */
export interface ReachedLimit {
  /** The option that sets it, such as `"--memory"`. */
  readonly option: string;
  /** The limit in words, such as `"memory limit of 50 MiB"`. */
  readonly text: string;
  /** How often it was reported. */
  readonly count: number;
}

interface Told {
  readonly limit: LimitName;
  readonly words: string;
  readonly unit: RecordedUnit;
}

/** The limit of each notification; those of soft limits name theirs. */
const TOLD: ReadonlyMap<string, Told> = new Map<string, Told>([
  ["jobMemoryLimit", { limit: "jobMemory", words: "memory limit", unit: "bytes" }],
  ["processMemoryLimit", {
    limit: "processMemory",
    words: "memory limit of a process",
    unit: "bytes",
  }],
  ["activeProcessLimit", {
    limit: "activeProcesses",
    words: "process limit",
    unit: "processes",
  }],
  ["endOfJobTime", { limit: "jobUserTime", words: "CPU time limit", unit: "ms" }],
  ["endOfProcessTime", {
    limit: "processUserTime",
    words: "CPU time limit of a process",
    unit: "ms",
  }],
]);

function hardLimit({ limit, words, unit }: Told, record: RunRecord): Omit<ReachedLimit, "count"> {
  const value = record.job.limits[limit];
  // The message about an outer job's limit arrives here too.
  const text = typeof value === "number"
    ? unit === "processes" ? `${words} of ${value}` : `${words}, ${showMeasure(value, unit)}`
    : `${words} of an outer job`;
  return { option: limitRow(limit).options[0].option, text };
}

function softLimits(record: RunRecord): ReachedLimit[] {
  const hits = record.limitHits.filter(({ type }) => type === "notificationLimit");
  const byName = Map.groupBy(hits, ({ name }) => name);
  return [...byName].flatMap(([name, all]) => {
    if (name === undefined) return [];
    const [{ option }] = notificationRow(name as NotificationLimitName).options;
    return [{ option, text: "soft limit", count: all.length }];
  });
}

/**
 * Lists the limits of the kernel that a run reached.
 *
 * @param record The record of the run.
 * @returns Each limit once, the hard ones first. Limits of jobbox itself end the run and are
 * reported by its verdict.
 */
export function reachedLimits(record: RunRecord): ReachedLimit[] {
  const hard = [...TOLD].flatMap(([type, told]) => {
    const count = record.limitHitCounts[type];
    return count === undefined ? [] : [{ ...hardLimit(told, record), count }];
  });
  return [...hard, ...softLimits(record)];
}
