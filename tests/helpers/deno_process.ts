/**
 * Running Deno or another program as a child of a test, with nothing waited for without a deadline.
 *
 * @module
 */

import { defined } from "../../values/defined.ts";

/** How {@linkcode runDeno} and {@linkcode startDeno} run it. */
export interface DenoRun {
  /** Variables on top of those of the test; an empty text leaves one out for most readers. */
  readonly env?: Readonly<Record<string, string>>;
  /** Bytes for its stdin, which is closed after them. */
  readonly stdin?: Uint8Array<ArrayBuffer>;
  /** Another program in the place of Deno. */
  readonly program?: string;
  /** Its folder; that of the test by default. */
  readonly cwd?: string;
  /** The arguments are joined by blanks, as they would be typed; Windows only. */
  readonly typed?: boolean;
  /** A command that gets Deno's path and arguments as its last arguments. */
  readonly through?: readonly string[];
  /** When it is ended, in milliseconds; a minute by default. */
  readonly deadlineMs?: number;
}

/** What it left. */
export interface DenoOutput {
  /** Its exit code. */
  readonly code: number;
  /** The signal that ended it, or `null`. */
  readonly signal: Deno.Signal | null;
  /** What it wrote to stdout, as bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What it wrote to stdout. */
  readonly stdout: string;
  /** What it wrote to stderr. */
  readonly stderr: string;
}

const DEADLINE_MS = 5 * 60_000;

function command(
  args: readonly string[],
  { env = {}, through = [], deadlineMs = DEADLINE_MS, ...options }: DenoRun,
): Deno.Command {
  const [program = "", ...rest] = [...through, options.program ?? Deno.execPath(), ...args];
  return new Deno.Command(program, {
    args: rest,
    ...defined({ cwd: options.cwd, windowsRawArguments: options.typed }),
    env: { NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(deadlineMs),
  });
}

/**
 * Runs Deno to its end.
 *
 * @param args Its arguments.
 * @param options See {@linkcode DenoRun}.
 * @returns What it left.
 */
export async function runDeno(args: readonly string[], options: DenoRun = {}): Promise<DenoOutput> {
  const child = command(args, options).spawn();
  const feed = async (): Promise<void> => {
    const writer = child.stdin.getWriter();
    try {
      if (options.stdin) await writer.write(options.stdin);
      await writer.close();
    } catch (error) {
      // A program that reads no input may end first.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  };
  const [output] = await Promise.all([child.output(), feed()]);
  const { code, signal, stdout, stderr } = output;
  const decoder = new TextDecoder();
  const text = { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  return { code, signal, bytes: stdout, ...text };
}

/** A running Deno that a test talks with line by line. */
export class DenoProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #stderr: Promise<string>;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  #rest = "";

  /**
   * Starts it.
   *
   * @param args Its arguments.
   * @param options See {@linkcode DenoRun}; `stdin` is not used.
   */
  constructor(args: readonly string[], options: DenoRun = {}) {
    this.#child = command(args, options).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#stderr = this.#child.stderr.text();
    this.#stdin = this.#child.stdin.getWriter();
  }

  /** Its process number. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Waits until it has written a line that holds a text.
   *
   * @param text The text.
   * @returns The line.
   * @throws {Error} If it ends without such a line; the deadline ends it.
   */
  async line(text: string): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end).trimEnd();
        this.#rest = this.#rest.slice(end + 1);
        if (line.includes(text)) return line;
        continue;
      }
      const { value, done } = await this.#lines.read();
      if (done) {
        throw new Error(
          `Cannot find "${text}": it ended, and wrote to stderr: ${await this.#stderr}`,
        );
      }
      this.#rest += value;
    }
  }

  /**
   * Writes to its stdin.
   *
   * @param text The text.
   */
  async write(text: string): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode(text));
  }

  /**
   * Sends it a signal.
   *
   * @param signal The signal.
   */
  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /**
   * Waits for its end.
   *
   * @returns Its exit code, the rest of its stdout, and its stderr.
   */
  async end(): Promise<{ code: number; stdout: string; stderr: string }> {
    for (;;) {
      const { value, done } = await this.#lines.read();
      if (done) break;
      this.#rest += value;
    }
    await this.#stdin.close().catch(() => {});
    const { code } = await this.#child.status;
    return { code, stdout: this.#rest, stderr: await this.#stderr };
  }

  /** Ends it, if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.end();
  }
}
