/**
 * The table of all notification limits: of the structures of classes 12 and 33 that set them, and
 * of classes 13 and 34 that report them. Pure.
 *
 * @module
 */
import { JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import type { StructValue } from "../../ffi/struct_types.ts";
import type { STRUCTS } from "../../ffi/structs.ts";
import { describe } from "../../values/options.ts";
import { plainKeys } from "../../values/plain_object.ts";
import type { LimitName } from "../limits/table.ts";
import { type AnyRow, oneOption, type RowText } from "../limits/row.ts";
import { hint, shownKey, type ValueKind } from "../../values/value_kind.ts";
import type {
  LimitViolation,
  NotificationLimitName,
  NotificationLimits,
} from "./notification_limits.ts";
import { intervalName, INTERVALS, RATE_TOLERANCE, toleranceName, TOLERANCES } from "./tolerance.ts";
import { bigintToNumber, bytes } from "../../values/quantity.ts";
import { millisecondsToTicks, ticksToMilliseconds, TIME_FROM_NOW } from "../../values/duration.ts";

type Struct<N extends keyof typeof STRUCTS> = StructValue<typeof STRUCTS, N>;

/** Class 33 without the aliases of its unions; it contains everything in class 12. */
export type NotificationValues = Omit<
  Struct<"JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION_2">,
  "JobMemoryLimit" | "RateControlTolerance" | "RateControlToleranceInterval"
>;

/** Class 34 without the aliases of its unions; it contains everything in class 13. */
export type ViolationValues = Omit<
  Struct<"JOBOBJECT_LIMIT_VIOLATION_INFORMATION_2">,
  "JobMemoryLimit" | "RateControlTolerance" | "RateControlToleranceLimit"
>;

/** One notification limit. */
export interface NotificationRow<K extends NotificationLimitName = NotificationLimitName>
  extends AnyRow {
  /** Its key. */
  readonly name: K;
  /**
   * Throws unless it is a value of this limit. Not called with `null` or `undefined`.
   *
   * @throws {TypeError} If it is of the wrong type.
   * @throws {RangeError} If it is out of range.
   */
  check(value: unknown): void;
  /** The bit that marks it as set, and as crossed in a report. */
  readonly flag: number;
  /** The field of the structure. */
  readonly field: string;
  /** The oldest class that has it. */
  readonly since: 12 | 33;
  /** The limits whose rate it watches; it needs one of them. */
  readonly watches?: readonly [LimitName, ...LimitName[]];
  /** Returns whether a value that was read back equals the one that was set. */
  same(
    wanted: NonNullable<NotificationLimits[K]>,
    found: NonNullable<NotificationLimits[K]>,
  ): boolean;
  /** Writes a checked value, or `undefined` to remove it; also sets or clears the flag. */
  encode(value: NonNullable<NotificationLimits[K]> | undefined, values: NotificationValues): void;
  /** Reads it; `undefined` if it is not set. */
  decode(values: NotificationValues): NonNullable<NotificationLimits[K]> | undefined;
  /** Reads the measured and the allowed value. */
  crossing(values: ViolationValues): NonNullable<LimitViolation[K]>;
}

/** The newer of the two classes that set them. */
const SET_BY = "JobObjectNotificationLimitInformation2";

type WideField = KeyOfType<NotificationValues, bigint>;
type NumberName = Exclude<NotificationLimitName, `${string}Rate`>;
type RateName = "cpuRate" | "ioRate" | "netRate";

type RowParts = Pick<RowText, "option" | "summary"> & {
  readonly flag: keyof typeof JOB_OBJECT_LIMIT;
  readonly since: 12 | 33;
};

interface NumberParts extends RowParts {
  /** The field of the structure that sets it. */
  readonly field: WideField;
  /** The field of the report with the measured value. */
  readonly measured: KeyOfType<ViolationValues, bigint>;
}

type KeyOfType<T, V> = { [K in keyof T]: T[K] extends V ? K : never }[keyof T] & string;

function withFlag({ LimitFlags }: NotificationValues, bit: number, on: boolean): number {
  return on ? LimitFlags | bit : LimitFlags & ~bit;
}

/** What every row has. */
function commonParts(
  { flag, since, option, summary }: RowParts,
  kind: ValueKind,
  text: Pick<RowText, "unit" | "valueName">,
) {
  return {
    ...oneOption(kind, {
      ...text,
      option,
      summary,
      whenReached: "`notificationLimit` is posted; the processes keep running",
      win32: `JOB_OBJECT_LIMIT_${flag}`,
    }),
    setBy: SET_BY,
    flag: JOB_OBJECT_LIMIT[flag],
    since,
  };
}

/** A row of one 64-bit field, of bytes or of ticks. */
function numberRow<K extends NumberName>(
  name: K,
  { kind, toValue, toField, unit, valueName }: NumberUnit,
  parts: NumberParts,
): NotificationRow<K> {
  const { field, measured } = parts;
  const bit = JOB_OBJECT_LIMIT[parts.flag];
  return {
    ...commonParts(parts, kind, { unit, valueName }),
    name,
    field,
    check: (value) => kind.check(name, value),
    same: kind.same,
    encode: (value, values) => {
      values.LimitFlags = withFlag(values, bit, value !== undefined);
      values[field] = toField(value ?? 0);
    },
    decode: (values) => (values.LimitFlags & bit) === 0 ? undefined : toValue(values[field], name),
    crossing: (values) => ({
      limit: toValue(values[field], name),
      measured: toValue(values[measured], name),
    }),
  };
}

/** The unit of a 64-bit field. */
interface NumberUnit extends Pick<RowText, "unit" | "valueName"> {
  readonly kind: ValueKind<number>;
  readonly toValue: (field: bigint, name: string) => number;
  readonly toField: (value: number) => bigint;
}

const BYTES: NumberUnit = {
  unit: "bytes",
  valueName: "SIZE",
  kind: bytes(1),
  toValue: bigintToNumber,
  toField: BigInt,
};
const TICKS: NumberUnit = {
  unit: "milliseconds of user time",
  valueName: "TIME",
  kind: TIME_FROM_NOW,
  toValue: ticksToMilliseconds,
  toField: millisecondsToTicks,
};

/** A row of a tolerance and its interval. */
function rateRow<K extends RateName>(
  name: K,
  prefix: "Cpu" | "Io" | "Net",
  parts: RowParts & Required<Pick<NotificationRow, "watches">>,
): NotificationRow<K> {
  const bit = JOB_OBJECT_LIMIT[parts.flag];
  const field = `${prefix}RateControlTolerance` as const;
  const interval = `${field}Interval` as const;
  return {
    ...commonParts(parts, RATE_TOLERANCE, {
      unit: "tolerance and interval",
      valueName: "TOLERANCE,INTERVAL",
    }),
    name,
    field,
    watches: parts.watches,
    check: (value) => RATE_TOLERANCE.check(name, value),
    same: RATE_TOLERANCE.same,
    encode: (value, values) => {
      values.LimitFlags = withFlag(values, bit, value !== undefined);
      values[field] = value === undefined ? 0 : TOLERANCES[value.tolerance ?? "high"];
      values[interval] = value === undefined ? 0 : INTERVALS[value.interval ?? "short"];
    },
    decode: (values) =>
      (values.LimitFlags & bit) === 0 ? undefined : {
        tolerance: toleranceName(values[field]),
        interval: intervalName(values[interval]),
      },
    crossing: (values) => ({
      limit: toleranceName(values[`${field}Limit`]),
      measured: toleranceName(values[field]),
    }),
  };
}

/** Every notification limit by its key, in the order of help and tables. */
export const NOTIFICATION_ROWS: {
  readonly [K in NotificationLimitName]-?: NotificationRow<K>;
} = {
  jobMemory: numberRow("jobMemory", BYTES, {
    field: "JobHighMemoryLimit",
    flag: "JOB_MEMORY",
    since: 12,
    measured: "JobMemory",
    option: "--notify-memory",
    summary: "Report when all processes together have committed this much memory",
  }),
  jobMemoryLow: numberRow("jobMemoryLow", BYTES, {
    field: "JobLowMemoryLimit",
    flag: "JOB_MEMORY_LOW",
    since: 33,
    measured: "JobMemory",
    option: "--notify-memory-low",
    summary: "Report when the committed memory falls below",
  }),
  readBytes: numberRow("readBytes", BYTES, {
    field: "IoReadBytesLimit",
    flag: "JOB_READ_BYTES",
    since: 12,
    measured: "IoReadBytes",
    option: "--notify-read",
    summary: "Report when all processes together have read this much",
  }),
  writeBytes: numberRow("writeBytes", BYTES, {
    field: "IoWriteBytesLimit",
    flag: "JOB_WRITE_BYTES",
    since: 12,
    measured: "IoWriteBytes",
    option: "--notify-write",
    summary: "Report when all processes together have written this much",
  }),
  jobUserTime: numberRow("jobUserTime", TICKS, {
    field: "PerJobUserTimeLimit",
    flag: "JOB_TIME",
    since: 12,
    measured: "PerJobUserTime",
    option: "--notify-cpu-time",
    summary: "Report when all processes together have used this much user time from now on",
  }),
  cpuRate: rateRow("cpuRate", "Cpu", {
    watches: ["cpu"],
    flag: "CPU_RATE_CONTROL",
    since: 12,
    option: "--notify-cpu-rate",
    summary:
      "Report when the processor rate is exceeded for 20 (low), 40 (medium) or 60 % (high) " +
      "of 10 s (short), 1 min (medium) or 10 min (long)",
  }),
  ioRate: rateRow("ioRate", "Io", {
    watches: ["ioBandwidth", "ioIops"],
    flag: "IO_RATE_CONTROL",
    since: 33,
    option: "--notify-io-rate",
    summary: "Report when the I/O rate is exceeded",
  }),
  netRate: rateRow("netRate", "Net", {
    watches: ["netBandwidth"],
    flag: "NET_RATE_CONTROL",
    since: 33,
    option: "--notify-net-rate",
    summary: "Report when the network rate is exceeded",
  }),
};

/** Every notification limit's key, in the order of help and tables. */
export const NOTIFICATION_NAMES: readonly NotificationLimitName[] = Object.keys(
  NOTIFICATION_ROWS,
) as NotificationLimitName[];

/**
 * Returns a notification limit's row.
 *
 * @param name A notification limit's key.
 * @returns Its row, with values of any type.
 */
export function notificationRow(name: NotificationLimitName): NotificationRow {
  return NOTIFICATION_ROWS[name];
}

/**
 * Checks notification limits before any call.
 *
 * @param limits The caller's limits.
 * @throws {TypeError} If a limit is unknown or of the wrong type.
 * @throws {RangeError} If a value is out of range.
 */
export function checkNotificationLimits(limits: NotificationLimits): void {
  if (plainKeys(limits) === undefined) {
    throw new TypeError(
      `Cannot set notification limits: expected an object, written as a literal, ` +
        `got ${describe(limits)}`,
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
