/**
 * Statistics of a job, in the form that programs use. Pure.
 *
 * The whole module uses the same units. Times are milliseconds, with fractions down to 0.0001.
 * Memory and amounts of data are bytes. Shares of the processor are percent of the machine.
 * Everything else is a count. A field has another unit only if its comment says so.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import type { StructValue } from "../../ffi/struct_types.ts";
import type { STRUCTS } from "../../ffi/structs.ts";
import { isCounted } from "../../values/counters.ts";
import { bigintToNumber } from "../../values/quantity.ts";
import { ticksToMilliseconds } from "../../values/duration.ts";

type Struct<N extends keyof typeof STRUCTS> = StructValue<typeof STRUCTS, N>;

/** Class 1. */
export type Accounting = Struct<"JOBOBJECT_BASIC_ACCOUNTING_INFORMATION">;
/** Class 8. */
export type IoAccounting = Struct<"JOBOBJECT_BASIC_AND_IO_ACCOUNTING_INFORMATION">;
/** Class 28. */
export type MemoryUsage = Struct<"JOBOBJECT_MEMORY_USAGE_INFORMATION">;
/** Class 42. */
export type IoAttribution = Struct<"JOBOBJECT_IO_ATTRIBUTION_INFORMATION">;

/**
 * The number of processes that a job has and had.
 *
 * @example
 * ```ts
 * import type { ProcessCounts } from "@jobbox/jobobject";
 *
 * const ended = ({ total, active }: ProcessCounts): number => total - active;
 * ```
 */
export interface ProcessCounts {
  /** All processes that ever joined, including those that were refused. */
  readonly total: number;
  /** The processes in the job now, including nested jobs. */
  readonly active: number;
  /** The processes that the system ended because of a limit. */
  readonly terminated: number;
}

/**
 * Committed memory in bytes.
 *
 * @example
 * ```ts
 * import type { JobMemoryStats } from "@jobbox/jobobject";
 *
 * const peakMiB = ({ peak }: JobMemoryStats): number => peak / 1024 ** 2;
 * ```
 */
export interface JobMemoryStats {
  /**
   * Committed by all processes together now; absent if the system does not report it (class 28).
   */
  readonly current?: number;
  /** The most that all processes together had committed. */
  readonly peak: number;
  /** The most that a single process had committed. */
  readonly peakProcess: number;
}

/**
 * Input and output of all kinds of handles: files, pipes and sockets.
 *
 * @example
 * ```ts
 * import type { IoStats } from "@jobbox/jobobject";
 *
 * const moved = ({ readBytes, writeBytes }: IoStats): number => readBytes + writeBytes;
 * ```
 */
export interface IoStats {
  /** Reads. */
  readonly readOperations: number;
  /** Writes. */
  readonly writeOperations: number;
  /** Operations that are neither. */
  readonly otherOperations: number;
  /** Bytes read. */
  readonly readBytes: number;
  /** Bytes written. */
  readonly writeBytes: number;
  /** Bytes of operations that are neither. */
  readonly otherBytes: number;
}

/**
 * The total use of all processes that ever were in a job, including nested jobs. See Microsoft's
 * page on `JOBOBJECT_BASIC_AND_IO_ACCOUNTING_INFORMATION`.
 *
 * @example
 * ```ts
 * import type { JobStats } from "@jobbox/jobobject";
 *
 * const cpuSeconds = (stats: JobStats): number => (stats.userTime + stats.kernelTime) / 1000;
 * ```
 */
export interface JobStats {
  /** Milliseconds in user mode. */
  readonly userTime: number;
  /** Milliseconds in kernel mode. */
  readonly kernelTime: number;
  /** Milliseconds in user mode since {@linkcode Limits.jobUserTime} was last set. */
  readonly periodUserTime: number;
  /** Milliseconds in kernel mode since {@linkcode Limits.jobUserTime} was last set. */
  readonly periodKernelTime: number;
  /** Page faults. */
  readonly pageFaults: number;
  /** Processes. */
  readonly processes: ProcessCounts;
  /** Memory in bytes. */
  readonly memory: JobMemoryStats;
  /** Input and output; absent if processes ran but the system did not count it. */
  readonly io?: IoStats;
}

/**
 * The committed memory of a job in bytes. Win32: `JOBOBJECT_MEMORY_USAGE_INFORMATION`.
 *
 * @example
 * ```ts
 * import type { MemoryStats } from "@jobbox/jobobject";
 *
 * const peakMiB = (stats: MemoryStats): number => stats.peakJobMemoryUsed / 1024 ** 2;
 * ```
 */
