/**
 * A world for the tool that tests see and steer.
 *
 * @module
 */
import type { Io, OutputFile, StopSignal } from "../../cli/terminal/io.ts";
import { namesDevice, normalizePath } from "../../process/start/windows_path.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** An {@linkcode Io} without anything real behind it; its clock stands until it is moved. */
export class FakeIo implements Io {
  /** What was written to stdout. */
  out = "";
  /** What was written to stderr. */
  err = "";
  /** Files by path. */
  readonly files = new Map<string, string>();
  /** The identities of paths that are another spelling of a file. */
  readonly links = new Map<string, string>();
  /** Which streams are terminals. */
  readonly terminals = new Set<string>();
  /** Variables. */
  variables: Record<string, string> = {};
  /** Whether nobody reads the standard streams any more. */
  readerGone = false;
  /** The tool's command line. */
  line: string | undefined;
  /** The terminal's width. */
  width = 80;
  #time = 0;
  #timers: Timer[] = [];
  readonly #listeners = new Set<(signal: StopSignal) => void>();

  readonly stdout = { write: (text: string): void => void (this.out += text) };
  readonly stderr = { write: (text: string): void => void (this.err += text) };

  isTerminal(stream: "stdin" | "stdout" | "stderr"): boolean {
    return this.terminals.has(stream);
  }

  columns(): number {
    return this.width;
  }

  rows(): number {
    return 24;
  }

  now(): number {
    return Date.UTC(2026, 0, 1) + this.#time;
  }

  elapsed(): number {
    return this.#time;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#time + milliseconds, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  onSignal(listener: (signal: StopSignal) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  environment(): Readonly<Record<string, string>> {
    return this.variables;
  }

  commandLine(): string | undefined {
    return this.line;
  }

  cwd(): string {
    return "C:\\work";
  }

  processors(): number {
    return 8;
  }

  readTextFile(path: string): string {
    const text = this.files.get(path);
    if (text === undefined) throw new Error(`No such file: ${path}`);
    return text;
  }

  writeBytes(stream: "stdout" | "stderr", bytes: Uint8Array): boolean {
    if (this.readerGone) return false;
    this[stream].write(new TextDecoder().decode(bytes));
    return true;
  }

  isFolder(path: string): boolean {
    return path.startsWith("C:\\");
  }

  fileSize(path: string): number | undefined {
    const text = this.files.get(path);
    return text === undefined ? undefined : new TextEncoder().encode(text).length;
  }

  checkReplaceable(path: string): void {
    if (path.startsWith("missing")) throw new Error(`The system cannot find the path: ${path}`);
  }

  replaceFile(path: string, bytes: Uint8Array): string | undefined {
    this.checkReplaceable(path);
    this.files.set(path, new TextDecoder().decode(bytes));
    return undefined;
  }

  fileIdentity(path: string): string | undefined {
    return namesDevice(path)
      ? undefined
      : this.links.get(path) ?? normalizePath(path).toLowerCase();
  }

  holdFile(path: string): OutputFile {
    this.checkReplaceable(path);
    const decoder = new TextDecoder();
    const write = (bytes: Uint8Array): void => {
      this.files.set(path, this.files.get(path)! + decoder.decode(bytes));
    };
    const empty = (): void => void this.files.set(path, "");
    return { empty, write, close: () => {}, [Symbol.dispose]: () => {} };
  }

  /** How many timers and listeners there are: 0 when all was tidied up. */
  get pending(): number {
    return this.#timers.length + this.#listeners.size;
  }

  /** Sends a signal to who listens. */
  signal(signal: StopSignal): void {
    for (const listener of this.#listeners) listener(signal);
  }

  /** Moves the clock on, firing timers in their order and letting promises go on between them. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#time + milliseconds;
    await settle();
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#time = Math.max(this.#time, next.at);
      next.callback();
      await settle();
    }
    this.#time = end;
  }
}

/** Lets every promise that can go on go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await null;
}
