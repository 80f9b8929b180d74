/**
 * Collecting what a child writes.
 *
 * @module
 */
import type { ProcessReadableStream } from "./io/child_streams.ts";
import type { ProcessStatus } from "./exit/exit_status.ts";

/**
 * What `ChildProcess.output()` gives.
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
   * Whether reading was given up `drainTimeout` after the process's end, while another process still
   * held a pipe open: then `stdout` or `stderr` lacks what that process writes later.
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

/** Whose output is collected, and for how long. */
export interface OutputSource {
  /** Its standard output and error; `undefined` where not piped. */
  readonly streams: readonly [ProcessReadableStream | undefined, ProcessReadableStream | undefined];
  /** How it ends. */
  readonly status: Promise<ProcessStatus>;
  /** Ends the streams where they are. */
  readonly close: () => void;
  /** Time for which they are read after the end, in ms. */
  readonly drainTimeout: number;
}

/**
 * Passes a stream on that must be piped.
 *
 * @param stream The stream, or what was read from it.
 * @param name Which one it is.
 * @returns `stream`.
 * @throws {TypeError} If there is none.
 */
export function piped<T>(stream: T | undefined, name: string): T {
  if (stream === undefined) throw new TypeError(`Cannot use ${name}: it is not piped`);
  return stream;
}

/** Whether a stream has a reader, or had one: what was read then would be missing. */
function wasRead(stream: ReadableStream<Uint8Array>): boolean {
  try {
    // A Response refuses such a stream, and nothing else tells that it was read.
    new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>);
    return false;
  } catch {
    return true;
  }
}

/**
 * Reads a process's streams to their end, and for a while only after its own end: a process of its
 * own may keep them open for ever.
 *
 * @param source The process.
 * @returns Its end and its output.
 * @throws {TypeError} If a stream is being read by somebody else.
 */
export async function collectOutput(source: OutputSource): Promise<ProcessOutput> {
  const { streams, status, close, drainTimeout } = source;
  if (streams.some((stream) => stream !== undefined && wasRead(stream))) {
    throw new TypeError(
      "Cannot collect the output of a process: a stream of it is being read, or was read",
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
