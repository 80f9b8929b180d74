/**
 * Limits of processor time per second, and the single valid combination of flags and value for each
 * in the system's structure. Pure.
 *
 * @module
 */
import { JOB_OBJECT_CPU_RATE_CONTROL as FLAGS } from "../../ffi/constants.ts";
import type { StructInput, StructValue } from "../../ffi/struct_types.ts";
import type { STRUCTS } from "../../ffi/structs.ts";
import { describe } from "../../values/options.ts";
import { checkInteger, checkNumber } from "../../values/quantity.ts";
import { checkKeys } from "../../values/value_kind.ts";
import { cpusToPercent, percentToRate, rateToPercent } from "../../values/cpus.ts";

/**
 * Options shared by every {@linkcode CpuLimit}.
 *
 * @example
 * ```ts
 * import type { CpuNotify } from "@jobbox/jobobject";
 *
 * const told: CpuNotify = { notify: true };
 * ```
 */
export interface CpuNotify {
  /**
   * Whether exceeding the rate counts for {@linkcode NotificationLimits.cpuRate}. Win32:
   * `JOB_OBJECT_CPU_RATE_CONTROL_NOTIFY`. @default {false}
   */
  readonly notify?: boolean;
}

/**
 * A share of the machine that is never exceeded, even if processors are idle.
 *
 * @example
 * ```ts
 * import type { HardCap } from "@jobbox/jobobject";
 *
 * const half: HardCap = { hardCap: 50 };
 * ```
 */
export interface HardCap extends CpuNotify {
  /**
   * Percent of all processors together, 0.01 to 100 in steps of 0.01; 25 is one of four
   * processors. Win32: `JOB_OBJECT_CPU_RATE_CONTROL_HARD_CAP`.
   */
  readonly hardCap: number;
}

/**
 * A share of the machine that may be exceeded while processors are idle.
 *
 * @example
 * ```ts
 * import type { SoftCap } from "@jobbox/jobobject";
 *
 * const halfIfBusy: SoftCap = { softCap: 50 };
 * ```
 */
export interface SoftCap extends CpuNotify {
  /** Percent of all processors together, 0.01 to 100 in steps of 0.01. */
  readonly softCap: number;
}

/**
 * A share relative to other jobs.
 *
 * @example
 * ```ts
 * import type { CpuWeight } from "@jobbox/jobobject";
 *
 * const favoured: CpuWeight = { weight: 9 };
 * ```
 */
export interface CpuWeight extends CpuNotify {
  /**
   * The weight, 1 to 9; jobs without one count as 5. Win32:
   * `JOB_OBJECT_CPU_RATE_CONTROL_WEIGHT_BASED`.
   */
  readonly weight: number;
}

/**
 * A reserved and a maximum share of the machine.
 *
 * @example
 * ```ts
 * import type { CpuRange } from "@jobbox/jobobject";
 *
 * const between: CpuRange = { min: 10, max: 50 };
 * ```
 */
export interface CpuRange extends CpuNotify {
  /**
   * Percent of all processors together that is reserved, 0 to `max` in steps of 0.01. All jobs of
   * the system together can reserve 100. Win32: `JOB_OBJECT_CPU_RATE_CONTROL_MIN_MAX_RATE`.
   */
  readonly min: number;
  /** Percent of all processors together that is never exceeded, 0.01 to 100 in steps of 0.01. */
  readonly max: number;
}

/**
 * Like {@linkcode HardCap}, but in processors; `limits()` returns it as `hardCap`.
 *
 * @example
 * ```ts
 * import type { HardCapCpus } from "@jobbox/jobobject";
 *
 * const oneAndAHalf: HardCapCpus = { hardCapCpus: 1.5 };
 * ```
 */
export interface HardCapCpus extends CpuNotify {
  /**
   * The number of processors, above 0 and at most as many as the machine has; 1.5 is the time of
   * one and a half processors. Rounded down to 0.01 % of the machine, never up.
   */
  readonly hardCapCpus: number;
}

/**
 * How much processor time all processes of a job get together, in exactly one of five forms. In a
 * nested job it is a share of the parent's share. See Microsoft's page on
 * `JOBOBJECT_CPU_RATE_CONTROL_INFORMATION`.
 *
 * @example
 * ```ts
 * import type { CpuLimit } from "@jobbox/jobobject";
 *
 * const limits: CpuLimit[] = [{ hardCap: 50 }, { weight: 9 }, { min: 10, max: 50 }];
 * ```
 */
export type CpuLimit = HardCap | SoftCap | CpuWeight | CpuRange | HardCapCpus;

/** The facts about the machine that limits depend on. */
export interface Machine {
  /** Logical processors of all groups, 1 or more. */
  readonly processors: number;
}

/** The decoded structure of class 15. */
export type CpuRateControl = StructValue<typeof STRUCTS, "JOBOBJECT_CPU_RATE_CONTROL_INFORMATION">;

/** Percent bounds of a rate, as `checkNumber` takes them. */
const RATE = { min: 0.01, max: 100, unit: "percent" } as const;

/** The forms, each by its required keys. */
const MODES = [["hardCap"], ["softCap"], ["weight"], ["min", "max"], ["hardCapCpus"]] as const;

/**
 * Checks a CPU limit.
 *
 * @param field Its name, for messages.
 * @param value The value to check.
 * @param machine The machine that `hardCapCpus` is a share of.
 * @throws {TypeError} If it is not one of the five forms, or several at once.
 * @throws {RangeError} If a number is out of range, or finer than the system's steps.
 */
