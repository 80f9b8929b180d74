/**
 * Queries of a process's handle, one function each.
 *
 * @module
 */
import { ERROR, WAIT } from "../../ffi/constants.ts";
import { check, failure } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import { decodeWide } from "../../ffi/strings.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { isCounted } from "../../values/counters.ts";

const MEMORY = struct(STRUCTS, "PROCESS_MEMORY_COUNTERS");
const IO = struct(STRUCTS, "IO_COUNTERS");

/** Room for the path of a program, in UTF-16 units with the NUL: for most of them, and for any. */
const PATH_ROOMS = [1_024, 32_768];

/** From 1601, where Windows begins to count, to 1970, in ms. */
const EPOCH = 11_644_473_600_000;
const TICKS_PER_MS = 10_000;

/** When a process ran, and its processor time. */
export interface ProcessTimes {
  /** When it was started: milliseconds since 1970, with fractions. */
  readonly created: number;
  /** When it ended, likewise; `undefined` while it runs. */
  readonly exited: number | undefined;
  /** Processor time in user mode, in ms. */
  readonly user: number;
  /** Processor time in kernel mode, in ms. */
  readonly kernel: number;
}

/**
 * The memory of one process, in bytes.
 *
 * @example
 * ```ts
 * import type { ProcessMemory } from "@jobbox/jobobject";
 *
 * const peakMiB = ({ peakCommit }: ProcessMemory): number => peakCommit / 1024 ** 2;
 * ```
 */
export interface ProcessMemory {
  /** Committed now. */
  readonly commit: number;
  /** The most that was committed at once. */
  readonly peakCommit: number;
  /** In RAM now. */
  readonly workingSet: number;
  /** The most that was in RAM at once. */
  readonly peakWorkingSet: number;
  /** Page faults. */
  readonly pageFaults: number;
}

/**
 * What one process read and wrote, with files, pipes and devices, in bytes.
 *
 * @example
 * ```ts
 * import type { ProcessIo } from "@jobbox/jobobject";
 *
 * const moved = ({ readBytes, writeBytes }: ProcessIo): number => readBytes + writeBytes;
 * ```
 */
export interface ProcessIo {
  /** Bytes read. */
  readonly readBytes: number;
  /** Bytes written. */
  readonly writeBytes: number;
}

/**
 * Returns whether a process has ended. The exit code is not used for that: 259 is a code like any
 * other and does not prove "still running".
 *
 * @param process Its handle, with SYNCHRONIZE.
 * @param action The action, for the error message.
 * @returns Whether it has.
 * @throws {Win32Error} If the system does not report it.
 */
export function hasEnded(process: bigint, action: string): boolean {
  const waited = kernel32.WaitForSingleObject(process, 0);
  if (waited === WAIT.WAIT_TIMEOUT) return false;
  check(waited === WAIT.WAIT_OBJECT_0 ? 1 : 0, "WaitForSingleObject", action);
  return true;
}

/**
 * Reads the exit code of a process.
 *
 * @param process Its handle, with PROCESS_QUERY_LIMITED_INFORMATION.
 * @param action The action, for the error message.
 * @returns The code, unsigned; 259 while it runs.
 * @throws {Win32Error} If the system does not report it.
 */
export function exitCode(process: bigint, action: string): number {
  const code = new Uint32Array(1);
  check(kernel32.GetExitCodeProcess(process, code), "GetExitCodeProcess", action);
  return code[0]!;
}

/**
 * Reads the times of a process.
 *
 * @param process Its handle, with PROCESS_QUERY_LIMITED_INFORMATION.
 * @returns Its times.
 * @throws {Win32Error} If the system does not report it.
 */
export function processTimes(process: bigint): ProcessTimes {
  const created = new BigUint64Array(1);
  const exited = new BigUint64Array(1);
  const kernel = new BigUint64Array(1);
  const user = new BigUint64Array(1);
  check(
    kernel32.GetProcessTimes(process, created, exited, kernel, user),
    "GetProcessTimes",
    "Cannot learn what a process has used",
  );
  return {
    created: toUnixMs(created[0]!),
    exited: exited[0] === 0n ? undefined : toUnixMs(exited[0]!),
    user: Number(user[0]!) / TICKS_PER_MS,
    kernel: Number(kernel[0]!) / TICKS_PER_MS,
  };
}

/** A FILETIME as milliseconds since 1970, with fractions. */
function toUnixMs(fileTime: bigint): number {
  return Number(fileTime) / TICKS_PER_MS - EPOCH;
}

/**
 * Reads the memory use of a process.
 *
 * @param process Its handle, with PROCESS_QUERY_LIMITED_INFORMATION.
 * @returns Its memory; `undefined` if the system does not report it.
 */
export function processMemory(process: bigint): ProcessMemory | undefined {
  const memory = MEMORY.allocate();
  if (!kernel32.K32GetProcessMemoryInfo(process, memory, MEMORY.size)) return undefined;
  const counters = MEMORY.decode(memory);
  return {
    commit: Number(counters.PagefileUsage),
    peakCommit: Number(counters.PeakPagefileUsage),
    workingSet: Number(counters.WorkingSetSize),
    peakWorkingSet: Number(counters.PeakWorkingSetSize),
    pageFaults: counters.PageFaultCount,
  };
}

/**
 * Reads how much a process has read and written.
 *
 * @param process Its handle, with PROCESS_QUERY_LIMITED_INFORMATION.
 * @returns The bytes; `undefined` if the system does not report it.
 */
export function processIo(process: bigint): ProcessIo | undefined {
  const io = IO.allocate();
  if (!kernel32.GetProcessIoCounters(process, io)) return undefined;
  const counters = IO.decode(io);
  if (!isCounted(counters)) return undefined;
  return {
    readBytes: Number(counters.ReadTransferCount),
    writeBytes: Number(counters.WriteTransferCount),
  };
}

/**
 * Reads the program of a process.
 *
 * @param process Its handle, with PROCESS_QUERY_LIMITED_INFORMATION.
 * @returns The whole path; `undefined` if the system does not report it.
 */
export function processImage(process: bigint): string | undefined {
  for (const room of PATH_ROOMS) {
    const path = new Uint16Array(room);
    const length = new Uint32Array([room]);
    const code = failure(kernel32.QueryFullProcessImageNameW(process, 0, path, length));
    if (code === ERROR.SUCCESS) return decodeWide(path, length[0]);
    if (code !== ERROR.INSUFFICIENT_BUFFER) return undefined;
  }
  return undefined;
}
