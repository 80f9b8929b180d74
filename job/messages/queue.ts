/**
 * The queue of one consumer of a job's messages. Pure.
 *
 * @module
 */

interface Waiter<T> {
  resolve(value: T | undefined): void;
  reject(reason: unknown): void;
}

/** Keeps values until somebody takes them; none is dropped. */
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

  /** Whether {@linkcode next} has its answer without waiting. */
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
   * Takes a value that is there.
   *
   * @returns The oldest one, or `undefined` when there is none.
   */
  take(): T | undefined {
    if (this.#head === this.#values.length) return undefined;
    const value = this.#values[this.#head++];
    // Taken values go when they are half of all, so that taking stays cheap however long the queue is.
    if (2 * this.#head >= this.#values.length) {
      this.#values = this.#values.slice(this.#head);
      this.#head = 0;
    }
    return value;
  }

  /**
   * Takes the next value, waiting for it.
   *
   * @param signal Gives up waiting.
   * @returns The value, or `undefined` when the queue ended.
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
   * Ends the queue: what is there can still be taken.
   *
   * @param error What later takers, and those that wait, get instead of an end.
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
