/**
 * What ended a process: told from its exit code and from the ends that were requested.
 *
 * Pure.
 *
 * @module
 */

/**
 * What ended a process, as far as this program can know.
 *
 * - `"itself"`: it ended by itself, or another program ended this one process, or its job with
 *   another code than 0.
 * - `"asked"`: it ended by itself within the grace after `stop()` sent it CTRL_BREAK.
 * - `"stop"`: `stop()` terminated it.
 * - `"kill"`: `kill()` terminated it.
 * - `"abort"`: its `signal` was aborted.
 * - `"timeout"`: its `signal` was one of `AbortSignal.timeout()`, and the time was over.
 * - `"dispose"`: it still ran at the end of its `await using` scope.
 * - `"terminate"`: a job that it was in was terminated, by this program, or by another one with
 *   code 0.
 * - `"close"`: a job with `killOnClose` that it was in was closed.
 * - `"limit"`: the system ended it at a limit of its job; `limit` says which.
 * - `"unknown"`: the system does not say how it ended: `error` says why, or its job has a name and
 *   did not tell of its end.
 *
 * @example
 * ```ts
 * import type { EndedBy } from "@jobbox/jobobject";
 *
 * const isOurs = (by: EndedBy): boolean => by === "stop" || by === "terminate";
 * ```
 */
export type EndedBy =
  | "itself"
  | "asked"
  | "stop"
  | "kill"
  | "abort"
  | "timeout"
  | "dispose"
  | "terminate"
  | "close"
  | "limit"
  | "unknown";

/**
 * A limit at which the system ends a process.
 *
 * @example
 * ```ts
 * import type { EndingLimit } from "@jobbox/jobobject";
 *
 * const limit: EndingLimit = "jobUserTime";
 * ```
 */
export type EndingLimit = "processUserTime" | "jobUserTime";

/** An end that this program requested while the process ran. */
export interface EndRequest {
  /** What requested it. */
  readonly by: Exclude<EndedBy, "itself" | "asked" | "limit" | "unknown">;
  /** The exit code that the process gets; absent where the system chooses it. */
  readonly code?: number;
  /**
   * For a request that may have no effect, as the closing of a job that others may hold: until when
   * an end with code 0 is taken for its effect, on the clock of `performance.now()`. Absent for a
   * request that has an effect in any case.
   */
  readonly until?: number;
}

/** What ended a process although this program did not request it, as far as it can know. */
export type OtherEnd = "terminate" | "close" | "unknown";

/** What is known of an end. */
export interface EndEvidence {
  /** The exit code; `null` where the system does not say. */
  readonly code: number | null;
  /** When the end was seen, on the clock of `performance.now()`. */
  readonly at: number;
  /** The ends that were requested, the first one first. */
  readonly requests: readonly EndRequest[];
  /** Whether it was sent CTRL_BREAK. */
  readonly asked: boolean;
  /** The limit at which the system ended it; `undefined` for none. */
  readonly limit: EndingLimit | undefined;
  /** What else ended it; `undefined` for nothing that can be known. */
  readonly other: OtherEnd | undefined;
}

/**
 * Tells what ended a process. A requested end counts when the process has the code that it gives:
 * a process can end by itself just before.
 *
 * @param evidence What is known of the end.
 * @returns What ended it.
 */
export function endedBy({ code, at, requests, asked, limit, other }: EndEvidence): EndedBy {
  if (code === null) return "unknown";
  const request = requests.find((request) =>
    request.until !== undefined
      ? code === 0 && at <= request.until
      : request.code === undefined || request.code === code
  );
  if (request !== undefined) return request.by;
  if (limit !== undefined) return "limit";
  if (other !== undefined) return other;
  return asked ? "asked" : "itself";
}

/**
 * Tells whether an end is a success: the process ended by itself, asked to or not, with code 0.
 *
 * @param code The exit code; `null` where it is unknown.
 * @param by What ended the process.
 * @returns Whether it is.
 */
export function isSuccess(code: number | null, by: EndedBy): boolean {
  return code === 0 && (by === "itself" || by === "asked");
}
