/**
 * Detects when processes have ended, without one thread per process.
 *
 * Theory of operation. A job's message reports that a process ended. Windows guarantees neither the
 * message nor that the process handle is signalled before the message arrives. So a message is only
 * a hint: the handle is polled at once, then in short steps until it is signalled. A slow sweep
 * over all handles finds ends without a message. Processes that never cause a message are polled:
 * those of a job whose messages go to another listener, and those of a closed job, whose port the
 * system may have dropped.
 *
 * @module
 */
import type { EndRequest } from "./ended_by.ts";
import { setQuietTimeout, type Timer } from "../quiet_timer.ts";

/** A process that someone waits for. */
export interface Watched {
  /** Its id; it is not reused while the process's handle is open. */
  readonly pid: number;
  /** The key of the job whose messages report its end; `undefined` if none does. */
  readonly key: bigint | undefined;
  /** Whether it keeps the program alive. */
  readonly referenced: boolean;
  /** Checks the handle; `true` if the process has ended. Then it is never called again. */
  poll(): boolean;
  /** The requests by this program to end it, in order; absent if none are noted. */
  readonly requests?: EndRequest[];
}

/** Time between two sweeps, in ms: the longest delay that a lost message can cause. */
const SWEEP = 400;
/** Time between two polls of processes that cause no messages, in ms. */
const POLL = 20;
/** Longest time between two checks after a hint, in ms. */
const LONGEST_STEP = 64;

/** The watch over all processes that this module started; see {@linkcode exitWatch}. */
export class ExitWatch {
  readonly #watched = new Set<Watched>();
  readonly #byPid = new Map<number, Set<Watched>>();
  readonly #hinted = new Set<Watched>();
  /** The processes that were put into named jobs, by job name. */
  readonly #byJob = new Map<string, Set<Watched>>();
  /** The processes that are polled although messages may report them. */
  readonly #hastened = new Set<Watched>();
  #step = 1;
  #stepTimer: Timer | undefined;
  #sweepTimer: Timer | undefined;
  #pollTimer: Timer | undefined;
  /** Whether the poll timer keeps the program alive. */
  #isLoud = false;

