/**
 * Why a job was ended: from a notification that a limit was reached, or from the traces that the
 * kernel left.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { ENDED_BY_JOBBOX, type Verdict } from "../exit_code.ts";
import type { RecordedLimit, RecordedUnit } from "../report/record.ts";
import { type FinalStats, limitHits } from "../report/recorder.ts";
import { isUsedUp } from "../../job/limits/reached.ts";
import type { JobNotification, Limits, ProcessStatus } from "../../mod.ts";

/** Why a job was ended. */
export interface EndReason {
  /** The verdict. */
  readonly verdict: Verdict;
  /** The limit that was reached; absent if there was none. */
  readonly limit?: RecordedLimit;
  /** What is not known about the end; absent if everything is. */
  readonly error?: string;
  /** Whether the system failed the watch, so that an engine may send the job to another machine. */
  readonly isMachineFault?: true;
}

/** The system failed the watch. */
export const LOST_SIGHT: EndReason = { verdict: "failed", isMachineFault: true };

/** The limits that can end a command. */
export type WatchedLimits = Pick<
  Limits,
  | "processMemory"
  | "jobMemory"
  | "processUserTime"
  | "jobUserTime"
  | "endOfJobTime"
  | "activeProcesses"
>;

/** The facts about a command's end that show why it ended. */
export type CommandEnd = Partial<Pick<ProcessStatus, "endedBy" | "limit">> & {
  /** Its exit code; `undefined` if it could not be ended, or the system does not say. */
  readonly code: number | undefined;
};

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
 * Returns the reason to end a job if a notification reports a limit that may end it.
 *
 * @param event The notification.
 * @param limits The limits that are set.
 * @param options Reads the job's statistics, if there are any; called only when needed.
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
 * Finds out whether the kernel, or another program, ended the command.
 *
 * The kernel ends a job whose user time is used up without a notification: only the command's status,
 * which names the limit that ended it, and the times show it.
 *
 * @param end How the command ended.
 * @param limits The limits that are set.
 * @param stats The statistics of the end.
 * @returns The reason; `undefined` when the command ended by itself.
 */
export function kernelReason(
  { code, endedBy, limit }: CommandEnd,
  limits: WatchedLimits,
  stats: FinalStats | undefined,
): EndReason | undefined {
  if (code === ENDED_BY_JOBBOX) return { verdict: "killed" };
  if (code === undefined) return undefined;
  const measured = stats?.userTime;
  // The command may have ended before its tree used the time up.
  const isTreeUp = isUsedUp(limits.jobUserTime, measured) && limits.endOfJobTime !== "post";
  const ofJob = (): EndReason =>
    reason("cpuTime", limitOf("jobUserTime", limits, { unit: "ms", measured }));
  if (isTreeUp) return ofJob();
  if (code === 0 && endedBy === "unknown") {
    const error =
      "It is not known how the command ended: its exit code is 0, but its job did not " +
      "report its end; another program may have terminated the job";
    return { verdict: "failed", error };
  }
  // Not ended by jobbox, or there is a reason already.
  if (endedBy === "terminate" || endedBy === "close") return { verdict: "killed" };
  if (limit === "jobUserTime") return ofJob();
  if (limit === undefined) return undefined;
  return reason("cpuTime", limitOf(limit, limits, { unit: "ms" }));
}
