/**
 * The table of all notification limits: of the structures of classes 12 and 33 that set them, and
 * of classes 13 and 34 that report them. Pure.
 *
 * @module
 */
import {
  JOB_OBJECT_LIMIT,
  JOBOBJECT_RATE_CONTROL_TOLERANCE as TOLERANCE,
  JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL as INTERVAL,
} from "../../ffi/constants.ts";
import type { StructValue } from "../../ffi/struct.ts";
import type { STRUCTS } from "../../ffi/structs.ts";
import { checkTime } from "../limits/basic_row.ts";
import { checkChoice, checkInteger, checkKeys, hint, shownKey } from "../limits/check.ts";
import { describe } from "../../process/options.ts";
import type { LimitText, ValueKind } from "../limits/row.ts";
import type {
  LimitViolation,
  NotificationLimitName,
  NotificationLimits,
  RateTolerance,
  Tolerance,
  ToleranceInterval,
} from "./notification_limits.ts";
import {
  bigintToNumber,
  bytesToBigint,
  millisecondsToTicks,
  ticksToMilliseconds,
} from "../units.ts";

type Struct<N extends keyof typeof STRUCTS> = StructValue<typeof STRUCTS, N>;

/** Class 33, which says all that class 12 does; the aliases of its unions left out. */
export type NotificationValues = Omit<
  Struct<"JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION_2">,
  "JobMemoryLimit" | "RateControlTolerance" | "RateControlToleranceInterval"
>;

/** Class 34, which says all that class 13 does; the aliases of its unions left out. */
export type ViolationValues = Omit<
  Struct<"JOBOBJECT_LIMIT_VIOLATION_INFORMATION_2">,
  "JobMemoryLimit" | "RateControlTolerance" | "RateControlToleranceLimit"
>;

/** One notification limit. */
export interface NotificationRow<K extends NotificationLimitName = NotificationLimitName>
  extends LimitText {
  /** Its key. */
  readonly name: K;
  /** The bit that says it is set, and the one that says it was crossed. */
  readonly flag: number;
  /** The field of the structure. */
  readonly field: string;
  /** How its value is written. */
  readonly kind: ValueKind;
  /** The oldest class that has it. */
  readonly since: 12 | 33;
  /**
   * Refuses what is no value of this limit.
   *
   * @throws {TypeError} If it is of the wrong type.
   * @throws {RangeError} If it is out of range.
   */
  check(value: unknown): void;
  /** Writes a checked value, or `undefined` to lift it; the flag too. */
  encode(value: NonNullable<NotificationLimits[K]> | undefined, values: NotificationValues): void;
  /** Reads it; `undefined` where it is not set. */
  decode(values: NotificationValues): NonNullable<NotificationLimits[K]> | undefined;
  /** Reads what was measured and allowed. */
  crossing(values: ViolationValues): NonNullable<LimitViolation[K]>;
}

const INTERVALS = {
  short: INTERVAL.ToleranceIntervalShort,
  medium: INTERVAL.ToleranceIntervalMedium,
  long: INTERVAL.ToleranceIntervalLong,
} as const satisfies Record<ToleranceInterval, number>;

const TOLERANCES = {
  low: TOLERANCE.ToleranceLow,
  medium: TOLERANCE.ToleranceMedium,
  high: TOLERANCE.ToleranceHigh,
} as const satisfies Record<Tolerance, number>;

/** The name of a code; 0 is "not specified" and means the default. */
function nameOf<N extends string>(codes: Record<N, number>, code: number, fallback: N): N {
  return (Object.keys(codes) as N[]).find((name) => codes[name] === code) ?? fallback;
}

type KeyOf<V> = { [K in keyof NotificationValues]: NotificationValues[K] extends V ? K : never }[
  keyof NotificationValues
];
type WideField = Exclude<KeyOf<bigint>, undefined>;
type CrossingOf = { [K in NotificationLimitName]: NonNullable<LimitViolation[K]> };

interface Fields extends LimitText {
  readonly flag: keyof typeof JOB_OBJECT_LIMIT;
  readonly since: 12 | 33;
}

