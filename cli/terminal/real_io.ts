/**
 * The real surroundings of the tool.
 *
 * @module
 */
import type { Io, OutputFile, Sink, StopSignal } from "./io.ts";
import { checkReplaceable, replaceFile } from "./record_file.ts";
import { updateSharedFile } from "./shared_file.ts";
import { joined, QueuedSink } from "./sink.ts";
import { JobObject } from "../../mod.ts";
import {
  currentEnvironment,
  fileIdentity,
  HeldFile,
  machineName,
  ownCommandLine,
  processorCount,
} from "../windows.ts";

/** The errors of Windows for a pipe without a reader: broken, being closed, and disconnected. */
const GONE = /\(os error (?:109|232|233)\)/;

/**
 * Returns whether a write failed because there is no reader any more.
 *
 * @param error The error of the write.
 * @returns Whether it did; the runtime has a class for only some of the system's codes.
 */
export function isReaderGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe ||
    error instanceof Error && GONE.test(error.message);
}

function streamSink(stream: { write(bytes: Uint8Array): Promise<number> }): Sink {
  return new QueuedSink((bytes) => stream.write(bytes), isReaderGone);
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    // The code that opens it reports the error.
    return false;
  }
}

function readFile(path: string, most: number): Uint8Array {
  // The system's error for a folder does not say that it is one.
  if (isFolder(path)) throw new Deno.errors.IsADirectory("it is a folder");
  using file = Deno.openSync(path);
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < most) {
    const part = new Uint8Array(Math.min(1024 ** 2, most - length));
    const count = file.readSync(part);
    if (count === null) break;
    parts.push(part.subarray(0, count));
    length += count;
  }
  return joined(parts);
}

function fileSize(path: string): number | undefined {
  try {
    const { isFile, size } = Deno.statSync(path);
    return isFile ? size : undefined;
  } catch {
    // Removed, or a device such as NUL: there is nothing to report.
    return undefined;
  }
}

/** A held file, written without waiting for the disk. */
class HeldSink extends QueuedSink implements OutputFile {
  readonly #file: HeldFile;

  constructor(file: HeldFile) {
    const put = async (bytes: Uint8Array): Promise<number> => {
      await file.writeAsync(bytes);
      return bytes.length;
    };
    super(put, isReaderGone);
    this.#file = file;
  }

  empty(): void {
    this.#file.empty();
  }

  close(): void {
    this.#file.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

const SIGNALS: readonly (readonly [signal: Deno.Signal, meaning: StopSignal])[] =
  Deno.build.os === "windows"
    ? [["SIGINT", "interrupt"], ["SIGBREAK", "break"], ["SIGHUP", "close"], ["SIGTERM", "close"]]
    : [["SIGINT", "interrupt"], ["SIGTERM", "close"]];

function onSignal(listener: (signal: StopSignal) => void): () => void {
  const added = SIGNALS.map(([signal, meaning]) => {
    const handler = (): void => listener(meaning);
    Deno.addSignalListener(signal, handler);
    return [signal, handler] as const;
  });
  return () => {
    for (const [signal, handler] of added) Deno.removeSignalListener(signal, handler);
  };
}

/** The longest time that a timer of the runtime accepts; a longer one would fire at once. */
const LONGEST_TIMER = 0x7fff_ffff;

function after(milliseconds: number, callback: () => void): () => void {
  let left = milliseconds;
  let timer: ReturnType<typeof setTimeout>;
  const arm = (): void => {
    const part = Math.min(left, LONGEST_TIMER);
    left -= part;
    timer = setTimeout(left > 0 ? arm : callback, part);
  };
  arm();
  return () => clearTimeout(timer);
}

/** In a job of its own nothing of it stays, and Ctrl-C does not reach it. */
async function runProgram(
  path: string,
  args: readonly string[],
  milliseconds: number,
): Promise<number | undefined> {
  await using job = JobObject.create({ killOnClose: true });
  const none = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const child = job.spawn(path, { args: [...args], ...none, newProcessGroup: true });
  const late = Promise.withResolvers<undefined>();
  const cancel = after(milliseconds, () => late.resolve(undefined));
  try {
    return (await Promise.race([child.status, late.promise]))?.code ?? undefined;
  } finally {
    cancel();
  }
}

function consoleSize(): { columns: number; rows: number } {
  try {
    return Deno.consoleSize();
  } catch {
    // None of the streams is a terminal.
    return { columns: 80, rows: 24 };
  }
}

/**
 * Returns the real surroundings of this process.
 *
 * @returns Streams, clock, signals, environment and files of this process.
 */
export function realIo(): Io {
  return {
    stdout: streamSink(Deno.stdout),
    stderr: streamSink(Deno.stderr),
    isTerminal: (stream) => Deno[stream].isTerminal(),
    columns: () => consoleSize().columns,
    rows: () => consoleSize().rows,
    now: () => Date.now(),
    elapsed: () => performance.now(),
    after,
    onSignal,
    environment: () => Object.fromEntries(currentEnvironment()),
    commandLine: () => Deno.build.os === "windows" ? ownCommandLine() : undefined,
    cwd: () => Deno.cwd(),
    runtime: () => ({
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      target: Deno.build.target,
      compiled: Deno.build.standalone,
    }),
    machineName,
    processors: processorCount,
    fileSize,
    readFile,
    holdFile: (path, options) => new HeldSink(HeldFile.open(path, options)),
    checkReplaceable,
    replaceFile,
    runProgram,
    updateShared: (path, change) =>
      updateSharedFile(path, change, { after, elapsed: () => performance.now() }),
    fileIdentity,
  };
}