export interface MemoryStats {
  /** Committed by all processes together now. */
  readonly jobMemory: number;
  /** The most that they had committed together. */
  readonly peakJobMemoryUsed: number;
}

/**
 * The accounting of a job, with times in milliseconds. See Microsoft's page on
 * `JOBOBJECT_BASIC_ACCOUNTING_INFORMATION`.
 *
 * @example
 * ```ts
 * import type { ProcessorStats } from "@jobbox/jobobject";
 *
 * const cpuSeconds = (stats: ProcessorStats): number => stats.totalUserTime / 1000;
 * ```
 */
export interface ProcessorStats {
  /** Milliseconds in user mode. */
  readonly totalUserTime: number;
  /** Milliseconds in kernel mode. */
  readonly totalKernelTime: number;
  /** Milliseconds in user mode since {@linkcode Limits.jobUserTime} was last set. */
  readonly thisPeriodTotalUserTime: number;
  /** Milliseconds in kernel mode since {@linkcode Limits.jobUserTime} was last set. */
  readonly thisPeriodTotalKernelTime: number;
  /** Page faults. */
  readonly totalPageFaultCount: number;
  /** All processes that ever joined. */
  readonly totalProcesses: number;
  /** Processes in the job now. */
  readonly activeProcesses: number;
  /** Processes that the system ended because of a limit. */
  readonly totalTerminatedProcesses: number;
}

/**
 * Input and output of one direction that reached a disk. Win32: `JOBOBJECT_IO_ATTRIBUTION_STATS`.
 *
 * @example
 * ```ts
 * import type { IoAttributionStats } from "@jobbox/jobobject";
 *
 * const average = (stats: IoAttributionStats): number => stats.totalSize / stats.ioCount;
 * ```
 */
export interface IoAttributionStats {
  /** Operations. */
  readonly ioCount: number;
  /** Time that operations waited; Microsoft does not document the unit. */
  readonly totalNonOverlappedQueueTime: number;
  /** Time that operations took; Microsoft does not document the unit. */
  readonly totalNonOverlappedServiceTime: number;
  /** Bytes. */
  readonly totalSize: number;
}

/**
 * The input and output of a job. See Microsoft's page on
 * `JOBOBJECT_BASIC_AND_IO_ACCOUNTING_INFORMATION`.
 *
 * @example
 * ```ts
 * import type { StorageStats } from "@jobbox/jobobject";
 *
 * const onDisk = (stats: StorageStats): number | undefined => stats.attribution?.write.totalSize;
 * ```
 */
export interface StorageStats {
  /** Reads of all kinds of handles. */
  readonly readOperationCount: number;
  /** Writes of all kinds of handles. */
  readonly writeOperationCount: number;
  /** Operations that are neither. */
  readonly otherOperationCount: number;
  /** Bytes read. */
  readonly readTransferCount: number;
  /** Bytes written. */
  readonly writeTransferCount: number;
  /** Bytes of operations that are neither. */
  readonly otherTransferCount: number;
  /**
   * The I/O that reached a disk; absent unless {@linkcode JobObject.setIoTracking} was switched on.
   */
  readonly attribution?: { readonly read: IoAttributionStats; readonly write: IoAttributionStats };
}

/**
 * Decodes class 1.
 *
 * @param accounting The decoded structure.
 * @returns The same in milliseconds and counts.
 */
export function decodeProcessorStats(accounting: Accounting): ProcessorStats {
  return {
    totalUserTime: ticksToMilliseconds(accounting.TotalUserTime),
    totalKernelTime: ticksToMilliseconds(accounting.TotalKernelTime),
    thisPeriodTotalUserTime: ticksToMilliseconds(accounting.ThisPeriodTotalUserTime),
    thisPeriodTotalKernelTime: ticksToMilliseconds(accounting.ThisPeriodTotalKernelTime),
    totalPageFaultCount: accounting.TotalPageFaultCount,
    totalProcesses: accounting.TotalProcesses,
    activeProcesses: accounting.ActiveProcesses,
    totalTerminatedProcesses: accounting.TotalTerminatedProcesses,
  };
}

/**
 * Decodes class 28.
 *
 * @param usage The decoded structure.
 * @returns The same in bytes.
 */
export function decodeMemoryStats(usage: MemoryUsage): MemoryStats {
  return {
    jobMemory: bigintToNumber(usage.JobMemory, "JobMemory"),
    peakJobMemoryUsed: bigintToNumber(usage.PeakJobMemoryUsed, "PeakJobMemoryUsed"),
  };
}

/**
 * Decodes class 8, and class 42 if tracking is on.
 *
 * @param accounting The decoded structure.
 * @param attribution The decoded structure; `undefined` if tracking is off.
 * @returns Counts and bytes.
 */
