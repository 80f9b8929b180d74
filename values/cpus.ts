/**
 * Values about processors: shares of the machine, numbers of processors, lists and masks.
 *
 * Pure.
 *
 * @module
 */
import { describe } from "./options.ts";
import {
  checkInteger,
  type FormatOptions,
  outOfRange,
  parseCount,
  refused,
  scaleDecimal,
  trimZeros,
} from "./quantity.ts";
import {
  checkArray,
  checkKeys,
  same,
  type TextForm,
  unreadable,
  type ValueKind,
} from "./value_kind.ts";

/** The number of processors that one affinity mask covers: one processor group. */
export const CPUS_PER_MASK = 64;

/**
 * The kernel's rate for percent in decimal digits; `undefined` if out of range or between two
 * steps.
 */
function rateOf(percent: string): number | undefined {
  const rate = scaleDecimal(percent, 2);
  return rate === undefined || rate < 1n || rate > 10_000n ? undefined : Number(rate);
}

/**
 * Converts a share of the whole machine in percent to the kernel's rate, in which 10000 is the whole machine.
 *
 * @param percent From 0.01 to 100, in steps of 0.01.
 * @param field Its name, for the error message.
 * @returns The rate from 1 to 10000.
 * @throws {RangeError} If the share is out of range, not finite, or falls between two steps.
 */
export function percentToRate(percent: number, field = "percent"): number {
  const rate = rateOf(String(percent));
  if (rate === undefined) {
    throw outOfRange(field, {
      wanted: "percent from 0.01 to 100 in steps of 0.01",
      got: percent,
    });
  }
  return rate;
}

/**
 * Converts the kernel's rate to a share of the whole machine in percent.
 *
 * @param rate From 0 to 10000, where the kernel reports 0 if no rate is set.
 * @returns Percent from 0 to 100.
 * @throws {RangeError} If it is not a rate.
 */
export function rateToPercent(rate: number): number {
  if (!Number.isInteger(rate) || rate < 0 || rate > 10_000) {
    throw outOfRange("rate", { wanted: "a whole number from 0 to 10000", got: rate });
  }
  return rate / 100;
}

/**
 * Converts a number of processors to a share of the whole machine.
 *
 * The result is rounded down, so that a cap never becomes looser: one of three is 33.33 percent.
 *
 * @param cpus More than 0, at most `processors`; fractions such as 0.5 are allowed.
 * @param processors How many processors the machine has.
 * @returns Percent from 0.01 to 100 in steps of 0.01, as {@linkcode percentToRate} accepts it.
 * @throws {RangeError} If either number is out of range, or the share is less than 0.01 percent.
 */
export function cpusToPercent(cpus: number, processors: number): number {
  if (!Number.isSafeInteger(processors) || processors < 1) {
    throw outOfRange("processors", { wanted: "a whole number from 1", got: processors });
  }
  // In units of 10^-18 of a processor, so that no rounding of doubles can loosen the cap.
  const exact = cpus > 0 && cpus <= processors ? scaleDecimal(String(cpus), 18) : undefined;
  const rate = exact === undefined ? 0n : exact * 10_000n / (10n ** 18n * BigInt(processors));
  if (rate < 1n) {
    throw outOfRange("cpus", {
      wanted: `a number up to ${processors} that is at least 0.01 percent of the machine`,
      got: cpus,
    });
  }
  return Number(rate) / 100;
}

/**
 * Reads a share of the whole machine.
 *
 * @param text The share with its percent sign, such as `50%` or `12.5%`.
 * @returns Percent from 0.01 to 100 in steps of 0.01.
 * @throws {SyntaxError} If the text is not a share, or its percent sign is missing.
 * @throws {RangeError} If it is out of range or falls between two steps.
 */
export function parsePercent(text: string): number {
  const number = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (number === undefined) {
    const hint = /^\d+(?:\.\d+)?$/.test(text) && Number(text) > 0 ? `; write ${text}%` : "";
    throw unreadable(text, `a share such as 50% or 12.5%${hint}`);
  }
  const rate = rateOf(number);
  if (rate === undefined) throw refused(text, "a share from 0.01% to 100% in steps of 0.01%");
  return rateToPercent(rate);
}

/**
 * Writes a share of the whole machine.
 *
 * @param percent From 0.01 to 100 in steps of 0.01; with `approximate` any finite number, such as a
 * measured share.
 * @param options Whether to round to 0.01 percent.
 * @returns Text such as `50%` or `12.5%`.
 * @throws {RangeError} If it is out of range.
 */
export function formatPercent(percent: number, options: FormatOptions = {}): string {
  if (!options.approximate) return `${rateToPercent(percentToRate(percent))}%`;
  if (!Number.isFinite(percent)) throw refused(String(percent), "a finite percentage");
  return `${trimZeros(percent.toFixed(2))}%`;
}

/** A share of the whole machine, in percent. */
export const PERCENT: TextForm<number> = {
  json: "string",
  example: "50%",
  parse: parsePercent,
  // The reserved share of a pair may be 0.
  format: (value) => value === 0 ? "0" : formatPercent(value),
};

/** A number of processors, possibly with a fraction. */
export const PROCESSORS: TextForm<number> = {
  json: "string",
  example: "1.5",
  parse: (text) => {
    if (!/^\d+(\.\d+)?$/.test(text)) throw unreadable(text, "a number such as 1.5");
    return Number(text);
  },
  format: String,
};

/**
 * Converts a list of processors to an affinity mask.
 *
 * @param cpus Processor numbers from 0 to 63 in any order, at least one; a repeated number counts once.
 * @param field Its name, for the error message.
 * @returns The mask, bit n for processor n.
 * @throws {RangeError} If the list is empty or a number is out of range.
 */
