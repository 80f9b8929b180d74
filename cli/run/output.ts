/**
 * The command's output where it goes through jobbox: counted, capped, and handed on.
 *
 * @module
 */

/** Where a stream goes; `false` when nobody reads it any more. */
export type Destination = (bytes: Uint8Array) => boolean;

/** How much may be written, and who hears of too much. */
export interface MeterOptions {
  /** Bytes that both streams may have together. */
  readonly limit: number;
  /** Told once, when they have more. */
  readonly exceeded: (bytes: number) => void;
}

/** Counts and hands on two streams. */
export class OutputMeter {
  readonly #options: MeterOptions;
  readonly #bytes = { stdout: 0, stderr: 0 };
  #told = false;

  /**
   * Makes a meter.
   *
   * @param options The cap.
   */
  constructor(options: MeterOptions) {
    this.#options = options;
  }

  /** Bytes that the command wrote to its standard output. */
  get stdoutBytes(): number {
    return this.#bytes.stdout;
  }

  /** Bytes that the command wrote to its standard error. */
  get stderrBytes(): number {
    return this.#bytes.stderr;
  }

  /**
   * Hands a stream on to its end. What is above the cap is counted and dropped, so that the command
   * never waits for a reader that is gone.
   *
   * @param name Which stream it is.
   * @param stream The stream.
   * @param options Where it goes, and what gives up on a stream that does not end.
   */
  async pump(
    name: "stdout" | "stderr",
    stream: ReadableStream<Uint8Array>,
    { destination, signal }: { readonly destination: Destination; readonly signal: AbortSignal },
  ): Promise<void> {
    const reader = stream.getReader();
    const giveUp = (): void => void reader.cancel();
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const room = Math.max(0, this.#options.limit - this.#bytes.stdout - this.#bytes.stderr);
        this.#bytes[name] += value.length;
        const kept = value.subarray(0, room);
        // As without jobbox in between: the command learns that nobody reads.
        if (kept.length > 0 && !destination(kept)) return await reader.cancel();
        if (kept.length < value.length) this.#tell();
      }
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }

  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    this.#options.exceeded(this.#bytes.stdout + this.#bytes.stderr);
  }
}
