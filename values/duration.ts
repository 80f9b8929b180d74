/**
 * Lengths of time: reading and writing them as text, checking them, and converting them to the
 * kernel's ticks.
 *
 * Pure.
 *
 * @module
 */
import {
  checkNumber,
  type FormatOptions,
  formatWithUnit,
  outOfRange,
  parseWithUnit,
  refused,
  scaleDecimal,
  type Unit,
} from "./quantity.ts";
import { same, type ValueKind } from "./value_kind.ts";

const TICKS_PER_MS_POWER = 4; // 100 ns ticks: 10^4 in a millisecond
const TICKS_MAX = 2n ** 63n - 1n;

/** The longest time that the kernel accepts, in milliseconds: about 29,247 years. */
export const MILLISECONDS_MAX = 922_337_203_685_477;

/**
 * Converts milliseconds to the kernel's ticks of 100 ns.
 *
 * @param milliseconds From 0 to {@linkcode MILLISECONDS_MAX}, in steps of 0.0001.
 * @param field Its name, for the error message.
 * @returns The ticks.
 * @throws {RangeError} If the time is out of range, not finite, or falls between two ticks.
 */
export function millisecondsToTicks(milliseconds: number, field = "time"): bigint {
  const ticks = scaleDecimal(String(milliseconds), TICKS_PER_MS_POWER);
  if (ticks === undefined || milliseconds < 0 || ticks > TICKS_MAX) {
    throw outOfRange(field, {
      wanted: `milliseconds from 0 to ${MILLISECONDS_MAX} in steps of 0.0001`,
      got: milliseconds,
    });
  }
  return ticks;
}

/**
 * Converts the kernel's ticks of 100 ns to milliseconds.
 *
 * @param ticks Any 64-bit number of ticks.
 * @returns Milliseconds; exact if they are whole or up to 10^15 ticks (three years), otherwise the
 * nearest number.
 */
export function ticksToMilliseconds(ticks: bigint): number {
  // Whole milliseconds are divided as bigint: more than 2^53 ticks would lose their last digits.
  return ticks % 10_000n === 0n ? Number(ticks / 10_000n) : Number(ticks) / 10_000;
}

// In ticks of 100 ns, the finest that the kernel knows.
const TIME_UNITS: readonly Unit[] = [
  ["d", 864_000_000_000n],
  ["h", 36_000_000_000n],
  ["m", 600_000_000n],
  ["s", 10_000_000n],
  ["ms", 10_000n],
];

const TIME_FORM = "a time such as 250ms, 1.5s, 1m30s, 2m, 1h or 1d";

/** Two or more units, each smaller than the one before. */
const TIME_PARTS = /^(?=\d+[a-z]+\d)(?:\d+d)?(?:\d+h)?(?:\d+m(?!s))?(?:\d+s)?(?:\d+ms)?$/i;

/**
 * Reads a length of time.
 *
 * @param text The time with its unit of ms, s, m, h or d, such as `250ms` or `1.5s`, or of several
 * units from large to small, such as `1m30s`; a fraction is only allowed with a single unit.
 * @returns Milliseconds from 0 in steps of 0.0001, as `millisecondsToTicks` accepts them.
 * @throws {SyntaxError} If the text is not a time, or its unit is missing.
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

/** The shortest time in milliseconds: one tick of the system. */
const TIME_MIN = 0.0001;

const TIMES = { min: TIME_MIN, max: MILLISECONDS_MAX, unit: "milliseconds" };

/** A length of time in milliseconds. */
export const TIME: ValueKind<number> = {
  json: "string",
  example: "30s",
  range: TIMES,
  isAmount: true,
  parse: parseDuration,
  format: formatDuration,
  check: (field, value) => {
    checkNumber(field, value, TIMES);
    millisecondsToTicks(value, field);
  },
  same,
};

/** A {@linkcode TIME} to which the system may add the time used before it was set. */
export const TIME_FROM_NOW: ValueKind<number> = {
  ...TIME,
  same: (wanted, found) => found >= wanted,
};
