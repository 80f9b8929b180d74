/**
 * What ended a process, derived from its exit code and from the requests to end it.
 *
 * Pure.
 *
 * @module
 */

/**
 * What ended a process, as far as this program can know.
 *
 * - `"itself"`: it exited by itself, or another program terminated it, or terminated its job with a
 *   code other than 0.
 * - `"asked"`: it exited by itself within the grace period after `stop()` sent CTRL_BREAK.
 * - `"stop"`: `stop()` terminated it.
 * - `"kill"`: `kill()` terminated it.
 * - `"abort"`: its `signal` was aborted.
 * - `"timeout"`: its `signal` was one of `AbortSignal.timeout()`, and the time ran out.
 * - `"dispose"`: it was still running at the end of its `await using` scope.
 * - `"terminate"`: a job that contains it was terminated by this program, or by another program
 *   with code 0.
 * - `"close"`: a job with `killOnClose` that contains it was closed.
 * - `"limit"`: the system ended it because it reached a limit of its job; `limit` says which one.
 * - `"unknown"`: the system does not report how it ended. Either `error` says why, or its job has a
 *   name and posted no message about its end.
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
 * A limit that makes the system end a process when it is reached.
 *
 * @example
 * ```ts
 * import type { EndingLimit } from "@jobbox/jobobject";
 *
 * const limit: EndingLimit = "jobUserTime";
 * ```
 */
export type EndingLimit = "processUserTime" | "jobUserTime";

/** A request by this program to end the process while it ran. */
export interface EndRequest {
  /** The origin of the request. */
  readonly by: Exclude<EndedBy, "itself" | "asked" | "limit" | "unknown">;
  /** The exit code that the process gets; absent if the system chooses it. */
  readonly code?: number;
}

/** What ended a process without a request by this program, as far as it can know. */
export type OtherEnd = "terminate" | "close" | "unknown";

/** What is known about an end. */
export interface EndEvidence {
  /** The exit code; `null` if the system does not report it. */
  readonly code: number | null;
  /** The requests to end it, in order. */
  readonly requests: readonly EndRequest[];
  /** Whether it was sent CTRL_BREAK. */
  readonly asked: boolean;
  /** The limit because of which the system ended it; `undefined` for none. */
  readonly limit: EndingLimit | undefined;
  /** What else ended it; `undefined` if nothing is known. */
  readonly other: OtherEnd | undefined;
}

/**
 * Determines what ended a process. A request counts only if the exit code is the one it gives: the
 * process may have exited by itself just before.
 *
 * @param evidence What is known about the end.
 * @returns What ended it.
 */
export function endedBy({ code, requests, asked, limit, other }: EndEvidence): EndedBy {
  if (code === null) return "unknown";
  const request = requests.find((request) => request.code === undefined || request.code === code);
  if (request !== undefined) return request.by;
  if (limit !== undefined) return "limit";
  if (other !== undefined) return other;
  return asked ? "asked" : "itself";
}

/**
 * Returns whether an end is a success: the process exited by itself, asked to or not, with code 0.
 *
 * @param code The exit code; `null` if it is unknown.
 * @param by What ended the process.
 * @returns Whether it is.
 */
export function isSuccess(code: number | null, by: EndedBy): boolean {
  return code === 0 && (by === "itself" || by === "asked");
}
