/**
 * Limits with the names and units of hcsshim, Microsoft's package for Go, converted to {@linkcode
 * Limits}. Pure.
 *
 * @module
 */
import { defined } from "../values/defined.ts";
import { describe, snapshot } from "../values/options.ts";
import type { Limits } from "./limits/limits.ts";
import { checkInteger, MEMORY_MIN } from "../values/quantity.ts";
import { checkKeys } from "../values/value_kind.ts";
import { rateToPercent } from "../values/cpus.ts";

/**
 * The limits of {@linkcode JobObject.setResourceLimits}, as in hcsshim. A missing key leaves its
 * limit unchanged. {@linkcode Limits} has all limits, in bytes and percent.
 *
 * @example Half of the machine and 512 MiB
 * ```ts
 * import { JobObject, type ResourceLimits } from "@jobbox/jobobject";
 *
 * const limits: ResourceLimits = { cpuLimit: 5000, memoryLimitInBytes: 512 * 1024 ** 2 };
 * if (Deno.build.os === "windows") {
 *   using job = JobObject.create();
 *   job.setResourceLimits(limits);
 * }
 * ```
 */
export interface ResourceLimits {
  /**
   * Maximum processor time in 1/10000 of the machine, {@linkcode CPU_LIMIT_MIN} to {@linkcode
   * CPU_LIMIT_MAX}; 2500 is a quarter. Cannot be combined with `cpuWeight`.
   */
  readonly cpuLimit?: number;
  /** Weight relative to other jobs, {@linkcode CPU_WEIGHT_MIN} to {@linkcode CPU_WEIGHT_MAX}. */
  readonly cpuWeight?: number;
  /** Bytes that all processes together can commit, 4096 or more. */
  readonly memoryLimitInBytes?: number;
  /** Input and output operations per second; 0 removes the limit, as in the Win32 structure. */
  readonly maxIops?: number;
  /** Input and output bytes per second; 0 removes the limit, as in the Win32 structure. */
  readonly maxBandwidth?: number;
}

/**
 * hcsshim's name for {@linkcode ResourceLimits}. For all limits see {@linkcode Limits}.
 *
 * @example
 * ```ts
 * import type { JobLimits } from "@jobbox/jobobject";
 *
 * const limits: JobLimits = { cpuWeight: 5 };
 * ```
 */
export type JobLimits = ResourceLimits;

/**
 * The two kinds of {@linkcode JobObject.setCpuLimit}.
 *
 * @example
 * ```ts
 * import { CpuRateControlType, JobObject } from "@jobbox/jobobject";
 *
 * using job = JobObject.create();
 * job.setCpuLimit(CpuRateControlType.RateBased, 2500);
 * ```
 */
export const CpuRateControlType = {
  /** The value is a weight, 1 to 9. */
  WeightBased: 0,
  /** The value is a hard cap in 1/10000 of the machine, 1 to 10000. */
  RateBased: 1,
} as const;

/** One of {@linkcode CpuRateControlType}. */
export type CpuRateControlType = (typeof CpuRateControlType)[keyof typeof CpuRateControlType];

/**
 * Smallest rate of {@linkcode ResourceLimits.cpuLimit}.
 *
 * @example
 * ```ts
 * import { CPU_LIMIT_MIN } from "@jobbox/jobobject";
 *
 * const isRate = (value: number): boolean => value >= CPU_LIMIT_MIN;
 * ```
 */
export const CPU_LIMIT_MIN = 1;

/**
 * Largest rate of {@linkcode ResourceLimits.cpuLimit}: the whole machine.
 *
 * @example
 * ```ts
 * import { CPU_LIMIT_MAX } from "@jobbox/jobobject";
 *
 * const percent = (rate: number): number => 100 * rate / CPU_LIMIT_MAX;
 * ```
 */
export const CPU_LIMIT_MAX = 10000;

/**
 * Smallest weight of {@linkcode ResourceLimits.cpuWeight}.
 *
 * @example
 * ```ts
 * import { CPU_WEIGHT_MIN } from "@jobbox/jobobject";
 *
 * const isWeight = (value: number): boolean => value >= CPU_WEIGHT_MIN;
 * ```
 */
export const CPU_WEIGHT_MIN = 1;

/**
 * Largest weight of {@linkcode ResourceLimits.cpuWeight}.
 *
 * @example
 * ```ts
 * import { CPU_WEIGHT_MAX } from "@jobbox/jobobject";
 *
 * const isWeight = (value: number): boolean => value <= CPU_WEIGHT_MAX;
 * ```
 */
export const CPU_WEIGHT_MAX = 9;

