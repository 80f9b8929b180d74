/**
 * The type of a row of the limits table, and the structures that rows read and write. Pure.
 *
 * @module
 */
import type { JOBOBJECTINFOCLASS } from "../../ffi/constants.ts";
import type { StructValue } from "../../ffi/struct_types.ts";
import type { STRUCTS } from "../../ffi/structs.ts";
import type { CpuRateControl, Machine } from "./cpu_limit.ts";
import type { Limits } from "./limits.ts";
import type { TextForm, ValueKind } from "../../values/value_kind.ts";

/** The decoded structure of class 9. */
export type ExtendedLimits = StructValue<typeof STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION">;

/** The decoded structure of class 32. */
export type NetRateControl = StructValue<typeof STRUCTS, "JOBOBJECT_NET_RATE_CONTROL_INFORMATION">;

/** The decoded structure of the I/O rate functions. */
export type IoRateControl = StructValue<typeof STRUCTS, "JOBOBJECT_IO_RATE_CONTROL_INFORMATION">;

/** One element of class 14. */
export type GroupAffinityValue = StructValue<typeof STRUCTS, "GROUP_AFFINITY">;

/** A job's limits as the system stores them: one structure per information class. */
export interface LimitParts {
  /** Class 9. */
  extended: ExtendedLimits;
  /** Class 6: the action. */
  endOfJobTime: number;
  /** Class 4: the mask. */
  ui: number;
  /** Class 14; empty if the job has no limit of this kind. */
  groups: readonly GroupAffinityValue[];
  /** Class 15. */
  cpu: CpuRateControl;
  /** Class 32. */
  net: NetRateControl;
  /** `SetIoRateControlInformationJobObject`. */
  io: IoRateControl;
}

/** What sets each part: an information class or a function. */
export const PART_SETTERS = {
  extended: "JobObjectExtendedLimitInformation",
  endOfJobTime: "JobObjectEndOfJobTimeInformation",
  ui: "JobObjectBasicUIRestrictions",
  groups: "JobObjectGroupInformationEx",
  cpu: "JobObjectCpuRateControlInformation",
  net: "JobObjectNetRateControlInformation",
  io: "SetIoRateControlInformationJobObject",
} as const satisfies {
  readonly [P in keyof LimitParts]:
    | keyof typeof JOBOBJECTINFOCLASS
    | "SetIoRateControlInformationJobObject";
};

/** An option of the tool that sets a limit, or one part of its value. */
export interface LimitOption {
  /** With its dashes. */
  readonly option: string;
  /** The placeholder in help; empty for a switch. */
  readonly valueName: string;
  /** The limited quantity, for help. */
  readonly summary: string;
  /** How its value is written. */
  readonly form: TextForm;
  /** What happens beyond the limit, for help; absent if nothing can exceed it. */
  readonly beyond?: string;
  /** The part of the limit's value that it sets; absent if it sets the whole value. */
  readonly key?: string;
  /** Another option that it requires; absent if it requires none. */
  readonly beside?: string;
}

/** The texts about a limit. */
export interface LimitText {
  /** Its unit in words, for help and tables. */
  readonly unit: string;
  /** What happens when it is reached. */
  readonly whenReached: string;
  /** The flag's or structure's C name. */
  readonly win32: string;
}

/** The common fields of the rows of both tables. */
export interface AnyRow extends LimitText {
  /** Its key. */
  readonly name: string;
  /** The options that set it. */
  readonly options: readonly [LimitOption, ...LimitOption[]];
  /** The C name of the information class or function that sets it. */
  readonly setBy: string;
  /**
   * Throws unless it is a value of this limit. Not called with `null` or `undefined`.
   *
   * @throws {TypeError} If it is of the wrong type.
   * @throws {RangeError} If it is out of range.
   */
  check(value: unknown, machine: Machine): void;
}

/** A limit's texts in its row: {@linkcode LimitText}, and those of its only option. */
export interface RowText extends LimitText, Omit<LimitOption, "form" | "beyond" | "key"> {}

/**
 * Splits the texts of a limit that is set by one option.
 *
 * @param kind The kind of its values.
 * @param text Its texts.
 * @returns The row's texts and its option.
 */
export function oneOption(
  kind: ValueKind,
  { option, valueName, summary, ...text }: RowText,
): LimitText & Pick<AnyRow, "options"> {
  const [beyond] = text.whenReached.split(";");
  const exceeded = kind.isAmount === true && text.unit !== "" && beyond !== undefined;
  const only = { option, valueName, summary, form: kind };
  return { ...text, options: [exceeded ? { ...only, beyond } : only] };
}

/** One limit: everything that encoding, options, help, tables and tests need to know about it. */
export interface LimitRow<K extends keyof Limits = keyof Limits> extends AnyRow {
  /** Its key. */
  readonly name: K;
  /** The structure that contains it. */
  readonly part: keyof LimitParts;
  /** The bit that marks it as in force; 0 if the structure has no flags. */
  readonly flag: number;
  /** The structure's field, as C writes it; empty for a flag alone. */
  readonly field: string;
  /** Another limit that it requires, and why. */
  readonly needs?: { readonly name: keyof Limits; readonly why: string };
  /** A limit that cannot be in force at the same time. */
  readonly excludes?: keyof Limits;
  /** Returns whether a value that was read back equals the one that was set. */
  same(wanted: NonNullable<Limits[K]>, found: NonNullable<Limits[K]>): boolean;
  /** Writes a checked value, or `undefined` to remove the limit. */
  encode(value: NonNullable<Limits[K]> | undefined, parts: LimitParts, machine: Machine): void;
  /** Reads it; `undefined` if it is not in force. */
  decode(parts: LimitParts): NonNullable<Limits[K]> | undefined;
}
