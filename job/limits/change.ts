/**
 * A change of a job's limits, worked out before any call: that its values are right, what is written, in
 * which order, and what of it the system has afterwards. Pure.
 *
 * @module
 */
import { JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import { describe, snapshot } from "../../values/options.ts";
import { plainKeys } from "../../values/plain_object.ts";
import type { Machine } from "./cpu_limit.ts";
import type { Limits } from "./limits.ts";
import type { ExtendedLimits, LimitParts, LimitRow } from "./row.ts";
import {
  checkTogether,
  LIMIT_NAMES,
  LIMIT_ROWS,
  type LimitName,
  limitRow,
  type LimitTable,
} from "./table.ts";
import { hint, shownKey } from "../../values/value_kind.ts";

const { JOB_TIME, PRESERVE_JOB_TIME } = JOB_OBJECT_LIMIT;

/** Limits whose every value was checked; nobody can change them. */
const CHECKED = new WeakSet<object>();

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

/**
 * Remembers that limits were checked.
 *
 * @param limits Limits whose every value passed the check of its row; frozen by this.
 * @returns The same.
 */
export function sealChecked(limits: Limits): Limits {
  CHECKED.add(frozen(limits));
  return limits;
}

/**
 * Checks limits before any call, once: names, types and ranges.
 *
 * @param given What was given; what {@linkcode sealChecked} returned is not checked again.
 * @param machine What limits depend on.
 * @returns A copy that stays as it is.
 * @throws {TypeError} If a limit is unknown or of the wrong type.
 * @throws {RangeError} If a value is out of range.
 */
export function checkedLimits(given: Limits, machine: Machine): Limits {
  if (typeof given === "object" && given !== null && CHECKED.has(given)) return given;
  // A copy first: a getter may give another value the next time.
  const limits = snapshot(given) as Limits;
  if (plainKeys(limits) === undefined) {
    throw new TypeError(
      `Cannot set limits: expected an object, written as a literal, got ${describe(limits)}`,
    );
  }
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(LIMIT_ROWS, name)) {
      throw new TypeError(
        `Cannot set ${shownKey(name)}: there is no such limit${hint(name, LIMIT_NAMES)}, only ` +
          LIMIT_NAMES.join(", "),
      );
    }
    if (value !== undefined && value !== null) limitRow(name as LimitName).check(value, machine);
  }
  return sealChecked(limits);
}

/**
 * Adds kill-on-close as `JobObject.create()` is told of it beside the limits.
 *
 * @param limits Checked limits.
 * @param killOnClose What is said beside them; `undefined` for nothing.
 * @returns Checked limits.
 * @throws {TypeError} If it is said twice and differently.
 */
export function withKillOnClose(limits: Limits, killOnClose: boolean | undefined): Limits {
  if (killOnClose === undefined) return limits;
  const inside = limits.killOnClose;
  if (inside !== undefined && (inside ?? false) !== killOnClose) {
    throw new TypeError(
      `Cannot create a job: options.killOnClose is ${killOnClose} and ` +
        `options.limits.killOnClose is ${describe(inside)}; give one of them`,
    );
  }
  return sealChecked({ ...limits, killOnClose });
}

/** A structure of the limits. */
export type Part = keyof LimitParts;

/** Every part in the order of writing: class 9 last, for a clock started again cannot be undone. */
export const PARTS_IN_ORDER: readonly Part[] = [
  "ui",
  "cpu",
  "net",
  "io",
  "groups",
  "endOfJobTime",
  "extended",
];

/** One change: what was, what is to be, and what is written for it. */
export interface Change {
  /** The rows of the limits that it names. */
  readonly rows: readonly LimitRow[];
  /** All limits as they were. */
  readonly before: LimitParts;
  /** All limits as they are to be. */
  readonly draft: LimitParts;
  /** The parts to be written, in their order. */
  readonly parts: readonly Part[];
  /** Whether the clock of the job's user time goes on: its limit is not named. */
  readonly keepsClock: boolean;
}

/** A limit that the system does not have as it was set. */
export interface Difference {
  /** Its key. */
  readonly name: LimitName;
  /** What was set; `undefined` for none. */
  readonly wanted: unknown;
  /** What the system has; `undefined` for none. */
  readonly found: unknown;
}

/**
 * Finds the rows of the limits that are named.
 *
 * @param limits The limits; `null` names one, `undefined` does not.
 * @param table The rows.
 * @returns The rows, in the order of the table.
 */
export function namedRows(limits: Limits, table: LimitTable = LIMIT_ROWS): LimitRow[] {
  return Object.values(table).filter(({ name }) => limits[name] !== undefined);
}

