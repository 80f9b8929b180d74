/**
 * The table of all limits. Encoding, the tool's options, help, the README's table and the property
 * test read it; a limit is named in its row and in {@linkcode Limits}, nowhere else. Pure.
 *
 * @module
 */
import { JOB_OBJECT, JOB_OBJECT_UILIMIT } from "../../ffi/constants.ts";
import { EXTENDED_ROWS } from "./basic_rows.ts";
import type { Machine } from "./cpu_limit.ts";
import {
  checkArray,
  checkChoice,
  checkInteger,
  checkKeys,
  checkMask,
  hint,
  shownKey,
} from "./check.ts";
import { describe } from "../../process/options.ts";
import { type LimitParts, type LimitRow, PART_CLASSES } from "./row.ts";
import type { Limits, UiLimit } from "./limits.ts";
import { RATE_ROWS } from "./rate_rows.ts";

const UI_LIMITS = {
  handles: JOB_OBJECT_UILIMIT.HANDLES,
  readClipboard: JOB_OBJECT_UILIMIT.READCLIPBOARD,
  writeClipboard: JOB_OBJECT_UILIMIT.WRITECLIPBOARD,
  systemParameters: JOB_OBJECT_UILIMIT.SYSTEMPARAMETERS,
  displaySettings: JOB_OBJECT_UILIMIT.DISPLAYSETTINGS,
  globalAtoms: JOB_OBJECT_UILIMIT.GLOBALATOMS,
  desktop: JOB_OBJECT_UILIMIT.DESKTOP,
  exitWindows: JOB_OBJECT_UILIMIT.EXITWINDOWS,
  ime: JOB_OBJECT_UILIMIT.IME,
  injection: JOB_OBJECT_UILIMIT.INJECTION,
} as const satisfies Record<UiLimit, number>;

const ACTIONS = ["terminate", "post"] as const;

/** Every limit by its key, in the order of help and tables. */
export const LIMIT_ROWS: { readonly [K in keyof Limits]-?: LimitRow<K> } = {
  ...EXTENDED_ROWS,
  endOfJobTime: {
    name: "endOfJobTime",
    part: "endOfJobTime",
    infoClass: PART_CLASSES.endOfJobTime,
    flag: 0,
    field: "EndOfJobTimeAction",
    kind: "choice",
    choices: ACTIONS,
    unit: "",
    option: "--end-of-job-time",
    valueName: "ACTION",
    summary: "What happens when the job's user time is used up",
    whenReached: "`terminate` ends all processes; `post` posts `endOfJobTime` and drops the limit",
    win32: "JOBOBJECT_END_OF_JOB_TIME_INFORMATION",
    proof: "jobsim",
    check: (value) => checkChoice("endOfJobTime", value, ACTIONS),
    encode: (value, parts) => {
      parts.endOfJobTime = value === "post"
        ? JOB_OBJECT.POST_AT_END_OF_JOB
        : JOB_OBJECT.TERMINATE_AT_END_OF_JOB;
    },
    decode: (parts) => parts.endOfJobTime === JOB_OBJECT.POST_AT_END_OF_JOB ? "post" : undefined,
  },
  groupAffinity: {
    name: "groupAffinity",
    part: "groups",
    infoClass: PART_CLASSES.groups,
    flag: 0,
    field: "GROUP_AFFINITY[]",
    kind: "groupMasks",
    unit: "processors by group",
    option: "--group-affinity",
    valueName: "GROUP:CPUS",
    summary: "Processors that processes run on, by processor group, such as 0:0-3;1:0-7",
    whenReached: "threads run on no other",
    win32: "JobObjectGroupInformationEx",
    proof: "jobsim",
    check: (value) => {
      const groups = checkArray("groupAffinity", value);
      const seen = new Set<unknown>();
      for (const [at, entry] of groups.entries()) {
        const name = `groupAffinity[${at}]`;
        const { group, mask } = checkKeys(name, entry, ["group", "mask"]);
        checkInteger(`${name}.group`, group, { min: 0, max: 0xfffe, unit: "" });
        checkMask(`${name}.mask`, mask);
        if (seen.has(group)) {
          throw new RangeError(`Cannot set ${name}.group: expected each group once, got ${group}`);
        }
        seen.add(group);
      }
      if (groups.length === 0) {
        throw new RangeError("Cannot set groupAffinity: expected at least one group, got none");
      }
    },
    encode: (value, parts) => {
      const sorted = (value ?? []).toSorted((a, b) => a.group - b.group);
      parts.groups = sorted.map(({ group, mask }) => ({
        Mask: mask,
        Group: group,
        Reserved: [0, 0, 0],
      }));
    },
    decode: ({ groups }) =>
      groups.length === 0
        ? undefined
        : groups.map(({ Group, Mask }) => ({ group: Group, mask: Mask })),
  },
  ...RATE_ROWS,
  ui: {
    name: "ui",
    part: "ui",
    infoClass: PART_CLASSES.ui,
    flag: 0,
    field: "UIRestrictionsClass",
    kind: "choices",
    choices: Object.keys(UI_LIMITS),
    unit: "",
    option: "--ui",
    valueName: "LIST",
    summary: "What of the desktop processes may not do",
    whenReached: "the call fails in the process",
    win32: "JOBOBJECT_BASIC_UI_RESTRICTIONS",
    proof: "Windows only",
    check: (value) => {
      for (const [at, item] of checkArray("ui", value).entries()) {
        checkChoice(`ui[${at}]`, item, Object.keys(UI_LIMITS));
      }
    },
    encode: (value, parts) => {
      parts.ui = (value ?? []).reduce((mask, name) => mask | UI_LIMITS[name], 0);
    },
    decode: ({ ui }) => {
      const names = Object.keys(UI_LIMITS) as UiLimit[];
      const list = names.filter((name) => (ui & UI_LIMITS[name]) !== 0);
      return list.length === 0 ? undefined : list;
    },
  },
};

