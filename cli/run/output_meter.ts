/**
 * Output of the command that goes through jobbox: counted, capped and passed on.
 *
 * @module
 */

/**
 * Where a stream goes: takes a piece and resolves when its reader has it, or with `false` if
 * there is no reader any more.
 */
export type Destination = (bytes: Uint8Array) => Promise<boolean>;

/** How much may be written, and what happens after that. */
export interface MeterOptions {
  /** The most bytes of both streams together. */
  readonly limit: number;
  /** Called once, when they have more. */
  readonly exceeded: (bytes: number) => void;
  /** Milliseconds on a monotonic clock. */
  readonly elapsed: () => number;
}

/** Counts and passes on two streams. */
export class OutputMeter {
  readonly #options: MeterOptions;
  readonly #bytes = { stdout: 0, stderr: 0 };
  #told = false;
  #waitingForReader = 0;
  #movedAt: number;

  /**
   * Makes a meter.
   *
   * @param options The cap and the clock.
   */
  constructor(options: MeterOptions) {
    this.#options = options;
    this.#movedAt = options.elapsed();
  }

  /** Bytes that the command wrote to its standard output. */
  get stdoutBytes(): number {
    return this.#bytes.stdout;
  }

  /** Bytes that the command wrote to its standard error. */
  get stderrBytes(): number {
    return this.#bytes.stderr;
  }

  /** Whether a reader has not yet taken what it was given. */
  get waitsForReader(): boolean {
    return this.#waitingForReader > 0;
  }

  /** When something was last read or passed on. */
  get movedAt(): number {
    return this.#movedAt;
  }

  /**
   * Passes a stream on to its end. Output above the cap is counted and dropped, so that the command
   * never waits for a reader that is gone.
   *
   * @param name Which stream it is.
   * @param stream The stream.
   * @param options Where it goes, and a signal that gives up on it, even while a reader is waited for.
   */
  async pump(
    name: "stdout" | "stderr",
    stream: ReadableStream<Uint8Array>,
    { destination, signal }: { readonly destination: Destination; readonly signal: AbortSignal },
  ): Promise<void> {
    const reader = stream.getReader();
    const { promise: stopped, resolve: stop } = Promise.withResolvers<undefined>();
    const giveUp = (): void => stop(undefined);
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      for (;;) {
        const piece = await Promise.race([reader.read(), stopped]);
        if (piece === undefined) return await reader.cancel();
        const { done, value } = piece;
        if (done) return;
        this.#movedAt = this.#options.elapsed();
        const room = Math.max(0, this.#options.limit - this.#bytes.stdout - this.#bytes.stderr);
        this.#bytes[name] += value.length;
        const kept = value.subarray(0, room);
        if (kept.length < value.length) this.#tell();
        // As without jobbox in between: the command learns that there is no reader.
        if (kept.length > 0 && !await this.#handOn(destination(kept), stopped)) {
          return await reader.cancel();
        }
      }
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  async #handOn(taken: Promise<boolean>, stopped: Promise<undefined>): Promise<boolean> {
    this.#waitingForReader++;
    try {
      return await Promise.race([taken, stopped]) ?? false;
    } finally {
      this.#waitingForReader--;
      this.#movedAt = this.#options.elapsed();
    }
  }

  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    this.#options.exceeded(this.#bytes.stdout + this.#bytes.stderr);
  }
}