export function checkCpuLimit(
  field: string,
  value: unknown,
  machine: Machine,
): asserts value is CpuLimit {
  const given = checkKeys(field, value, [...MODES.flat(), "notify"]);
  const modes = MODES.filter((keys) => keys.some((key) => given[key] !== undefined));
  if (modes.length !== 1 || !modes[0]!.every((key) => given[key] !== undefined)) {
    throw new TypeError(
      `Cannot set ${field}: expected exactly one of { hardCap }, { softCap }, { weight }, ` +
        `{ min, max } and { hardCapCpus }, got ${describe(value)}`,
    );
  }
  if (given.notify !== undefined && typeof given.notify !== "boolean") {
    throw new TypeError(
      `Cannot set ${field}.notify: expected a boolean, got ${describe(given.notify)}`,
    );
  }
  const limit = value as CpuLimit;
  if ("weight" in limit && limit.weight !== undefined) {
    checkInteger(`${field}.weight`, limit.weight, { min: 1, max: 9, unit: "" });
  } else if ("hardCapCpus" in limit && limit.hardCapCpus !== undefined) {
    const { processors } = machine;
    // Less than 0.01 % of the machine cannot be expressed.
    const range = { min: processors / 10_000, max: processors, unit: "processors" };
    checkNumber(`${field}.hardCapCpus`, limit.hardCapCpus, range);
    cpusToPercent(limit.hardCapCpus, processors);
  } else {
    for (const key of ["hardCap", "softCap", "max", "min"] as const) {
      if (given[key] === undefined) continue;
      const name = `${field}.${key}`;
      checkNumber(name, given[key], key === "min" ? { ...RATE, min: 0 } : RATE);
      rateOf(name, given[key]);
    }
    if (given.min !== undefined && (given.min as number) > (given.max as number)) {
      throw new RangeError(
        `Cannot set ${field}.min: expected at most ${field}.max, ${given.max}, got ${given.min}`,
      );
    }
  }
}

/** A rate in 1/10000; unlike the other rates, the reserved one can be 0. */
function rateOf(field: string, percent: number): number {
  return percent === 0 && field.endsWith(".min") ? 0 : percentToRate(percent, field);
}

/**
 * Encodes a CPU limit: all flags and the value that belongs to them, so that the previous limit is
 * replaced completely.
 *
 * @param limit A checked limit, or `undefined` for none.
 * @param machine The machine that `hardCapCpus` is a share of.
 * @returns The fields of `JOBOBJECT_CPU_RATE_CONTROL_INFORMATION`.
 */
export function encodeCpuLimit(
  limit: CpuLimit | undefined,
  machine: Machine,
): StructInput<CpuRateControl> & Pick<CpuRateControl, "ControlFlags"> {
  if (limit === undefined) return { ControlFlags: 0 };
  const on = FLAGS.ENABLE | (limit.notify === true ? FLAGS.NOTIFY : 0);
  if ("weight" in limit && limit.weight !== undefined) {
    return { ControlFlags: on | FLAGS.WEIGHT_BASED, Weight: limit.weight };
  }
  if ("min" in limit && limit.min !== undefined) {
    return {
      ControlFlags: on | FLAGS.MIN_MAX_RATE,
      MinRate: rateOf("cpu.min", limit.min),
      MaxRate: rateOf("cpu.max", limit.max),
    };
  }
  if ("softCap" in limit && limit.softCap !== undefined) {
    return { ControlFlags: on, CpuRate: rateOf("cpu.softCap", limit.softCap) };
  }
  const CpuRate = "hardCapCpus" in limit && limit.hardCapCpus !== undefined
    ? percentToRate(cpusToPercent(limit.hardCapCpus, machine.processors))
    : rateOf("cpu.hardCap", (limit as HardCap).hardCap);
  return { ControlFlags: on | FLAGS.HARD_CAP, CpuRate };
}

/**
 * Returns the fields of a decoded structure that can be encoded again: of the values that share
 * storage, the one that its flags select.
 *
 * @param control The decoded structure.
 * @returns Its flags, and the value that belongs to them.
 */
export function cpuFields(control: CpuRateControl): StructInput<CpuRateControl> {
  const { ControlFlags, CpuRate, Weight, MinRate, MaxRate } = control;
  if ((ControlFlags & FLAGS.ENABLE) === 0) return { ControlFlags: 0 };
  if ((ControlFlags & FLAGS.MIN_MAX_RATE) !== 0) return { ControlFlags, MinRate, MaxRate };
  if ((ControlFlags & FLAGS.WEIGHT_BASED) !== 0) return { ControlFlags, Weight };
  return { ControlFlags, CpuRate };
}

/**
 * Decodes class 15.
 *
 * @param control The decoded structure.
 * @returns The limit, or `undefined` if none is in force.
 */
export function decodeCpuLimit(control: CpuRateControl): CpuLimit | undefined {
  const flags = control.ControlFlags;
  if ((flags & FLAGS.ENABLE) === 0) return undefined;
  const notify = (flags & FLAGS.NOTIFY) === 0 ? {} : { notify: true };
  if ((flags & FLAGS.MIN_MAX_RATE) !== 0) {
    return {
      min: rateToPercent(control.MinRate),
      max: rateToPercent(control.MaxRate),
      ...notify,
    };
  }
  if ((flags & FLAGS.WEIGHT_BASED) !== 0) return { weight: control.Weight, ...notify };
  const rate = rateToPercent(control.CpuRate);
  return (flags & FLAGS.HARD_CAP) !== 0
    ? { hardCap: rate, ...notify }
    : { softCap: rate, ...notify };
}
