/**
 * Watches the ends of a job's processes through their handles.
 *
 * Theory of operation. The job's accounting may count a process as gone while it is still ending
 * and holds its files and ports; Windows does so after a termination. Only a handle shows the real
 * end. So handles are opened while the processes are still listed, and each is kept until its
 * process has ended. It is not kept longer, because a handle to a process that a limit refused
 * keeps the job full. A process that was ended before it was listed is still in the job, and in the
 * system's list of processes, until it is gone.
 *
 * @module
 */
import { ERROR, PROCESS, STANDARD_RIGHTS } from "../../ffi/constants.ts";
import { Win32Error } from "../../ffi/error.ts";
import type { Handle, OwnedHandle } from "../../ffi/handle.ts";
import { exitWatch, type Watched } from "../../process/exit/exit_watch.ts";
import { closeEnded } from "../../process/exit/exit_status.ts";
import { hasEnded } from "../../process/query/process_query.ts";
import { snapshotProcesses } from "../../process/query/snapshot.ts";
import { containsHandle, openProcess, processIds } from "../membership.ts";

/** The job whose processes are watched, and the callback. */
export interface MemberSource {
  /** The job's handle; throws when it is closed. */
  readonly handle: () => Handle;
  /** The job's name for messages. */
  readonly label: string;
  /** The key of the messages about its processes; `undefined` if there are none. */
  readonly key: () => bigint | undefined;
  /** Called when the last watched process has ended. */
  readonly gone: () => void;
}

/** How often at most a growing job is listed in one call. */
const MOST_LISTS = 16;

/** The rights that watching a process needs. */
const RIGHTS = STANDARD_RIGHTS.SYNCHRONIZE | PROCESS.QUERY_LIMITED_INFORMATION;

interface Member {
  readonly process: OwnedHandle;
  readonly watched: Watched;
}

/** Watches the processes of one job to their ends. */
export class MemberEnds {
  readonly #source: MemberSource;
  readonly #members = new Map<number, Member>();
  /** Processes whose end cannot be waited for, with the reason. */
  readonly #lost = new Map<number, Win32Error>();

  /**
   * Watches nothing yet.
   *
   * @param source The job.
   */
  constructor(source: MemberSource) {
    this.#source = source;
  }

  /** Why it is not known whether all have ended; `undefined` if it is known. */
  get lost(): Win32Error | undefined {
    return this.#lost.values().next().value;
  }

  /** How many watched processes have not ended. */
  get left(): number {
    return this.#members.size;
  }

  /** The ids of the processes that are watched. */
  get pids(): number[] {
    return [...this.#members.keys()];
  }

  /**
   * Watches every process that is in the job now; lists again until there is no new one.
   *
   * @returns The ids of those that were listed, also of those that may not be opened.
   * @throws {Win32Error} If the system refuses to list them.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  addAll(): Set<number> {
    const seen = new Set<number>();
    for (let lists = 0; lists < MOST_LISTS; lists++) {
      const before = seen.size;
      for (const pid of processIds(this.#source.handle(), this.#source.label)) {
        if (seen.has(pid)) continue;
        seen.add(pid);
        this.add(pid);
      }
      if (seen.size === before) break;
    }
    return seen;
  }

  /**
   * Watches every process of the job that is still ending although the job no longer counts or
   * lists it. Searches all processes of the system.
   *
   * @throws {Win32Error} If the system refuses to list its processes.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  addUnlisted(): void {
    for (const pid of snapshotProcesses().keys()) {
      if (pid !== Deno.pid) this.add(pid);
    }
  }

  /**
   * Watches a process. A process that has ended, is in another job or may not be opened is left
   * out; for the last of these, only the accounting shows the end.
   *
   * @param pid Its id.
   * @throws {Win32Error} If the system does not report which of these it is.
   */
  add(pid: number): void {
    if (this.#members.has(pid)) return;
    const process = this.#open(pid);
    if (process === undefined) return;
    this.#lost.delete(pid);
    if (this.#hasEnded(process, pid)) return process.close();
    const { key } = this.#source;
    const watched: Watched = {
      pid,
      key: key(),
      // The waiting caller keeps the program alive.
      referenced: false,
      poll: () => {
        // It was closed by a check that this one's callback started.
        if (process.closed) return true;
        if (!this.#hasEnded(process, pid)) return false;
        this.#members.delete(pid);
        closeEnded(process);
        if (this.#members.size === 0) this.#source.gone();
        return true;
      },
    };
    this.#members.set(pid, { process, watched });
    exitWatch.add(watched);
  }

  /** Polls the processes in short steps: they end soon, possibly without a message. */
  hasten(): void {
    exitWatch.hasten([...this.#members.values()].map(({ watched }) => watched));
  }

  /** Stops watching all of them. */
  clear(): void {
    for (const { process, watched } of this.#members.values()) {
      exitWatch.remove(watched);
      process.close();
    }
    this.#members.clear();
    this.#lost.clear();
  }

  /** A wait that fails once always fails: it counts as an end that was not seen. */
  #hasEnded(process: OwnedHandle, pid: number): boolean {
    try {
      return hasEnded(process.value, `Cannot wait for process ${pid} of ${this.#source.label}`);
    } catch (error) {
      if (!(error instanceof Win32Error)) throw error;
      this.#lost.set(pid, error);
      return true;
    }
  }

  #open(pid: number): OwnedHandle | undefined {
    const { handle, label } = this.#source;
    try {
      using undo = new DisposableStack();
      const process = undo.use(openProcess(pid, RIGHTS, "Cannot watch it"));
      // Since the list was made, the id may have been reused by another process.
      if (!containsHandle(handle(), process.value, label)) return undefined;
      undo.move();
      return process;
    } catch (error) {
      if (!(error instanceof Win32Error)) throw error;
      // The process no longer exists, or may not be opened.
      if (error.code === ERROR.INVALID_PARAMETER) return undefined;
      if (error.code === ERROR.ACCESS_DENIED) return undefined;
      throw error;
    }
  }
}
