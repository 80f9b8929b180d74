/**
 * Everything that the tool needs from its surroundings, so that a test can replace it.
 *
 * @module
 */

/** A destination for text and bytes, in order, for which no one has to wait. */
export interface Sink {
  /** Bytes that the reader has not taken yet. */
  readonly pending: number;
  /** Whether nothing more is written: the reader is gone, a write failed, or it was given up. */
  readonly isGone: boolean;
  /** The error of a failed write, until {@linkcode flush} throws it; absent if none failed. */
  readonly failure: unknown;
  /**
   * Takes text or bytes and returns at once. The promise never rejects: `true` when the reader has
   * taken them and all before them, `false` when it never will.
   */
  write(data: string | Uint8Array): Promise<boolean>;
  /**
   * Waits until nothing is pending.
   *
   * @throws The error of a failed write, once; a missing reader is not a failure.
   */
  flush(): Promise<void>;
  /** Drops everything pending and everything later. */
  giveUp(): void;
}

/** A request to end the tool: Ctrl-C, Ctrl-Break, or the console's or session's end. */
export type StopSignal = "interrupt" | "break" | "close";

/**
 * A file that is written piece by piece, and by no one else meanwhile; the system has each piece
 * when its promise resolves.
 */
export interface OutputFile extends Sink, Disposable {
  /** Empties it, unless it is appended to; its old content stays until then. */
  empty(): void;
  /** Closes it; a second call does nothing. */
  close(): void;
}

/** The new content of a file that several programs change. */
export interface SharedUpdate {
  /** The whole content. */
  readonly text: string;
  /** Whether the old content is not understood: the old file is then set aside, not replaced. */
  readonly rejectsOld: boolean;
}

/** The runtime of the tool. */
export interface Runtime {
  /** The version of Deno. */
  readonly deno: string;
  /** The version of V8. */
  readonly v8: string;
  /** The processor and system that it was built for, as Rust names them. */
  readonly target: string;
  /** Whether the tool is a compiled executable. */
  readonly compiled: boolean;
}

/** The world as the tool sees it. */
export interface Io {
  /** Where data goes. */
  readonly stdout: Sink;
  /** Where messages to people go. */
  readonly stderr: Sink;
  /** Whether a stream is a terminal. */
  isTerminal(stream: "stdin" | "stdout" | "stderr"): boolean;
  /** The terminal's width in columns; 80 if there is none. */
  columns(): number;
  /** The terminal's height in rows; 24 if there is none. */
  rows(): number;
  /** Milliseconds since 1970, for printed times. */
  now(): number;
  /** Milliseconds on a monotonic clock, for measurements. */
  elapsed(): number;
  /** Calls back once after some milliseconds; the result cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
  /** Calls back at each signal until the result is called; meanwhile signals do not end the tool. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
  /** The environment, by names as written. */
  environment(): Readonly<Record<string, string>>;
  /** The command line that the tool was started with, as one text; absent if it is not known. */
  commandLine(): string | undefined;
  /** The current folder. */
  cwd(): string;
  /** The runtime of the tool. */
  runtime(): Runtime;
  /** The machine's name in the network; absent if the system does not report it. */
  machineName(): string | undefined;
  /** How many logical processors the machine has. */
  processors(): number;
  /** Bytes of a file; `undefined` if it is not a file or does not exist. */
  fileSize(path: string): number | undefined;
  /** Reads a file's first bytes, at most this many. */
  readFile(path: string, most: number): Uint8Array;
  /**
   * Opens or creates a file to write it piece by piece; its content is not changed yet, nor by
   * `empty()` if it is appended to.
   */
  holdFile(path: string, options?: { readonly append?: boolean }): OutputFile;
  /** Throws when {@linkcode replaceFile} could not write to a path; changes nothing. */
  checkReplaceable(path: string): void;
  /**
   * Replaces whatever exists at a path by a whole file; returns the new path of the old one if it
   * could only be moved aside.
   */
  replaceFile(path: string, bytes: Uint8Array): string | undefined;
  /**
   * Runs a program with no input and no output, in a job of its own that ends with it.
   *
   * @returns Its exit code; `undefined` if it was ended after some milliseconds.
   * @throws If it cannot be started.
   */
  runProgram(
    path: string,
    args: readonly string[],
    milliseconds: number,
  ): Promise<number | undefined>;
  /**
   * Changes a file that other programs change too, under a lock and as a whole. The old content is
   * absent if there is no file. Returns the new path of an old file that was set aside.
   */
  updateShared(
    path: string,
    change: (old: string | undefined) => SharedUpdate,
  ): Promise<string | undefined>;
  /** A text that all paths of one file share; `undefined` for a device, which has no content to lose. */
  fileIdentity(path: string): string | undefined;
}
