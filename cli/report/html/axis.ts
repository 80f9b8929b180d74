/**
 * Axes: round numbers for the ticks of a chart.
 *
 * @module
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** An axis from 0 to `end`. */
export interface Axis {
  /** Its highest value. */
  readonly end: number;
  /** The labelled values, 0 first. */
  readonly ticks: readonly number[];
}

/** What an axis measures: `count` for numbers and percentages. */
export type AxisKind = "bytes" | "time" | "count";

/** The steps of an axis, the smallest first. */
function* steps(kind: AxisKind): Generator<number> {
  switch (kind) {
    case "bytes":
      for (let step = 1; step < 2 ** 53; step *= 2) yield step;
      return;
    case "time":
      for (const step of [1, 2, 5, 10, 20, 50, 100, 200, 500]) yield step;
      for (const step of [1, 2, 5, 10, 15, 30]) yield step * SECOND;
      for (const step of [1, 2, 5, 10, 15, 30]) yield step * MINUTE;
      for (const step of [1, 2, 4, 6, 12]) yield step * HOUR;
      for (const step of decades()) yield step * DAY;
      return;
    case "count":
      yield* decades();
  }
}

function* decades(): Generator<number> {
  for (let decade = 1; decade < 1e15; decade *= 10) {
    for (const step of [1, 2, 5]) yield step * decade;
  }
}

/**
 * Makes an axis with at most this many ticks beyond 0.
 *
 * @param most The highest value to show, 0 or more.
 * @param options `kind`: what it measures; `ticks`: how many steps at most (default 5); `exact`:
 * whether the axis ends at `most` instead of at the next tick; `cap`: where it ends at the latest.
 * @returns The axis; its end is over 0.
 */
export function axisFor(
  most: number,
  options: { kind: AxisKind; ticks?: number; exact?: boolean; cap?: number },
): Axis {
  const { kind, ticks: wanted = 5, exact = false, cap = Infinity } = options;
  const highest = Math.max(most, 1);
  let step = 1;
  for (step of steps(kind)) if (highest / step <= wanted) break;
  const end = exact ? highest : Math.min(cap, Math.ceil(highest / step) * step);
  const ticks: number[] = [];
  for (let tick = 0; tick <= end; tick += step) ticks.push(tick);
  return { end, ticks };
}