/**
 * Names the desktop limits of a mask that older builds of Windows refuse.
 *
 * @param mask The mask of class 4.
 * @returns Their C names; `undefined` for none.
 */
export function newerUi(mask: number): string | undefined {
  const newer = (["IME", "INJECTION"] as const).filter(
    (name) => (mask & JOB_OBJECT_UILIMIT[name]) !== 0,
  );
  return newer.length === 0
    ? undefined
    : newer.map((name) => `JOB_OBJECT_UILIMIT_${name}`).join(", ");
}

/** The key of a limit. */
export type LimitName = keyof Limits;

/** Every limit's key, in the order of help and tables. */
export const LIMIT_NAMES: readonly LimitName[] = Object.keys(LIMIT_ROWS) as LimitName[];

/**
 * Answers a limit's row, for whoever treats all alike.
 *
 * @param name A limit's key.
 * @returns Its row, with values of any type.
 */
export function limitRow(name: LimitName): LimitRow {
  return LIMIT_ROWS[name] as unknown as LimitRow;
}

/**
 * Checks limits before any call: names, types, ranges, and what excludes each other.
 *
 * @param limits What was given.
 * @param machine What limits depend on.
 * @throws {TypeError} If a limit is unknown, of the wrong type, or contradicts another one.
 * @throws {RangeError} If a value is out of range.
 */
export function checkLimits(limits: Limits, machine: Machine): void {
  if (typeof limits !== "object" || limits === null || Array.isArray(limits)) {
    throw new TypeError(`Cannot set limits: expected an object, got ${describe(limits)}`);
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
}

/**
 * Checks limits against each other, as they will stand.
 *
 * @param parts The limits to be.
 * @throws {TypeError} If two of them contradict each other.
 */
export function checkTogether(parts: LimitParts): void {
  const affinity = LIMIT_ROWS.affinity.decode(parts) !== undefined;
  if (affinity && LIMIT_ROWS.groupAffinity.decode(parts) !== undefined) {
    throw new TypeError(
      "Cannot set affinity and groupAffinity: they exclude each other, expected one of them " +
        "to be lifted by null",
    );
  }
  if (!affinity && LIMIT_ROWS.subsetAffinity.decode(parts) !== undefined) {
    throw new TypeError(
      "Cannot set subsetAffinity: it chooses among the processors of affinity, which is not set",
    );
  }
}
