/**
 * The end of a job's tree: waits for it and requests it.
 *
 * Theory of operation. Windows does not guarantee a message for an end, and posts none for
 * processes that a termination ends. Its accounting may report 0 before the processes are gone. So
 * a wait reads the accounting at once, after each message that the job is empty, and in a slow
 * sweep. It also waits for the handles of all processes seen in the meantime. A termination opens
 * those handles before it starts. Processes that another program ended earlier are searched for
 * when the count is 0. A job whose messages go to another process is polled in short steps.
 *
 * @module
 */
import { JOB_OBJECT_MSG, JOBOBJECTINFOCLASS } from "../../ffi/constants.ts";
import { check, Win32Error } from "../../ffi/error.ts";
import { AlreadyClosedError, type Handle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";
import { struct } from "../../ffi/struct.ts";
import type { StructValue } from "../../ffi/struct_types.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import type { EndRequest } from "../../process/exit/ended_by.ts";
import { exitWatch } from "../../process/exit/exit_watch.ts";
import { completionPort } from "../../process/io/completion_port.ts";
import { processIds } from "../membership.ts";
import { MemberEnds } from "./member_ends.ts";

const ACCOUNTING = struct(STRUCTS, "JOBOBJECT_BASIC_ACCOUNTING_INFORMATION");

/** Longest delay of a wait if a message is lost, and time between two terminations, in ms. */
const SWEEP = 250;
/** Time between two polls of a job whose messages go to another process, in ms. */
const POLL = 50;

/** The parts of a job that its end needs. */
export interface EndSource {
  /** Its handle; throws when it is closed. */
  readonly handle: () => Handle;
  /** Its name; `undefined` for a job without one. */
  readonly name: string | undefined;
  /** Its name for messages. */
  readonly label: string;
  /** The key of the job's messages; `undefined` if another process receives them. */
  readonly key: () => bigint | undefined;
}

interface Wait {
  /** Resolves the wait if the tree is gone; with `list` it first looks for new processes. */
  check(options?: { list?: boolean }): void;
  reject(reason: unknown): void;
}

/** The end of one job's tree. */
export class JobEnds {
  readonly #source: EndSource;
  readonly #members: MemberEnds;
  readonly #waits = new Set<Wait>();
  #children = 0;
  /** How many children this program has started in it. */
  #started = 0;
  /** Why some of the processes that a termination ends are not watched. */
  #unlisted: Win32Error | undefined;
  /** The request for an end by the closing of the job. */
  #closing: EndRequest | undefined;
  /** Whether a termination is in progress, so that the watch outlives the waits. */
  #ending = false;
  /** The job's total process count when unlisted processes were last searched for. */
  #lookedAt = 0;

  /**
   * For `JobObject`.
   *
   * @param source The job.
   */
  constructor(source: EndSource) {
    this.#source = source;
    this.#members = new MemberEnds({ ...source, gone: () => this.#gone() });
  }

  /**
   * Counts a child of this program until it has ended.
   *
   * @param ended Settles when it has ended.
   */
  follow(ended: Promise<unknown>): void {
    this.#children++;
    this.#started++;
    ended.finally(() => {
      this.#children--;
      this.#checkAll();
    });
  }

  /**
   * Takes a message of the job.
   *
   * @param code Its number.
   * @param value What came with it.
   */
  message(code: number, value: bigint): void {
    if (code === JOB_OBJECT_MSG.ACTIVE_PROCESS_ZERO) this.#checkAll();
    else if (code === JOB_OBJECT_MSG.NEW_PROCESS && this.#waits.size > 0) this.#join(Number(value));
  }

  /**
   * Reads the job's accounting.
   *
   * @returns The counts and times.
   * @throws {Win32Error} If the system refuses.
   */
  accounting(): StructValue<typeof STRUCTS, "JOBOBJECT_BASIC_ACCOUNTING_INFORMATION"> {
    const { handle, label } = this.#source;
    // New memory each time, so that an old result cannot be taken for a new one.
    const memory = ACCOUNTING.allocate();
    check(
      kernel32.QueryInformationJobObject(
        handle(),
        JOBOBJECTINFOCLASS.JobObjectBasicAccountingInformation,
        memory,
        ACCOUNTING.size,
        null,
      ),
      "QueryInformationJobObject",
      `Cannot count the processes of ${label}`,
    );
    return ACCOUNTING.decode(memory);
  }

  /**
   * Ends every process in the job.
   *
   * @param exitCode Their exit code.
   * @throws {Win32Error} If the system refuses.
   */
  terminate(exitCode: number): void {
    const { handle, label, key } = this.#source;
    const action = `Cannot terminate ${label}`;
    const request = { by: "terminate", code: exitCode } as const;
    this.#watch(request);
    try {
      check(kernel32.TerminateJobObject(handle(), exitCode), "TerminateJobObject", action);
    } catch (error) {
      // Then nothing ends, and no caller waits.
      exitWatch.withdraw(request);
      if (this.#waits.size === 0) this.#clear();
      throw error;
    }
    // Processes that joined since the list was made.
    if (this.#unlisted === undefined) this.#watch();
    this.#ending = this.#members.left > 0;
    this.#members.hasten();
    const own = key();
    // No message reports the processes that a termination ends.
    if (own !== undefined) exitWatch.silence(own);
  }

  /**
   * Ends every process, and waits until none is left. A process that was being started may join
   * after a termination, so it is repeated.
   *
   * @param exitCode Their exit code.
   * @throws {Win32Error} If the system refuses.
   */
  async end(exitCode: number): Promise<void> {
    this.terminate(exitCode);
    const refused = new AbortController();
    const again = setInterval(() => {
      try {
        if (this.accounting().ActiveProcesses > 0) this.terminate(exitCode);
      } catch (error) {
        refused.abort(error);
      }
    }, SWEEP);
    try {
      await this.wait(refused.signal);
    } finally {
      clearInterval(again);
    }
  }

  /**
   * Notes that the job is about to be closed.
   *
   * @param killsOnClose Returns whether that ends its processes, if no other program holds it.
   * @returns Whether it may end them.
   */
  closing(killsOnClose: () => boolean): boolean {
    // This program has no child whose status it could affect.
    if (exitWatch.size === 0) return false;
    try {
      if (!killsOnClose()) return false;
    } catch (error) {
      // If it cannot be determined, assume that it does.
      if (!(error instanceof Win32Error || error instanceof UnsupportedPlatformError)) throw error;
    }
    const { handle, label } = this.#source;
    const request = { by: "close" } as const;
    this.#closing = request;
    try {
      exitWatch.requestEnd(processIds(handle(), label), request);
    } catch (error) {
      if (!(error instanceof Win32Error)) throw error;
      this.#requestByName(request);
    }
    return true;
  }

  /**
   * Ends every wait with {@linkcode AlreadyClosedError}.
   *
   * @param isHeld Whether another program holds the job, so that its closing ended nothing.
   */
  close(isHeld: boolean): void {
    if (isHeld && this.#closing !== undefined) exitWatch.withdraw(this.#closing);
    const { label, key } = this.#source;
    for (const wait of this.#waits) {
      wait.reject(new AlreadyClosedError(`Cannot wait for ${label}: it was closed`));
    }
    this.#clear();
    const own = key();
    // The system may drop the port with the last handle.
    if (own !== undefined) exitWatch.silence(own);
  }

  /**
   * Waits until the whole tree is gone.
   *
   * @param signal Stops waiting when aborted.
   * @throws {Win32Error} If the system refuses to count or list the processes.
   */
  async wait(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#isGone()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const wait: Wait = {
      check: ({ list = false } = {}) => {
        try {
          if (list) this.#members.addAll();
          if (this.#isGone()) resolve();
        } catch (error) {
          reject(error);
        }
      },
      reject,
    };
    const abort = (): void => reject(signal?.reason);
    const told = this.#source.key() !== undefined;
    const timer = setInterval(() => wait.check({ list: true }), told ? SWEEP : POLL);
    this.#waits.add(wait);
    signal?.addEventListener("abort", abort, { once: true });
    if (told) completionPort.ref();
    try {
      wait.check({ list: true });
      await promise;
    } finally {
      if (told) completionPort.unref();
      signal?.removeEventListener("abort", abort);
      this.#waits.delete(wait);
      clearInterval(timer);
      if (this.#waits.size === 0 && !this.#ending) this.#clear();
      await completionPort.idle();
    }
  }

  #isGone(): boolean {
    const { ActiveProcesses, TotalProcesses } = this.accounting();
    if (ActiveProcesses > 0) return false;
    if (this.#unlisted !== undefined) throw this.#unlisted;
    // Another program may have ended them before they were known here. Once is enough for each, and
    // children of this program are always known.
    if (TotalProcesses !== this.#lookedAt && TotalProcesses !== this.#started) {
      this.#members.addUnlisted();
      this.#lookedAt = TotalProcesses;
    }
    if (this.#members.lost !== undefined) throw this.#members.lost;
    if (this.#members.left > 0) this.#members.hasten();
    // Another program's termination ends this program's children too, possibly without a message.
    const key = this.#source.key();
    if (this.#children > 0 && key !== undefined) exitWatch.silence(key);
    return this.#members.left === 0 && this.#children === 0;
  }

  /** Stops watching all members; those that are still ending must be searched for again. */
  #clear(): void {
    if (this.#members.left > 0) this.#lookedAt = 0;
    this.#members.clear();
  }

  #gone(): void {
    this.#ending = false;
    this.#checkAll();
  }

  #checkAll(): void {
    for (const wait of [...this.#waits]) wait.check();
  }

  /** Watches a process that joined during a wait. */
  #join(pid: number): void {
    try {
      this.#members.add(pid);
    } catch (error) {
      for (const wait of [...this.#waits]) wait.reject(error);
    }
  }

  /**
   * Watches the processes that are about to be ended. A job that cannot be listed is ended anyway.
   */
  #watch(request?: EndRequest & { readonly code: number }): void {
    try {
      const listed = this.#members.addAll();
      if (request !== undefined) {
        // What ends at an earlier request is listed no more, and may get this one's code.
        for (const pid of exitWatch.endingOtherwise(request.code)) this.#members.add(pid);
        exitWatch.requestEnd(new Set([...listed, ...this.#members.pids]), request);
      }
      this.#unlisted = undefined;
    } catch (error) {
      if (!(error instanceof Win32Error)) throw error;
      this.#unlisted = error;
      if (request !== undefined) this.#requestByName(request);
    }
  }

  /** Marks those children of this program that are known to be in the job without a list. */
  #requestByName(request: EndRequest): void {
    const { name } = this.#source;
    if (name !== undefined) exitWatch.requestEndIn(name, request);
  }
}