/**
 * Lists the parts that must be known for a change.
 *
 * @param rows The limits that it names.
 * @returns The parts that hold them, and those that exclude them.
 */
export function partsToRead(rows: readonly LimitRow[]): Set<Part> {
  const others = rows.flatMap(({ excludes }) =>
    excludes === undefined ? [] : [LIMIT_ROWS[excludes].part]
  );
  return new Set([...rows.map(({ part }) => part), ...others]);
}

/**
 * Works a change out.
 *
 * @param limits Checked limits: an absent key leaves what is set, a value sets, `null` lifts.
 * @param before What is in force.
 * @param machine What limits depend on.
 * @param table The rows.
 * @returns The change.
 * @throws {TypeError} If limits would contradict each other.
 */
export function planChange(
  limits: Limits,
  before: LimitParts,
  machine: Machine,
  table: LimitTable = LIMIT_ROWS,
): Change {
  const rows = namedRows(limits, table);
  const draft = structuredClone(before);
  for (const row of rows) row.encode(limits[row.name] ?? undefined, draft, machine);
  checkTogether(draft, table);
  const parts = PARTS_IN_ORDER.filter((part) =>
    rows.some((row) => row.part === part) && !isIdle(part, before, draft)
  );
  return { rows, before, draft, parts, keepsClock: limits.jobUserTime === undefined };
}

/** Whether nothing is set and nothing is to be set: a control that never was cannot be lifted. */
function isIdle(part: Part, before: LimitParts, draft: LimitParts): boolean {
  const isOff = (parts: LimitParts): boolean => {
    switch (part) {
      case "extended":
        return false;
      case "ui":
      case "endOfJobTime":
        return parts[part] === 0;
      case "groups":
        return parts.groups.length === 0;
      default:
        return parts[part].ControlFlags === 0;
    }
  };
  return isOff(before) && isOff(draft);
}

/**
 * Takes class 9 as it is written: with `JOB_TIME` the clock starts again, with `PRESERVE_JOB_TIME`
 * in its place limit and clock stay. Both together are refused by the system, none lifts the limit.
 *
 * @param limits Class 9; `JOB_TIME` says whether the limit is to be in force.
 * @param keepsClock Whether the limit in force is to go on as it is.
 * @returns Class 9 to be written, without the fields that are output only.
 */
export function toWritten(limits: ExtendedLimits, keepsClock: boolean): ExtendedLimits {
  const basic = limits.BasicLimitInformation;
  const keep = keepsClock && (basic.LimitFlags & JOB_TIME) !== 0;
  return {
    ...limits,
    PeakJobMemoryUsed: 0n,
    PeakProcessMemoryUsed: 0n,
    BasicLimitInformation: {
      ...basic,
      LimitFlags: keep ? (basic.LimitFlags & ~JOB_TIME) | PRESERVE_JOB_TIME : basic.LimitFlags,
    },
  };
}

/**
 * Takes class 9 as it was read: whether a system returns `JOB_TIME` or `PRESERVE_JOB_TIME` for a
 * limit that was kept, `JOB_TIME` says that it is in force.
 *
 * @param limits Class 9 as the system gave it.
 * @returns Class 9 without `PRESERVE_JOB_TIME`.
 */
export function fromRead(limits: ExtendedLimits): ExtendedLimits {
  const basic = limits.BasicLimitInformation;
  const kept = (basic.LimitFlags & PRESERVE_JOB_TIME) !== 0 && basic.PerJobUserTimeLimit !== 0n;
  const flags = basic.LimitFlags & ~PRESERVE_JOB_TIME;
  return {
    ...limits,
    BasicLimitInformation: { ...basic, LimitFlags: kept ? flags | JOB_TIME : flags },
  };
}

/**
 * Compares what the system has with what was written.
 *
 * @param change The change.
 * @param found What the system has.
 * @param unreadable The parts that it does not tell.
 * @returns The limits that are not in force as they were set.
 */
export function differences(
  { rows, draft, parts }: Change,
  found: LimitParts,
  unreadable: ReadonlySet<Part>,
): Difference[] {
  return rows.filter(({ part }) => parts.includes(part)).flatMap((row) => {
    const [wanted, value] = [row.decode(draft), row.decode(found)];
    const isSame = wanted === undefined || value === undefined
      ? wanted === value
      : row.same(wanted, value);
    if (isSame && !unreadable.has(row.part)) return [];
    return [{ name: row.name, wanted, found: value }];
  });
}

/**
 * Decodes the limits that are in force.
 *
 * @param parts The structures.
 * @param table The rows.
 * @returns A key for each limit.
 */
export function decodeLimits(parts: LimitParts, table: LimitTable = LIMIT_ROWS): Limits {
  const values = Object.values(table).map((row) => [row.name, row.decode(parts)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