/** A row of one 64-bit field: bytes, or ticks. */
function wideRow<K extends Exclude<NotificationLimitName, `${string}Rate`>>(
  name: K,
  field: WideField,
  { flag, measured, ...rest }: Fields & { measured: keyof ViolationValues & string },
): NotificationRow<K> {
  const bit = JOB_OBJECT_LIMIT[flag];
  const time = name === "jobUserTime";
  const toPublic = time ? ticksToMilliseconds : (wide: bigint) => bigintToNumber(wide, name);
  const toWire = time ? millisecondsToTicks : bytesToBigint;
  return {
    ...rest,
    name,
    flag: bit,
    field,
    kind: time ? "milliseconds" : "bytes",
    check: (value) =>
      time
        ? checkTime(name, value)
        : checkInteger(name, value, { min: 1, max: Number.MAX_SAFE_INTEGER, unit: "bytes" }),
    encode: (value, values) => {
      const on = value !== undefined;
      values.LimitFlags = on ? values.LimitFlags | bit : values.LimitFlags & ~bit;
      values[field] = on ? toWire(value as number, name) : 0n;
    },
    decode: (values) =>
      ((values.LimitFlags & bit) === 0 ? undefined : toPublic(values[field])) as
        | NonNullable<NotificationLimits[K]>
        | undefined,
    crossing: (values) =>
      ({
        limit: toPublic(values[field]),
        measured: toPublic(values[measured] as bigint),
      }) as CrossingOf[K],
  };
}

/** A row of a tolerance and its interval. */
function rateRow<K extends "cpuRate" | "ioRate" | "netRate">(
  name: K,
  prefix: "Cpu" | "Io" | "Net",
  { flag, ...rest }: Fields,
): NotificationRow<K> {
  const bit = JOB_OBJECT_LIMIT[flag];
  const field = `${prefix}RateControlTolerance` as const;
  const interval = `${field}Interval` as const;
  return {
    ...rest,
    name,
    flag: bit,
    field,
    kind: "rateTolerance",
    check: (value) => {
      const given = checkKeys(name, value, ["tolerance", "interval"]);
      if (given.tolerance !== undefined) {
        checkChoice(`${name}.tolerance`, given.tolerance, Object.keys(TOLERANCES));
      }
      if (given.interval !== undefined) {
        checkChoice(`${name}.interval`, given.interval, Object.keys(INTERVALS));
      }
    },
    encode: (value, values) => {
      const on = value !== undefined;
      values.LimitFlags = on ? values.LimitFlags | bit : values.LimitFlags & ~bit;
      values[field] = on ? TOLERANCES[(value as RateTolerance).tolerance ?? "high"] : 0;
      values[interval] = on ? INTERVALS[(value as RateTolerance).interval ?? "short"] : 0;
    },
    decode: (values) =>
      ((values.LimitFlags & bit) === 0 ? undefined : {
        tolerance: nameOf(TOLERANCES, values[field], "high"),
        interval: nameOf(INTERVALS, values[interval], "short"),
      }) as NonNullable<NotificationLimits[K]> | undefined,
    crossing: (values) =>
      ({
        limit: nameOf(TOLERANCES, values[`${field}Limit`], "high"),
        measured: nameOf(TOLERANCES, values[field], "high"),
      }) as CrossingOf[K],
  };
}

/** What all of them do when they are crossed. */
const REPORTED = "`notificationLimit` is posted; the processes go on";

