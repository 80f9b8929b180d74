/**
 * The table of all limits. Encoding, the tool's options, help, the tables of the documentation and
 * the property test use it. A limit is only named in its row and in {@linkcode Limits}. Pure.
 *
 * @module
 */
import { JOB_OBJECT, JOB_OBJECT_UILIMIT } from "../../ffi/constants.ts";
import { EXTENDED_ROWS } from "./extended_limits.ts";
import type { Limits, UiLimit } from "./limits.ts";
import { RATE_ROWS } from "./rate_limits.ts";
import { type LimitParts, type LimitRow, oneOption, PART_SETTERS } from "./row.ts";
import { choice, choices } from "../../values/value_kind.ts";
import { GROUP_MASKS } from "../../values/cpus.ts";

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

const UI_NAMES = Object.keys(UI_LIMITS) as UiLimit[];
const UI = choices(UI_NAMES);
const ACTION = choice(["terminate", "post"]);

/** Every limit by its key, in the order of help and tables. */
export const LIMIT_ROWS: { readonly [K in keyof Limits]-?: LimitRow<K> } = {
  ...EXTENDED_ROWS,
  endOfJobTime: {
    ...oneOption(ACTION, {
      unit: "",
      option: "--end-of-job-time",
      valueName: "ACTION",
      summary: "What happens when the job's user time is used up",
      whenReached:
        "`terminate` ends all processes; `post` posts `endOfJobTime` and drops the limit",
      win32: "JOBOBJECT_END_OF_JOB_TIME_INFORMATION",
    }),
    name: "endOfJobTime",
    part: "endOfJobTime",
    setBy: PART_SETTERS.endOfJobTime,
    flag: 0,
    field: "EndOfJobTimeAction",
    check: (value) => ACTION.check("endOfJobTime", value),
    same: ACTION.same,
    encode: (value, parts) => {
      parts.endOfJobTime = value === "post"
        ? JOB_OBJECT.POST_AT_END_OF_JOB
        : JOB_OBJECT.TERMINATE_AT_END_OF_JOB;
    },
    decode: (parts) => parts.endOfJobTime === JOB_OBJECT.POST_AT_END_OF_JOB ? "post" : undefined,
  },
  groupAffinity: {
    ...oneOption(GROUP_MASKS, {
      unit: "processors by group",
      option: "--group-affinity",
      valueName: "GROUP:CPUS",
      summary: "Processors that processes run on, by processor group, such as 0:0-3;1:0-7",
      whenReached: "threads run on no other",
      win32: "JobObjectGroupInformationEx",
    }),
    name: "groupAffinity",
    part: "groups",
    setBy: PART_SETTERS.groups,
    flag: 0,
    field: "GROUP_AFFINITY[]",
    excludes: "affinity",
    check: (value) => GROUP_MASKS.check("groupAffinity", value),
    same: GROUP_MASKS.same,
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
    ...oneOption(UI, {
      unit: "",
      option: "--ui",
      valueName: "LIST",
      summary: "Desktop functions denied to the processes",
      whenReached: "the call fails in the process",
      win32: "JOBOBJECT_BASIC_UI_RESTRICTIONS",
    }),
    name: "ui",
    part: "ui",
    setBy: PART_SETTERS.ui,
    flag: 0,
    field: "UIRestrictionsClass",
    check: (value) => UI.check("ui", value),
    same: UI.same,
    encode: (value, parts) => {
      parts.ui = (value ?? []).reduce((mask, name) => mask | UI_LIMITS[name], 0);
    },
    decode: ({ ui }) => {
      const list = UI_NAMES.filter((name) => (ui & UI_LIMITS[name]) !== 0);
      return list.length === 0 ? undefined : list;
    },
  },
};

/**
 * Returns the desktop limits of a mask that older builds of Windows refuse.
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

/** A table of limits with rows of any value type. */
export type LimitTable = Readonly<Record<string, LimitRow>>;

/**
 * Returns a limit's row.
 *
 * @param name A limit's key.
 * @returns Its row, with values of any type.
 */
export function limitRow(name: LimitName): LimitRow {
  return LIMIT_ROWS[name];
}

/**
 * Checks the resulting limits against each other.
 *
 * @param parts The resulting limits.
 * @param table The rows.
 * @throws {TypeError} If two of them contradict each other.
 */
export function checkTogether(parts: LimitParts, table: LimitTable = LIMIT_ROWS): void {
  for (const row of Object.values(table)) {
    const { name, needs, excludes } = row;
    if (needs === undefined && excludes === undefined) continue;
    if (row.decode(parts) === undefined) continue;
    if (excludes !== undefined && LIMIT_ROWS[excludes].decode(parts) !== undefined) {
      throw new TypeError(
        `Cannot set ${excludes} and ${name}: they exclude each other; remove one of them ` +
          "with null",
      );
    }
    if (needs !== undefined && LIMIT_ROWS[needs.name].decode(parts) === undefined) {
      throw new TypeError(`Cannot set ${name}: ${needs.why}`);
    }
  }
}
