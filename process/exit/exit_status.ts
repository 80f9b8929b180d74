/**
 * How a process ended, asked of its handle.
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
 * How a process ended, as the system says.
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
   * The exit code, unsigned 32 bits (`Deno.CommandStatus.code` is the same bits, signed); `null`
   * where the system does not say.
   */
  readonly code: number | null;
  /** Always `null`: Windows has no signals. */
  readonly signal: null;
  /** The code's name where Windows gives it one, such as `"STATUS_ACCESS_VIOLATION"`. */
  readonly symbol?: string;
  /** What the process used, children not included; `null` where the system does not say. */
  readonly usage: ProcessUsage | null;
  /**
   * Why the system did not say how it ended, such as because another part of the program closed its
   * handle. Then `code` or `usage` is `null`. Absent otherwise.
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
   * Whether it ended by itself with code 0. `false` for a process that was ended, whatever code it
   * has: the system gives 0 to those of a closed job.
   */
  readonly success: boolean;
  /** What ended it, as far as this program can know. */
  readonly endedBy: EndedBy;
  /** The limit at which the system ended it; present only if `endedBy` is `"limit"`. */
  readonly limit?: EndingLimit;
}

/**
 * Asks whether a process has ended, and how. Never throws, since a waiter must always get an answer:
 * what the system does not say is `null`.
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
    // A wait that fails once fails for ever.
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
 * Whether a process has its exit code, though its handle may not tell of its end yet.
 *
 * @param process Its handle.
 * @returns Whether it has; `false` where the system does not say, and its handle is still asked.
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
 * Adds to how a process ended what ended it.
 *
 * @param end How it ended.
 * @param evidence What is known beside.
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
