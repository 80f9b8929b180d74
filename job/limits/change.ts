/**
 * Plans a change of a job's limits before any call: checks its values, decides what is written and
 * in which order, and compares the result with the system's. Pure.
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

/** Limits whose values have all been checked; they are frozen. */
const CHECKED = new WeakSet<object>();

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

/**
 * Marks limits as checked.
 *
 * @param limits Limits whose values all passed the checks of their rows; this freezes them.
 * @returns The same object.
 */
export function sealChecked(limits: Limits): Limits {
  CHECKED.add(frozen(limits));
  return limits;
}

/**
 * Checks limits once, before any call: names, types and ranges.
 *
 * @param given The caller's limits; a result of {@linkcode sealChecked} is not checked again.
 * @param machine The machine that limits depend on.
 * @returns A frozen copy.
 * @throws {TypeError} If a limit is unknown or of the wrong type.
 * @throws {RangeError} If a value is out of range.
 */
export function checkedLimits(given: Limits, machine: Machine): Limits {
  if (typeof given === "object" && given !== null && CHECKED.has(given)) return given;
  // A copy first: a getter may return another value next time.
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
 * Adds the `killOnClose` option of `JobObject.create()` to the limits.
 *
 * @param limits Checked limits.
 * @param killOnClose The option; `undefined` if it is absent.
 * @returns Checked limits.
 * @throws {TypeError} If both are given and differ.
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

/** The name of a structure of the limits. */
export type Part = keyof LimitParts;

/**
 * Every part in the order of writing. Class 9 is last, because restarting the clock cannot be
 * undone.
 */
export const PARTS_IN_ORDER: readonly Part[] = [
  "ui",
  "cpu",
  "net",
  "io",
  "groups",
  "endOfJobTime",
  "extended",
];

/** One change: the limits before and after, and the parts to write. */
export interface Change {
  /** The rows of the named limits. */
  readonly rows: readonly LimitRow[];
  /** All limits before the change. */
  readonly before: LimitParts;
  /** All limits after the change. */
  readonly draft: LimitParts;
  /** The parts to write, in order. */
  readonly parts: readonly Part[];
  /** Whether the clock of the job's user time keeps running, because its limit is not named. */
  readonly keepsClock: boolean;
}

/** A limit that is not in force as it was set. */
export interface Difference {
  /** Its key. */
  readonly name: LimitName;
  /** The value that was set; `undefined` for none. */
  readonly wanted: unknown;
  /** The value in force; `undefined` for none. */
  readonly found: unknown;
}

/**
 * Returns the rows of the named limits.
 *
 * @param limits The limits; `null` names one, `undefined` does not.
 * @param table The rows.
 * @returns The rows, in the order of the table.
 */
export function namedRows(limits: Limits, table: LimitTable = LIMIT_ROWS): LimitRow[] {
  return Object.values(table).filter(({ name }) => limits[name] !== undefined);
}

/**
 * Returns the parts that must be read for a change.
 *
 * @param rows The limits that it names.
 * @returns The parts that contain them, and the parts that may exclude them.
 */
export function partsToRead(rows: readonly LimitRow[]): Set<Part> {
  const others = rows.flatMap(({ excludes }) =>
    excludes === undefined ? [] : [LIMIT_ROWS[excludes].part]
  );
  return new Set([...rows.map(({ part }) => part), ...others]);
}

/**
 * Plans a change.
 *
 * @param limits Checked limits. A missing key leaves its limit unchanged, a value sets it, `null`
 * removes it.
 * @param before The limits in force.
 * @param machine The machine that limits depend on.
 * @param table The rows.
 * @returns The change.
 * @throws {TypeError} If the resulting limits contradict each other.
 */
export function planChange(
  limits: Limits,
  before: LimitParts,
  machine: Machine,
  table: LimitTable = LIMIT_ROWS,
): Change {
  const rows = namedRows(limits, table);
  const draft = copyOf(before);
  for (const row of rows) row.encode(limits[row.name] ?? undefined, draft, machine);
  checkTogether(draft, table);
  const parts = PARTS_IN_ORDER.filter((part) =>
    rows.some((row) => row.part === part) && !isIdle(part, before, draft)
  );
  return { rows, before, draft, parts, keepsClock: limits.jobUserTime === undefined };
}

/** Copies the parts as deep as rows change them; a general copy would take most of a plan's time. */
function copyOf({ extended, cpu, net, io, ...others }: LimitParts): LimitParts {
  const { BasicLimitInformation } = extended;
  return {
    ...others,
    extended: { ...extended, BasicLimitInformation: { ...BasicLimitInformation } },
    cpu: { ...cpu },
    net: { ...net },
    io: { ...io },
  };
}

/** Whether nothing is set before or after: a rate control that was never set cannot be removed. */
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
 * Returns class 9 as it must be written. With `JOB_TIME` the clock restarts; with
 * `PRESERVE_JOB_TIME` instead, limit and clock stay. The system refuses both together; without
 * either, the limit is removed.
 *
 * @param limits Class 9; `JOB_TIME` means that the limit should be in force.
 * @param keepsClock Whether the limit in force should continue unchanged.
 * @returns Class 9 to write, without the output-only fields.
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
 * Normalises class 9 after reading. A system may return `JOB_TIME` or `PRESERVE_JOB_TIME` for a
 * limit that was kept; the result always uses `JOB_TIME`.
 *
 * @param limits Class 9 as the system returned it.
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
 * Returns whether a system reports nothing of class 9.
 *
 * @param written Class 9 as it was written.
 * @param found Class 9 as it was read back.
 * @returns Whether none of the flags that were set is reported.
 */
export function isSilent(written: ExtendedLimits, found: ExtendedLimits): boolean {
  const flags = written.BasicLimitInformation.LimitFlags;
  return flags !== 0 && (found.BasicLimitInformation.LimitFlags & flags) === 0;
}

/** The class 9 limits of one job as they were set. */
export class ExtendedAsGiven {
  /** The job time. The system may report a larger value, which includes the time used before. */
  #time: { readonly given: bigint; readonly found: bigint } | undefined;
  /** All class 9 limits, on a system that does not report them. */
  #silent: ExtendedLimits | undefined;

  /**
   * Converts class 9 back to the values that were set.
   *
   * @param limits Class 9 as it was read.
   * @returns The limits as they were set.
   */
  asGiven(limits: ExtendedLimits): ExtendedLimits {
    if (limits.BasicLimitInformation.LimitFlags === 0 && this.#silent !== undefined) {
      return this.#silent;
    }
    const basic = limits.BasicLimitInformation;
    if (this.#time?.found !== basic.PerJobUserTimeLimit) return limits;
    return {
      ...limits,
      BasicLimitInformation: { ...basic, PerJobUserTimeLimit: this.#time.given },
    };
  }

  /**
   * Remembers the limits that were set.
   *
   * @param given Class 9 as it was written; all of it is in force.
   * @param found Class 9 as the system reports it.
   * @param options Whether the job time was left unchanged.
   */
  remember(
    given: ExtendedLimits,
    found: ExtendedLimits,
    { keepsTime }: { readonly keepsTime: boolean },
  ): void {
    this.#silent = isSilent(given, found) ? given : undefined;
    if (keepsTime) return;
    const basic = given.BasicLimitInformation;
    this.#time = (basic.LimitFlags & JOB_TIME) === 0 ? undefined : {
      given: basic.PerJobUserTimeLimit,
      found: found.BasicLimitInformation.PerJobUserTimeLimit,
    };
  }
}

/**
 * Compares the system's limits with what was written.
 *
 * @param change The change.
 * @param found The system's limits.
 * @param unreadable The parts that it does not report.
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
