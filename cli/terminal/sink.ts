/**
 * Writing without waiting: bytes are queued and handed on as fast as their reader takes them, so
 * that a reader that stalls holds up nobody but whoever waits for it.
 *
 * @module
 */
import type { Io, Sink } from "./io.ts";

/** Hands bytes to the system and gives the number that it took. */
export type Put = (bytes: Uint8Array) => Promise<number>;

interface Piece {
  readonly bytes: Uint8Array;
  readonly taken: (isTaken: boolean) => void;
}

/** A sink over an asynchronous write: one write at a time, in order. */
export class QueuedSink implements Sink {
  readonly #put: Put;
  readonly #isReaderGone: (error: unknown) => boolean;
  readonly #encoder = new TextEncoder();
  #queue: Piece[] = [];
  #pending = 0;
  #isGone = false;
  #failure: { readonly error: unknown } | undefined;
  #idle = Promise.withResolvers<void>();
  #isWriting = false;

  /**
   * Makes a sink.
   *
   * @param put Writes.
   * @param isReaderGone Whether a failed write means that nobody reads any more.
   */
  constructor(put: Put, isReaderGone: (error: unknown) => boolean) {
    this.#put = put;
    this.#isReaderGone = isReaderGone;
    this.#idle.resolve();
  }

  get pending(): number {
    return this.#pending;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  get failure(): unknown {
    return this.#failure?.error;
  }

  write(data: string | Uint8Array): Promise<boolean> {
    const bytes = typeof data === "string" ? this.#encoder.encode(data) : data;
    if (this.#isGone) return Promise.resolve(false);
    // Nothing is taken together with what comes before it.
    if (bytes.length === 0 && this.#pending === 0) return Promise.resolve(true);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    if (this.#pending === 0) this.#idle = Promise.withResolvers<void>();
    this.#pending += bytes.length;
    this.#queue.push({ bytes, taken: resolve });
    if (!this.#isWriting) void this.#writeAll();
    return promise;
  }

  async flush(): Promise<void> {
    await this.#idle.promise;
    const failure = this.#failure;
    // Told once: whoever learns of it says so.
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  giveUp(): void {
    this.#isGone = true;
    const dropped = this.#queue;
    this.#queue = [];
    this.#pending = 0;
    for (const { taken } of dropped) taken(false);
    this.#idle.resolve();
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    for (let piece = this.#queue[0]; piece !== undefined; piece = this.#queue[0]) {
      try {
        for (let at = 0; at < piece.bytes.length && !this.#isGone;) {
          const count = await this.#put(piece.bytes.subarray(at));
          at += count;
          if (!this.#isGone) this.#pending -= count;
        }
      } catch (error) {
        if (!this.#isGone && !this.#isReaderGone(error)) this.#failure = { error };
        this.giveUp();
      }
      if (this.#isGone) break;
      this.#queue.shift();
      piece.taken(true);
    }
    this.#isWriting = false;
    if (this.#pending === 0) this.#idle.resolve();
  }
}

/**
 * Waits until a sink has handed everything on, for as long as its reader takes something now and
 * then; what is left of a reader that stalls is dropped.
 *
 * @param sink The sink.
 * @param clock The clock.
 * @param patience Milliseconds in which the reader must have taken something.
 * @throws What a write failed with.
 */
export async function settleSink(
  sink: Sink,
  clock: Pick<Io, "after">,
  patience: number,
): Promise<void> {
  let before = sink.pending;
  let cancel = (): void => {};
  const look = (): void => {
    if (sink.pending >= before) return sink.giveUp();
    before = sink.pending;
    cancel = clock.after(patience, look);
  };
  if (before > 0) cancel = clock.after(patience, look);
  try {
    await sink.flush();
  } finally {
    cancel();
  }
}
