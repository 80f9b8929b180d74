/**
 * An independent model of the numbers with units that a user writes: exact, with fractions of
 * bigints, and by rules of its own.
 *
 * @module
 */

/** A fraction. */
interface Fraction {
  readonly above: bigint;
  readonly below: bigint;
}

const SIZES: { readonly [letter: string]: bigint } = {
  b: 1n,
  k: 1n << 10n,
  m: 1n << 20n,
  g: 1n << 30n,
  t: 1n << 40n,
};

/** Units in the order in which they may follow each other, in units of 100 ns. */
const TIMES: readonly (readonly [name: string, ticks: bigint])[] = [
  ["d", 24n * 3600n * 10n ** 7n],
  ["h", 3600n * 10n ** 7n],
  ["m", 60n * 10n ** 7n],
  ["s", 10n ** 7n],
  ["ms", 10n ** 4n],
];

function digitsAt(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at]! >= "0" && text[at]! <= "9") at++;
  return at;
}

/** The number at a place, and where it ends; `undefined` where none stands. */
function numberAt(text: string, from: number): (Fraction & { readonly end: number }) | undefined {
  const whole = digitsAt(text, from);
  if (whole === from) return undefined;
  if (text[whole] !== ".") return { above: BigInt(text.slice(from, whole)), below: 1n, end: whole };
  const end = digitsAt(text, whole + 1);
  if (end === whole + 1) return undefined;
  const fraction = text.slice(whole + 1, end);
  const below = 10n ** BigInt(fraction.length);
  return { above: BigInt(text.slice(from, whole)) * below + BigInt(fraction), below, end };
}

function whole({ above, below }: Fraction): bigint | "not exact" {
  return above % below === 0n ? above / below : "not exact";
}

/**
 * The bytes that a size means.
 *
 * @param text The size as it was written.
 * @returns Bytes; `"not exact"` for a part of a byte; `undefined` for what is no size.
 */
export function exactSize(text: string): bigint | "not exact" | undefined {
  const number = numberAt(text, 0);
  if (number === undefined) return undefined;
  const unit = asciiLower(text.slice(number.end));
  const factor = SIZES[unit[0] ?? ""];
  if (factor === undefined) return undefined;
  const rest = unit.slice(1);
  if (!(rest === "" || unit[0] !== "b" && (rest === "b" || rest === "ib"))) return undefined;
  return whole({ above: number.above * factor, below: number.below });
}

function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/**
 * The ticks of 100 ns that a time means.
 *
 * @param text The time as it was written.
 * @returns Ticks; `"not exact"` for a part of one; `undefined` for what is no time.
 */
export function exactTime(text: string): bigint | "not exact" | undefined {
  const parts: { at: number; fraction: Fraction; dotted: boolean }[] = [];
  for (let from = 0; from < text.length;) {
    const number = numberAt(text, from);
    if (number === undefined) return undefined;
    let end = number.end;
    while (/[a-z]/i.test(text[end] ?? "")) end++;
    const at = TIMES.findIndex(([name]) => name === asciiLower(text.slice(number.end, end)));
    if (at < 0 || at <= (parts.at(-1)?.at ?? -1)) return undefined;
    const above = number.above * TIMES[at]![1];
    parts.push({ at, fraction: { above, below: number.below }, dotted: number.below !== 1n });
    from = end;
  }
  if (parts.length === 0 || parts.length > 1 && parts.some(({ dotted }) => dotted)) {
    return undefined;
  }
  if (parts.length === 1) return whole(parts[0]!.fraction);
  return parts.reduce((sum, { fraction }) => sum + fraction.above, 0n);
}

/**
 * The hundredths of a percent that a share means.
 *
 * @param text The share as it was written.
 * @returns Hundredths; `"not exact"` for a part of one; `undefined` for what is no share.
 */
export function exactShare(text: string): bigint | "not exact" | undefined {
  const number = numberAt(text, 0);
  if (number === undefined || text.slice(number.end) !== "%") return undefined;
  return whole({ above: number.above * 100n, below: number.below });
}
