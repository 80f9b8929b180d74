import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { JobObject } from "../../../job/job_object.ts";
import { CpuRateControlType } from "../../../job/resource_limits.ts";

const MIB = 1024 ** 2;

Deno.test("JobObject: hcsshim's setters set what setLimits sets, and leave the rest", () => {
  using job = JobObject.create({ killOnClose: true });
  job.setMemoryLimit(256 * MIB);
  assertEquals(job.limits(), { killOnClose: true, jobMemory: 256 * MIB });
  job.setCpuLimit(CpuRateControlType.WeightBased, 5);
  assertEquals(job.limits().cpu, { weight: 5 });
  job.setCpuLimit(CpuRateControlType.RateBased, 2_500);
  assertEquals(job.limits().cpu, { hardCap: 25 });
  job.setResourceLimits({ cpuWeight: 7, memoryLimitInBytes: 128 * MIB });
  assertEquals(job.limits(), { killOnClose: true, jobMemory: 128 * MIB, cpu: { weight: 7 } });
  job.setLimits({ jobMemory: null, cpu: null });
  assertEquals(job.limits(), { killOnClose: true });
});

Deno.test("JobObject: a value that hcsshim's setters refuse changes nothing", () => {
  using job = JobObject.create({ limits: { activeProcesses: 4 } });
  assertThrows(() => job.setMemoryLimit(-1), RangeError);
  assertThrows(() => job.setCpuLimit(CpuRateControlType.WeightBased, 10), RangeError);
  assertThrows(() => job.setCpuLimit(7 as CpuRateControlType, 1));
  assertThrows(() => job.setResourceLimits({ cpuLimit: 1, cpuWeight: 1 }));
  assertThrows(() => job.setIoLimit(-1, 0), RangeError);
  assertEquals(job.limits(), { activeProcesses: 4 });
});
