/**
 * A kill that comes before a run has started its command: the job has no process yet, and the kill
 * must not be lost.
 *
 * Theory of operation. Besides its own job, a run with a name makes a second one, which never has a
 * process: a limit set on it stays after the process that set it is gone. A kill sets its mark there, and then
 * terminates the run's job. The run starts its command suspended, and looks for the mark before it
 * lets it go on: a mark that it does not see yet is set after the start, so that the termination
 * ends the command.
 *
 * @module
 */
import { JobObject, Win32Error } from "../mod.ts";
import { ERROR } from "./windows.ts";

/** The suffix of the second job's name. */
const SUFFIX = ".jobbox-kill";

/** The longest name of a job, in UTF-16 units. */
const NAME_MAX = 260;

/** The limit that serves as the mark; it has nothing to limit. */
const MARK = { activeProcesses: 1 } as const;

/** The second job's name; `undefined` for a name that leaves no room for it. */
function markName(name: string): string | undefined {
  return name.length + SUFFIX.length > NAME_MAX ? undefined : `${name}${SUFFIX}`;
}

/** The requests to kill one run, from before its command is started. */
export class KillRequests implements Disposable {
  readonly #job: JobObject | undefined;

  /**
   * Accepts requests from now on.
   *
   * @param name The name of the run's job, which exists already; `undefined` if it has none.
   * @throws {Win32Error} If the system refuses.
   */
  constructor(name: string | undefined) {
    const mark = name === undefined ? undefined : markName(name);
    this.#job = mark === undefined ? undefined : JobObject.create({ name: mark });
  }

  /**
   * Whether the end of the run was requested.
   *
   * @throws {Win32Error} If the system does not say.
   */
  get came(): boolean {
    if (this.#job === undefined) return false;
    const { activeProcesses, unknownReason } = this.#job.limits();
    if (unknownReason !== undefined) throw unknownReason;
    return activeProcesses !== undefined;
  }

  /** Accepts no more requests. */
  [Symbol.dispose](): void {
    this.#job?.close();
  }
}

/**
 * Asks the run of a job not to start its command. To be called before the job is terminated.
 *
 * @param name The job's name.
 * @returns Whether there is a run that will see it.
 * @throws {Win32Error} If the system refuses.
 */
export function requestKill(name: string): boolean {
  const mark = markName(name);
  if (mark === undefined) return false;
  try {
    using job = JobObject.open(mark, { access: ["query", "set"] });
    job.setLimits(MARK);
    return true;
  } catch (error) {
    if (error instanceof Win32Error && error.code === ERROR.FILE_NOT_FOUND) return false;
    throw error;
  }
}
