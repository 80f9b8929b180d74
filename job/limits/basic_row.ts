/**
 * The makers of the usual rows of class 9. Pure.
 *
 * @module
 */
import { JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import { checkInteger, checkNumber } from "./check.ts";
import { describe } from "../../process/options.ts";
import {
  type ExtendedLimits,
  type LimitParts,
  type LimitRow,
  type LimitText,
  PART_CLASSES,
} from "./row.ts";
import type { Limits } from "./limits.ts";
import {
  bigintToNumber,
  bytesToBigint,
  MILLISECONDS_MAX,
  millisecondsToTicks,
  ticksToMilliseconds,
} from "../units.ts";

/** What the makers of class 9 take. */
export interface FieldOptions extends LimitText {
  /** The bit of `LimitFlags`. */
  readonly flag: keyof typeof JOB_OBJECT_LIMIT;
}

type Basic = ExtendedLimits["BasicLimitInformation"];
type NumberKey<T, V> = { [K in keyof T]: T[K] extends V ? K : never }[keyof T] & string;
type NumberName = { [K in keyof Limits]-?: number extends Limits[K] ? K : never }[keyof Limits];
type SwitchName = { [K in keyof Limits]-?: true extends Limits[K] ? K : never }[keyof Limits];

/** Smallest memory limit in bytes: less rounds down to no page at all. */
export const MEMORY_MIN = 4096;

/** The shortest time in milliseconds: one tick of the system. */
export const TIME_MIN = 0.0001;

/**
 * Answers whether a limit of class 9 is in force.
 *
 * @param parts The structures.
 * @param flag Its bit.
 * @returns `true` when the bit is set.
 */
export function hasFlag(parts: LimitParts, flag: number): boolean {
  return (parts.extended.BasicLimitInformation.LimitFlags & flag) !== 0;
}

/**
 * Sets or clears a bit of class 9.
 *
 * @param parts The structures.
 * @param flag The bit.
 * @param options `on`: whether it is set.
 */
export function putFlag(parts: LimitParts, flag: number, { on }: { on: boolean }): void {
  const basic = parts.extended.BasicLimitInformation;
  basic.LimitFlags = on ? basic.LimitFlags | flag : basic.LimitFlags & ~flag;
}

/**
 * A memory limit of class 9, in bytes.
 *
 * @param name Its key.
 * @param field Its field.
 * @param options Its bit and words.
 * @returns The row.
 */
export function memoryRow<K extends "processMemory" | "jobMemory">(
  name: K,
  field: "ProcessMemoryLimit" | "JobMemoryLimit",
  { flag, ...text }: FieldOptions,
): LimitRow<K> {
  const bit = JOB_OBJECT_LIMIT[flag];
  return {
    ...text,
    name,
    part: "extended",
    infoClass: PART_CLASSES.extended,
    flag: bit,
    field,
    kind: "bytes",
    check: (value) => checkMemory(name, value),
    encode: (value, parts) => {
      putFlag(parts, bit, { on: value !== undefined });
      parts.extended[field] = bytesToBigint((value as number | undefined) ?? 0, name);
    },
    decode: (parts) =>
      (hasFlag(parts, bit) ? bigintToNumber(parts.extended[field], name) : undefined) as
        | NonNullable<Limits[K]>
        | undefined,
  };
}

/**
 * Checks bytes of memory.
 *
 * @param name The limit, for messages.
 * @param value What was given.
 * @throws {TypeError} If it is no number.
 * @throws {RangeError} If it is out of range.
 */
export function checkMemory(name: string, value: unknown): void {
  checkInteger(name, value, { min: MEMORY_MIN, max: Number.MAX_SAFE_INTEGER, unit: "bytes" });
}

/**
 * Checks a time.
 *
 * @param name The limit, for messages.
 * @param value What was given.
 * @throws {TypeError} If it is no number.
 * @throws {RangeError} If it is out of range, or falls between two ticks of the system.
 */
export function checkTime(name: string, value: unknown): void {
  checkNumber(name, value, { min: TIME_MIN, max: MILLISECONDS_MAX, unit: "milliseconds" });
  millisecondsToTicks(value, name);
}

/**
 * A limit of user time of class 9, in milliseconds.
 *
 * @param name Its key.
 * @param field Its field.
 * @param options Its bit and words.
 * @returns The row.
 */
export function timeRow<K extends "processUserTime" | "jobUserTime">(
  name: K,
  field: NumberKey<Basic, bigint>,
  { flag, ...text }: FieldOptions,
): LimitRow<K> {
  const bit = JOB_OBJECT_LIMIT[flag];
  return {
    ...text,
    name,
    part: "extended",
    infoClass: PART_CLASSES.extended,
    flag: bit,
    field: `BasicLimitInformation.${field}`,
    kind: "milliseconds",
    check: (value) => checkTime(name, value),
    encode: (value, parts) => {
      putFlag(parts, bit, { on: value !== undefined });
      parts.extended.BasicLimitInformation[field] = millisecondsToTicks(
        (value as number | undefined) ?? 0,
        name,
      );
    },
    decode: (parts) =>
      (hasFlag(parts, bit)
        ? ticksToMilliseconds(parts.extended.BasicLimitInformation[field])
        : undefined) as NonNullable<Limits[K]> | undefined,
  };
}

/**
 * A limit of class 9 that is a small whole number.
 *
 * @param name Its key.
 * @param field Its field.
 * @param options Its bit, words, and the numbers that fit.
 * @returns The row.
 */
export function countRow<K extends NumberName>(
  name: K,
  field: NumberKey<Basic, number>,
  { flag, range, ...text }: FieldOptions & { range: readonly [min: number, max: number] },
): LimitRow<K> {
  const bit = JOB_OBJECT_LIMIT[flag];
  return {
    ...text,
    name,
    part: "extended",
    infoClass: PART_CLASSES.extended,
    flag: bit,
    field: `BasicLimitInformation.${field}`,
    kind: "count",
    check: (value) => checkInteger(name, value, { min: range[0], max: range[1], unit: text.unit }),
    encode: (value, parts) => {
      putFlag(parts, bit, { on: value !== undefined });
      parts.extended.BasicLimitInformation[field] = (value as number | undefined) ?? 0;
    },
    decode: (parts) =>
      (hasFlag(parts, bit) ? parts.extended.BasicLimitInformation[field] : undefined) as
        | NonNullable<Limits[K]>
        | undefined,
  };
}

/**
 * A limit of class 9 that is a flag alone.
 *
 * @param name Its key.
 * @param options Its bit and words.
 * @returns The row.
 */
export function switchRow<K extends SwitchName>(
  name: K,
  { flag, ...text }: Omit<FieldOptions, "unit" | "valueName">,
): LimitRow<K> {
  const bit = JOB_OBJECT_LIMIT[flag];
  return {
    ...text,
    unit: "",
    valueName: "",
    name,
    part: "extended",
    infoClass: PART_CLASSES.extended,
    flag: bit,
    field: "",
    kind: "switch",
    check: (value) => {
      if (typeof value !== "boolean") {
        throw new TypeError(`Cannot set ${name}: expected a boolean, got ${describe(value)}`);
      }
    },
    encode: (value, parts) => putFlag(parts, bit, { on: value === true }),
    decode: (parts) =>
      (hasFlag(parts, bit) ? true : undefined) as NonNullable<Limits[K]> | undefined,
  };
}
