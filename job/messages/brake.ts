/**
 * Spaces out a message that may come again as soon as it has been handled.
 *
 * The system posts `notificationLimit` again only after its violation was read, and may do so at
 * once while the limit stays exceeded. Reading it later keeps such a series slow.
 *
 * @module
 */

const SHORTEST = 100;
const LONGEST = 1_000;

/** Decides how long each message of a series is held back. */
export class Brake {
  #last = -Infinity;
  #interval = 0;

  /**
   * Takes a message.
   *
   * @param now When it came, in milliseconds of any clock that never goes back.
   * @returns How many milliseconds to hold it back: 0 if it does not closely follow another one. In
   * a series, messages are first 100 ms apart, then twice as far each time, up to 1000.
   */
  hold(now: number): number {
    const calm = now - this.#last >= Math.max(SHORTEST, this.#interval);
    this.#interval = calm ? 0 : Math.min(LONGEST, Math.max(SHORTEST, 2 * this.#interval));
    const due = calm ? now : this.#last + this.#interval;
    this.#last = due;
    return Math.max(0, due - now);
  }
}

/** Passes messages on, and delays those of a series. */
export class BrakedMessages<T> {
  readonly #tell: (message: T) => void;
  readonly #brake = new Brake();
  #held: { readonly timer: ReturnType<typeof setTimeout>; readonly message: T } | undefined;

  /**
   * Starts without a series.
   *
   * @param tell Receives each message; this allows the next one to be posted.
   */
  constructor(tell: (message: T) => void) {
    this.#tell = tell;
  }

  /**
   * Takes a message and passes it on, at once or later.
   *
   * @param message The message.
   */
  take(message: T): void {
    this.release();
    const hold = this.#brake.hold(performance.now());
    if (hold === 0) return this.#tell(message);
    this.#held = { timer: setTimeout(() => this.release(), hold), message };
    // Only a consumer that waits for a message keeps the program alive.
    Deno.unrefTimer(this.#held.timer);
  }

  /** Passes on the messages that are held back. */
  release(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    clearTimeout(held.timer);
    this.#tell(held.message);
  }
}
