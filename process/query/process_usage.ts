/**
 * What one process has used, asked of its handle.
 *
 * @module
 */
import { check } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";

const MEMORY = struct(STRUCTS, "PROCESS_MEMORY_COUNTERS");
const IO = struct(STRUCTS, "IO_COUNTERS");

/** From 1601, where Windows begins to count, to 1970, in ms. */
const EPOCH = 11_644_473_600_000;
const TICKS_PER_MS = 10_000n;

/** The memory of one process, in bytes. */
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

/** What one process read and wrote, with files, pipes and devices, in bytes. */
export interface ProcessIo {
  /** Bytes read. */
  readonly readBytes: number;
  /** Bytes written. */
  readonly writeBytes: number;
}

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
  /** Its memory; `undefined` where the system does not say. */
  readonly memory: ProcessMemory | undefined;
  /** Its input and output; `undefined` where the system does not say. */
  readonly io: ProcessIo | undefined;
}

/**
 * Converts a FILETIME to the time that JavaScript counts.
 *
 * @param fileTime 100 ns steps since 1601.
 * @returns Milliseconds since 1970, with fractions.
 */
export function fileTimeToUnixMs(fileTime: bigint): number {
  return Number(fileTime) / Number(TICKS_PER_MS) - EPOCH;
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
 * @throws {Win32Error} If the system does not even tell its times.
 */
export function processUsage(process: bigint): ProcessUsage {
  const created = new BigUint64Array(1);
  const ended = new BigUint64Array(1);
  const kernel = new BigUint64Array(1);
  const user = new BigUint64Array(1);
  check(
    kernel32.GetProcessTimes(process, created, ended, kernel, user),
    "GetProcessTimes",
    "Cannot learn what a process has used",
  );
  return {
    startTime: toDate(created[0]!),
    endTime: ended[0] === 0n ? undefined : toDate(ended[0]!),
    userTime: toMilliseconds(user[0]!),
    kernelTime: toMilliseconds(kernel[0]!),
    memory: processMemory(process),
    io: processIo(process),
  };
}

/**
 * Asks for the memory of a process.
 *
 * @param process Its handle, with PROCESS_QUERY_LIMITED_INFORMATION.
 * @returns Its memory; `undefined` where the system does not say.
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

function processIo(process: bigint): ProcessIo | undefined {
  const io = IO.allocate();
  if (!kernel32.GetProcessIoCounters(process, io)) return undefined;
  const counters = IO.decode(io);
  return {
    readBytes: Number(counters.ReadTransferCount),
    writeBytes: Number(counters.WriteTransferCount),
  };
}