  /** How many processes are watched; a process with several waiters counts once for each. */
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
    this.#arm();
  }

  /**
   * Stops watching a process.
   *
   * @param process The object passed to {@linkcode add}.
   */
  remove(process: Watched): void {
    this.#forget(process);
    this.#arm();
  }

  /**
   * Notes that a process seems to have ended.
   *
   * @param pid Its id; ids that are not watched are ignored.
   */
  hint(pid: number): void {
    const same = this.#byPid.get(pid);
    if (same !== undefined) this.#ask([...same]);
  }

  /**
   * Notes that all processes of a job had ended at some time.
   *
   * @param key The job's key.
   * @param grown Whether the job has members again: then one that runs is left to its own message.
   */
  hintAll(key: bigint, grown = false): void {
    const processes = [...this.#watched].filter((process) => process.key === key);
    if (!grown) return this.#ask(processes);
    for (const process of processes) this.#pollOne(process);
  }

  /**
   * Notes that a job sends no more messages: from now on its processes are polled.
   *
   * @param key The job's key.
   */
  silence(key: bigint): void {
    this.hasten([...this.#watched].filter((process) => process.key === key));
  }

  /**
   * Checks processes at once, and then in short steps.
   *
   * @param processes The objects passed to {@linkcode add}.
   */
  hasten(processes: readonly Watched[]): void {
    for (const process of processes) {
      if (!this.#pollOne(process)) this.#hastened.add(process);
    }
    this.#arm();
  }

  /**
   * Notes that this program is about to end processes. Processes that have already ended are
   * settled first, so that the request is not taken as their reason.
   *
   * @param pids Their ids; unwatched ids are ignored.
   * @param request The request that is about to end them.
   */
  requestEnd(pids: Iterable<number>, request: EndRequest): void {
    for (const pid of pids) {
      for (const process of [...this.#byPid.get(pid) ?? []]) {
        if (!this.#pollOne(process)) process.requests?.push(request);
      }
    }
  }

  /**
   * Takes back a request that has no effect.
   *
   * @param request The request, as given to {@linkcode requestEnd}.
   */
  withdraw(request: EndRequest): void {
    for (const { requests } of this.#watched) {
      const at = requests?.indexOf(request) ?? -1;
      if (at >= 0) requests!.splice(at, 1);
    }
  }

  /**
   * Lists the processes that this program requested to end, but not with this exit code.
   *
   * @param code The exit code.
   * @returns Their ids.
   */
  endingOtherwise(code: number): number[] {
    const isOther = (request: EndRequest): boolean =>
      request.code !== undefined && request.code !== code;
    return [...this.#watched]
      .filter(({ requests = [] }) => requests.length > 0 && requests.every(isOther))
      .map(({ pid }) => pid);
  }

  /**
   * Remembers that a process was put into a named job.
   *
   * @param pid Its id; ids that are not watched are ignored.
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
   * Returns whether a process is known to have been put into another named job.
   *
   * @param pid Its id.
   * @param job The name of the known job; `undefined` for one without a name.
   * @returns Whether it was.
   */
  isInOtherJob(pid: number, job: string | undefined): boolean {
    const same = [...this.#byPid.get(pid) ?? []];
    return [...this.#byJob].some(([name, members]) =>
      name !== job && same.some((process) => members.has(process))
    );
  }

  /**
   * Like {@linkcode requestEnd}, for all processes that were put into a named job. For callers
   * without the right to list its processes.
   *
   * @param job The job's name.
   * @param request The request that is about to end them.
   */
  requestEndIn(job: string, request: EndRequest): void {
    this.requestEnd([...this.#byJob.get(job) ?? []].map(({ pid }) => pid), request);
  }

  /** Call it when a process's `referenced` has changed. */
  update(): void {
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
    // The end of another process may have led to the removal of this one.
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

  /**
   * Sets the timers that are needed. One that runs is left alone: else a busy program would put it
   * off for ever.
   */
  #arm(): void {
    if (this.#watched.size === 0) return this.#clear();
    if (this.#hinted.size > 0) {
      this.#stepTimer ??= setQuietTimeout(() => {
        this.#stepTimer = undefined;
        for (const process of [...this.#hinted]) this.#pollOne(process);
        this.#step = Math.min(2 * this.#step, LONGEST_STEP);
        // After this long, the hint is considered wrong and left to the sweep.
        if (this.#step === LONGEST_STEP) this.#hinted.clear();
        this.#arm();
      }, this.#step);
    }
    this.#sweepTimer ??= setQuietTimeout(() => {
      this.#sweepTimer = undefined;
      for (const process of [...this.#watched]) this.#pollOne(process);
      this.#arm();
    }, SWEEP);
    this.#armPoll();
  }

  #armPoll(): void {
    const silent = this.#silent();
    const isLoud = silent.some(({ referenced }) => referenced);
    if (this.#pollTimer !== undefined) {
      if (silent.length > 0 && isLoud === this.#isLoud) return;
      clearTimeout(this.#pollTimer);
      this.#pollTimer = undefined;
    }
    if (silent.length === 0) return;
    this.#isLoud = isLoud;
    this.#pollTimer = (isLoud ? setTimeout : setQuietTimeout)(() => {
      this.#pollTimer = undefined;
      for (const process of this.#silent()) this.#pollOne(process);
      this.#arm();
    }, POLL);
  }

  #silent(): Watched[] {
    return [...this.#watched].filter((process) => this.#isPolled(process));
  }

  #clear(): void {
    clearTimeout(this.#stepTimer);
    clearTimeout(this.#sweepTimer);
    clearTimeout(this.#pollTimer);
    this.#stepTimer = this.#sweepTimer = this.#pollTimer = undefined;
  }
}

/** The watch that the module uses. */
export const exitWatch: ExitWatch = new ExitWatch();
