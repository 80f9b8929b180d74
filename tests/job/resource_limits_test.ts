import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  CPU_LIMIT_MAX,
  CPU_LIMIT_MIN,
  CPU_WEIGHT_MAX,
  CPU_WEIGHT_MIN,
  cpuLimitOf,
  CpuRateControlType,
  ioLimitOf,
  memoryLimitOf,
  type ResourceLimits,
  resourceLimitsOf,
} from "../../job/resource_limits.ts";

const { RateBased, WeightBased } = CpuRateControlType;

Deno.test("resource_limits: the ranges and types are those of the structure's documentation", () => {
  assertEquals([CPU_LIMIT_MIN, CPU_LIMIT_MAX, CPU_WEIGHT_MIN, CPU_WEIGHT_MAX], [1, 10_000, 1, 9]);
  assertEquals(CpuRateControlType, { WeightBased: 0, RateBased: 1 });
});

Deno.test("cpuLimitOf: rates 1 to 10000 are hard caps, weights 1 to 9 weights", () => {
  assertEquals(cpuLimitOf(RateBased, 1), { cpu: { hardCap: 0.01 } });
  assertEquals(cpuLimitOf(RateBased, 10_000), { cpu: { hardCap: 100 } });
  assertEquals(cpuLimitOf(WeightBased, 9), { cpu: { weight: 9 } });
  for (const bad of [0, 10_001, 2.5, NaN]) {
    assertThrows(() => cpuLimitOf(RateBased, bad), RangeError, "cpuLimit: expected a whole number");
  }
  for (const bad of [0, 10]) {
    assertThrows(() => cpuLimitOf(WeightBased, bad), RangeError, "cpuWeight");
  }
  assertThrows(() => cpuLimitOf(2 as CpuRateControlType, 1), TypeError, "got 2");
});

Deno.test("memoryLimitOf: it only sets, and never removes the limit or does nothing", () => {
  assertEquals(memoryLimitOf(4096), { jobMemory: 4096 });
  for (const bad of [0, 4095, -1, NaN, 4096.5]) {
    assertThrows(() => memoryLimitOf(bad), RangeError, "memoryLimitInBytes: expected a whole");
  }
  for (const bad of [null, undefined, "64M"] as unknown as number[]) {
    assertThrows(() => memoryLimitOf(bad), TypeError, "memoryLimitInBytes: expected a whole");
  }
});

Deno.test("ioLimitOf: 0 means no limit, as in the Win32 structure", () => {
  assertEquals(ioLimitOf(1000, 0), { ioBandwidth: 1000, ioIops: null });
  assertEquals(ioLimitOf(0, 5), { ioBandwidth: null, ioIops: 5 });
  assertThrows(() => ioLimitOf(-1, 0), RangeError, "maxBandwidth");
  assertThrows(() => ioLimitOf(0, 1.5), RangeError, "maxIops");
});

Deno.test("resourceLimitsOf: an absent field leaves the limit alone, any other sets it", () => {
  assertEquals(resourceLimitsOf({}), {});
  assertEquals(resourceLimitsOf({ maxIops: 7 }), { ioIops: 7 });
  assertEquals(resourceLimitsOf({ maxBandwidth: 0 }), { ioBandwidth: null });
  assertEquals(
    resourceLimitsOf({ cpuLimit: 2500, memoryLimitInBytes: 65536, maxIops: 7, maxBandwidth: 8 }),
    { cpu: { hardCap: 25 }, jobMemory: 65536, ioBandwidth: 8, ioIops: 7 },
  );
  assertEquals(resourceLimitsOf({ cpuWeight: 3 }), { cpu: { weight: 3 } });
});

Deno.test("resourceLimitsOf: a CPU limit and a weight together are refused, not one of them dropped", () => {
  const thrown = assertThrows(() => resourceLimitsOf({ cpuLimit: 1, cpuWeight: 1 }), TypeError);
  assertStringIncludes(thrown.message, "cpuLimit and cpuWeight: they exclude each other");
  assertThrows(() => resourceLimitsOf({ memory: 1 } as ResourceLimits), TypeError, "limits.memory");
});

Deno.test("resourceLimitsOf: null is refused in every field and removes nothing", () => {
  for (const key of ["cpuLimit", "cpuWeight", "memoryLimitInBytes", "maxIops", "maxBandwidth"]) {
    const limits = { [key]: null } as unknown as ResourceLimits;
    assertThrows(() => resourceLimitsOf(limits), TypeError, `Cannot set ${key}: expected a whole`);
  }
  const small = { memoryLimitInBytes: 5 };
  assertThrows(() => resourceLimitsOf(small), RangeError, "memoryLimitInBytes: expected a whole");
});
