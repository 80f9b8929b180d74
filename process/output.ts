/**
 * Collects the output of a child.
 *
 * @module
 */
import type { ProcessReadableStream } from "./io/child_streams.ts";
import type { ProcessStatus } from "./exit/exit_status.ts";

/**
 * The result of `ChildProcess.output()`.
 *
 * @example
 * ```ts
 * import type { ProcessOutput } from "@jobbox/jobobject";
 *
 * const text = ({ stdout }: ProcessOutput): string => new TextDecoder().decode(stdout);
 * ```
 */
export interface ProcessOutput extends ProcessStatus {
  /**
   * Whether reading stopped `drainTimeout` after the process had ended, because another process
   * still held a pipe open. Then `stdout` or `stderr` lacks what that process writes later.
   */
  readonly truncated: boolean;
  /**
   * What the process wrote to its standard output.
   *
   * @throws {TypeError} If it was not piped.
   */
  readonly stdout: Uint8Array<ArrayBuffer>;
  /**
   * What the process wrote to its standard error.
   *
   * @throws {TypeError} If it was not piped.
   */
  readonly stderr: Uint8Array<ArrayBuffer>;
}

/** The process whose output is collected, and for how long. */
export interface OutputSource {
  /** Its standard output and error; `undefined` where not piped. */
  readonly streams: readonly [ProcessReadableStream | undefined, ProcessReadableStream | undefined];
  /** Resolves when the process has ended. */
  readonly status: Promise<ProcessStatus>;
  /** Closes the streams, wherever reading is. */
  readonly close: () => void;
  /** How long they are read after the process has ended, in ms. */
  readonly drainTimeout: number;
}

/**
 * Returns a stream that must be piped.
 *
 * @param stream The stream, or its content.
 * @param name Which one it is.
 * @returns `stream`.
 * @throws {TypeError} If there is none.
 */
export function piped<T>(stream: T | undefined, name: string): T {
  if (stream === undefined) throw new TypeError(`Cannot use ${name}: it is not piped`);
  return stream;
}

/** Whether a stream has or had a reader. What that one read would be missing here. */
function wasRead(stream: ReadableStream<Uint8Array>): boolean {
  try {
    // Only a Response detects that a stream was already read.
    new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>);
    return false;
  } catch {
    return true;
  }
}

/**
 * Reads a process's streams to their end, but only for a limited time after the process has ended:
 * a descendant may keep them open for ever.
 *
 * @param source The process.
 * @returns Its end and its output.
 * @throws {TypeError} If a stream is or was read elsewhere.
 */
export async function collectOutput(source: OutputSource): Promise<ProcessOutput> {
  const { streams, status, close, drainTimeout } = source;
  if (streams.some((stream) => stream !== undefined && wasRead(stream))) {
    throw new TypeError(
      "Cannot collect the output of a process: one of its streams is being read, or was read",
    );
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  let truncated = false;
  status.then(() => {
    if (over) return;
    timer = setTimeout(() => {
      truncated = true;
      close();
    }, drainTimeout);
  });
  try {
    const [stdout, stderr] = await Promise.all(streams.map((stream) => stream?.bytes()));
    const end = await status;
    return {
      ...end,
      truncated,
      get stdout() {
        return piped(stdout, "stdout");
      },
      get stderr() {
        return piped(stderr, "stderr");
      },
    };
  } finally {
    over = true;
    clearTimeout(timer);
  }
}
