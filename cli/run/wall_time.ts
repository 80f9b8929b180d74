/**
 * The time that a run has had, as `--timeout` counts it: not while its tree cannot run.
 *
 * Two things stop a tree. `jobbox freeze` suspends its job and marks the run. An engine or a
 * debugger suspends jobbox together with its tree, and a machine sleeps: then no timer of jobbox
 * fires for longer than it should. In both, time is left out only if the tree used no processor
 * time meanwhile, so that a tree that runs never gets more than its time: neither behind a busy
 * jobbox nor under a mark that was left behind.
 *
 * @module
 */
import type { Io } from "../terminal/io.ts";

/** Time between two looks, in ms. */
const LOOK = 500;

/** How late a look may be before jobbox itself counts as suspended, in ms. */
const LATE = 1500;

/** What the clock of a run needs. */
export interface WallTimeWorld {
  /** The clock. */
  readonly io: Pick<Io, "after" | "elapsed">;
  /** Milliseconds of processor time of the tree so far; `undefined` if that is not known. */
  readonly cpuTime: () => number | undefined;
  /** Whether the tree is marked as frozen. */
  readonly isFrozen: () => boolean;
}

/** Counts the time of one run up to its limit. */
export class WallTime implements Disposable {
  readonly #world: WallTimeWorld;
  #counted = 0;
  #cancel = (): void => {};

  /**
   * Makes a clock that stands still.
   *
   * @param world The clock and the tree.
   */
  constructor(world: WallTimeWorld) {
    this.#world = world;
  }

  /** Milliseconds that count so far, as of the last look. */
  get counted(): number {
    return this.#counted;
  }

  /**
   * Counts from now on.
   *
   * @param limit Milliseconds.
   * @param reached Is called once, when they have passed.
   * @param options `before`: milliseconds that have passed already. `all`: whether time in which the
   * tree cannot run counts too.
   */
  start(
    limit: number,
    reached: () => void,
    { before, all }: { readonly before: number; readonly all: boolean },
  ): void {
    const { io, cpuTime } = this.#world;
    this.#counted = before;
    let last = { at: io.elapsed(), cpu: cpuTime(), isFrozen: this.#isFrozen() };
    const wait = (): void => {
      const step = Math.max(0, Math.min(LOOK, limit - this.#counted));
      this.#cancel = io.after(step, () => {
        const now = { at: io.elapsed(), cpu: cpuTime(), isFrozen: this.#isFrozen() };
        const span = now.at - last.at;
        const isStill = now.cpu !== undefined && now.cpu === last.cpu;
        const couldNotRun = last.isFrozen && now.isFrozen || span > step + LATE;
        if (all || !isStill || !couldNotRun) this.#counted += span;
        last = now;
        if (this.#counted >= limit) reached();
        else wait();
      });
    };
    wait();
  }

  /** Counts no further. */
  [Symbol.dispose](): void {
    this.#cancel();
  }

  /** What is not known is not a reason for more time. */
  #isFrozen(): boolean {
    try {
      return this.#world.isFrozen();
    } catch {
      return false;
    }
  }
}
