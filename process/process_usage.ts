/**
 * What one process has used, asked of its handle.
 *
 * @module
 */
import { check } from "../ffi/error.ts";
import { kernel32 } from "../ffi/library.ts";
import { struct } from "../ffi/struct.ts";
import { STRUCTS } from "../ffi/structs.ts";

const MEMORY = struct(STRUCTS, "PROCESS_MEMORY_COUNTERS");
const IO = struct(STRUCTS, "IO_COUNTERS");

/** From 1601, where Windows begins to count, to 1970, in ms. */
const EPOCH = 11_644_473_600_000;
const TICKS_PER_MS = 10_000n;

/** What a process has used; the numbers stand still once it has ended. */
export interface ProcessUsage {
  /** When it was started. */
  readonly startTime: Date;
  /** When it ended; `undefined` while it runs. */
  readonly endTime: Date | undefined;
  /** Processor time in user mode, in ms. */
  readonly userTime: number;
  /** Processor time in kernel mode, in ms. */
  readonly kernelTime: number;
  /** Committed memory, in bytes. */
  readonly memory: number;
  /** The most that it had committed, in bytes. */
  readonly peakMemory: number;
  /** Memory in RAM, in bytes. */
  readonly workingSet: number;
  /** The most that it had in RAM, in bytes. */
  readonly peakWorkingSet: number;
  /** Page faults. */
  readonly pageFaults: number;
  /** Bytes that it read, from files, pipes and devices. */
  readonly readBytes: number;
  /** Bytes that it wrote. */
  readonly writeBytes: number;
}

function toDate(fileTime: bigint): Date {
  return new Date(Number(fileTime / TICKS_PER_MS) - EPOCH);
}

function toMilliseconds(ticks: bigint): number {
  return Number(ticks) / Number(TICKS_PER_MS);
}

/**
 * Asks what a process has used.
 *
 * @param process Its handle, with PROCESS_QUERY_LIMITED_INFORMATION.
 * @returns Times, memory and I/O.
 * @throws {Win32Error} If the system does not say.
 */
export function processUsage(process: bigint): ProcessUsage {
  const action = "Cannot learn what a process has used";
  const created = new BigUint64Array(1);
  const ended = new BigUint64Array(1);
  const kernel = new BigUint64Array(1);
  const user = new BigUint64Array(1);
  check(
    kernel32.GetProcessTimes(process, created, ended, kernel, user),
    "GetProcessTimes",
    action,
  );
  const memory = MEMORY.allocate();
  check(
    kernel32.K32GetProcessMemoryInfo(process, memory, MEMORY.size),
    "K32GetProcessMemoryInfo",
    action,
  );
  const io = IO.allocate();
  check(kernel32.GetProcessIoCounters(process, io), "GetProcessIoCounters", action);
  const counters = MEMORY.decode(memory);
  const transfers = IO.decode(io);
  return {
    startTime: toDate(created[0]!),
    endTime: ended[0] === 0n ? undefined : toDate(ended[0]!),
    userTime: toMilliseconds(user[0]!),
    kernelTime: toMilliseconds(kernel[0]!),
    memory: Number(counters.PagefileUsage),
    peakMemory: Number(counters.PeakPagefileUsage),
    workingSet: Number(counters.WorkingSetSize),
    peakWorkingSet: Number(counters.PeakWorkingSetSize),
    pageFaults: counters.PageFaultCount,
    readBytes: Number(transfers.ReadTransferCount),
    writeBytes: Number(transfers.WriteTransferCount),
  };
}
