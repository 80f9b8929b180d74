/**
 * Knowing when processes have ended, without a thread for each.
 *
 * Theory of operation. A job's message says that a process ended, but Windows does not promise the
 * message, nor that the process handle is signalled before it comes. So a message is only a hint:
 * the handle is asked at once, then in short steps until it agrees. A slow sweep over all handles
 * finds what no message told. Processes of which no message tells are polled: those of a job whose
 * messages go to somebody else, and those of a closed job, which the system may have forgotten the
 * port of.
 *
 * @module
 */
import type { EndRequest } from "./ended_by.ts";
import { setQuietTimeout, type Timer } from "../quiet_timer.ts";

/** A process that is waited for. */
export interface Watched {
  /** Its id; not used for another process while its handle is open. */
  readonly pid: number;
  /** Which messages tell of it: the key of its job, or `undefined` when none does. */
  readonly key: bigint | undefined;
  /** Whether the program must stay alive for it. */
  readonly referenced: boolean;
  /** Asks the handle; `true` when the process has ended, and then never called again. */
  poll(): boolean;
  /** Takes note that this program is about to end the process. */
  endRequested?(request: EndRequest): void;
}

/** Time between two sweeps, in ms: the longest that a lost message can delay the news. */
const SWEEP = 1_000;
/** Time between two polls of processes that no message tells of, in ms. */
const POLL = 20;
/** Longest time between two questions behind a hint, in ms. */
const LONGEST_STEP = 64;

/** The watch over all processes that this module started; see {@linkcode exitWatch}. */
export class ExitWatch {
  readonly #watched = new Set<Watched>();
  readonly #byPid = new Map<number, Set<Watched>>();
  readonly #hinted = new Set<Watched>();
  /** Those that were put into jobs with a name, by the name. */
  readonly #byJob = new Map<string, Set<Watched>>();
  /** Those that are polled though messages may tell of them. */
  readonly #hastened = new Set<Watched>();
  #step = 1;
  #stepTimer: Timer | undefined;
  #sweepTimer: Timer | undefined;
  #pollTimer: Timer | undefined;

  /** How many processes are watched; one that several wait for counts for each. */
  get size(): number {
    return this.#watched.size;
  }

