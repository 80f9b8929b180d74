/**
 * Marks that one jobbox leaves for the run of another one: that it is to end, and that its tree is
 * frozen.
 *
 * Theory of operation. Besides its own job, a run with a name makes one more for each mark, which
 * never has a process: a limit set on it stays after the process that set it is gone. A kill sets
 * its mark there, and then terminates the run's job. The run starts its command suspended, and looks
 * for the mark before it lets it go on: a mark that it does not see yet is set after the start, so
 * that the termination ends the command. So a kill that comes before the command is not lost, and
 * one with any exit code is known.
 *
 * @module
 */
import { JobObject, Win32Error } from "../mod.ts";
import { ERROR } from "./windows.ts";

/** The suffixes of the names of the jobs that hold the marks. */
const SUFFIXES = { kill: ".jobbox-kill", frozen: ".jobbox-frozen" } as const;

/** What a mark says. */
export type Mark = keyof typeof SUFFIXES;

/** The longest name of a job, in UTF-16 units. */
const NAME_MAX = 260;

/** The limit that serves as the mark; it has nothing to limit. */
const SET = { activeProcesses: 1 } as const;
const CLEAR = { activeProcesses: null } as const;

/** The name of the job that holds a mark; `undefined` for a name that leaves no room for it. */
function markName(name: string, mark: Mark): string | undefined {
  const full = `${name}${SUFFIXES[mark]}`;
  return full.length > NAME_MAX ? undefined : full;
}

/** A place for one mark on one run, from before its command is started. */
export class RunMark implements Disposable {
  readonly #job: JobObject | undefined;

  /**
   * Accepts the mark from now on.
   *
   * @param mark What it says.
   * @param name The name of the run's job, which exists already; `undefined` if it has none.
   * @throws {Win32Error} If the system refuses.
   */
  constructor(mark: Mark, name: string | undefined) {
    const full = name === undefined ? undefined : markName(name, mark);
    this.#job = full === undefined ? undefined : JobObject.create({ name: full });
  }

  /**
   * Whether the mark is set.
   *
   * @throws {Win32Error} If the system does not say.
   */
  get isSet(): boolean {
    if (this.#job === undefined) return false;
    const { activeProcesses, unknownReason } = this.#job.limits();
    if (unknownReason !== undefined) throw unknownReason;
    return activeProcesses !== undefined;
  }

  /** Accepts no more marks. */
  [Symbol.dispose](): void {
    this.#job?.close();
  }
}

/**
 * Sets or clears a mark on a run. A request to kill is to be set before the job is terminated; a
 * frozen tree is to be marked after it was frozen, and its mark cleared before it is thawed, so
 * that a tree that runs is never marked.
 *
 * @param mark What it says.
 * @param name The name of the run's job.
 * @param isSet Whether to set it.
 * @returns Whether there is a run that will see it.
 * @throws {Win32Error} If the system refuses.
 */
export function markRun(mark: Mark, name: string, isSet = true): boolean {
  const full = markName(name, mark);
  if (full === undefined) return false;
  try {
    using job = JobObject.open(full, { access: ["query", "set"] });
    job.setLimits(isSet ? SET : CLEAR);
    return true;
  } catch (error) {
    if (error instanceof Win32Error && error.code === ERROR.FILE_NOT_FOUND) return false;
    throw error;
  }
}
