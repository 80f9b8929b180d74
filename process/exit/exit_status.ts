/**
 * How a process ended, read from its handle.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { Win32Error } from "../../ffi/error.ts";
import {
  type EndedBy,
  endedBy,
  type EndEvidence,
  type EndingLimit,
  isSuccess,
} from "./ended_by.ts";
import { describeExitCode } from "./exit_code.ts";
import { ExitError } from "./status_codes.ts";
import { exitCode, hasEnded } from "../query/process_query.ts";
import { type ProcessUsage, processUsage } from "../query/process_usage.ts";

/**
 * How a process ended, as the system reports it.
 *
 * @example
 * ```ts
 * import type { ProcessEnd } from "@jobbox/jobobject";
 *
 * const isKnown = ({ code }: ProcessEnd): boolean => code !== null;
 * ```
 */
export interface ProcessEnd {
  /**
   * The exit code, unsigned 32 bits (`Deno.CommandStatus.code` is the same bits, signed); `null` if
   * the system does not report it.
   */
  readonly code: number | null;
  /** Always `null`: Windows has no signals. */
  readonly signal: null;
  /** The code's name if Windows has one, such as `"STATUS_ACCESS_VIOLATION"`. */
  readonly symbol?: string;
  /** What the process used, without its children; `null` if the system does not report it. */
  readonly usage: ProcessUsage | null;
  /**
   * Why the system did not report how it ended, for example because other code closed its handle.
   * Then `code` or `usage` is `null`. Otherwise absent.
   */
  readonly error?: Win32Error;
}

/**
 * How a process ended, and what ended it.
 *
 * @example
 * ```ts
 * import type { ProcessStatus } from "@jobbox/jobobject";
 *
 * const say = ({ code, endedBy }: ProcessStatus): string => `${code}, ended by ${endedBy}`;
 * ```
 */
export interface ProcessStatus extends ProcessEnd {
  /**
   * Whether it exited by itself with code 0. `false` for a process that was ended, whatever its
   * code: the system gives code 0 to the processes of a closed job.
   */
  readonly success: boolean;
  /** What ended it, as far as this program can know. */
  readonly endedBy: EndedBy;
  /** The limit because of which the system ended it; present only if `endedBy` is `"limit"`. */
  readonly limit?: EndingLimit;
}

/**
 * Returns how a process ended, if it has. Never throws, since a waiter must always get a result:
 * values that the system does not report are `null`.
 *
 * @param process Its handle, with all rights.
 * @param pid Its id, for the error.
 * @returns How it ended; `undefined` while it runs.
 */
export function exitStatus(process: bigint, pid: number): ProcessEnd | undefined {
  const action = `Cannot learn how process ${pid} ended`;
  let code: number;
  try {
    if (!hasEnded(process, action)) return undefined;
    code = exitCode(process, action);
  } catch (error) {
    // A wait that fails once will always fail.
    return unknown(error);
  }
  const { symbol } = describeExitCode(code);
  const end = {
    code,
    signal: null,
    ...defined({ symbol }),
  };
  try {
    return { ...end, usage: processUsage(process) };
  } catch (error) {
    return { ...end, usage: null, error: asWin32(error) };
  }
}

/**
 * Closes a handle of a process that has ended, or of its thread. Never throws: if other code has
 * closed the handle, it is still known how the process ended, and waiting callers get the result.
 *
 * @param handle The handle.
 */
export function closeEnded(handle: { close(): void }): void {
  try {
    handle.close();
  } catch (error) {
    asWin32(error);
  }
}

/**
 * Returns whether a process already has its exit code, even if its handle is not signalled yet.
 *
 * @param process Its handle.
 * @returns Whether it has; `false` if the system does not report it: then its handle decides.
 */
export function isEnding(process: bigint): boolean {
  try {
    return exitCode(process, "Cannot look for an end") !== ExitError.STILL_ACTIVE;
  } catch (error) {
    asWin32(error);
    return false;
  }
}

/**
 * Combines how a process ended with what ended it.
 *
 * @param end How it ended.
 * @param evidence What else is known.
 * @returns Both.
 */
export function processStatus(
  end: ProcessEnd,
  evidence: Omit<EndEvidence, "code">,
): ProcessStatus {
  const by = endedBy({ ...evidence, code: end.code });
  const { limit } = evidence;
  return {
    success: isSuccess(end.code, by),
    ...end,
    endedBy: by,
    ...defined({ limit: by === "limit" ? limit : undefined }),
  };
}

function unknown(error: unknown): ProcessEnd {
  return { code: null, signal: null, usage: null, error: asWin32(error) };
}

function asWin32(error: unknown): Win32Error {
  if (error instanceof Win32Error) return error;
  throw error;
}
