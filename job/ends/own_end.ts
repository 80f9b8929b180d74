/**
 * Determines whether a child with exit code 0 ended by itself, although another program or thread
 * could have ended its job with that code.
 *
 * Theory of operation. The handle of a process looks the same for both ends, but the messages of
 * the job differ. A process that ends by itself causes a message, one that is ended with its job
 * does not; the message that the job is empty comes in both cases. The job's state is checked too,
 * since a system may signal a terminated job. If there is no evidence in time, the end does not
 * count as a success.
 *
 * @module
 */
import { ERROR, JOB_OBJECT_MSG, WAIT } from "../../ffi/constants.ts";
import { Win32Error } from "../../ffi/error.ts";
import type { Handle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import type { OtherEnd } from "../../process/exit/ended_by.ts";
import { exitWatch } from "../../process/exit/exit_watch.ts";
import { setQuietTimeout } from "../../process/quiet_timer.ts";
import { openKernelJob } from "../kernel_job.ts";

/** How long after an end its message may arrive, in ms; then those that have arrived decide. */
const MESSAGE_TAKES = 1_000;

/** The parts of a job that its children's ends need. */
export interface OwnEndSource {
  /** Its name without `Local\`; `undefined` for a job that no other program can open. */
  readonly name: string | undefined;
  /** Its handle; `undefined` if it is closed. */
  readonly handle: () => Handle | undefined;
  /** The key of the job's messages; `undefined` if another process receives them. */
  readonly key: () => bigint | undefined;
  /** Resolves when every message that has arrived so far has been processed. */
  readonly settled: () => Promise<void>;
}

/** What the messages of a job reported about a child. */
interface Heard {
  /**
   * Whether the job was signalled before the child was in it, so that the signal is no evidence.
   */
  readonly wasSignalled: boolean;
  joined: boolean;
  /** Whether a message reported its own end. */
  ended: boolean;
  /** Whether a message reported that the job is empty, without one about the child's end. */
  emptied: boolean;
  /** Called when one of these changes. */
  changed: (() => void) | undefined;
}

/** Tracks which children of one job ended by themselves. */
export class OwnEnds {
  readonly #source: OwnEndSource;
  readonly #children = new Map<number, Heard>();
  /** The state of the job when this program's handle was closed; `undefined` while it is open. */
  #closed: { readonly killsOnClose: boolean; readonly isHeld: boolean } | undefined;

  /**
   * For `JobObject`.
   *
   * @param source The job.
   */
  constructor(source: OwnEndSource) {
    this.#source = source;
  }

  /**
   * Follows the messages about a child from its start on.
   *
   * @param pid Its id.
   * @param ended Settles when its status is known.
   */
  follow(pid: number, ended: Promise<unknown>): void {
    const heard: Heard = {
      wasSignalled: this.#source.name !== undefined && this.#isSignalled(this.#source.handle()),
      joined: false,
      ended: false,
      emptied: false,
      changed: undefined,
    };
    this.#children.set(pid, heard);
    this.joined(pid);
    ended.finally(() => {
      if (this.#children.get(pid) === heard) this.#children.delete(pid);
    });
  }

  /**
   * Notes that a process was put into the job.
   *
   * @param pid Its id.
   */
  joined(pid: number): void {
    if (this.#source.name !== undefined) exitWatch.joined(pid, this.#source.name);
  }

  /**
   * Takes a message of the job.
   *
   * @param code Its number.
   * @param value What came with it.
   */
  message(code: number, value: bigint): void {
    if (code === JOB_OBJECT_MSG.ACTIVE_PROCESS_ZERO) {
      for (const heard of this.#children.values()) {
        if (!heard.joined || heard.ended) continue;
        heard.emptied = true;
        heard.changed?.();
      }
      return;
    }
    const heard = this.#children.get(Number(value));
    if (heard === undefined) return;
    if (code === JOB_OBJECT_MSG.NEW_PROCESS) {
      // Earlier messages were about another process with this id.
      [heard.joined, heard.ended, heard.emptied] = [true, false, false];
    } else if (
      code === JOB_OBJECT_MSG.EXIT_PROCESS || code === JOB_OBJECT_MSG.ABNORMAL_EXIT_PROCESS
    ) {
      heard.ended = true;
      heard.changed?.();
    }
  }

  /**
   * Notes that this program's handle was just closed.
   *
   * @param killsOnClose Whether that may end the processes, if no other program holds the job open.
   * @returns Whether another program holds it; the name of a job disappears with its last handle.
   */
  close(killsOnClose: boolean): boolean {
    const isAsked = killsOnClose || this.#children.size > 0;
    const isHeld = isAsked && this.#reopened() !== "none";
    this.#closed = { killsOnClose, isHeld };
    return isHeld;
  }

  /**
   * Returns what else may have ended a child with code 0 whose end this program did not request.
   *
   * @param pid Its id.
   * @returns What it was; `undefined` if it ended by itself.
   */
  otherEnd(pid: number): OtherEnd | undefined | Promise<OtherEnd | undefined> {
    const heard = this.#children.get(pid);
    if (heard === undefined) return undefined;
    const isShared = exitWatch.isInOtherJob(pid, this.#source.name);
    if (this.#source.name !== undefined) {
      const found = this.#closed === undefined
        ? this.#isSignalled(this.#source.handle()) ? "terminate" : undefined
        : this.#afterClose(this.#closed);
      if (found === "terminate" && !heard.wasSignalled || found === "close") return found;
      // After the last handle no program can reach the job.
      if (this.#closed?.isHeld === false && !isShared) return undefined;
    } else if (!isShared) return undefined;
    // Another program listens to the job and gets the messages.
    if (this.#source.key() === undefined) return undefined;
    return this.#hasTold(heard) ? this.#told(heard) : this.#toldLater(heard);
  }

  #hasTold({ ended, emptied }: Heard): boolean {
    return ended || emptied;
  }

  /** The evidence of the messages, which end with that of the child or that of the empty job. */
  #told({ ended, emptied }: Heard): OtherEnd | undefined {
    if (ended) return undefined;
    if (!emptied) return "unknown";
    return this.#closed?.killsOnClose === true ? "close" : "terminate";
  }

  async #toldLater(heard: Heard): Promise<OtherEnd | undefined> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setQuietTimeout(resolve, MESSAGE_TAKES);
    heard.changed = resolve;
    await promise;
    clearTimeout(timer);
    if (this.#hasTold(heard)) return this.#told(heard);
    // A program that was busy all the time has not taken the message yet.
    try {
      await this.#source.settled();
    } catch (error) {
      if (!(error instanceof Win32Error)) throw error;
    }
    return this.#told(heard);
  }

  /** The evidence of the job after this program's handle was closed. */
  #afterClose({ killsOnClose, isHeld }: { killsOnClose: boolean; isHeld: boolean }) {
    if (!isHeld) return undefined;
    const found = this.#reopened();
    // The other holder has closed it since, which ended everything in it.
    if (found === "none") return killsOnClose ? "close" : undefined;
    return found === "signalled" ? "terminate" : undefined;
  }

  /** Checks by its name whether the job still exists. */
  #reopened(): "none" | "there" | "signalled" {
    if (this.#source.name === undefined) return "none";
    try {
      using job = openKernelJob(this.#source.name, []);
      return this.#isSignalled(job.value) ? "signalled" : "there";
    } catch (error) {
      if (!(error instanceof Win32Error)) throw error;
      // If it may not be opened, it exists.
      return error.code === ERROR.FILE_NOT_FOUND ? "none" : "there";
    }
  }

  /**
   * Whether the system reports that the job was terminated. If it does not, that is no evidence.
   */
  #isSignalled(job: Handle | undefined): boolean {
    return job !== undefined && kernel32.WaitForSingleObject(job, 0) === WAIT.WAIT_OBJECT_0;
  }
}