export function decodeStorageStats(
  { IoInfo }: IoAccounting,
  attribution: IoAttribution | undefined,
): StorageStats {
  const stats: StorageStats = {
    readOperationCount: bigintToNumber(IoInfo.ReadOperationCount, "ReadOperationCount"),
    writeOperationCount: bigintToNumber(IoInfo.WriteOperationCount, "WriteOperationCount"),
    otherOperationCount: bigintToNumber(IoInfo.OtherOperationCount, "OtherOperationCount"),
    readTransferCount: bigintToNumber(IoInfo.ReadTransferCount, "ReadTransferCount"),
    writeTransferCount: bigintToNumber(IoInfo.WriteTransferCount, "WriteTransferCount"),
    otherTransferCount: bigintToNumber(IoInfo.OtherTransferCount, "OtherTransferCount"),
  };
  if (attribution === undefined) return stats;
  return {
    ...stats,
    attribution: {
      read: decodeAttribution(attribution.ReadStats),
      write: decodeAttribution(attribution.WriteStats),
    },
  };
}

function decodeAttribution(stats: IoAttribution["ReadStats"]): IoAttributionStats {
  return {
    ioCount: bigintToNumber(stats.IoCount, "IoCount"),
    totalNonOverlappedQueueTime: bigintToNumber(stats.TotalNonOverlappedQueueTime, "queue time"),
    totalNonOverlappedServiceTime: bigintToNumber(
      stats.TotalNonOverlappedServiceTime,
      "service time",
    ),
    totalSize: bigintToNumber(stats.TotalSize, "TotalSize"),
  };
}

/** The input of {@linkcode decodeJobStats} in addition to class 8. */
export interface MemoryParts {
  /** Class 9. */
  readonly peaks: { readonly PeakProcessMemoryUsed: bigint; readonly PeakJobMemoryUsed: bigint };
  /** Class 28; `undefined` if the system lacks it. */
  readonly usage: MemoryUsage | undefined;
}

/**
 * Combines the statistics of a job.
 *
 * @param accounting Class 8, decoded.
 * @param memory The memory parts.
 * @returns The statistics in one object.
 */
export function decodeJobStats(
  { BasicInfo, IoInfo }: IoAccounting,
  { peaks, usage }: MemoryParts,
): JobStats {
  return {
    userTime: ticksToMilliseconds(BasicInfo.TotalUserTime),
    kernelTime: ticksToMilliseconds(BasicInfo.TotalKernelTime),
    periodUserTime: ticksToMilliseconds(BasicInfo.ThisPeriodTotalUserTime),
    periodKernelTime: ticksToMilliseconds(BasicInfo.ThisPeriodTotalKernelTime),
    pageFaults: BasicInfo.TotalPageFaultCount,
    processes: {
      total: BasicInfo.TotalProcesses,
      active: BasicInfo.ActiveProcesses,
      terminated: BasicInfo.TotalTerminatedProcesses,
    },
    memory: {
      ...defined({
        current: usage === undefined ? undefined : bigintToNumber(usage.JobMemory, "JobMemory"),
      }),
      peak: bigintToNumber(peaks.PeakJobMemoryUsed, "PeakJobMemoryUsed"),
      peakProcess: bigintToNumber(peaks.PeakProcessMemoryUsed, "PeakProcessMemoryUsed"),
    },
    ...defined({ io: countedIo(IoInfo, BasicInfo.TotalProcesses) }),
  };
}

/**
 * The reads and writes of a job; `undefined` if they were not counted. Every process opens its
 * program when it starts, so a job without a single operation means that the system counts none.
 */
function countedIo(counters: IoAccounting["IoInfo"], processes: number): IoStats | undefined {
  if (processes > 0 && !isCounted(counters)) return undefined;
  return decodeIo(counters);
}

function decodeIo(IoInfo: IoAccounting["IoInfo"]): IoStats {
  return {
    readOperations: bigintToNumber(IoInfo.ReadOperationCount, "ReadOperationCount"),
    writeOperations: bigintToNumber(IoInfo.WriteOperationCount, "WriteOperationCount"),
    otherOperations: bigintToNumber(IoInfo.OtherOperationCount, "OtherOperationCount"),
    readBytes: bigintToNumber(IoInfo.ReadTransferCount, "ReadTransferCount"),
    writeBytes: bigintToNumber(IoInfo.WriteTransferCount, "WriteTransferCount"),
    otherBytes: bigintToNumber(IoInfo.OtherTransferCount, "OtherTransferCount"),
  };
}
