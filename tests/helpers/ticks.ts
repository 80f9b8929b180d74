/**
 * Time as this program sees it: short timers, one after another. A machine that stands still holds
 * these up too, so it makes no count larger; only a longer timer of this program does.
 *
 * @module
 */

/** Time of one tick, in ms. */
export const TICK = 10;

/** A running count. */
export class Ticks implements Disposable {
  #count = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  /**
   * Begins.
   *
   * @param isCounted Whether a timer that has ended counts; each does when absent.
   */
  constructor(isCounted: () => boolean = () => true) {
    this.#timer = setInterval(() => {
      if (isCounted()) this.#count++;
    }, TICK);
  }

  /** How many timers have ended and counted since it began. */
  get count(): number {
    return this.#count;
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/**
 * Counts until a promise settles.
 *
 * @param promise The promise.
 * @param isCounted Whether a tick counts; each does when absent.
 * @returns How many ticks it took.
 */
export async function ticksUntil(
  promise: Promise<unknown>,
  isCounted?: () => boolean,
): Promise<number> {
  using ticks = new Ticks(isCounted);
  await promise;
  return ticks.count;
}
