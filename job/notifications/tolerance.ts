/**
 * The part of an interval during which a rate may be exceeded. Pure.
 *
 * @module
 */
import {
  JOBOBJECT_RATE_CONTROL_TOLERANCE as TOLERANCE,
  JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL as INTERVAL,
} from "../../ffi/constants.ts";
import { defined } from "../../values/defined.ts";
import { shown } from "../../values/shown.ts";
import { checkKeys, choice, textOf, type ValueKind } from "../../values/value_kind.ts";
import type { RateTolerance, Tolerance, ToleranceInterval } from "./notification_limits.ts";

/** The codes of the intervals. */
export const INTERVALS = {
  short: INTERVAL.ToleranceIntervalShort,
  medium: INTERVAL.ToleranceIntervalMedium,
  long: INTERVAL.ToleranceIntervalLong,
} as const satisfies Record<ToleranceInterval, number>;

/** The codes of the tolerances. */
export const TOLERANCES = {
  low: TOLERANCE.ToleranceLow,
  medium: TOLERANCE.ToleranceMedium,
  high: TOLERANCE.ToleranceHigh,
} as const satisfies Record<Tolerance, number>;

/** The name of a code; 0 is "not specified" and means the default. */
function nameOf<N extends string>(codes: Record<N, number>, code: number, fallback: N): N {
  return (Object.keys(codes) as N[]).find((name) => codes[name] === code) ?? fallback;
}

/**
 * Returns the name of a tolerance.
 *
 * @param code The system's code.
 * @returns Its name, `"high"` if none is set.
 */
export function toleranceName(code: number): Tolerance {
  return nameOf(TOLERANCES, code, "high");
}

/**
 * Returns the name of an interval.
 *
 * @param code The system's code.
 * @returns Its name, `"short"` if none is set.
 */
export function intervalName(code: number): ToleranceInterval {
  return nameOf(INTERVALS, code, "short");
}

const TOLERANCE_WORD = choice(Object.keys(TOLERANCES) as Tolerance[]);
const INTERVAL_WORD = choice(Object.keys(INTERVALS) as ToleranceInterval[]);

/** A tolerance and its interval. */
export const RATE_TOLERANCE: ValueKind<RateTolerance> = {
  json: "string",
  example: "high,short",
  parse: (text) => {
    const [tolerance = "", interval, ...rest] = text.split(",");
    if (rest.length > 0) {
      throw new SyntaxError(
        `Cannot read ${shown(text)}: expected a tolerance and an interval such as high,short`,
      );
    }
    return {
      tolerance: TOLERANCE_WORD.parse(tolerance),
      ...defined({
        interval: interval === undefined ? undefined : INTERVAL_WORD.parse(interval),
      }),
    };
  },
  format: ({ tolerance = "high", interval = "short" }) => `${tolerance},${interval}`,
  check: (field, value) => {
    const { tolerance, interval } = checkKeys(field, value, ["tolerance", "interval"]);
    if (tolerance !== undefined) {
      TOLERANCE_WORD.check(`${field}.tolerance`, tolerance);
    }
    if (interval !== undefined) {
      INTERVAL_WORD.check(`${field}.interval`, interval);
    }
  },
  same: (wanted, found) => textOf(wanted) === textOf(found),
};
