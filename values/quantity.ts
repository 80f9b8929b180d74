/**
 * Sizes, times and shares as people write them on a command line and read them in a report.
 *
 * Strict on the way in: a number without its unit, an unknown unit or a value that does not come out even is an error
 * and never a guess. What a `format` function writes, its `parse` function reads back as the same value.
 *
 * Pure.
 *
 * @module
 */

import { shown } from "./shown.ts";
import {
  bigintToNumber,
  CPUS_PER_MASK,
  MILLISECONDS_MAX,
  percentToRate,
  rateToPercent,
  scaleDecimal,
  ticksToMilliseconds,
} from "./units.ts";

/** How the `format` functions write a value. */
export interface FormatOptions {
  /**
   * Rounds for reading, such as `1.2MiB` for 1234567 bytes, so that the text no longer gives the value back; absent
   * means `false`.
   */
  approximate?: boolean;
}

type Unit = readonly [name: string, factor: bigint];

// Largest first; the first spelling of a factor is the one written.
const SIZE_UNITS: readonly Unit[] = ["T", "G", "M", "K"].flatMap((letter, index) => {
  const factor = 1024n ** BigInt(4 - index);
  return [`${letter}iB`, `${letter}B`, letter].map((name): Unit => [name, factor]);
}).concat([["B", 1n]]);

// In ticks of 100 ns, the finest that the kernel knows.
const TIME_UNITS: readonly Unit[] = [
  ["d", 864_000_000_000n],
  ["h", 36_000_000_000n],
  ["m", 600_000_000n],
  ["s", 10_000_000n],
  ["ms", 10_000n],
];

const SIZE_FORM = "a size such as 800KB, 64M or 1.5GiB (K, M, G and T are powers of 1024)";
const TIME_FORM = "a time such as 250ms, 1.5s, 1m30s, 2m, 1h or 1d";

/** Two units or more, each smaller than the one before. */
const TIME_PARTS = /^(?=\d+[a-z]+\d)(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?$/i;

/**
 * Reads a size.
 *
 * Units are B, K, M, G and T, the latter with or without `B` or `iB`, in any case; all are powers of 1024, so `1KB` is
 * 1024 bytes as everywhere in Windows.
 *
 * @param text The size, such as `64M`, `1.5GiB` or `800KB`.
 * @returns Whole bytes from 0 to `Number.MAX_SAFE_INTEGER`.
 * @throws {SyntaxError} If the text is no size, or its unit is missing.
 * @throws {RangeError} If it is no whole number of bytes, or too large.
 */
export function parseSize(text: string): number {
  const bytes = parseWithUnit(text, { units: SIZE_UNITS, form: SIZE_FORM, hint: ["B", "K", "M"] });
  if (bytes === undefined) throw refused(text, "a size that comes out at a whole number of bytes");
  return bigintToNumber(bytes, `size ${shown(text)}`);
}

/**
 * Reads a length of time.
 *
 * @param text The time with its unit of ms, s, m, h or d, such as `250ms` or `1.5s`, or of several units from large to
 * small, such as `1m30s`; a fraction stands alone.
 * @returns Milliseconds from 0 in steps of 0.0001, good for `millisecondsToTicks`.
 * @throws {SyntaxError} If the text is no time, or its unit is missing.
 * @throws {RangeError} If it is finer than the kernel's 100 ns, or too long.
 */
export function parseDuration(text: string): number {
  const ticks = parseTicks(text);
  // Beyond 10^15 ticks a number of milliseconds would no longer be exact.
  if (ticks === undefined || (ticks > 10n ** 15n && ticks % 10_000n !== 0n)) {
    throw refused(text, "a time in steps of 0.0001ms");
  }
  if (ticks > BigInt(MILLISECONDS_MAX) * 10_000n) {
    throw refused(text, `a time of at most ${MILLISECONDS_MAX}ms`);
  }
  return ticksToMilliseconds(ticks);
}

function parseTicks(text: string): bigint | undefined {
  const about = { units: TIME_UNITS, form: TIME_FORM, hint: ["ms", "s", "m"] };
  if (!TIME_PARTS.test(text)) return parseWithUnit(text, about);
  const parts = text.match(/\d+[a-z]+/gi) ?? [];
  return parts.reduce((sum, part) => sum + (parseWithUnit(part, about) ?? 0n), 0n);
}

/**
 * Reads a share of the whole machine.
 *
 * @param text The share with its sign, such as `50%` or `12.5%`.
 * @returns Percent from 0.01 to 100 in steps of 0.01.
 * @throws {SyntaxError} If the text is no share, or its sign is missing.
 * @throws {RangeError} If it is out of range or falls between two steps.
 */
export function parsePercent(text: string): number {
  const number = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (number === undefined) {
    const hint = /^\d+(?:\.\d+)?$/.test(text) ? `; write ${text}%` : "";
    throw unreadable(text, `a share such as 50% or 12.5%${hint}`);
  }
  const rate = scaleDecimal(number, 2);
  if (rate === undefined || rate < 1n || rate > 10_000n) {
    throw refused(text, "a share from 0.01% to 100% in steps of 0.01%");
  }
  return rateToPercent(Number(rate));
}

/**
 * Reads a count, such as a number of processes.
 *
 * @param text Decimal digits only.
 * @returns A whole number from 0 to 4294967295.
 * @throws {SyntaxError} If there is anything but digits.
 * @throws {RangeError} If it does not fit 32 bits.
 */
export function parseCount(text: string): number {
  if (!/^\d+$/.test(text)) throw unreadable(text, "a whole number such as 8");
  const count = BigInt(text);
  if (count >= 2n ** 32n) throw refused(text, "a whole number from 0 to 4294967295");
  return Number(count);
}

/**
 * Reads a list of processors.
 *
 * @param text Numbers and ranges with commas between, such as `0-3,6`.
 * @returns Processor numbers from 0 to 63 in rising order, each once.
 * @throws {SyntaxError} If the text is no such list.
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
 * Writes a size in the largest unit in which it has at most three decimals.
 *
 * @param bytes A whole number from 0 to `Number.MAX_SAFE_INTEGER`.
 * @param options Whether to round.
 * @returns Text such as `64MiB`, `1.5GiB` or `1234567B`.
 * @throws {RangeError} If it is no such number.
 */
export function formatSize(bytes: number, options: FormatOptions = {}): string {
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw refused(String(bytes), "a whole number of bytes");
  }
  return formatWithUnit(BigInt(bytes), { ...options, units: SIZE_UNITS });
}

