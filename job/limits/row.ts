/**
 * What a row of the limits table is, and the structures that rows read and write. Pure.
 *
 * @module
 */
import { JOBOBJECTINFOCLASS as INFO } from "../../ffi/constants.ts";
import type { StructValue } from "../../ffi/struct.ts";
import type { STRUCTS } from "../../ffi/structs.ts";
import type { CpuRateControl, Machine } from "./cpu_limit.ts";
import type { Limits } from "./limits.ts";

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

/** Where each part is kept; 0 for the I/O rate, which has functions of its own. */
export const PART_CLASSES = {
  extended: INFO.JobObjectExtendedLimitInformation,
  endOfJobTime: INFO.JobObjectEndOfJobTimeInformation,
  ui: INFO.JobObjectBasicUIRestrictions,
  groups: INFO.JobObjectGroupInformationEx,
  cpu: INFO.JobObjectCpuRateControlInformation,
  net: INFO.JobObjectNetRateControlInformation,
  io: 0,
} as const;

/** How a value is written in text, and checked. */
export type ValueKind =
  | "bytes"
  | "byteRange"
  | "milliseconds"
  | "count"
  | "mask"
  | "groupMasks"
  | "choice"
  | "choices"
  | "switch"
  | "cpu"
  | "rateTolerance";

/**
 * Where a limit's effect is shown: `"real Wine"` by Wine itself, `"jobsim"` by the tests' own
 * kernel library on Wine, `"Windows only"` where both can only keep the value.
 */
export type Proof = "real Wine" | "jobsim" | "Windows only";

/** One spelling of an option that sets a part of a value. */
export interface OptionVariant {
  /** The key of the value that it sets. */
  readonly key: string;
  /** With its dashes. */
  readonly option: string;
  /** The placeholder in help. */
  readonly valueName: string;
  /** How its value is written. */
  readonly kind: "percent" | "number" | "count" | "switch";
  /** The option that must stand beside it; absent where it stands alone. */
  readonly beside?: string;
  /** What it means, for help. */
  readonly summary: string;
}

/** What people read of a limit. */
export interface LimitText {
  /** Its unit in words, for help and tables. */
  readonly unit: string;
  /** The option of the tool, with its dashes. */
  readonly option: string;
  /** The placeholder in help; empty for a switch. */
  readonly valueName: string;
  /** What is limited, for help. */
  readonly summary: string;
  /** What happens when it is reached. */
  readonly whenReached: string;
  /** The flag's or structure's C name. */
  readonly win32: string;
  /** Where its effect is shown. */
  readonly proof: Proof;
  /** What of the effect that proof leaves out. */
  readonly proofNote?: string;
}

/** One limit: everything that encoding, options, help, tables and tests need to know of it. */
export interface LimitRow<K extends keyof Limits = keyof Limits> extends LimitText {
  /** Its key. */
  readonly name: K;
  /** The structure that it is kept in. */
  readonly part: keyof LimitParts;
  /** The information class of that structure; 0 for the I/O rate functions. */
  readonly infoClass: number;
  /** The bit that says it is in force; 0 where the structure has no flags. */
  readonly flag: number;
  /** The structure's field, as C writes it; empty for a flag alone. */
  readonly field: string;
  /** How its value is written. */
  readonly kind: ValueKind;
  /** The words that it takes, for `"choice"` and `"choices"`. */
  readonly choices?: readonly string[];
  /** The options of the parts of its value, where it has several. */
  readonly variants?: readonly OptionVariant[];
  /**
   * Refuses what is no value of this limit; `null` and `undefined` are not given.
   *
   * @throws {TypeError} If it is of the wrong type.
   * @throws {RangeError} If it is out of range.
   */
  check(value: unknown, machine: Machine): void;
  /** Writes a checked value, or `undefined` to lift it. */
  encode(value: NonNullable<Limits[K]> | undefined, parts: LimitParts, machine: Machine): void;
  /** Reads it; `undefined` where it is not in force. */
  decode(parts: LimitParts): NonNullable<Limits[K]> | undefined;
}
