/**
 * The queue of one consumer of a job's messages. Pure.
 *
 * @module
 */

interface Waiter<T> {
  resolve(value: T | undefined): void;
  reject(reason: unknown): void;
}

/** Keeps values until they are taken; none is dropped. */
export class NotificationQueue<T> {
  #values: T[] = [];
  #head = 0;
  readonly #waiters = new Set<Waiter<T>>();
  #ended = false;
  #error: { readonly reason: unknown } | undefined;

  /** How many takers wait. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Whether {@linkcode next} can return without waiting. */
  get isReady(): boolean {
    return this.#ended || this.#head < this.#values.length;
  }

  /**
   * Adds a value, or hands it to the longest-waiting taker.
   *
   * @param value The value.
   */
  push(value: T): void {
    if (this.#ended) return;
    for (const waiter of this.#waiters) {
      this.#waiters.delete(waiter);
      return waiter.resolve(value);
    }
    this.#values.push(value);
  }

  /**
   * Takes an available value.
   *
   * @returns The oldest one, or `undefined` if there is none.
   */
  take(): T | undefined {
    if (this.#head === this.#values.length) return undefined;
    const value = this.#values[this.#head++];
    // Taken values are removed when they are half of the array, so that taking stays cheap in a
    // long queue.
    if (2 * this.#head >= this.#values.length) {
      this.#values = this.#values.slice(this.#head);
      this.#head = 0;
    }
    return value;
  }

  /**
   * Takes the next value; waits for it if there is none.
   *
   * @param signal Stops waiting when aborted.
   * @returns The value, or `undefined` if the queue has ended.
   */
  next(signal?: AbortSignal): Promise<T | undefined> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const value = this.take();
    if (value !== undefined) return Promise.resolve(value);
    if (this.#error !== undefined) return Promise.reject(this.#error.reason);
    if (this.#ended) return Promise.resolve(undefined);
    const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
    const waiter = { resolve, reject };
    this.#waiters.add(waiter);
    if (signal === undefined) return promise;
    const abort = (): void => {
      this.#waiters.delete(waiter);
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", abort));
  }

  /**
   * Ends the queue; the remaining values can still be taken.
   *
   * @param error The error for waiting and later takers, instead of the end.
   */
  end(error?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    if (error !== undefined) this.#error = { reason: error };
    for (const waiter of this.#waiters) {
      if (error === undefined) waiter.resolve(undefined);
      else waiter.reject(error);
    }
    this.#waiters.clear();
  }
}