/**
 * Writes a length of time in the largest unit in which it has at most three decimals.
 *
 * @param milliseconds From 0, in steps of 0.0001; with `approximate` rounded to these.
 * @param options Whether to round.
 * @returns Text such as `250ms`, `1.5s` or `90m`.
 * @throws {RangeError} If it is negative, not finite or falls between two steps.
 */
export function formatDuration(milliseconds: number, options: FormatOptions = {}): string {
  const text = options.approximate ? milliseconds.toFixed(4) : String(milliseconds);
  const ticks = milliseconds >= 0 ? scaleDecimal(text, 4) : undefined;
  if (ticks === undefined) throw refused(text, "a time from 0 in steps of 0.0001 ms");
  return formatWithUnit(ticks, { ...options, units: TIME_UNITS });
}

/**
 * Writes a share of the whole machine.
 *
 * @param percent From 0.01 to 100 in steps of 0.01; with `approximate` any finite number, which a measured share is.
 * @param options Whether to round to 0.01 percent.
 * @returns Text such as `50%` or `12.5%`.
 * @throws {RangeError} If it is out of range.
 */
export function formatPercent(percent: number, options: FormatOptions = {}): string {
  if (!options.approximate) return `${rateToPercent(percentToRate(percent))}%`;
  if (!Number.isFinite(percent)) throw refused(String(percent), "a finite percentage");
  return `${trimZeros(percent.toFixed(2))}%`;
}

/**
 * Writes a list of processors.
 *
 * @param cpus Processor numbers in rising order, each once, as `maskToCpus` gives them.
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

function parseWithUnit(
  text: string,
  about: { units: readonly Unit[]; form: string; hint: readonly string[] },
): bigint | undefined {
  const [, number = "", name = ""] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text) ?? [];
  const unit = about.units.find(([each]) => each.toLowerCase() === name.toLowerCase());
  if (number === "" || unit === undefined) {
    const hint = number !== "" && name === ""
      ? `; write ${about.hint.map((each) => number + each).join(" or ")}`
      : "";
    throw unreadable(text, about.form + hint);
  }
  const decimals = number.split(".")[1]?.length ?? 0;
  const scaled = (scaleDecimal(number, decimals) ?? 0n) * unit[1];
  const divisor = 10n ** BigInt(decimals);
  return scaled % divisor === 0n ? scaled / divisor : undefined;
}

function formatWithUnit(
  value: bigint,
  options: FormatOptions & { units: readonly Unit[] },
): string {
  const smallest = options.units.at(-1) ?? ["", 1n];
  const fits = ([, factor]: Unit) =>
    value >= factor && (options.approximate || (value * 1000n) % factor === 0n);
  const [name, factor] = options.units.find(fits) ?? smallest;
  if (options.approximate) {
    const number = Number(value) / Number(factor);
    return trimZeros(number.toFixed(factor === 1n || number >= 100 ? 0 : number >= 10 ? 1 : 2)) +
      name;
  }
  // The smallest unit takes all decimals that are left: four for ticks in milliseconds.
  const thousandths = (value * 10_000n) / factor;
  const fraction = (thousandths % 10_000n).toString().padStart(4, "0");
  return trimZeros(`${thousandths / 10_000n}.${fraction}`) + name;
}

function trimZeros(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
}

function unreadable(text: string, wanted: string): SyntaxError {
  return new SyntaxError(`Cannot read ${shown(text)}: wanted ${wanted}`);
}

function refused(text: string, wanted: string): RangeError {
  return new RangeError(`Cannot use ${shown(text)}: wanted ${wanted}`);
}
