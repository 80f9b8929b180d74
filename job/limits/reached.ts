/**
 * Determines which limits of a job were reached, from all available evidence. Pure.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { JOB_OBJECT_MSG } from "../../ffi/constants.ts";
import type { EndingLimit } from "../../process/exit/ended_by.ts";
import { ExitError, NtStatus } from "../../process/exit/status_codes.ts";
import type { Limits } from "./limits.ts";

/**
 * A limit whose reaching can be detected.
 *
 * @example
 * ```ts
 * import type { ReachableLimit } from "@jobbox/jobobject";
 *
 * const ofMemory: ReachableLimit[] = ["jobMemory", "processMemory"];
 * ```
 */
export type ReachableLimit = "jobMemory" | "processMemory" | "activeProcesses" | EndingLimit;

/**
 * The evidence that a limit was reached.
 *
 * - `"message"`: the system posted a message. This is certain, but Windows does not guarantee the
 *   message.
 * - `"exitCode"`: a process that this `JobObject` started was ended with the exit code that the
 *   system uses for this limit, and had used the time.
 * - `"count"`: the system counts a process as ended because of a limit, and no other limit of the
 *   job ends processes.
 * - `"measure"`: the measured value has reached the limit, or is so close that one more allocation
 *   may have been refused. A program that needs exactly what it is allowed looks the same.
 *
 * @example
 * ```ts
 * import type { LimitEvidence } from "@jobbox/jobobject";
 *
 * const isCertain = (evidence: LimitEvidence): boolean => evidence === "message";
 * ```
 */
export type LimitEvidence = "message" | "exitCode" | "count" | "measure";

/**
 * A limit that was reached.
 *
 * @example
 * ```ts
 * import type { LimitReached } from "@jobbox/jobobject";
 *
 * const say = ({ limit, evidence }: LimitReached): string => `${limit}, by ${evidence}`;
 * ```
 */
export interface LimitReached {
  /** Its key in {@linkcode Limits}. */
  readonly limit: ReachableLimit;
  /** The strongest evidence that it was reached. */
  readonly evidence: LimitEvidence;
  /** Its value, in its unit; absent if it is no longer in force. */
  readonly value?: number;
  /** The measured value, in the same unit; absent if the system does not report it. */
  readonly measured?: number;
}

/** The measurements of a job; each is absent if the system does not report it. */
export interface Measured {
  /** Milliseconds in user mode since the job's time limit was set. */
  readonly periodUserTime?: number | undefined;
  /** The most bytes that all processes together had committed. */
  readonly peakMemory?: number | undefined;
  /** The most bytes that a single process had committed. */
  readonly peakProcessMemory?: number | undefined;
  /** Processes that the system ended because of a limit. */
  readonly terminated?: number | undefined;
}

/** Exit codes of processes that the system ends because of a time limit. */
const QUOTA_CODES: ReadonlySet<number> = new Set([
  ExitError.ERROR_NOT_ENOUGH_QUOTA,
  NtStatus.STATUS_QUOTA_EXCEEDED,
]);

/**
 * The part of a time limit from which it counts as reached: the system checks user time only at
 * intervals, and its counters differ by a tick.
 */
const NEARLY_TIME = 0.9;
/** The smallest allocation of a program, in bytes. */
const GRANULE = 65_536;
/**
 * A peak that is closer to the limit than this part of it may be one refused allocation away from
 * it.
 */
const NEARLY_MEMORY = 1 / 64;

const OF_MESSAGE: Readonly<Record<number, ReachableLimit>> = {
  [JOB_OBJECT_MSG.END_OF_JOB_TIME]: "jobUserTime",
  [JOB_OBJECT_MSG.END_OF_PROCESS_TIME]: "processUserTime",
  [JOB_OBJECT_MSG.ACTIVE_PROCESS_LIMIT]: "activeProcesses",
  [JOB_OBJECT_MSG.PROCESS_MEMORY_LIMIT]: "processMemory",
  [JOB_OBJECT_MSG.JOB_MEMORY_LIMIT]: "jobMemory",
};

