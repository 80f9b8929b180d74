/**
 * Why a job was ended: from a notification that a limit was reached, or from what the kernel left
 * behind.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { ENDED_BY_JOBBOX, type Verdict } from "../exit_code.ts";
import type { RecordedLimit, RecordedUnit } from "../report/record.ts";
import { type FinalStats, limitHits } from "../report/recorder.ts";
import type { EndedBy, JobNotification } from "../../mod.ts";
import { ExitError, NtStatus } from "../windows.ts";

/** Why a job was ended. */
export interface EndReason {
  /** The verdict. */
  readonly verdict: Verdict;
  /** The limit that was reached; absent when it was none. */
  readonly limit?: RecordedLimit;
  /** What is not known of the end; absent when all is. */
  readonly error?: string;
}

/** The limits that can end a command; every `Limits` is one. */
export interface WatchedLimits {
  /** Bytes of commit of one process. */
  readonly processMemory?: number | null;
  /** Bytes of commit of the job. */
  readonly jobMemory?: number | null;
  /** Milliseconds of user time of one process. */
  readonly processUserTime?: number | null;
  /** Milliseconds of user time of the job. */
  readonly jobUserTime?: number | null;
  /** What the kernel does at the end of the job's time. */
  readonly endOfJobTime?: "terminate" | "post" | null;
  /** The most processes at a time. */
  readonly activeProcesses?: number | null;
}

/** What of the statistics tells which limit was reached. */
interface Evidence {
  readonly stats: FinalStats | undefined;
  readonly leaderTimeUp: boolean;
  /** What ended the command. */
  readonly endedBy?: EndedBy | undefined;
}

/** Exit codes that the kernel gives to what it ends at a quota. */
const QUOTA_CODES: ReadonlySet<number> = new Set([
  ExitError.ERROR_NOT_ENOUGH_QUOTA,
  NtStatus.STATUS_QUOTA_EXCEEDED,
]);

/** The kernel checks user time now and then, and its counters are a tick apart. */
const NEARLY = 0.9;

function limitOf(
  name: keyof WatchedLimits,
  limits: WatchedLimits,
  measure: { readonly unit: RecordedUnit; readonly measured?: number | undefined },
): RecordedLimit | undefined {
  const limit = limits[name];
  if (typeof limit !== "number") return undefined;
  const { unit, measured } = measure;
  return { name, limit, unit, ...defined({ measured }) };
}

function reason(verdict: Verdict, limit: RecordedLimit | undefined): EndReason {
  return limit === undefined ? { verdict } : { verdict, limit };
}

function unitOf(name: string): RecordedUnit {
  if (name.endsWith("Rate")) return "tolerance";
  return name === "jobUserTime" ? "ms" : "bytes";
}

/**
 * Tells whether a notification says that a limit was reached for which a job may be ended.
 *
 * @param event The notification.
 * @param limits The limits that are set.
 * @param options Reads the job's statistics, as far as there are; called only when needed.
 * @returns The reason; `undefined` for a notification about something else.
 */
export function reasonOf(
  event: JobNotification,
  limits: WatchedLimits,
  { readStats }: { readonly readStats: () => FinalStats | undefined },
): EndReason | undefined {
  const { type } = event;
  switch (type) {
    case "jobMemoryLimit": {
      const measured = readStats()?.memory.peak;
      return reason("memory", limitOf("jobMemory", limits, { unit: "bytes", measured }));
    }
    case "processMemoryLimit": {
      const measured = readStats()?.memory.peakProcess;
      return reason("memory", limitOf("processMemory", limits, { unit: "bytes", measured }));
    }
    case "activeProcessLimit": {
      const measured = readStats()?.processes.active;
      const unit = "processes";
      return reason("processes", limitOf("activeProcesses", limits, { unit, measured }));
    }
    case "endOfJobTime": {
      const measured = readStats()?.userTime;
      return reason("cpuTime", limitOf("jobUserTime", limits, { unit: "ms", measured }));
    }
    case "endOfProcessTime":
      return reason("cpuTime", limitOf("processUserTime", limits, { unit: "ms" }));
    case "notificationLimit": {
      const hit = limitHits(event, 0).find(({ name, limit }) =>
        name !== undefined && limit !== undefined
      );
      if (hit === undefined) return { verdict: "notification" };
      const { measured } = hit;
      return reason("notification", {
        name: hit.name!,
        limit: hit.limit!,
        unit: unitOf(hit.name!),
        ...defined({ measured }),
      });
    }
    case "newProcess":
    case "exitProcess":
    case "abnormalExitProcess":
    case "activeProcessZero":
    case "jobCycleTimeLimit":
    case "siloTerminated":
    case "unknown":
      return undefined;
    default:
      return type satisfies never;
  }
}

/**
 * Tells from what was left behind whether the kernel, or another program, ended the command.
 *
 * The kernel ends a job whose user time is over without a notification, and promises none for a
 * process: the exit code and the times are all there is.
 *
 * @param code The command's exit code.
 * @param limits The limits that are set.
 * @param evidence The statistics of the end, whether the command's own time was told to be up, and
 * what ended it.
 * @returns The reason; `undefined` when the command ended by itself.
 */
export function kernelReason(
  code: number | undefined,
  limits: WatchedLimits,
  evidence: Evidence,
): EndReason | undefined {
  if (code === ENDED_BY_JOBBOX) return { verdict: "killed" };
  if (code === undefined) return undefined;
  const { stats, leaderTimeUp, endedBy } = evidence;
  const used = stats?.userTime;
  const ms = { unit: "ms", measured: used } as const;
  const { endOfJobTime, jobUserTime } = limits;
  // The command may have ended before its tree used the time up.
  if (
    typeof jobUserTime === "number" && used !== undefined && used >= jobUserTime &&
    endOfJobTime !== "post"
  ) return reason("cpuTime", limitOf("jobUserTime", limits, ms));
  if (code === 0 && endedBy === "unknown") {
    const error = "Cannot tell how the command ended: it has code 0, and its job did not tell of " +
      "its end, as when another program terminates the job";
    return { verdict: "failed", error };
  }
  // It was not we, or there is a reason already.
  if (endedBy === "terminate" || endedBy === "close") return { verdict: "killed" };
  if (!QUOTA_CODES.has(code)) return undefined;
  if (leaderTimeUp) {
    return reason("cpuTime", limitOf("processUserTime", limits, { unit: "ms" }));
  }
  for (const name of ["jobUserTime", "processUserTime"] as const) {
    const limit = limits[name];
    if (typeof limit === "number" && used !== undefined && used >= NEARLY * limit) {
      return reason("cpuTime", limitOf(name, limits, ms));
    }
  }
  return undefined;
}
