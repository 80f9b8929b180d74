import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { UnsupportedPlatformError } from "../../../../ffi/unsupported_platform.ts";
import { JobObject } from "../../../../job/job_object.ts";

Deno.test("queryProcessorStats: Wine counts processes", async () => {
  using job = JobObject.create({ killOnClose: true });
  await job.spawn("cmd", { args: ["/c", "exit 3"], stdout: "null", stderr: "null" }).status;
  const { totalProcesses, activeProcesses, totalUserTime } = job.queryProcessorStats();
  assertEquals([totalProcesses, activeProcesses, totalUserTime], [1, 0, 0]);
});

Deno.test("statistics: those that Wine does not count are an UnsupportedPlatformError, not zeros", () => {
  using job = JobObject.create();
  for (
    const ask of [
      () => job.stats(),
      () => job.queryMemoryStats(),
      () => job.queryStorageStats(),
      () => job.setIoTracking(true),
      () => job.resetPeakMemory(),
    ]
  ) {
    assertThrows(ask, UnsupportedPlatformError, "this system does not have JobObject");
  }
});
