/**
 * What one process has used, read from its handle.
 *
 * @module
 */
import {
  type ProcessIo,
  processIo,
  type ProcessMemory,
  processMemory,
  processTimes,
} from "./process_query.ts";

/**
 * What a process has used; the numbers are final once it has ended.
 *
 * @example
 * ```ts
 * import type { ProcessUsage } from "@jobbox/jobobject";
 *
 * const cpuSeconds = (usage: ProcessUsage): number => (usage.userTime + usage.kernelTime) / 1000;
 * ```
 */
export interface ProcessUsage {
  /** When it was started. */
  readonly startTime: Date;
  /** When it ended; `undefined` while it runs. */
  readonly endTime: Date | undefined;
  /** Processor time in user mode, in ms. */
  readonly userTime: number;
  /** Processor time in kernel mode, in ms. */
  readonly kernelTime: number;
  /** Its memory; `undefined` if the system does not report it. */
  readonly memory: ProcessMemory | undefined;
  /** Its input and output; `undefined` if the system does not report it. */
  readonly io: ProcessIo | undefined;
}

/**
 * Reads what a process has used.
 *
 * @param process Its handle, with PROCESS_QUERY_LIMITED_INFORMATION.
 * @returns Times, memory and I/O.
 * @throws {Win32Error} If the system does not even report its times.
 */
export function processUsage(process: bigint): ProcessUsage {
  const { created, exited, user, kernel } = processTimes(process);
  return {
    startTime: new Date(created),
    endTime: exited === undefined ? undefined : new Date(exited),
    userTime: user,
    kernelTime: kernel,
    memory: processMemory(process),
    io: processIo(process),
  };
}
