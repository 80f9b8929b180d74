/**
 * Knowing when processes have ended, without a thread for each.
 *
 * Theory of operation. A job's message says that a process ended, but Windows does not promise the
 * message, nor that the process handle is signalled before it comes. So a message is only a hint:
 * the handle is asked at once, then in short steps until it agrees. A slow sweep over all handles
 * finds what no message told. Processes of a job whose messages go to somebody else are polled.
 *
 * @module
 */
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
}

/** Time between two sweeps, in ms: the longest that a lost message can delay the news. */
const SWEEP = 1_000;
/** Time between two polls of processes that no message tells of, in ms. */
const POLL = 20;
/** Longest time between two questions behind a hint, in ms. */
const LONGEST_STEP = 64;

/** The watch over all processes that this module started; see {@linkcode exitWatch}. */
export class ExitWatch {
  readonly #watched = new Map<number, Watched>();
  readonly #hinted = new Set<Watched>();
  #step = 1;
  #stepTimer: Timer | undefined;
  #sweepTimer: Timer | undefined;
  #pollTimer: Timer | undefined;

  /** How many processes are watched. */
  get size(): number {
    return this.#watched.size;
  }

  /**
   * Watches a process until it has ended.
   *
   * @param process The process.
   */
  add(process: Watched): void {
    this.#watched.set(process.pid, process);
    // The timer may be armed for processes that do not keep the program alive.
    if (process.key === undefined) this.update();
    else this.#arm();
  }

  /**
   * Tells that a process seems to have ended.
   *
   * @param pid Its id; ids that nobody watches are no matter.
   */
  hint(pid: number): void {
    const process = this.#watched.get(pid);
    if (process !== undefined) this.#ask([process]);
  }

  /**
   * Tells that all processes of a job seem to have ended.
   *
   * @param key The job's key.
   */
  hintAll(key: bigint): void {
    this.#ask([...this.#watched.values()].filter((process) => process.key === key));
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
    if (!process.poll()) return false;
    this.#watched.delete(process.pid);
    this.#hinted.delete(process);
    if (this.#watched.size === 0) this.#clear();
    return true;
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
      for (const process of [...this.#watched.values()]) this.#pollOne(process);
      this.#arm();
    }, SWEEP);
    const silent = [...this.#watched.values()].filter((process) => process.key === undefined);
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
