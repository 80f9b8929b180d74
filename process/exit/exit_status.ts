/**
 * How a process ended, asked of its handle.
 *
 * @module
 */
import { WAIT } from "../../ffi/constants.ts";
import { check, failure, Win32Error } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import { describeExitCode } from "./exit_code.ts";
import { type ProcessUsage, processUsage } from "../query/process_usage.ts";

/** How a process ended. */
export interface ProcessStatus {
  /** Whether the code is 0. */
  readonly success: boolean;
  /** The exit code, unsigned 32 bits (`Deno.CommandStatus.code` is the same bits, signed). */
  readonly code: number;
  /** Always `null`: Windows has no signals. */
  readonly signal: null;
  /** The code's name where Windows gives it one, such as `"STATUS_ACCESS_VIOLATION"`. */
  readonly symbol?: string;
  /** What the process used, children not included. */
  readonly usage: ProcessUsage;
  /**
   * Why the system did not say how it ended, such as because somebody closed its handle. Then
   * `code` is 4294967295, or the numbers of `usage` are `NaN`. Absent otherwise.
   */
  readonly error?: Win32Error;
}

/** The exit code of a process of which the system says none. */
const UNKNOWN_CODE = 0xffff_ffff;

const UNKNOWN_USAGE: ProcessUsage = {
  startTime: new Date(NaN),
  endTime: undefined,
  userTime: NaN,
  kernelTime: NaN,
  memory: undefined,
  io: undefined,
};

/**
 * Asks whether a process has ended, and how. Who waits for a process must get an answer, so that
 * nothing is thrown: what the system does not say is unknown in the answer.
 *
 * @param process Its handle, with all rights.
 * @param pid Its id, for the error.
 * @returns How it ended; `undefined` while it runs.
 */
export function exitStatus(process: bigint, pid: number): ProcessStatus | undefined {
  const action = `Cannot learn how process ${pid} ended`;
  // Never by the code: 259 is a code like any other, and not "still running".
  const waited = kernel32.WaitForSingleObject(process, 0);
  // A wait that fails now fails for ever.
  const waitCode = failure(waited === WAIT.WAIT_FAILED ? 0 : 1);
  if (waitCode !== 0) return unknown(new Win32Error(waitCode, "WaitForSingleObject", action));
  if (waited !== WAIT.WAIT_OBJECT_0) return undefined;
  const exit = new Uint32Array(1);
  try {
    check(kernel32.GetExitCodeProcess(process, exit), "GetExitCodeProcess", action);
  } catch (error) {
    return unknown(error);
  }
  const code = exit[0]!;
  const { symbol } = describeExitCode(code);
  const end = {
    success: code === 0,
    code,
    signal: null,
    ...symbol === undefined ? {} : { symbol },
  };
  try {
    return { ...end, usage: processUsage(process) };
  } catch (error) {
    return { ...end, usage: UNKNOWN_USAGE, error: asWin32(error) };
  }
}

function unknown(error: unknown): ProcessStatus {
  return {
    success: false,
    code: UNKNOWN_CODE,
    signal: null,
    usage: UNKNOWN_USAGE,
    error: asWin32(error),
  };
}

function asWin32(error: unknown): Win32Error {
  if (error instanceof Win32Error) return error;
  throw error;
}