export function cpusToMask(cpus: readonly number[], field = "affinity"): bigint {
  if (cpus.length === 0) throw outOfRange(field, { wanted: "at least one processor", got: "none" });
  let mask = 0n;
  for (const cpu of cpus) {
    if (!Number.isInteger(cpu) || cpu < 0 || cpu >= CPUS_PER_MASK) {
      throw outOfRange(field, {
        wanted: `processor numbers from 0 to ${CPUS_PER_MASK - 1}`,
        got: cpu,
      });
    }
    mask |= 1n << BigInt(cpu);
  }
  return mask;
}

/**
 * Converts an affinity mask to the list of its processors.
 *
 * @param mask From 0 to 2^64 - 1.
 * @returns Processor numbers in rising order, empty for 0.
 * @throws {RangeError} If the mask is out of range.
 */
export function maskToCpus(mask: bigint): number[] {
  if (mask < 0n || mask >= 2n ** BigInt(CPUS_PER_MASK)) {
    throw outOfRange("affinity", { wanted: "a mask of 64 bits", got: mask });
  }
  const cpus: number[] = [];
  for (let cpu = 0; cpu < CPUS_PER_MASK; cpu++) {
    if ((mask >> BigInt(cpu)) & 1n) cpus.push(cpu);
  }
  return cpus;
}

/**
 * Reads a list of processors.
 *
 * @param text Numbers and ranges separated by commas, such as `0-3,6`.
 * @returns Processor numbers from 0 to 63 in rising order, each once.
 * @throws {SyntaxError} If the text is not such a list.
 * @throws {RangeError} If a number is above 63 or a range runs backwards.
 */
export function parseCpuList(text: string): number[] {
  if (!/^\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*$/.test(text)) {
    throw unreadable(text, "a list of processors such as 0-3,6");
  }
  const cpus = new Set<number>();
  for (const part of text.split(",")) {
    const [from = NaN, to = from] = part.split("-").map(Number);
    if (to >= CPUS_PER_MASK || from > to) {
      throw refused(text, `processors from 0 to ${CPUS_PER_MASK - 1} in rising ranges`);
    }
    for (let cpu = from; cpu <= to; cpu++) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}

/**
 * Writes a list of processors.
 *
 * @param cpus Processor numbers in rising order, each once, as `maskToCpus` returns them.
 * @returns Text such as `0-3,6`; the empty string for none, which {@linkcode parseCpuList} refuses.
 */
export function formatCpuList(cpus: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const cpu of cpus) {
    const last = ranges.at(-1);
    if (last?.to === cpu - 1) last.to = cpu;
    else ranges.push({ from: cpu, to: cpu });
  }
  return ranges.map(({ from, to }) => from === to ? `${from}` : `${from}-${to}`).join(",");
}

/**
 * Checks a processor mask.
 *
 * @param field Its name, for messages.
 * @param value The value to check.
 * @throws {TypeError} If it is not a bigint.
 * @throws {RangeError} If it names no processor, or has a bit above 63.
 */
export function checkMask(field: string, value: unknown): asserts value is bigint {
  if (typeof value !== "bigint") {
    throw new TypeError(
      `Cannot set ${field}: expected a bigint, one bit a processor, got ${describe(value)}`,
    );
  }
  if (value < 1n || value > 0xffff_ffff_ffff_ffffn) {
    throw new RangeError(
      `Cannot set ${field}: expected a mask of 1 to 64 processors, got ${describe(value)}`,
    );
  }
}

/** A mask is a bigint; in a record it is a string of its digits. */
function formatMask(mask: bigint | string): string {
  if (typeof mask === "string" && !/^0x[0-9a-f]{1,16}$/.test(mask)) return mask;
  return formatCpuList(maskToCpus(BigInt(mask)));
}

/** Processors of one group, one bit each. */
export const MASK: ValueKind<bigint> = {
  json: "string",
  example: "0-3",
  parse: (text) => cpusToMask(parseCpuList(text)),
  format: formatMask,
  check: checkMask,
  same,
};

/** Processors of one group. */
export interface GroupMask {
  /** The group's number. */
  readonly group: number;
  /** Its processors, one bit each. */
  readonly mask: bigint;
}

/** The highest processor group: one less than the value that means all groups. */
const GROUP_MAX = 0xfffe;

function parseGroup(text: string): GroupMask {
  const [group, cpus, ...rest] = text.split(":");
  if (group === undefined || cpus === undefined || rest.length > 0) {
    throw unreadable(text, "a processor group and its processors such as 0:0-3");
  }
  return { group: parseCount(group), mask: MASK.parse(cpus) };
}

/** Processors by group. */
export const GROUP_MASKS: ValueKind<readonly GroupMask[]> = {
  json: "string",
  example: "0:0-3",
  parse: (text) => text.split(";").map(parseGroup),
  format: (groups) => groups.map(({ group, mask }) => `${group}:${formatMask(mask)}`).join(";"),
  check: (field, value) => {
    const groups = checkArray(field, value);
    const seen = new Set<unknown>();
    for (const [at, entry] of groups.entries()) {
      const name = `${field}[${at}]`;
      const { group, mask } = checkKeys(name, entry, ["group", "mask"]);
      checkInteger(`${name}.group`, group, { min: 0, max: GROUP_MAX, unit: "" });
      checkMask(`${name}.mask`, mask);
      if (seen.has(group)) {
        throw new RangeError(`Cannot set ${name}.group: expected each group once, got ${group}`);
      }
      seen.add(group);
    }
    if (groups.length === 0) {
      throw new RangeError(`Cannot set ${field}: expected at least one group, got none`);
    }
  },
  same,
};
