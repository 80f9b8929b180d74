/**
 * Whether a child that has code 0 ended by itself, where another program, or another thread of this
 * one, can end its job with that code.
 *
 * Theory of operation. The handle of a process says the same for both ends. The messages of the job
 * do not: a process that ends by itself posts one, and one that its job ends does not, while the
 * message that the job is empty comes for both. The job's own state is asked too, since a system may
 * signal a job that was terminated. What says nothing in time is no evidence for a success.
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

/** How long the message of an end may take to come after the end, in ms. */
const MESSAGE_TAKES = 1_000;

/** The job, as far as its children's ends need it. */
export interface OwnEndSource {
  /** Its name, without `Local\`; `undefined` for a job that nobody else can open. */
  readonly name: string | undefined;
  /** Its handle; `undefined` when it is closed. */
  readonly handle: () => Handle | undefined;
  /** Which messages are the job's; `undefined` when they go to somebody else. */
  readonly key: () => bigint | undefined;
}

/** What the messages of a job told of a child. */
interface Heard {
  /** Whether the job was signalled before the child was in it, so that this says nothing. */
  readonly wasSignalled: boolean;
  joined: boolean;
  /** Whether its own end was told. */
  ended: boolean;
  /** Whether the job was told to be empty, and the child's end was not told. */
  emptied: boolean;
  /** Called when one of these changes. */
  changed: (() => void) | undefined;
}

/** What is known of the own ends of one job's children. */
export class OwnEnds {
  readonly #source: OwnEndSource;
  readonly #children = new Map<number, Heard>();
  /** What became of the job when our handle was closed; `undefined` while it is open. */
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
   * Listens to what is told of a child, from its start on.
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
   * Takes note that a process was put into the job.
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
      // What was told before is of an earlier process of this id.
      [heard.joined, heard.ended, heard.emptied] = [true, false, false];
    } else if (
      code === JOB_OBJECT_MSG.EXIT_PROCESS || code === JOB_OBJECT_MSG.ABNORMAL_EXIT_PROCESS
    ) {
      heard.ended = true;
      heard.changed?.();
    }
  }

  /**
   * Takes note that our handle was closed just now.
   *
   * @param killsOnClose Whether that may end the processes, if nobody else holds the job.
   * @returns Whether somebody else holds it; the name of a job goes with its last handle.
   */
  close(killsOnClose: boolean): boolean {
    const isAsked = killsOnClose || this.#children.size > 0;
    const isHeld = isAsked && this.#reopened() !== "none";
    this.#closed = { killsOnClose, isHeld };
    return isHeld;
  }

  /**
   * Tells what else may have ended a child that has code 0 and whose end this program did not
   * request.
   *
   * @param pid Its id.
   * @returns What it was; `undefined` when it ended by itself.
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
      // With the last handle everybody's way to the job is gone.
      if (this.#closed?.isHeld === false && !isShared) return undefined;
    } else if (!isShared) return undefined;
    // Whoever listens to the job is told, and not we.
    if (this.#source.key() === undefined) return undefined;
    return this.#hasTold(heard) ? this.#told(heard) : this.#toldLater(heard);
  }

  #hasTold({ ended, emptied }: Heard): boolean {
    return ended || emptied;
  }

  /** What the messages say: they end with that of the child, or with that of the empty job. */
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
    return this.#told(heard);
  }

  /** What the job says once our handle is closed. */
  #afterClose({ killsOnClose, isHeld }: { killsOnClose: boolean; isHeld: boolean }) {
    if (!isHeld) return undefined;
    const found = this.#reopened();
    // Whoever held it has closed it since, and that ends all that was in it.
    if (found === "none") return killsOnClose ? "close" : undefined;
    return found === "signalled" ? "terminate" : undefined;
  }

  /** Looks whether the job is still there by its name. */
  #reopened(): "none" | "there" | "signalled" {
    if (this.#source.name === undefined) return "none";
    try {
      using job = openKernelJob(this.#source.name, []);
      return this.#isSignalled(job.value) ? "signalled" : "there";
    } catch (error) {
      if (!(error instanceof Win32Error)) throw error;
      // What may not be opened is there.
      return error.code === ERROR.FILE_NOT_FOUND ? "none" : "there";
    }
  }

  /** Whether the system says that the job was terminated; what it does not say is no evidence. */
  #isSignalled(job: Handle | undefined): boolean {
    return job !== undefined && kernel32.WaitForSingleObject(job, 0) === WAIT.WAIT_OBJECT_0;
  }
}
