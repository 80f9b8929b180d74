import { assertEquals, assertThrows } from "@std/assert";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import {
  decodeJobStats,
  decodeMemoryStats,
  decodeProcessorStats,
  decodeStorageStats,
} from "../../../job/stats/stats.ts";

const IO_ACCOUNTING = struct(STRUCTS, "JOBOBJECT_BASIC_AND_IO_ACCOUNTING_INFORMATION");
const ATTRIBUTION = struct(STRUCTS, "JOBOBJECT_IO_ATTRIBUTION_INFORMATION");
const MEMORY = struct(STRUCTS, "JOBOBJECT_MEMORY_USAGE_INFORMATION");

/** A different number in every field. */
const ACCOUNTING = IO_ACCOUNTING.decode(IO_ACCOUNTING.encode({
  BasicInfo: {
    TotalUserTime: 10_000n,
    TotalKernelTime: 20_000n,
    ThisPeriodTotalUserTime: 30_000n,
    ThisPeriodTotalKernelTime: 40_001n,
    TotalPageFaultCount: 5,
    TotalProcesses: 6,
    ActiveProcesses: 7,
    TotalTerminatedProcesses: 8,
  },
  IoInfo: {
    ReadOperationCount: 9n,
    WriteOperationCount: 10n,
    OtherOperationCount: 11n,
    ReadTransferCount: 12n,
    WriteTransferCount: 13n,
    OtherTransferCount: 14n,
  },
}));
const USAGE = MEMORY.decode(MEMORY.encode({ JobMemory: 15n, PeakJobMemoryUsed: 16n }));
const PEAKS = { PeakJobMemoryUsed: 17n, PeakProcessMemoryUsed: 18n };

Deno.test("decodeJobStats: every number comes from its own field", () => {
  const stats = {
    userTime: 1,
    kernelTime: 2,
    periodUserTime: 3,
    periodKernelTime: 4.0001,
    pageFaults: 5,
    processes: { total: 6, active: 7, terminated: 8 },
    memory: { current: 15, peak: 17, peakProcess: 18 },
    io: {
      readOperations: 9,
      writeOperations: 10,
      otherOperations: 11,
      readBytes: 12,
      writeBytes: 13,
      otherBytes: 14,
    },
  };
  assertEquals(decodeJobStats(ACCOUNTING, { peaks: PEAKS, usage: USAGE }), stats);
  const { current: _current, ...memory } = stats.memory;
  assertEquals(decodeJobStats(ACCOUNTING, { peaks: PEAKS, usage: undefined }), {
    ...stats,
    memory,
  });
});

Deno.test("decodeJobStats: reads and writes that were not counted are absent, and 0 where nothing ran", () => {
  const { BasicInfo } = ACCOUNTING;
  const nothing = IO_ACCOUNTING.decode(IO_ACCOUNTING.allocate());
  const memory = { peaks: PEAKS, usage: USAGE };
  assertEquals(decodeJobStats({ ...nothing, BasicInfo }, memory).io, undefined);
  assertEquals(Object.values(decodeJobStats(nothing, memory).io!), [0, 0, 0, 0, 0, 0]);
});

Deno.test("decodeProcessorStats: names are the structure's, times milliseconds", () => {
  assertEquals(decodeProcessorStats(ACCOUNTING.BasicInfo), {
    totalUserTime: 1,
    totalKernelTime: 2,
    thisPeriodTotalUserTime: 3,
    thisPeriodTotalKernelTime: 4.0001,
    totalPageFaultCount: 5,
    totalProcesses: 6,
    activeProcesses: 7,
    totalTerminatedProcesses: 8,
  });
});

Deno.test("decodeMemoryStats: has current and peak bytes", () => {
  assertEquals(decodeMemoryStats(USAGE), { jobMemory: 15, peakJobMemoryUsed: 16 });
  const huge = { JobMemory: 2n ** 60n, PeakJobMemoryUsed: 0n };
  assertThrows(() => decodeMemoryStats(huge), RangeError, "JobMemory");
});

Deno.test("decodeStorageStats: has the bytes that reached disks if they are tracked", () => {
  const untracked = decodeStorageStats(ACCOUNTING, undefined);
  assertEquals(Object.values(untracked), [9, 10, 11, 12, 13, 14]);
  assertEquals("attribution" in untracked, false);
  const stats = (first: bigint) => ({
    IoCount: first,
    TotalNonOverlappedQueueTime: first + 1n,
    TotalNonOverlappedServiceTime: first + 2n,
    TotalSize: first + 3n,
  });
  const view = ATTRIBUTION.encode({ ReadStats: stats(20n), WriteStats: stats(30n) });
  const { attribution } = decodeStorageStats(ACCOUNTING, ATTRIBUTION.decode(view));
  assertEquals(Object.values(attribution!.read), [20, 21, 22, 23]);
  assertEquals(Object.values(attribution!.write), [30, 31, 32, 33]);
});
