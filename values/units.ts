/**
 * The one place where the units people use become the units the kernel uses, and back.
 *
 * Exact or refused: what does not fit is a RangeError that names the field, and never a rounded or missing limit.
 *
 * Pure.
 *
 * @module
 */

const TICKS_PER_MS_POWER = 4; // 100 ns ticks: 10^4 in a millisecond
const TICKS_MAX = 2n ** 63n - 1n;

/** The longest time that can be given to the kernel, in milliseconds: about 29,247 years. */
export const MILLISECONDS_MAX = 922_337_203_685_477;

/** How many processors one affinity mask covers: one processor group. */
export const CPUS_PER_MASK = 64;

/**
 * Takes a plain decimal number times a power of ten, exactly.
 *
 * Not by multiplication of doubles, where 0.0003 times 10,000 is not 3.
 *
 * @param text Digits with at most one point, or a JavaScript number's text such as `1e-7`.
 * @param power The power of ten, 0 or more.
 * @returns The product, or `undefined` if it is no whole number or the text is no decimal number.
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
 * Converts milliseconds to the kernel's ticks of 100 ns.
 *
 * @param milliseconds From 0 to {@linkcode MILLISECONDS_MAX}, in steps of 0.0001.
 * @param field What the error calls it.
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
 * @returns Milliseconds; exact if they are whole or up to 10^15 ticks (three years), else the nearest number.
 */
export function ticksToMilliseconds(ticks: bigint): number {
  // A whole number of milliseconds is divided first, as more than 2^53 ticks would lose their last digits.
  return ticks % 10_000n === 0n ? Number(ticks / 10_000n) : Number(ticks) / 10_000;
}

/**
 * Converts a share of the whole machine in percent to the kernel's rate, in which 10000 is the whole machine.
 *
 * @param percent From 0.01 to 100, in steps of 0.01.
 * @param field What the error calls it.
 * @returns The rate from 1 to 10000.
 * @throws {RangeError} If the share is out of range, not finite, or falls between two steps.
 */
export function percentToRate(percent: number, field = "percent"): number {
  const rate = scaleDecimal(String(percent), 2);
  if (rate === undefined || rate < 1n || rate > 10_000n) {
    throw outOfRange(field, {
      wanted: "percent from 0.01 to 100 in steps of 0.01",
      got: percent,
    });
  }
  return Number(rate);
}

/**
 * Converts the kernel's rate to a share of the whole machine in percent.
 *
 * @param rate From 0 to 10000, where 0 is what the kernel says when no rate is set.
 * @returns Percent from 0 to 100.
 * @throws {RangeError} If it is no rate.
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
 * One of three is 33.33 percent: what does not come out even is rounded down, so that a cap never becomes looser.
 *
 * @param cpus More than 0, at most `processors`; fractions such as 0.5 are good.
 * @param processors How many processors the machine has.
 * @returns Percent from 0.01 to 100 in steps of 0.01, good for {@linkcode percentToRate}.
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
 * Converts the kernel's 64-bit number to bytes, or to another count.
 *
 * @param value A number that the kernel gave.
 * @param field What the error calls it.
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
 * Converts a list of processors to an affinity mask.
 *
 * @param cpus Processor numbers from 0 to 63 in any order, at least one; a repeated number counts once.
 * @param field What the error calls it.
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

function outOfRange(
  field: string,
  state: { wanted: string; got: number | bigint | string },
): RangeError {
  return new RangeError(`Cannot use ${field}: wanted ${state.wanted}, got ${state.got}`);
}
