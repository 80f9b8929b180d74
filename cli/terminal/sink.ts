/**
 * Writing without waiting: bytes are queued and passed on as fast as their reader takes them, so
 * that a reader that stalls delays only those who wait for it.
 *
 * @module
 */
import type { Io, Sink } from "./io.ts";

/** Passes bytes to the system and returns the number that it took. */
export type Put = (bytes: Uint8Array) => Promise<number>;

interface Piece {
  readonly bytes: Uint8Array;
  readonly taken: (isTaken: boolean) => void;
}

/** The most bytes that are combined into one write. */
const MOST_TOGETHER = 2 ** 16;

/**
 * A sink over an asynchronous write: one write at a time, in order. Small pieces that wait are
 * combined, so that many of them cost a slow disk no more than a few.
 */
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
   * @param isReaderGone Whether a failed write means that there is no reader any more.
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
    // An empty piece goes with the pieces before it.
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
    // Reported once, to the first caller who asks.
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
    // Bytes of the first piece that were taken already.
    let at = 0;
    while (this.#queue.length > 0) {
      try {
        const count = await this.#put(this.#next(at));
        if (!this.#isGone) this.#pending -= count;
        at += count;
      } catch (error) {
        if (!this.#isGone && !this.#isReaderGone(error)) this.#failure = { error };
        this.giveUp();
      }
      if (this.#isGone) break;
      for (let piece = this.#queue[0]; piece !== undefined && at >= piece.bytes.length;) {
        at -= piece.bytes.length;
        this.#queue.shift();
        piece.taken(true);
        piece = this.#queue[0];
      }
    }
    this.#isWriting = false;
    if (this.#pending === 0) this.#idle.resolve();
  }

  /** The next write: the rest of the first piece, and further pieces that fit. */
  #next(at: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (const { bytes } of this.#queue) {
      const part = parts.length === 0 ? bytes.subarray(at) : bytes;
      if (parts.length > 0 && length + part.length > MOST_TOGETHER) break;
      parts.push(part);
      length += part.length;
    }
    return parts.length === 1 ? parts[0]! : joined(parts);
  }
}

/**
 * Puts pieces together.
 *
 * @param parts The pieces.
 * @returns A copy of them all, in their order.
 */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const together = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let next = 0;
  for (const part of parts) {
    together.set(part, next);
    next += part.length;
  }
  return together;
}

/**
 * Waits until a sink has passed everything on, as long as its reader takes something now and
 * then; if the reader stalls, the rest is dropped.
 *
 * @param sink The sink.
 * @param clock The clock.
 * @param patience Milliseconds within which the reader must take something.
 * @throws The error of a failed write.
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
