import { assertEquals } from "@std/assert";
import {
  CPU_LIMIT_MAX,
  CPU_LIMIT_MIN,
  CPU_WEIGHT_MAX,
  CPU_WEIGHT_MIN,
  CpuRateControlType,
} from "../../../job/limits/limits.ts";

Deno.test("limits: the ranges and types are those of the structure's documentation", () => {
  assertEquals([CPU_LIMIT_MIN, CPU_LIMIT_MAX, CPU_WEIGHT_MIN, CPU_WEIGHT_MAX], [1, 10_000, 1, 9]);
  assertEquals(CpuRateControlType, { WeightBased: 0, RateBased: 1 });
});
