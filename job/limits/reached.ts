/**
 * Which limits of a job were reached, from all that tells of it. Pure.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { JOB_OBJECT_MSG } from "../../ffi/constants.ts";
import type { EndingLimit } from "../../process/exit/ended_by.ts";
import { ExitError, NtStatus } from "../../process/exit/status_codes.ts";
import type { Limits } from "./limits.ts";

/**
 * A limit of which it can be told that it was reached.
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
 * What tells that a limit was reached.
 *
 * - `"message"`: the system posted a message. It is certain; Windows does not promise the message.
 * - `"exitCode"`: a process that was started by this `JobObject` was ended with the code that the
 *   system gives at this limit, and had used the time.
 * - `"count"`: the system counts a process as ended because of a limit, and no other limit of the
 *   job ends any.
 * - `"measure"`: what was measured has come to the limit, or so near to it that one more allocation
 *   may have been refused. A program that needs just what it may have looks the same.
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
  /** What tells that it was reached: the strongest evidence there is. */
  readonly evidence: LimitEvidence;
  /** Its value, in its unit; absent where it is not in force any more. */
  readonly value?: number;
  /** What was measured, in the same unit; absent if the system does not report it. */
  readonly measured?: number;
}

/** What was measured of a job; absent if the system does not report it. */
export interface Measured {
  /** Milliseconds in user mode since the job's time limit was set. */
  readonly periodUserTime?: number | undefined;
  /** The most bytes that all processes together had committed. */
  readonly peakMemory?: number | undefined;
  /** The most bytes that one process had committed. */
  readonly peakProcessMemory?: number | undefined;
  /** Processes that the system ended because of a limit. */
  readonly terminated?: number | undefined;
}

/** Exit codes that the system gives to what it ends at a limit of time. */
const QUOTA_CODES: ReadonlySet<number> = new Set([
  ExitError.ERROR_NOT_ENOUGH_QUOTA,
  NtStatus.STATUS_QUOTA_EXCEEDED,
]);

/** The system checks user time now and then, and its counters are a tick apart. */
const NEARLY_TIME = 0.9;
/** The least that a program can allocate at once, in bytes. */
const GRANULE = 65_536;
/** A peak within this part of the limit may be one refused allocation away from it. */
const NEARLY_MEMORY = 1 / 64;

const OF_MESSAGE: Readonly<Record<number, ReachableLimit>> = {
  [JOB_OBJECT_MSG.END_OF_JOB_TIME]: "jobUserTime",
  [JOB_OBJECT_MSG.END_OF_PROCESS_TIME]: "processUserTime",
  [JOB_OBJECT_MSG.ACTIVE_PROCESS_LIMIT]: "activeProcesses",
  [JOB_OBJECT_MSG.PROCESS_MEMORY_LIMIT]: "processMemory",
  [JOB_OBJECT_MSG.JOB_MEMORY_LIMIT]: "jobMemory",
};

/** The limits at which the system ends or refuses a process. */
const COUNTED = ["activeProcesses", "jobUserTime", "processUserTime"] as const;

/** Remembers what was told of a job's limits. */
export class LimitsTold {
  readonly #told = new Map<ReachableLimit, LimitEvidence>();
  readonly #timeUp = new Set<number>();

  /**
   * Takes a message of the job.
   *
   * @param code Its number.
   * @param value What came with it.
   */
  message(code: number, value: bigint): void {
    const limit = OF_MESSAGE[code];
    if (limit !== undefined) this.#told.set(limit, "message");
    if (code === JOB_OBJECT_MSG.END_OF_PROCESS_TIME) this.#timeUp.add(Number(value));
  }

  /**
   * Tells at which limit the system ended a process, and remembers it.
   *
   * @param end The process's id, exit code, and milliseconds in user mode.
   * @param known Reads the limits in force and what was measured; called only for an exit code that
   * a limit gives.
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
    // A limit that was told and is gone was told only: `"post"` lets the processes go on.
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
   * @param measured What was measured.
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
 * Tells whether a limit of time is used up.
 *
 * @param limit The limit; none where it is no number.
 * @param used What was used of it, in the same unit; `undefined` where the system does not say.
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
