/**
 * Numbers with a unit, in particular sizes and counts: reading and writing them as text, and
 * checking them.
 *
 * Reading is strict: a number without its unit, an unknown unit, or a value that is not a whole
 * number of the smallest unit is an error, never a guess. The text that a `format` function writes
 * is read back by its `parse` function as the same value.
 *
 * Pure.
 *
 * @module
 */
import { describe } from "./options.ts";
import { shown } from "./shown.ts";
import { checkKeys, type NumberRange, same, unreadable, type ValueKind } from "./value_kind.ts";

/** How the `format` functions write a value. */
export interface FormatOptions {
  /**
   * Rounds for readability, such as `1.2MiB` for 1234567 bytes. The text can then not be read back
   * as the same value. Absent means `false`.
   */
  approximate?: boolean;
}

/** A unit's name and its factor to the smallest unit. */
export type Unit = readonly [name: string, factor: bigint];

// Largest first; the first spelling of a factor is the one written.
const SIZE_UNITS: readonly Unit[] = ["T", "G", "M", "K"].flatMap((letter, index) => {
  const factor = 1024n ** BigInt(4 - index);
  return [`${letter}iB`, `${letter}B`, letter].map((name): Unit => [name, factor]);
}).concat([["B", 1n]]);

const SIZE_FORM = "a size such as 800KB, 64M or 1.5GiB (K, M, G and T are powers of 1024)";

/**
 * Reads a size.
 *
 * Units are B, K, M, G and T, the last four with or without `B` or `iB`, in upper or lower case.
 * All are powers of 1024, so `1KB` is 1024 bytes as everywhere in Windows.
 *
 * @param text The size, such as `64M`, `1.5GiB` or `800KB`.
 * @returns Whole bytes from 0 to `Number.MAX_SAFE_INTEGER`.
 * @throws {SyntaxError} If the text is not a size, or its unit is missing.
 * @throws {RangeError} If it is not a whole number of bytes, or too large.
 */
export function parseSize(text: string): number {
  const bytes = parseWithUnit(text, { units: SIZE_UNITS, form: SIZE_FORM, hint: ["B", "K", "M"] });
  if (bytes === undefined) throw refused(text, "a size that comes out at a whole number of bytes");
  return bigintToNumber(bytes, `size ${shown(text)}`);
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
 * Writes a size in the largest unit in which it has at most three decimals.
 *
 * @param bytes A whole number from 0 to `Number.MAX_SAFE_INTEGER`.
 * @param options Whether to round.
 * @returns Text such as `64MiB`, `1.5GiB` or `1234567B`.
 * @throws {RangeError} If it is not such a number.
 */
export function formatSize(bytes: number, options: FormatOptions = {}): string {
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw refused(String(bytes), "a whole number of bytes");
  }
  return formatWithUnit(BigInt(bytes), { ...options, units: SIZE_UNITS });
}

/**
 * Reads a number with its unit.
 *
 * @param text The number, with or without a fraction, followed by the unit without a space.
 * @param about The units, and the expected form for the message.
 * @returns The value in the smallest unit; `undefined` if it is not a whole number of it.
 * @throws {SyntaxError} If the text has another form.
 */
export function parseWithUnit(
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

/**
 * Writes a number in the largest unit in which it has at most three decimals.
 *
 * @param value The value in the smallest unit.
 * @param options The units, and whether to round.
 * @returns The text.
 */
export function formatWithUnit(
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
  // The smallest unit gets all remaining decimals: four for ticks in milliseconds.
  const thousandths = (value * 10_000n) / factor;
  const fraction = (thousandths % 10_000n).toString().padStart(4, "0");
  return trimZeros(`${thousandths / 10_000n}.${fraction}`) + name;
}

/**
 * Removes trailing zeros after the decimal point.
 *
 * @param decimal A decimal number.
 * @returns The number without them.
 */
export function trimZeros(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
}

/**
 * Creates the error for a text that has the right form but an invalid value.
 *
 * @param text The text.
 * @param wanted The expected value.
 * @returns The error.
 */
export function refused(text: string, wanted: string): RangeError {
  return new RangeError(`Cannot use ${shown(text)}: expected ${wanted}`);
}

/**
 * Multiplies a decimal number by a power of ten, exactly.
 *
 * It does not multiply doubles: there 0.0003 times 10,000 is not 3.
 *
 * @param text Digits with at most one point, or a JavaScript number's text such as `1e-7`.
 * @param power The power of ten, 0 or more.
 * @returns The product, or `undefined` if it is not an integer or the text is not a decimal number.
 */
export function scaleDecimal(text: string, power: number): bigint | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/.exec(text);
  if (!match) return undefined;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  const zeros = power + Number(exponent) - fraction.length;
  if (zeros >= 0) return digits * 10n ** BigInt(zeros);
  const divisor = 10n ** BigInt(-zeros);
  return digits % divisor === 0n ? digits / divisor : undefined;
}

