/**
 * What a row of the limits table is, and the structures that rows read and write. Pure.
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

/** A job's limits as the system keeps them: one structure an information class. */
export interface LimitParts {
  /** Class 9. */
  extended: ExtendedLimits;
  /** Class 6: the action. */
  endOfJobTime: number;
  /** Class 4: the mask. */
  ui: number;
  /** Class 14; empty where the job has no limit of this kind. */
  groups: readonly GroupAffinityValue[];
  /** Class 15. */
  cpu: CpuRateControl;
  /** Class 32. */
  net: NetRateControl;
  /** `SetIoRateControlInformationJobObject`. */
  io: IoRateControl;
}

/** What sets each part: an information class, or a function of its own. */
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
  /** What is limited, for help. */
  readonly summary: string;
  /** How its value is written. */
  readonly form: TextForm;
  /** What happens beyond it, for the help; absent where nothing can be beyond it. */
  readonly beyond?: string;
  /** The part of the limit's value that it sets; absent where it sets the whole. */
  readonly key?: string;
  /** The option that it needs beside it; absent where it stands alone. */
  readonly beside?: string;
}

/** What people read of a limit. */
export interface LimitText {
  /** Its unit in words, for help and tables. */
  readonly unit: string;
  /** What happens when it is reached. */
  readonly whenReached: string;
  /** The flag's or structure's C name. */
  readonly win32: string;
}

/** What the rows of both tables have, whatever their values are. */
export interface AnyRow extends LimitText {
  /** Its key. */
  readonly name: string;
  /** The options that set it. */
  readonly options: readonly [LimitOption, ...LimitOption[]];
  /** The C name of the information class, or else of the function, that sets it. */
  readonly setBy: string;
  /**
   * Refuses what is not a value of this limit; `null` and `undefined` are not given.
   *
   * @throws {TypeError} If it is of the wrong type.
   * @throws {RangeError} If it is out of range.
   */
  check(value: unknown, machine: Machine): void;
}

/** A limit's words in its row: {@linkcode LimitText}, and those of its one option. */
export interface RowText extends LimitText, Omit<LimitOption, "form" | "beyond" | "key"> {}

/**
 * Takes the words of a limit that one option sets apart.
 *
 * @param kind What its values are.
 * @param text Its words.
 * @returns The row's words and its option.
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

/** One limit: all that encoding, options, help, tables and tests need to know of it. */
export interface LimitRow<K extends keyof Limits = keyof Limits> extends AnyRow {
  /** Its key. */
  readonly name: K;
  /** The structure that it is kept in. */
  readonly part: keyof LimitParts;
  /** The bit that says it is in force; 0 where the structure has no flags. */
  readonly flag: number;
  /** The structure's field, as C writes it; empty for a flag alone. */
  readonly field: string;
  /** The limit without which it means nothing, and what that one is for it. */
  readonly needs?: { readonly name: keyof Limits; readonly why: string };
  /** The limit that cannot be in force beside it. */
  readonly excludes?: keyof Limits;
  /** Whether a value that was read back is the one that was set. */
  same(wanted: NonNullable<Limits[K]>, found: NonNullable<Limits[K]>): boolean;
  /** Writes a checked value, or `undefined` to lift it. */
  encode(value: NonNullable<Limits[K]> | undefined, parts: LimitParts, machine: Machine): void;
  /** Reads it; `undefined` where it is not in force. */
  decode(parts: LimitParts): NonNullable<Limits[K]> | undefined;
}
