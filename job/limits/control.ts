/**
 * Setting and reading the limits of one job.
 *
 * Theory of operation. A set changes a few limits and leaves the others, but the system takes whole
 * structures: so each structure ("part") that is touched is read, changed, written, and read again,
 * each once. What is to be written is worked out between (`change.ts`).
 *
 * - Everything is checked before the first call; then the parts are written one by one. What fails
 *   half-way is undone.
 * - A limit that the system accepted and does not give back is an empty promise and an error
 *   (`believed_limits.ts` has the exception).
 * - The clock of the job's user time goes on while other limits change (`toWritten`).
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
import { isMissing, missing, type Refusal } from "../info_class.ts";
import { processorCount } from "../machine.ts";
import { BelievedLimits, isBelieved } from "./believed_limits.ts";
import {
  type Change,
  checkedLimits,
  decodeLimits,
  differences,
  fromRead,
  namedRows,
  type Part,
  PARTS_IN_ORDER,
  partsToRead,
  planChange,
  toWritten,
} from "./change.ts";
import type { Machine } from "./cpu_limit.ts";
import { JobTime } from "./job_time.ts";
import type { Limits, LimitsInForce } from "./limits.ts";
import { narrowerGroups, OwnGroups } from "./own_groups.ts";
import { noLimits, PARTS } from "./part_access.ts";
import { PRIORITY_PRIVILEGE, tryPriorityPrivilege } from "./privilege.ts";
import type { LimitParts } from "./row.ts";
import { LIMIT_NAMES, LIMIT_ROWS, limitRow, newerUi } from "./table.ts";

/** Limits that Windows may ask a privilege for. */
const PRIVILEGED = JOB_OBJECT_LIMIT.PRIORITY_CLASS | JOB_OBJECT_LIMIT.WORKINGSET |
  JOB_OBJECT_LIMIT.SCHEDULING_CLASS;

/** This machine, asked only when a limit depends on it. */
export const MACHINE: Machine = {
  get processors(): number {
    return processorCount();
  },
};

/** The parts that cannot be read, each with its refusal. */
type Refusals = ReadonlyMap<Part, Refusal>;

/** The limits of one job; a part of {@linkcode JobObject}. */
export class LimitControl {
  readonly #handle: () => Handle;
  readonly #label: string;
  readonly #believed = new BelievedLimits();
  readonly #jobTime = new JobTime();
  readonly #groups = new OwnGroups();

  /**
   * Makes the limits' part of a job.
   *
   * @param handle Returns the job's handle, or throws when it is closed.
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
    const wanted = checkedLimits(limits, MACHINE);
    const job = this.#handle();
    const rows = namedRows(wanted);
    if (rows.length === 0) return;
    const before = noLimits();
    const lacking = new Map<Part, Refusal>();
    before.groups = this.#groups.set;
    for (const part of partsToRead(rows)) {
      const refusal = this.#read(job, part, before);
      if (refusal === undefined) continue;
      if (isMissing(refusal.code)) lacking.set(part, refusal);
      else throw this.#error(refusal, `Cannot set ${rows.map(({ name }) => name).join(", ")}`);
    }
    this.#apply(job, planChange(wanted, withoutRepeatedGroups(before), MACHINE), lacking);
  }

  /** Writes a change and reads it back; on any failure all is as before. */
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

  /** Reads one part into `parts`, without what the system adds of its own. */
  #read(job: Handle, part: Part, parts: LimitParts): Refusal | undefined {
    const refusal = PARTS[part].read(job, parts);
    if (refusal !== undefined) return refusal;
    if (part === "groups") parts.groups = this.#groups.limitOf(parts.groups);
    if (part === "extended") {
      parts.extended = this.#jobTime.asGiven(this.#believed.filledIn(fromRead(parts.extended)));
    }
  }

  /** Writes one part; returns 0, or what `GetLastError` gave. */
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
    // The system has the class; what it refuses may be newer than it is.
    const newer = part === "ui" ? newerUi(draft.ui) : undefined;
    return newer === undefined ? cause : missing(newer, action, cause);
  }

  /** Reads back what was written; what is missing is an error. */
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
    // Where there is an affinity, the system's list of groups repeats it.
    if (LIMIT_ROWS.affinity.decode(draft) !== undefined) found.groups = [];
    const lost = differences(change, found, unreadable)
      .find((difference) => !isBelieved(difference, draft.extended, found.extended));
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
    this.#believed.remember(draft.extended, found.extended);
    if (!keepsClock) this.#jobTime.remember(draft.extended, found.extended);
  }

  /** Undoes, the last part first. */
  #restore(job: Handle, change: Change, written: readonly Part[], error: unknown): void {
    const failed = written.toReversed().flatMap((part) => {
      const code = this.#write(job, part, change.before, change.keepsClock);
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

  #error({ code, api }: Refusal, action: string): Win32Error {
    return new Win32Error(code, api, `${action} of ${this.#label}`);
  }
}

/** Where there is an affinity, the system's list of groups repeats it. */
function withoutRepeatedGroups(parts: LimitParts): LimitParts {
  return LIMIT_ROWS.affinity.decode(parts) === undefined ? parts : { ...parts, groups: [] };
}

function said(value: unknown): string {
  return value === undefined ? "none" : describe(value);
}