const RATE = { min: CPU_LIMIT_MIN, max: CPU_LIMIT_MAX, unit: "" };
const WEIGHT = { min: CPU_WEIGHT_MIN, max: CPU_WEIGHT_MAX, unit: "" };
const IO = { min: 0, max: Number.MAX_SAFE_INTEGER };
const MEMORY = { min: MEMORY_MIN, max: Number.MAX_SAFE_INTEGER, unit: "bytes" };

/**
 * Converts the CPU limit of `setCpuLimit`.
 *
 * @param type Rate or weight.
 * @param value 1 to 10000 for a rate, 1 to 9 for a weight.
 * @returns The limit; it replaces either of the two if one is set.
 * @throws {RangeError} If the value is out of range.
 * @throws {TypeError} If the type is neither, or the value is not a number.
 */
export function cpuLimitOf(type: CpuRateControlType, value: number): Limits {
  if (type === CpuRateControlType.RateBased) {
    checkInteger("cpuLimit", value, RATE);
    return { cpu: { hardCap: rateToPercent(value) } };
  }
  if (type !== CpuRateControlType.WeightBased) {
    throw new TypeError(
      `Cannot set a CPU limit: expected CpuRateControlType.WeightBased or .RateBased, ` +
        `got ${describe(type)}`,
    );
  }
  checkInteger("cpuWeight", value, WEIGHT);
  return { cpu: { weight: value } };
}

/**
 * Converts the memory limit of `setMemoryLimit`.
 *
 * @param memoryLimitInBytes Bytes, 4096 or more; unlike in `setLimits`, it cannot remove the limit.
 * @returns The limit.
 * @throws {RangeError} If it is out of range.
 * @throws {TypeError} If it is not a number, `null` and `undefined` included.
 */
export function memoryLimitOf(memoryLimitInBytes: number): Limits {
  checkInteger("memoryLimitInBytes", memoryLimitInBytes, MEMORY);
  return { jobMemory: memoryLimitInBytes };
}

/**
 * Converts the I/O limits of `setIoLimit`.
 *
 * @param maxBandwidth Bytes per second; 0 for no limit.
 * @param maxIops Operations per second; 0 for no limit.
 * @returns The limits.
 * @throws {RangeError} If a number is out of range.
 * @throws {TypeError} If one is not a number.
 */
export function ioLimitOf(maxBandwidth: number, maxIops: number): Limits {
  checkInteger("maxBandwidth", maxBandwidth, { ...IO, unit: "bytes per second" });
  checkInteger("maxIops", maxIops, { ...IO, unit: "operations per second" });
  return {
    ioBandwidth: maxBandwidth === 0 ? null : maxBandwidth,
    ioIops: maxIops === 0 ? null : maxIops,
  };
}

/**
 * Converts the limits of `setResourceLimits`.
 *
 * @param limits Missing keys leave their limits unchanged.
 * @returns The limits.
 * @throws {RangeError} If a number is out of range.
 * @throws {TypeError} If a key is unknown, a value is not a number, or `cpuLimit` and `cpuWeight`
 * are both given.
 */
export function resourceLimitsOf(limits: ResourceLimits): Limits {
  const given = snapshot(limits) as ResourceLimits;
  checkKeys("limits", given, [
    "cpuLimit",
    "cpuWeight",
    "memoryLimitInBytes",
    "maxIops",
    "maxBandwidth",
  ]);
  const { cpuLimit, cpuWeight, memoryLimitInBytes, maxIops, maxBandwidth } = given;
  if (cpuLimit !== undefined && cpuWeight !== undefined) {
    throw new TypeError(
      `Cannot set cpuLimit and cpuWeight: they exclude each other, expected one, ` +
        `got ${describe({ cpuLimit, cpuWeight })}`,
    );
  }
  const { ioBandwidth, ioIops } = ioLimitOf(
    maxBandwidth === undefined ? 0 : maxBandwidth,
    maxIops === undefined ? 0 : maxIops,
  );
  const parts: Limits[] = [
    defined({
      ioBandwidth: maxBandwidth === undefined ? undefined : ioBandwidth,
      ioIops: maxIops === undefined ? undefined : ioIops,
    }),
  ];
  if (cpuLimit !== undefined) parts.push(cpuLimitOf(CpuRateControlType.RateBased, cpuLimit));
  if (cpuWeight !== undefined) parts.push(cpuLimitOf(CpuRateControlType.WeightBased, cpuWeight));
  if (memoryLimitInBytes !== undefined) parts.push(memoryLimitOf(memoryLimitInBytes));
  return Object.assign({}, ...parts);
}