/**
 * Converts a 64-bit number of the kernel to a JavaScript number.
 *
 * @param value The kernel's number.
 * @param field Its name, for the error message.
 * @returns The same number.
 * @throws {RangeError} If it is negative or so large that a JavaScript number would not be exact.
 */
export function bigintToNumber(value: bigint, field = "value"): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw outOfRange(field, {
      wanted: `a number from 0 to ${Number.MAX_SAFE_INTEGER}`,
      got: value,
    });
  }
  return Number(value);
}

/**
 * Creates the error for a number out of range.
 *
 * @param field Its name.
 * @param state The expected and the given value.
 * @returns The error.
 */
export function outOfRange(
  field: string,
  state: { wanted: string; got: number | bigint | string },
): RangeError {
  return new RangeError(`Cannot use ${field}: expected ${state.wanted}, got ${state.got}`);
}

/** The one check of a number against its range. */
function checkRange(
  field: string,
  value: unknown,
  { range: { min, max, unit }, whole }: { readonly range: NumberRange; readonly whole: boolean },
): void {
  const what = whole ? "a whole number" : "a number";
  const expected = `expected ${what} ${unit === "" ? "" : `of ${unit} `}from ${min} to ${max}`;
  if (typeof value !== "number") {
    throw new TypeError(`Cannot set ${field}: ${expected}, got ${describe(value)}`);
  }
  if (!(value >= min && value <= max) || whole && !Number.isInteger(value)) {
    throw new RangeError(`Cannot set ${field}: ${expected}, got ${value}`);
  }
}

/**
 * Checks a number that may have a fraction.
 *
 * @param field Its name, for messages.
 * @param value The value to check.
 * @param range The allowed range.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is NaN or out of range.
 */
export function checkNumber(
  field: string,
  value: unknown,
  range: NumberRange,
): asserts value is number {
  checkRange(field, value, { range, whole: false });
}

/**
 * Checks a whole number.
 *
 * @param field Its name, for messages.
 * @param value The value to check.
 * @param range The allowed range.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it has a fraction or is out of range.
 */
export function checkInteger(
  field: string,
  value: unknown,
  range: NumberRange,
): asserts value is number {
  checkRange(field, value, { range, whole: true });
}

/** Smallest memory limit in bytes: less would be rounded down to no page at all. */
export const MEMORY_MIN = 4096;

/** The size of a page in bytes; the system keeps memory limits in whole pages. */
const PAGE = 4096;

function samePages(wanted: number, found: number): boolean {
  return found <= wanted && wanted - found < PAGE;
}

/**
 * A size in bytes, stored exactly.
 *
 * @param min The smallest.
 * @returns The kind.
 */
export function bytes(min: number): ValueKind<number> {
  const range = { min, max: Number.MAX_SAFE_INTEGER, unit: "bytes" };
  return {
    json: "string",
    example: "64M",
    range,
    isAmount: true,
    parse: parseSize,
    format: formatSize,
    check: (field, value) => checkInteger(field, value, range),
    same,
  };
}

/** A size in bytes that the system rounds down to whole pages. */
export const MEMORY: ValueKind<number> = { ...bytes(MEMORY_MIN), same: samePages };

/** A smaller and a larger number. */
export interface NumberPair {
  /** The smaller one. */
  readonly min: number;
  /** The larger one. */
  readonly max: number;
}

/** Two of {@linkcode MEMORY}, the smaller first. */
export const MEMORY_RANGE: ValueKind<NumberPair> = {
  json: "string",
  example: "1M..64M",
  isAmount: true,
  parse: (text) => {
    const [min, max, ...rest] = text.split("..");
    if (min === undefined || max === undefined || rest.length > 0) {
      throw unreadable(text, "two sizes such as 1M..64M");
    }
    return { min: parseSize(min), max: parseSize(max) };
  },
  format: ({ min, max }) => `${formatSize(min)}..${formatSize(max)}`,
  check: (field, value) => {
    const { min, max } = checkKeys(field, value, ["min", "max"]);
    MEMORY.check(`${field}.min`, min);
    MEMORY.check(`${field}.max`, max);
    if ((min as number) > (max as number)) {
      throw new RangeError(
        `Cannot set ${field}.min: expected at most ${field}.max, ${max}, got ${min}`,
      );
    }
  },
  same: (wanted, found) => samePages(wanted.min, found.min) && samePages(wanted.max, found.max),
};

/**
 * A whole number.
 *
 * @param range The numbers that fit.
 * @returns The kind.
 */
export function count(range: NumberRange): ValueKind<number> {
  return {
    json: "integer",
    example: String(Math.max(range.min, Math.min(range.max, 8))),
    range,
    isAmount: true,
    parse: parseCount,
    format: String,
    check: (field, value) => checkInteger(field, value, range),
    same,
  };
}