  /**
   * Watches a process until it has ended.
   *
   * @param process The process.
   */
  add(process: Watched): void {
    this.#watched.add(process);
    const same = this.#byPid.get(process.pid);
    if (same === undefined) this.#byPid.set(process.pid, new Set([process]));
    else same.add(process);
    // The timer may be armed for processes that do not keep the program alive.
    if (this.#isPolled(process)) this.update();
    else this.#arm();
  }

  /**
   * Watches a process no more.
   *
   * @param process What was given to {@linkcode add}.
   */
  remove(process: Watched): void {
    this.#forget(process);
    this.update();
  }

  /**
   * Tells that a process seems to have ended.
   *
   * @param pid Its id; ids that nobody watches are no matter.
   */
  hint(pid: number): void {
    const same = this.#byPid.get(pid);
    if (same !== undefined) this.#ask([...same]);
  }

  /**
   * Tells that all processes of a job seem to have ended.
   *
   * @param key The job's key.
   */
  hintAll(key: bigint): void {
    this.#ask([...this.#watched].filter((process) => process.key === key));
  }

  /**
   * Tells that no message tells of a job's processes any more: from now on they are polled.
   *
   * @param key The job's key.
   */
  silence(key: bigint): void {
    this.hasten([...this.#watched].filter((process) => process.key === key));
  }

  /**
   * Asks processes at once, and from now on in short steps.
   *
   * @param processes What was given to {@linkcode add}.
   */
  hasten(processes: readonly Watched[]): void {
    for (const process of processes) {
      if (!this.#pollOne(process)) this.#hastened.add(process);
    }
    this.update();
  }

  /**
   * Tells that this program is about to end processes. Those that have ended already are settled
   * before, so that the request is not taken for the reason.
   *
   * @param pids Their ids; ids that nobody watches are no matter.
   * @param request What is about to end them.
   */
  requestEnd(pids: Iterable<number>, request: EndRequest): void {
    for (const pid of pids) {
      for (const process of [...this.#byPid.get(pid) ?? []]) {
        if (!this.#pollOne(process)) process.endRequested?.(request);
      }
    }
  }

  /**
   * Remembers that a process was put into a job with a name.
   *
   * @param pid Its id; ids that nobody watches are no matter.
   * @param job The job's name.
   */
  joined(pid: number, job: string): void {
    for (const process of this.#byPid.get(pid) ?? []) {
      const members = this.#byJob.get(job);
      if (members === undefined) this.#byJob.set(job, new Set([process]));
      else members.add(process);
    }
  }

  /**
   * Tells whether a process was put into another job with a name, as far as this was told.
   *
   * @param pid Its id.
   * @param job The name of the job that is known of; `undefined` for one without a name.
   * @returns Whether it was.
   */
  isInOtherJob(pid: number, job: string | undefined): boolean {
    const same = [...this.#byPid.get(pid) ?? []];
    return [...this.#byJob].some(([name, members]) =>
      name !== job && same.some((process) => members.has(process))
    );
  }

  /**
   * As {@linkcode requestEnd}, of all that were put into a job with a name: for whoever may not list
   * its processes.
   *
   * @param job The job's name.
   * @param request What is about to end them.
   */
  requestEndIn(job: string, request: EndRequest): void {
    this.requestEnd([...this.#byJob.get(job) ?? []].map(({ pid }) => pid), request);
  }

  /** Arms the timers anew: to be called when a process's `referenced` changed. */
  update(): void {
    this.#clear();
    this.#arm();
  }

  #ask(processes: readonly Watched[]): void {
    for (const process of processes) {
      if (!this.#pollOne(process)) this.#hinted.add(process);
    }
    this.#step = 1;
    this.#arm();
  }

  #pollOne(process: Watched): boolean {
    // Another one's end may have led to this one's removal.
    if (!this.#watched.has(process)) return true;
    if (!process.poll()) return false;
    this.#forget(process);
    return true;
  }

  #forget(process: Watched): void {
    if (!this.#watched.delete(process)) return;
    this.#hinted.delete(process);
    this.#hastened.delete(process);
    for (const [job, members] of this.#byJob) {
      if (members.delete(process) && members.size === 0) this.#byJob.delete(job);
    }
    const same = this.#byPid.get(process.pid)!;
    same.delete(process);
    if (same.size === 0) this.#byPid.delete(process.pid);
    if (this.#watched.size === 0) this.#clear();
  }

  #isPolled(process: Watched): boolean {
    return process.key === undefined || this.#hastened.has(process);
  }

  #arm(): void {
    if (this.#watched.size === 0) return this.#clear();
    if (this.#hinted.size > 0) {
      this.#stepTimer ??= setQuietTimeout(() => {
        this.#stepTimer = undefined;
        for (const process of [...this.#hinted]) this.#pollOne(process);
        this.#step = Math.min(2 * this.#step, LONGEST_STEP);
        // A hint that is wrong for so long is left to the sweep.
        if (this.#step === LONGEST_STEP) this.#hinted.clear();
        this.#arm();
      }, this.#step);
    }
    this.#sweepTimer ??= setQuietTimeout(() => {
      this.#sweepTimer = undefined;
      for (const process of [...this.#watched]) this.#pollOne(process);
      this.#arm();
    }, SWEEP);
    const silent = [...this.#watched].filter((process) => this.#isPolled(process));
    if (silent.length > 0 && this.#pollTimer === undefined) {
      const loud = silent.some((process) => process.referenced);
      this.#pollTimer = (loud ? setTimeout : setQuietTimeout)(() => {
        this.#pollTimer = undefined;
        for (const process of silent) this.#pollOne(process);
        this.#arm();
      }, POLL);
    }
  }

  #clear(): void {
    clearTimeout(this.#stepTimer);
    clearTimeout(this.#sweepTimer);
    clearTimeout(this.#pollTimer);
    this.#stepTimer = this.#sweepTimer = this.#pollTimer = undefined;
  }
}

/** The module's watch. */
export const exitWatch: ExitWatch = new ExitWatch();
