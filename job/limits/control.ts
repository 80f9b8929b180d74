/**
 * Setting and reading the limits of one job.
 *
 * Theory of operation. A set changes a few limits and leaves the others, but the system takes whole
 * structures: so each structure ("part") that is touched is read, changed, written, and read again.
 *
 * - Everything is checked before the first call; then the parts are written one by one, class 9
 *   last, because a job time that was started again cannot be taken back. What fails half-way is
 *   undone.
 * - A limit that the system accepted and does not give back is an empty promise and an error. Wine
 *   gives back nothing of class 9 but does have three of its flags: `KILL_ON_JOB_CLOSE` is believed
 *   after a canary process proved it; the two breakaway flags are permissions, which at worst are
 *   not given, and are believed. Those are then remembered here, and written with each change.
 * - The clock of the job's user time goes on while other limits change (`job_clock.ts`).
 * - Two processes that set limits of one named job at the same moment can overwrite each other:
 *   the system has no way to change a part of a structure.
 *
 * @module
 */
import { ERROR, JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import { Win32Error } from "../../ffi/error.ts";
import type { Handle } from "../../ffi/handle.ts";
import { killOnCloseWorks } from "./probe.ts";
import type { Machine } from "./cpu_limit.ts";
import { LimitNotAppliedError } from "../errors.ts";
import { fromRead, toWritten } from "./job_time.ts";
import { textOf } from "./check.ts";
import { describe, snapshot } from "../../process/options.ts";
import { processorCount } from "../processors.ts";
import { narrowerGroups, noLimits, PARTS } from "./kernel.ts";
import type { ExtendedLimits, GroupAffinityValue, LimitParts } from "./row.ts";
import {
  checkLimits,
  checkTogether,
  LIMIT_NAMES,
  LIMIT_ROWS,
  type LimitName,
  limitRow,
  newerUi,
} from "./table.ts";
import type { Limits, LimitsInForce } from "./limits.ts";
import { PRIORITY_PRIVILEGE, tryPriorityPrivilege } from "./privilege.ts";
import { type Answer, isMissing, missing } from "../info_class.ts";
import { sameLimit } from "./same.ts";

type Part = keyof LimitParts;

/** Class 9 comes last: a clock that was started again cannot be taken back. */
const ORDER: readonly Part[] = ["ui", "cpu", "net", "io", "groups", "endOfJobTime", "extended"];

/** Limits that Windows may ask a privilege for. */
const PRIVILEGED = JOB_OBJECT_LIMIT.PRIORITY_CLASS | JOB_OBJECT_LIMIT.WORKINGSET |
  JOB_OBJECT_LIMIT.SCHEDULING_CLASS;

/** This machine, asked only when a limit depends on it. */
export const MACHINE: Machine = {
  get processors(): number {
    return processorCount();
  },
};

/** One `setLimits`: what was, what is to be, and what is written already. */
interface Change {
  readonly job: Handle;
  readonly limits: Limits;
  readonly names: readonly LimitName[];
  readonly before: LimitParts;
  readonly draft: LimitParts;
  /** The parts that cannot be read, each with its refusal. */
  readonly lacking: ReadonlyMap<Part, Answer<unknown> & { ok: false }>;
}

/** The limits of one job; a part of {@linkcode JobObject}. */
export class LimitControl {
  readonly #handle: () => Handle;
  readonly #label: string;
  /** What is in force of class 9 though the system gives nothing back. */
  #believed: ExtendedLimits | undefined;
  /** The job time that was asked for, and what the system calls it (it may add what was used). */
  #jobTime: { readonly given: bigint; readonly found: bigint } | undefined;
  /** The groups that were set here; the system answers its own list where none were. */
  #groups: readonly GroupAffinityValue[] = [];

  /**
   * Makes the limits' part of a job.
   *
   * @param handle Answers the job's handle, or throws when it is closed.
   * @param label What to call the job in messages.
   */
  constructor(handle: () => Handle, label: string) {
    this.#handle = handle;
    this.#label = label;
  }

  /**
   * Reads the limits that are in force.
   *
   * @returns A key for each of them; `unknown` where the system did not say all.
   * @throws {Win32Error} If the system refuses them all, as without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  limits(): LimitsInForce {
    const job = this.#handle();
    const parts = noLimits();
    const refused = new Map<Part, Win32Error>();
    let known = 0;
    for (const part of ORDER) {
      const answer = this.#read(job, part);
      if (answer.ok) {
        put(parts, part, answer.value);
        known++;
      } else if (!isMissing(answer.code)) {
        refused.set(part, this.#refusal(answer, `Cannot read ${PARTS[part].what}`));
      }
    }
    const [unknownReason] = refused.values();
    if (known === 0 && unknownReason !== undefined) throw unknownReason;
    // Where there is an affinity, the system's list of groups repeats it.
    if (LIMIT_ROWS.affinity.decode(parts) !== undefined) parts.groups = [];
    const limits: Partial<Record<LimitName, unknown>> = {};
    for (const name of LIMIT_NAMES) {
      const value = limitRow(name).decode(parts);
      if (value !== undefined) limits[name] = value;
    }
    if (unknownReason === undefined) return limits as Limits;
    const unknown = LIMIT_NAMES.filter((name) => refused.has(limitRow(name).part));
    return { ...limits as Limits, unknown, unknownReason };
  }

  /**
   * Sets, changes and lifts limits; those that are not named stay as they are. On any failure all
   * limits are as before.
   *
   * @param limits An absent key leaves what stands, a value sets, `null` lifts.
   * @throws {TypeError} If a limit is unknown, of the wrong type, or contradicts another one.
   * @throws {RangeError} If a value is out of range.
   * @throws {LimitNotAppliedError} If the system accepted a limit and does not have it.
   * @throws {UnsupportedPlatformError} If the system does not know a limit.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setLimits(limits: Limits): void {
    // First of all: a getter may close the job, whose handle another one gets then.
    const wanted = snapshot(limits) as Limits;
    checkLimits(wanted, MACHINE);
    const job = this.#handle();
    const names = LIMIT_NAMES.filter((name) => wanted[name] !== undefined);
    if (names.length === 0) return;
    const change = this.#plan(job, wanted, names);
    const written: Part[] = [];
    try {
      for (const part of ORDER) {
        if (!names.some((name) => limitRow(name).part === part)) continue;
        if (idle(part, change)) continue;
        this.#write(change, part);
        written.push(part);
      }
      this.#verify(change, written);
    } catch (error) {
      this.#restore(change, { written, error });
      throw error;
    }
  }

  /** Reads what stands, and writes the new values over a copy. */
  #plan(job: Handle, limits: Limits, names: readonly LimitName[]): Change {
    const before = noLimits();
    const lacking = new Map<Part, Answer<unknown> & { ok: false }>();
    const touched = new Set<Part>(names.map((name) => limitRow(name).part));
    // Affinity and groups are checked against each other.
    if (touched.has("groups")) touched.add("extended");
    for (const part of touched) {
      const answer = this.#read(job, part);
      if (answer.ok) put(before, part, answer.value);
      else if (isMissing(answer.code)) lacking.set(part, answer);
      else throw this.#refusal(answer, `Cannot set ${names.join(", ")}`);
    }
    if (!touched.has("groups")) before.groups = this.#groups;
    if (LIMIT_ROWS.affinity.decode(before) !== undefined) before.groups = [];
    const draft = structuredClone(before);
    for (const name of names) limitRow(name).encode(limits[name] ?? undefined, draft, MACHINE);
    checkTogether(draft);
    return { job, limits, names, before, draft, lacking };
  }

  /** Reads one part, and takes back what the system adds of its own. */
  #read<P extends Part>(job: Handle, part: P): Answer<LimitParts[P]> {
    const answer: Answer<unknown> = PARTS[part].read(job);
    if (!answer.ok) return answer;
    const value = part === "extended"
      ? this.#known(fromRead(answer.value as ExtendedLimits))
      : part === "groups"
      ? this.#own(answer.value as readonly GroupAffinityValue[])
      : answer.value;
    return { ok: true, value: value as LimitParts[P] };
  }

  #known(limits: ExtendedLimits): ExtendedLimits {
    const basic = limits.BasicLimitInformation;
    if (basic.LimitFlags === 0 && this.#believed !== undefined) return this.#believed;
    if (this.#jobTime?.found !== basic.PerJobUserTimeLimit) return limits;
    return {
      ...limits,
      BasicLimitInformation: { ...basic, PerJobUserTimeLimit: this.#jobTime.given },
    };
  }

  /** A job without limits of this kind has all processors of all groups. */
  #own(groups: readonly GroupAffinityValue[]): readonly GroupAffinityValue[] {
    return textOf(groups) === textOf(this.#groups) ? groups : narrowerGroups(groups);
  }

  #write({ job, names, limits, draft, lacking }: Change, part: Part): void {
    const keepClock = limits.jobUserTime === undefined;
    const code = this.#put(job, part, { parts: draft, keepClock });
    if (code === 0) return;
    const mine = names.filter((name) => limitRow(name).part === part).join(", ");
    let action = `Cannot set ${mine} of ${this.#label}`;
    if (code === ERROR.PRIVILEGE_NOT_HELD) {
      action += ` without ${PRIORITY_PRIVILEGE}, which administrators hold`;
    }
    const { api, what } = PARTS[part];
    const cause = new Win32Error(code, api, action);
    if (!isMissing(code)) throw cause;
    if (lacking.has(part)) throw missing(what, action, cause);
    // The system has the class; what it refuses may be newer than it is.
    const newer = part === "ui" ? newerUi(draft.ui) : undefined;
    throw newer === undefined ? cause : missing(newer, action, cause);
  }

  #put(job: Handle, part: Part, { parts, keepClock }: Written): number {
    if (part !== "extended") return PARTS[part].write(job, parts[part] as never);
    if ((parts.extended.BasicLimitInformation.LimitFlags & PRIVILEGED) !== 0) {
      tryPriorityPrivilege();
    }
    return PARTS.extended.write(job, toWritten(parts.extended, { keepClock }));
  }

  /** Reads back what was written; what is missing is an error. */
  #verify(change: Change, written: readonly Part[]): void {
    const { job, names, draft } = change;
    const found = noLimits();
    const blind = new Set<Part>();
    for (const part of written) {
      const answer: Answer<unknown> = PARTS[part].read(job);
      if (!answer.ok) {
        if (!isMissing(answer.code)) throw this.#refusal(answer, "Cannot read back the limits");
        blind.add(part);
        continue;
      }
      const value = part === "extended"
        ? fromRead(answer.value as ExtendedLimits)
        : part === "groups" && draft.groups.length === 0
        ? narrowerGroups(answer.value as readonly GroupAffinityValue[])
        : answer.value;
      put(found, part, value);
    }
    // Where there is an affinity, the system's list of groups repeats it.
    if (LIMIT_ROWS.affinity.decode(draft) !== undefined) found.groups = [];
    const flags = draft.extended.BasicLimitInformation.LimitFlags;
    const forgetful = flags !== 0 &&
      (found.extended.BasicLimitInformation.LimitFlags & flags) === 0;
    for (const name of names) {
      const row = limitRow(name);
      if (!written.includes(row.part)) continue;
      const wanted = row.decode(draft);
      const value = row.decode(found);
      if (!blind.has(row.part) && sameLimit(row, wanted, value)) continue;
      if (row.part === "extended" && forgetful && believable(name)) continue;
      throw new LimitNotAppliedError(
        `Cannot set ${name} of ${this.#label}: the system accepted ${said(wanted)} and ` +
          (blind.has(row.part) ? "cannot be asked for it" : `has ${said(value)}`),
        { limit: name, wanted, found: value },
      );
    }
    this.#remember(change, { written, found: found.extended, forgetful });
  }

  #remember({ limits, draft }: Change, { written, found, forgetful }: Found): void {
    if (written.includes("groups")) this.#groups = draft.groups;
    if (!written.includes("extended")) return;
    this.#believed = forgetful ? draft.extended : undefined;
    if (limits.jobUserTime === undefined) return;
    const given = draft.extended.BasicLimitInformation.PerJobUserTimeLimit;
    this.#jobTime = limits.jobUserTime === null
      ? undefined
      : { given, found: found.BasicLimitInformation.PerJobUserTimeLimit };
  }

  /** Undoes, the last part first. */
  #restore({ job, limits, before }: Change, { written, error }: Failed): void {
    const keepClock = limits.jobUserTime === undefined;
    const failed = written.toReversed().flatMap((part) => {
      const code = this.#put(job, part, { parts: before, keepClock });
      if (code === 0) return [];
      const action = `Cannot put back ${PARTS[part].what} of ${this.#label}`;
      return [new Win32Error(code, PARTS[part].api, action)];
    });
    if (failed.length === 0) return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new AggregateError(
      [error, ...failed],
      `${reason}; and what stood before could not be put back`,
    );
  }

  #refusal({ code, api }: Answer<unknown> & { ok: false }, action: string): Win32Error {
    return new Win32Error(code, api, `${action} of ${this.#label}`);
  }
}

interface Written {
  readonly parts: LimitParts;
  readonly keepClock: boolean;
}

interface Found {
  readonly written: readonly Part[];
  readonly found: ExtendedLimits;
  readonly forgetful: boolean;
}

interface Failed {
  readonly written: readonly Part[];
  readonly error: unknown;
}

function put(parts: LimitParts, part: Part, value: unknown): void {
  (parts as unknown as Record<Part, unknown>)[part] = value;
}

function said(value: unknown): string {
  return value === undefined ? "none" : describe(value);
}

/** Whether nothing is set and nothing is to be set: a control that never was cannot be lifted. */
function idle(part: Part, { before, draft }: Change): boolean {
  if (part === "extended" || part === "ui" || part === "endOfJobTime") {
    return part !== "extended" && draft[part] === 0 && before[part] === 0;
  }
  if (part === "groups") return draft.groups.length === 0 && before.groups.length === 0;
  return draft[part].ControlFlags === 0 && before[part].ControlFlags === 0;
}

/** Whether a limit that the system gives nothing back of can be taken for in force. */
function believable(name: LimitName): boolean {
  if (name === "breakaway" || name === "silentBreakaway") return true;
  return name === "killOnClose" && killOnCloseWorks();
}
