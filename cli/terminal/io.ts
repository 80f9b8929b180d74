/**
 * Everything that the tool asks of the world, so that a test can stand in for it.
 *
 * @module
 */

/** Somewhere that text and bytes go to, in order, without anybody having to wait for the reader. */
export interface Sink {
  /** Bytes that the reader has not taken yet. */
  readonly pending: number;
  /** Whether nothing is written any more: the reader is gone, a write failed, or it was given up. */
  readonly isGone: boolean;
  /** What a write failed with, until {@linkcode flush} throws it; absent while none did. */
  readonly failure: unknown;
  /**
   * Takes text or bytes and returns at once. The promise never rejects: `true` when the reader has
   * taken them and all before them, `false` when it never will.
   */
  write(data: string | Uint8Array): Promise<boolean>;
  /**
   * Waits until nothing is pending.
   *
   * @throws What a write failed with, once; a reader that is gone is no failure.
   */
  flush(): Promise<void>;
  /** Drops what is pending and whatever comes later. */
  giveUp(): void;
}

/** What asks the tool to end: Ctrl-C, Ctrl-Break, or the console's or session's end. */
export type StopSignal = "interrupt" | "break" | "close";

/**
 * A file that is written piece by piece, and by nobody else meanwhile; each piece is with the system
 * when its promise resolves.
 */
export interface OutputFile extends Sink, Disposable {
  /** Empties it, unless it is appended to; what it held before stays until then. */
  empty(): void;
  /** Closes it; the second time does nothing. */
  close(): void;
}

/** What the tool runs on. */
export interface Runtime {
  /** The version of Deno. */
  readonly deno: string;
  /** The version of V8. */
  readonly v8: string;
  /** The processor and system that it was built for, as Rust names them. */
  readonly target: string;
  /** Whether the tool is an executable of its own. */
  readonly compiled: boolean;
}

/** The world as the tool sees it. */
export interface Io {
  /** Where data goes. */
  readonly stdout: Sink;
  /** Where words to people go. */
  readonly stderr: Sink;
  /** Whether a stream is a terminal. */
  isTerminal(stream: "stdin" | "stdout" | "stderr"): boolean;
  /** The terminal's width in columns; 80 where there is none. */
  columns(): number;
  /** The terminal's height in rows; 24 where there is none. */
  rows(): number;
  /** Milliseconds since 1970, for what is printed. */
  now(): number;
  /** Milliseconds on a clock that nobody sets, for what is measured. */
  elapsed(): number;
  /** Calls back once after some milliseconds; the result cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
  /** Calls back at each signal until the result is called; meanwhile signals do not end the tool. */
  onSignal(listener: (signal: StopSignal) => void): () => void;
  /** The environment, by name as written. */
  environment(): Readonly<Record<string, string>>;
  /** The command line that the tool was started with, as one text; absent if it is not known. */
  commandLine(): string | undefined;
  /** The current folder. */
  cwd(): string;
  /** What the tool runs on. */
  runtime(): Runtime;
  /** How many logical processors the machine has. */
  processors(): number;
  /** Bytes of a file; `undefined` for what is no file, or is not there. */
  fileSize(path: string): number | undefined;
  /** Reads a file's first bytes, at most this many. */
  readFile(path: string, most: number): Uint8Array;
  /**
   * Opens a file or makes it, to be written piece by piece; nothing of it is changed yet, nor by
   * `empty()` where it is appended to.
   */
  holdFile(path: string, options?: { readonly append?: boolean }): OutputFile;
  /** Throws when {@linkcode replaceFile} could not write to a path; changes nothing. */
  checkReplaceable(path: string): void;
  /**
   * Puts a whole file in the place of whatever stands at a path; answers where that is now, when it
   * could only be moved aside.
   */
  replaceFile(path: string, bytes: Uint8Array): string | undefined;
  /** A text that all paths of one file share; `undefined` for a device, which has no content to lose. */
  fileIdentity(path: string): string | undefined;
}
