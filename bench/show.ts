/**
 * Times of the benchmark as text. Pure.
 *
 * @module
 */

const UNITS = [["s", 1e9], ["ms", 1e6], ["µs", 1e3], ["ns", 1]] as const;

/**
 * Returns the unit in which a time is shown.
 *
 * @param nanoseconds The time.
 * @returns The unit and how many nanoseconds it has.
 */
export function unitOf(nanoseconds: number): readonly [unit: string, size: number] {
  return UNITS.find(([, size]) => nanoseconds >= size) ?? UNITS[3];
}

/**
 * Shows a time with three significant digits.
 *
 * @param nanoseconds The time.
 * @returns The text, such as `"4.21 µs"`.
 */
export function showTime(nanoseconds: number): string {
  const [unit, size] = unitOf(nanoseconds);
  return `${Number((nanoseconds / size).toPrecision(3))} ${unit}`;
}