/** The limits because of which the system ends or refuses a process. */
const COUNTED = ["activeProcesses", "jobUserTime", "processUserTime"] as const;

/** Remembers which limits of a job were reported. */
export class LimitsTold {
  readonly #told = new Map<ReachableLimit, LimitEvidence>();
  readonly #timeUp = new Set<number>();

  /**
   * Takes a message of the job.
   *
   * @param code Its number.
   * @param value The value that came with it.
   */
  message(code: number, value: bigint): void {
    const limit = OF_MESSAGE[code];
    if (limit !== undefined) this.#told.set(limit, "message");
    if (code === JOB_OBJECT_MSG.END_OF_PROCESS_TIME) this.#timeUp.add(Number(value));
  }

  /**
   * Returns the limit because of which the system ended a process, and remembers it.
   *
   * @param end The process's id, exit code, and milliseconds in user mode.
   * @param known Reads the limits in force and the measurements; called only for an exit code that
   * belongs to a limit.
   * @returns The limit; `undefined` for none.
   */
  endingLimit(
    { pid, code, userTime }: {
      readonly pid: number;
      readonly code: number | null;
      readonly userTime: number | undefined;
    },
    known: () => { readonly limits: Limits; readonly measured: Measured },
  ): EndingLimit | undefined {
    if (code === null || !QUOTA_CODES.has(code)) return undefined;
    const { limits: { processUserTime, jobUserTime }, measured } = known();
    // A limit that was reported and removed did not end the process: after `"post"` processes keep
    // running.
    const isJobUp = isSet(jobUserTime) && this.#told.has("jobUserTime");
    const limit = this.#timeUp.has(pid) || isUp(processUserTime, userTime)
      ? "processUserTime"
      : isJobUp || isUp(jobUserTime, measured.periodUserTime)
      ? "jobUserTime"
      : undefined;
    if (limit !== undefined && !this.#told.has(limit)) this.#told.set(limit, "exitCode");
    return limit;
  }

  /**
   * Lists the limits that were reached.
   *
   * @param limits The limits in force.
   * @param measured The measurements.
   * @returns Each limit once, with the strongest evidence.
   */
  reached(limits: Limits, measured: Measured): LimitReached[] {
    const found = new Map(this.#told);
    const { peakMemory, peakProcessMemory, periodUserTime, terminated = 0 } = measured;
    const measures: Partial<Record<ReachableLimit, number | undefined>> = {
      jobMemory: peakMemory,
      processMemory: peakProcessMemory,
      jobUserTime: periodUserTime,
    };
    for (const limit of ["jobMemory", "processMemory"] as const) {
      if (!found.has(limit) && isFull(limits[limit], measures[limit])) found.set(limit, "measure");
    }
    if (!found.has("jobUserTime") && isUsedUp(limits.jobUserTime, periodUserTime)) {
      found.set("jobUserTime", "measure");
    }
    const counted = COUNTED.filter((limit) => isSet(limits[limit]));
    if (terminated > 0 && counted.length === 1 && !found.has(counted[0]!)) {
      found.set(counted[0]!, "count");
    }
    return [...found].map(([limit, evidence]) => {
      const value = limits[limit];
      return {
        limit,
        evidence,
        ...defined({ value: isSet(value) ? value : undefined, measured: measures[limit] }),
      };
    });
  }
}

function isSet(limit: number | null | undefined): limit is number {
  return typeof limit === "number";
}

function isUp(limit: number | null | undefined, used: number | undefined): boolean {
  return isSet(limit) && used !== undefined && used >= NEARLY_TIME * limit;
}

/**
 * Returns whether a limit of time is used up.
 *
 * @param limit The limit; ignored if it is not a number.
 * @param used The used time, in the same unit; `undefined` if the system does not report it.
 * @returns Whether all of it is.
 */
export function isUsedUp(
  limit: number | null | undefined,
  used: number | undefined,
): limit is number {
  return isSet(limit) && used !== undefined && used >= limit;
}

function isFull(limit: number | null | undefined, peak: number | undefined): boolean {
  return isSet(limit) && peak !== undefined &&
    peak >= limit - Math.max(GRANULE, NEARLY_MEMORY * limit);
}