/** Every notification limit by its key, in the order of help and tables. */
export const NOTIFICATION_ROWS: {
  readonly [K in NotificationLimitName]-?: NotificationRow<K>;
} = {
  jobMemory: wideRow("jobMemory", "JobHighMemoryLimit", {
    flag: "JOB_MEMORY",
    since: 12,
    measured: "JobMemory",
    unit: "bytes",
    option: "--notify-memory",
    valueName: "SIZE",
    summary: "Report when all processes together have committed so much memory",
    whenReached: REPORTED,
    win32: "JOB_OBJECT_LIMIT_JOB_MEMORY",
    proof: "jobsim",
  }),
  jobMemoryLow: wideRow("jobMemoryLow", "JobLowMemoryLimit", {
    flag: "JOB_MEMORY_LOW",
    since: 33,
    measured: "JobMemory",
    unit: "bytes",
    option: "--notify-memory-low",
    valueName: "SIZE",
    summary: "Report when the committed memory falls below",
    whenReached: REPORTED,
    win32: "JOB_OBJECT_LIMIT_JOB_MEMORY_LOW",
    proof: "jobsim",
  }),
  readBytes: wideRow("readBytes", "IoReadBytesLimit", {
    flag: "JOB_READ_BYTES",
    since: 12,
    measured: "IoReadBytes",
    unit: "bytes",
    option: "--notify-read",
    valueName: "SIZE",
    summary: "Report when all processes together have read so much",
    whenReached: REPORTED,
    win32: "JOB_OBJECT_LIMIT_JOB_READ_BYTES",
    proof: "jobsim",
  }),
  writeBytes: wideRow("writeBytes", "IoWriteBytesLimit", {
    flag: "JOB_WRITE_BYTES",
    since: 12,
    measured: "IoWriteBytes",
    unit: "bytes",
    option: "--notify-write",
    valueName: "SIZE",
    summary: "Report when all processes together have written so much",
    whenReached: REPORTED,
    win32: "JOB_OBJECT_LIMIT_JOB_WRITE_BYTES",
    proof: "jobsim",
  }),
  jobUserTime: wideRow("jobUserTime", "PerJobUserTimeLimit", {
    flag: "JOB_TIME",
    since: 12,
    measured: "PerJobUserTime",
    unit: "milliseconds of user time",
    option: "--notify-cpu-time",
    valueName: "TIME",
    summary: "Report when all processes together have used so much user time from now on",
    whenReached: REPORTED,
    win32: "JOB_OBJECT_LIMIT_JOB_TIME",
    proof: "jobsim",
  }),
  cpuRate: rateRow("cpuRate", "Cpu", {
    flag: "CPU_RATE_CONTROL",
    since: 12,
    unit: "tolerance and interval",
    option: "--notify-cpu-rate",
    valueName: "TOLERANCE,INTERVAL",
    summary:
      "Report when the processor rate is exceeded for 20 (low), 40 (medium) or 60 % (high) " +
      "of 10 s (short), 1 min (medium) or 10 min (long)",
    whenReached: REPORTED,
    win32: "JOB_OBJECT_LIMIT_CPU_RATE_CONTROL",
    proof: "jobsim",
  }),
  ioRate: rateRow("ioRate", "Io", {
    flag: "IO_RATE_CONTROL",
    since: 33,
    unit: "tolerance and interval",
    option: "--notify-io-rate",
    valueName: "TOLERANCE,INTERVAL",
    summary: "Report when the I/O rate is exceeded",
    whenReached: REPORTED,
    win32: "JOB_OBJECT_LIMIT_IO_RATE_CONTROL",
    proof: "Windows only",
  }),
  netRate: rateRow("netRate", "Net", {
    flag: "NET_RATE_CONTROL",
    since: 33,
    unit: "tolerance and interval",
    option: "--notify-net-rate",
    valueName: "TOLERANCE,INTERVAL",
    summary: "Report when the network rate is exceeded",
    whenReached: REPORTED,
    win32: "JOB_OBJECT_LIMIT_NET_RATE_CONTROL",
    proof: "Windows only",
  }),
};

/** Every notification limit's key, in the order of help and tables. */
export const NOTIFICATION_NAMES: readonly NotificationLimitName[] = Object.keys(
  NOTIFICATION_ROWS,
) as NotificationLimitName[];

/**
 * Answers a notification limit's row, for whoever treats all alike.
 *
 * @param name A notification limit's key.
 * @returns Its row, with values of any type.
 */
export function notificationRow(name: NotificationLimitName): NotificationRow {
  return NOTIFICATION_ROWS[name] as unknown as NotificationRow;
}

/**
 * Checks notification limits before any call.
 *
 * @param limits What was given.
 * @throws {TypeError} If a limit is unknown or of the wrong type.
 * @throws {RangeError} If a value is out of range.
 */
export function checkNotificationLimits(limits: NotificationLimits): void {
  if (typeof limits !== "object" || limits === null || Array.isArray(limits)) {
    throw new TypeError(
      `Cannot set notification limits: expected an object, got ${describe(limits)}`,
    );
  }
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(NOTIFICATION_ROWS, name)) {
      throw new TypeError(
        `Cannot set ${shownKey(name)}: there is no such notification limit` +
          `${hint(name, NOTIFICATION_NAMES)}, only ` +
          NOTIFICATION_NAMES.join(", "),
      );
    }
    if (value !== undefined && value !== null) {
      notificationRow(name as NotificationLimitName).check(value);
    }
  }
}
