/**
 * The limits of class 9. Pure.
 *
 * @module
 */
import { JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import { defined } from "../../values/defined.ts";
import { PRIORITIES, type PriorityClass } from "../../process/start/priority.ts";
import type { Limits } from "./limits.ts";
import {
  type ExtendedLimits,
  type LimitRow,
  oneOption,
  PART_SETTERS,
  type RowText,
} from "./row.ts";
import { choice, SWITCH, type ValueKind } from "../../values/value_kind.ts";
import { bigintToNumber, count, MEMORY, MEMORY_RANGE } from "../../values/quantity.ts";
import {
  millisecondsToTicks,
  ticksToMilliseconds,
  TIME,
  TIME_FROM_NOW,
} from "../../values/duration.ts";
import { MASK } from "../../values/cpus.ts";

type Basic = ExtendedLimits["BasicLimitInformation"];
type KeyOf<T, V> = { [K in keyof T]: T[K] extends V ? K : never }[keyof T] & string;
type Value<K extends keyof Limits> = NonNullable<Limits[K]>;

/** Where class 9 stores a limit, in addition to its bit. */
interface Place<V> {
  /** The field, as C writes it; empty for the bit alone. */
  readonly field: string;
  /** Reads it, if the bit is set. */
  get(limits: ExtendedLimits): V | undefined;
  /** Writes it, or 0 for `undefined`. */
  put(limits: ExtendedLimits, value: V | undefined): void;
}

/** A place whose unit says how a value of it is written. */
type MeasuredPlace = Place<number> & Pick<RowText, "unit" | "valueName">;

function bytesAt(field: KeyOf<ExtendedLimits, bigint>): MeasuredPlace {
  return {
    unit: "bytes",
    valueName: "SIZE",
    field,
    get: (limits) => bigintToNumber(limits[field], field),
    put: (limits, value = 0) => void (limits[field] = BigInt(value)),
  };
}

function ticksAt(field: KeyOf<Basic, bigint>): MeasuredPlace {
  return {
    unit: "milliseconds of user time",
    valueName: "TIME",
    field: `BasicLimitInformation.${field}`,
    get: (limits) => ticksToMilliseconds(limits.BasicLimitInformation[field]),
    put: (limits, value = 0) => limits.BasicLimitInformation[field] = millisecondsToTicks(value),
  };
}

function numberAt(field: KeyOf<Basic, number>): Place<number> {
  return {
    field: `BasicLimitInformation.${field}`,
    get: (limits) => limits.BasicLimitInformation[field],
    put: (limits, value = 0) => limits.BasicLimitInformation[field] = value,
  };
}

/** The parts of a class 9 row. */
type RowParts<V> = Place<V> & Omit<RowText, "win32"> & Pick<LimitRow, "needs"> & {
  /** The bit of `LimitFlags`. */
  readonly flag: keyof typeof JOB_OBJECT_LIMIT;
};

/**
 * Creates a row of class 9.
 *
 * @param name Its key.
 * @param kind The kind of its values.
 * @param parts Its place and its texts.
 * @returns The row.
 */
export function extendedRow<K extends keyof Limits>(
  name: K,
  kind: ValueKind<Value<K>>,
  { flag, field, get, put, needs, ...text }: RowParts<Value<K>>,
): LimitRow<K> {
  const bit = JOB_OBJECT_LIMIT[flag];
  return {
    ...oneOption(kind, { ...text, win32: `JOB_OBJECT_LIMIT_${flag}` }),
    ...defined({ needs }),
    name,
    part: "extended",
    setBy: PART_SETTERS.extended,
    flag: bit,
    field,
    check: (value) => kind.check(name, value),
    same: kind.same,
    encode: (value, { extended }) => {
      const basic = extended.BasicLimitInformation;
      // A switch that is off is the same as a missing one.
      const on = value !== undefined && value !== false;
      basic.LimitFlags = on ? basic.LimitFlags | bit : basic.LimitFlags & ~bit;
      put(extended, value);
    },
    decode: ({ extended }) =>
      (extended.BasicLimitInformation.LimitFlags & bit) === 0 ? undefined : get(extended),
  };
}

/** A limit that consists only of a bit. */
const BIT_ALONE: Place<boolean> & Pick<RowText, "unit" | "valueName"> = {
  field: "",
  get: () => true,
  put: () => {},
  unit: "",
  valueName: "",
};

const PRIORITY_NAMES = Object.keys(PRIORITIES) as PriorityClass[];

/** The limits of class 9. */
type ExtendedName = Exclude<
  keyof Limits,
  | "endOfJobTime"
  | "groupAffinity"
  | "ui"
  | "cpu"
  | "netBandwidth"
  | "dscp"
  | "ioBandwidth"
  | "ioIops"
>;

/** The rows of class 9. */
export const EXTENDED_ROWS: { readonly [K in ExtendedName]: LimitRow<K> } = {
  jobMemory: extendedRow("jobMemory", MEMORY, {
    ...bytesAt("JobMemoryLimit"),
    flag: "JOB_MEMORY",
    option: "--memory",
    summary: "Memory that all processes together can commit",
    whenReached: "the allocation fails; `jobMemoryLimit` is posted",
  }),
  processMemory: extendedRow("processMemory", MEMORY, {
    ...bytesAt("ProcessMemoryLimit"),
    flag: "PROCESS_MEMORY",
    option: "--process-memory",
    summary: "Memory that each process can commit",
    whenReached: "the allocation fails; `processMemoryLimit` is posted",
  }),
  workingSet: extendedRow("workingSet", MEMORY_RANGE, {
    field: "BasicLimitInformation.MinimumWorkingSetSize",
    get: ({ BasicLimitInformation: basic }) => ({
      min: bigintToNumber(basic.MinimumWorkingSetSize, "workingSet.min"),
      max: bigintToNumber(basic.MaximumWorkingSetSize, "workingSet.max"),
    }),
    put: ({ BasicLimitInformation: basic }, value) => {
      basic.MinimumWorkingSetSize = BigInt(value?.min ?? 0);
      basic.MaximumWorkingSetSize = BigInt(value?.max ?? 0);
    },
    flag: "WORKINGSET",
    unit: "bytes",
    option: "--working-set",
    valueName: "MIN..MAX",
    summary: "Memory that each process keeps resident",
    whenReached: "pages are trimmed; requests beyond are ignored",
  }),
  jobUserTime: extendedRow("jobUserTime", TIME_FROM_NOW, {
    ...ticksAt("PerJobUserTimeLimit"),
    flag: "JOB_TIME",
    option: "--cpu-time",
    summary: "User time that all processes together have",
    whenReached: "all processes end with code 1816, or see `endOfJobTime`",
  }),
  processUserTime: extendedRow("processUserTime", TIME, {
    ...ticksAt("PerProcessUserTimeLimit"),
    flag: "PROCESS_TIME",
    option: "--process-cpu-time",
    summary: "User time that each process has",
    whenReached: "the process ends with code 1816; `endOfProcessTime` is posted",
  }),
  activeProcesses: extendedRow(
    "activeProcesses",
    count({ min: 1, max: 0xffff_ffff, unit: "processes" }),
    {
      ...numberAt("ActiveProcessLimit"),
      flag: "ACTIVE_PROCESS",
      unit: "processes",
      option: "--processes",
      valueName: "COUNT",
      summary: "Processes at a time",
      whenReached: "starting one more fails with code 1816; `activeProcessLimit` is posted",
    },
  ),
  affinity: extendedRow("affinity", MASK, {
    field: "BasicLimitInformation.Affinity",
    get: (limits) => limits.BasicLimitInformation.Affinity,
    put: (limits, value = 0n) => limits.BasicLimitInformation.Affinity = value,
    flag: "AFFINITY",
    unit: "processors",
    option: "--affinity",
    valueName: "CPUS",
    summary: "Processors that processes run on, such as 0-3,6",
    whenReached: "threads run on no other",
  }),
  subsetAffinity: extendedRow("subsetAffinity", SWITCH, {
    ...BIT_ALONE,
    flag: "SUBSET_AFFINITY",
    needs: {
      name: "affinity",
      why: "it chooses among the processors of affinity, which is not set",
    },
    option: "--subset-affinity",
    summary: "Let processes choose among the processors of --affinity",
    whenReached: "a choice outside of them is refused",
  }),
  priorityClass: extendedRow("priorityClass", choice(PRIORITY_NAMES), {
    field: "BasicLimitInformation.PriorityClass",
    get: ({ BasicLimitInformation: { PriorityClass } }) =>
      PRIORITY_NAMES.find((name) => PRIORITIES[name] === PriorityClass),
    put: (limits, value) =>
      limits.BasicLimitInformation.PriorityClass = value === undefined ? 0 : PRIORITIES[value],
    flag: "PRIORITY_CLASS",
    unit: "",
    option: "--priority",
    valueName: "CLASS",
    summary: "Priority class of all processes",
    whenReached: "requests for another one are ignored",
  }),
  schedulingClass: extendedRow("schedulingClass", count({ min: 0, max: 9, unit: "" }), {
    ...numberAt("SchedulingClass"),
    flag: "SCHEDULING_CLASS",
    unit: "",
    option: "--scheduling-class",
    valueName: "CLASS",
    summary: "Length of the time slices, 0 to 9",
    whenReached: "threads of other jobs with a higher class run longer at a time",
  }),
  killOnClose: extendedRow("killOnClose", SWITCH, {
    ...BIT_ALONE,
    flag: "KILL_ON_JOB_CLOSE",
    option: "--kill-on-close",
    summary: "End all processes when the last handle of the job is closed",
    whenReached: "all processes end",
  }),
  dieOnUnhandledException: extendedRow("dieOnUnhandledException", SWITCH, {
    ...BIT_ALONE,
    flag: "DIE_ON_UNHANDLED_EXCEPTION",
    option: "--die-on-unhandled-exception",
    summary: "End a process that crashes at once, without a dialog",
    whenReached: "the process ends with the exception's code",
  }),
  breakaway: extendedRow("breakaway", SWITCH, {
    ...BIT_ALONE,
    flag: "BREAKAWAY_OK",
    option: "--breakaway",
    summary: "Let processes start others outside of the job, by CREATE_BREAKAWAY_FROM_JOB",
    whenReached: "without it such a start fails with code 5",
  }),
  silentBreakaway: extendedRow("silentBreakaway", SWITCH, {
    ...BIT_ALONE,
    flag: "SILENT_BREAKAWAY_OK",
    option: "--silent-breakaway",
    summary: "Start every child process outside of the job",
    whenReached: "",
  }),
};
