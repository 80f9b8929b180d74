/**
 * The real world behind the tool.
 *
 * @module
 */
import { currentEnvironment } from "../../process/start/environment.ts";
import { fileIdentity } from "../../process/io/file_identity.ts";
import { HeldFile } from "../../process/io/held_file.ts";
import { ownCommandLine } from "../../process/start/own_command_line.ts";
import type { Io, StopSignal, TextSink } from "./io.ts";
import { checkReplaceable, replaceFile } from "./record_file.ts";

interface SyncWriter {
  writeSync(bytes: Uint8Array): number;
}

function writeAll(writer: SyncWriter, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writer.writeSync(bytes.subarray(at));
}

/** Writes all; `false` when nobody reads it any more. */
function writeOrLearn(writer: SyncWriter, bytes: Uint8Array): boolean {
  try {
    writeAll(writer, bytes);
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    return false;
  }
}

function sink(writer: SyncWriter): TextSink {
  const encoder = new TextEncoder();
  let isRead = true;
  return {
    write: (text) => {
      // Who closed the pipe has read enough; the run goes on and keeps its exit code.
      if (isRead) isRead = writeOrLearn(writer, encoder.encode(text));
    },
  };
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}

function fileSize(path: string): number | undefined {
  try {
    const { isFile, size } = Deno.statSync(path);
    return isFile ? size : undefined;
  } catch {
    // Taken away, or a device such as NUL: there is nothing to tell.
    return undefined;
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

/** The longest time that a timer of the runtime takes; a longer one would fire at once. */
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

function consoleSize(): { columns: number; rows: number } {
  try {
    return Deno.consoleSize();
  } catch {
    // None of the streams is a terminal.
    return { columns: 80, rows: 24 };
  }
}

/**
 * Answers the process's own world.
 *
 * @returns Streams, clock, signals, environment and files of this process.
 */
export function realIo(): Io {
  return {
    stdout: sink(Deno.stdout),
    stderr: sink(Deno.stderr),
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
    processors: () => navigator.hardwareConcurrency,
    writeBytes: (stream, bytes) => writeOrLearn(Deno[stream], bytes),
    isFolder,
    fileSize,
    readTextFile: (path) => Deno.readTextFileSync(path),
    holdFile: (path) => HeldFile.open(path),
    checkReplaceable,
    replaceFile,
    fileIdentity,
  };
}
