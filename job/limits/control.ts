/**
 * Sets and reads the limits of one job.
 *
 * Theory of operation. A call changes some limits and leaves the others, but the system only takes
 * whole structures. So each affected structure ("part") is read, changed, written and read again,
 * each once. `change.ts` plans what is written.
 *
 * - Everything is checked before the first call; then the parts are written one by one. If one
 *   fails, those before it are undone.
 * - It is an error if the system accepts a limit but does not report it back. If the system reports
 *   nothing at all, two exceptions are accepted: permissions, which at worst are not granted, and
 *   `killOnClose` if a test proves it (`kill_on_close.ts`).
 * - The clock of the job's user time keeps running while other limits change (`toWritten`).
 * - Two processes that set limits of one named job at the same moment can overwrite each other:
 *   the system has no way to change a part of a structure.
 *
 * @module
 */
import { ERROR, JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import { Win32Error } from "../../ffi/error.ts";
import type { Handle } from "../../ffi/handle.ts";
import { describe } from "../../values/options.ts";
import { LimitNotAppliedError } from "../errors.ts";
import {
  type Answer,
  infoClass,
  isMissing,
  missing,
  type Refusal,
  tryQuery,
  trySet,
} from "../info_class.ts";
import { MACHINE } from "../machine.ts";
import {
  type Change,
  checkedLimits,
  decodeLimits,
  differences,
  ExtendedAsGiven,
  fromRead,
  isSilent,
  namedRows,
  type Part,
  PARTS_IN_ORDER,
  partsToRead,
  planChange,
  toWritten,
} from "./change.ts";
import { cpuFields } from "./cpu_limit.ts";
import { killOnCloseWorks } from "./kill_on_close.ts";
import type { Limits, LimitsInForce } from "./limits.ts";
import { narrowerGroups, OwnGroups, readGroups, writeGroups } from "./groups.ts";
import { IO_SET, NO_IO, readIo, writeIo } from "./io_rate.ts";
import { PRIORITY_PRIVILEGE, tryPriorityPrivilege } from "./privilege.ts";
import type { LimitParts } from "./row.ts";
import { LIMIT_NAMES, LIMIT_ROWS, type LimitName, limitRow, newerUi } from "./table.ts";

const EXTENDED = infoClass(
  "JobObjectExtendedLimitInformation",
  "JOBOBJECT_EXTENDED_LIMIT_INFORMATION",
);
const END_OF_JOB_TIME = infoClass(
  "JobObjectEndOfJobTimeInformation",
  "JOBOBJECT_END_OF_JOB_TIME_INFORMATION",
);
const UI = infoClass("JobObjectBasicUIRestrictions", "JOBOBJECT_BASIC_UI_RESTRICTIONS");
const CPU = infoClass(
  "JobObjectCpuRateControlInformation",
  "JOBOBJECT_CPU_RATE_CONTROL_INFORMATION",
);
const NET = infoClass(
  "JobObjectNetRateControlInformation",
  "JOBOBJECT_NET_RATE_CONTROL_INFORMATION",
);

/** How one part is read and written. */
export interface PartAccess {
  /** Reads it into `parts`; returns the refusal if it cannot. */
  read(job: Handle, parts: LimitParts): Refusal | undefined;
  /** Writes it from `parts`; returns 0 or the value of `GetLastError`. */
  write(job: Handle, parts: LimitParts): number;
  /** The function that writes it, for messages. */
  readonly api: string;
  /** The C name of the class, for messages. */
  readonly what: string;
}

const SET = "SetInformationJobObject";

/** Passes on the value that was read; returns the refusal if there is none. */
function take<V>(answer: Answer<V>, put: (value: V) => void): Refusal | undefined {
  if (!answer.ok) return answer;
  put(answer.value);
}

/** How each part is read and written. */
export const PARTS: { readonly [P in keyof LimitParts]: PartAccess } = {
  ui: {
    what: UI.name,
    api: SET,
    read: (job, parts) =>
      take(tryQuery(job, UI), ({ UIRestrictionsClass }) => parts.ui = UIRestrictionsClass),
    write: (job, { ui }) => trySet(job, UI, { UIRestrictionsClass: ui }),
  },
  cpu: {
    what: CPU.name,
    api: SET,
    read: (job, parts) => take(tryQuery(job, CPU), (cpu) => parts.cpu = cpu),
    write: (job, { cpu }) => trySet(job, CPU, cpuFields(cpu)),
  },
  net: {
    what: NET.name,
    api: SET,
    read: (job, parts) => take(tryQuery(job, NET), (net) => parts.net = net),
    write: (job, { net }) => trySet(job, NET, net),
  },
  io: {
    what: IO_SET,
    api: IO_SET,
    read: (job, parts) => take(readIo(job), (io) => parts.io = io),
    write: (job, { io }) => writeIo(job, io),
  },
  groups: {
    what: "JobObjectGroupInformationEx",
    api: SET,
    read: (job, parts) => take(readGroups(job), (groups) => parts.groups = groups),
    write: (job, { groups }) => writeGroups(job, groups),
  },
  endOfJobTime: {
    what: END_OF_JOB_TIME.name,
    api: SET,
    read: (job, parts) =>
      take(
        tryQuery(job, END_OF_JOB_TIME),
        ({ EndOfJobTimeAction }) => parts.endOfJobTime = EndOfJobTimeAction,
      ),
    write: (job, { endOfJobTime }) =>
      trySet(job, END_OF_JOB_TIME, { EndOfJobTimeAction: endOfJobTime }),
  },
  extended: {
    what: EXTENDED.name,
    api: SET,
    read: (job, parts) => take(tryQuery(job, EXTENDED), (extended) => parts.extended = extended),
    write: (job, { extended: { BasicLimitInformation, ProcessMemoryLimit, JobMemoryLimit } }) =>
      trySet(job, EXTENDED, { BasicLimitInformation, ProcessMemoryLimit, JobMemoryLimit }),
  },
};

/** Memory without limits, as long as the longest class; nothing writes to it. */
let zeros: DataView<ArrayBuffer> | undefined;

/** Returns the parts of a job without limits: new ones, which may be changed. */
export function noLimits(): LimitParts {
  zeros ??= EXTENDED.codec.allocate();
  return {
    extended: EXTENDED.codec.decode(zeros),
    endOfJobTime: 0,
    ui: 0,
    groups: [],
    cpu: CPU.codec.decode(zeros),
    net: NET.codec.decode(zeros),
    io: NO_IO,
  };
}

/** Limits that may need a privilege. */
const PRIVILEGED = JOB_OBJECT_LIMIT.PRIORITY_CLASS | JOB_OBJECT_LIMIT.WORKINGSET |
  JOB_OBJECT_LIMIT.SCHEDULING_CLASS;

/** The parts that cannot be read, with their refusals. */
type Refusals = ReadonlyMap<Part, Refusal>;

/** The limits of one job; a part of {@linkcode JobObject}. */
export class LimitControl {
  readonly #handle: () => Handle;
  readonly #label: string;
  readonly #given = new ExtendedAsGiven();
  readonly #groups = new OwnGroups();

  /**
   * Creates the limits part of a job.
   *
   * @param handle Returns the job's handle, or throws if it is closed.
   * @param label The job's name for messages.
   */
  constructor(handle: () => Handle, label: string) {
    this.#handle = handle;
    this.#label = label;
  }

  /** Reads the limits that are in force; see `JobObject.limits()`. */
  limits(): LimitsInForce {
    const job = this.#handle();
    const parts = noLimits();
    const refused = new Map<Part, Win32Error>();
    let known = 0;
    for (const part of PARTS_IN_ORDER) {
      const refusal = this.#read(job, part, parts);
      if (refusal === undefined) known++;
      else if (!isMissing(refusal.code)) {
        refused.set(part, this.#error(refusal, `Cannot read ${PARTS[part].what}`));
      }
    }
    const [unknownReason] = refused.values();
    if (known === 0 && unknownReason !== undefined) throw unknownReason;
    const limits = decodeLimits(withoutRepeatedGroups(parts));
    if (unknownReason === undefined) return limits;
    const unknown = LIMIT_NAMES.filter((name) => refused.has(limitRow(name).part));
    return { ...limits, unknown, unknownReason };
  }

  /**
   * Sets, changes and removes limits. If it fails, all limits are as before. It throws the errors
   * of `JobObject.setLimits()`.
   *
   * @param limits A missing key leaves its limit unchanged, a value sets it, `null` removes it.
   * @param isNew Whether no one else can have set a limit: then class 9 is known to be empty.
   */
  setLimits(limits: Limits, isNew = false): void {
    // First, because a getter may close the job, and its handle value may then be reused.
    const wanted = checkedLimits(limits, MACHINE);
    const job = this.#handle();
    const rows = namedRows(wanted);
    if (rows.length === 0) return;
    const before = noLimits();
    const lacking = new Map<Part, Refusal>();
    before.groups = this.#groups.set;
    for (const part of partsToRead(rows)) {
      // Every system has class 9, so reading it would tell nothing about a new job.
      if (isNew && part === "extended") continue;
      const refusal = this.#read(job, part, before);
      if (refusal === undefined) continue;
      if (isMissing(refusal.code)) lacking.set(part, refusal);
      else throw this.#error(refusal, `Cannot set ${rows.map(({ name }) => name).join(", ")}`);
    }
    this.#apply(job, planChange(wanted, withoutRepeatedGroups(before), MACHINE), lacking);
  }

  /** Writes a change and reads it back. If it fails, all limits are as before. */
  #apply(job: Handle, change: Change, lacking: Refusals): void {
    const written: Part[] = [];
    try {
      for (const part of change.parts) {
        const code = this.#write(job, part, change.draft, change.keepsClock);
        if (code !== 0) throw this.#writeError(code, part, change, lacking);
        written.push(part);
      }
      this.#verify(job, change);
    } catch (error) {
      this.#restore(job, change, written, error);
      throw error;
    }
  }

  /** Reads one part into `parts`, without values that the system adds. */
  #read(job: Handle, part: Part, parts: LimitParts): Refusal | undefined {
    const refusal = PARTS[part].read(job, parts);
    if (refusal !== undefined) return refusal;
    if (part === "groups") parts.groups = this.#groups.limitOf(parts.groups);
    if (part === "extended") {
      parts.extended = this.#given.asGiven(fromRead(parts.extended));
    }
  }

  /** Writes one part; returns 0 or the value of `GetLastError`. */
  #write(job: Handle, part: Part, parts: LimitParts, keepsClock: boolean): number {
    if (part !== "extended") return PARTS[part].write(job, parts);
    if ((parts.extended.BasicLimitInformation.LimitFlags & PRIVILEGED) !== 0) {
      tryPriorityPrivilege();
    }
    return PARTS.extended.write(job, { ...parts, extended: toWritten(parts.extended, keepsClock) });
  }

  #writeError(code: number, part: Part, { rows, draft }: Change, lacking: Refusals): Error {
    const mine = rows.filter((row) => row.part === part).map(({ name }) => name).join(", ");
    let action = `Cannot set ${mine} of ${this.#label}`;
    const options: ErrorOptions = {};
    if (code === ERROR.PRIVILEGE_NOT_HELD) {
      action += ` without ${PRIORITY_PRIVILEGE}, which administrators hold`;
      options.cause = tryPriorityPrivilege();
    }
    const { api, what } = PARTS[part];
    const cause = new Win32Error(code, api, action, options);
    if (!isMissing(code)) return cause;
    if (lacking.has(part)) return missing(what, action, cause);
    // The system has the class; a refused value may be newer than the system.
    const newer = part === "ui" ? newerUi(draft.ui) : undefined;
    return newer === undefined ? cause : missing(newer, action, cause);
  }

  /** Reads back what was written; a missing limit is an error. */
  #verify(job: Handle, change: Change): void {
    const { draft, parts } = change;
    const found = noLimits();
    const unreadable = new Set<Part>();
    for (const part of parts) {
      const refusal = PARTS[part].read(job, found);
      if (refusal === undefined) continue;
      if (!isMissing(refusal.code)) throw this.#error(refusal, "Cannot read back the limits");
      unreadable.add(part);
    }
    found.extended = fromRead(found.extended);
    if (draft.groups.length === 0) found.groups = narrowerGroups(found.groups);
    // If there is an affinity, the system's list of groups repeats it.
    if (LIMIT_ROWS.affinity.decode(draft) !== undefined) found.groups = [];
    const silent = isSilent(draft.extended, found.extended);
    const lost = differences(change, found, unreadable)
      .find(({ name }) => !(silent && holdsUnsaid(name)));
    if (lost !== undefined) {
      const cannotTell = unreadable.has(limitRow(lost.name).part);
      throw new LimitNotAppliedError(
        `Cannot set ${lost.name} of ${this.#label}: the system accepted ${said(lost.wanted)} and ` +
          (cannotTell ? "cannot be asked for it" : `has ${said(lost.found)}`),
        { limit: lost.name, wanted: lost.wanted, found: lost.found },
      );
    }
    this.#remember(change, found);
  }

  #remember({ draft, parts, keepsClock }: Change, found: LimitParts): void {
    if (parts.includes("groups")) this.#groups.set = draft.groups;
    if (!parts.includes("extended")) return;
    this.#given.remember(draft.extended, found.extended, { keepsTime: keepsClock });
  }

  /** Undoes the written parts, last one first. */
  #restore(job: Handle, change: Change, written: readonly Part[], error: unknown): void {
    const failed = written.toReversed().flatMap((part) => {
      const code = this.#write(job, part, change.before, change.keepsClock);
      if (code === 0) return [];
      const action = `Cannot restore ${PARTS[part].what} of ${this.#label}`;
      return [new Win32Error(code, PARTS[part].api, action)];
    });
    if (failed.length === 0) return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new AggregateError(
      [error, ...failed],
      `${reason}; and the previous limits could not be restored`,
    );
  }

  #error({ code, api }: Refusal, action: string): Win32Error {
    return new Win32Error(code, api, `${action} of ${this.#label}`);
  }
}

/** Whether a limit is in force although the system does not report it. */
function holdsUnsaid(name: LimitName): boolean {
  if (name === "breakaway" || name === "silentBreakaway") return true;
  return name === "killOnClose" && killOnCloseWorks();
}

/** If there is an affinity, the system's list of groups repeats it. */
function withoutRepeatedGroups(parts: LimitParts): LimitParts {
  return LIMIT_ROWS.affinity.decode(parts) === undefined ? parts : { ...parts, groups: [] };
}

function said(value: unknown): string {
  return value === undefined ? "none" : describe(value);
}
