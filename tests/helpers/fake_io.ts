/**
 * A world for the tool that tests see and steer.
 *
 * @module
 */
import type {
  Io,
  OutputFile,
  Runtime,
  SharedUpdate,
  Sink,
  StopSignal,
} from "../../cli/terminal/io.ts";
import { namesDevice, normalizePath } from "../../process/start/windows_path.ts";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A sink whose reader takes everything at once, or stalls, or is gone, as the test wants it. */
export class FakeSink implements Sink {
  /** Whether the reader takes nothing. */
  isStalled = false;
  isGone = false;
  failure: unknown = undefined;
  readonly #take: (text: string) => void;
  readonly #decoder = new TextDecoder();
  #waiting: (PromiseWithResolvers<boolean> & { readonly data: Uint8Array })[] = [];

  /**
   * Makes a sink.
   *
   * @param take Takes what is written; what it throws is a failed write.
   */
  constructor(take: (text: string) => void) {
    this.#take = take;
  }

  get pending(): number {
    return this.#waiting.reduce((sum, { data }) => sum + data.length, 0);
  }

  write(data: string | Uint8Array): Promise<boolean> {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    if (this.isGone) return Promise.resolve(false);
    const piece = { ...Promise.withResolvers<boolean>(), data: bytes };
    this.#waiting.push(piece);
    this.proceed();
    return piece.promise;
  }

  /** Lets the reader take what it has not taken, unless it still stalls. */
  proceed(): void {
    while (!this.isStalled) {
      const piece = this.#waiting.shift();
      if (piece === undefined) return;
      try {
        this.#take(this.#decoder.decode(piece.data));
        piece.resolve(true);
      } catch (error) {
        this.failure = error;
        piece.resolve(false);
        this.giveUp();
      }
    }
  }

  async flush(): Promise<void> {
    await this.#waiting.at(-1)?.promise;
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
  }

  giveUp(): void {
    this.isGone = true;
    for (const { resolve } of this.#waiting) resolve(false);
    this.#waiting = [];
  }
}

/** An {@linkcode Io} without anything real behind it; its clock only moves when it is set. */
export class FakeIo implements Io {
  /** What was written to stdout. */
  out = "";
  /** What was written to stderr. */
  err = "";
  /** Files by path. */
  readonly files = new Map<string, string>();
  /** The identities of paths that are another spelling of a file. */
  readonly links = new Map<string, string>();
  /** The files that are open for writing. */
  readonly sinks = new Map<string, FakeSink>();
  /** Files to which no write succeeds. */
  readonly badFiles = new Map<string, Error>();
  /** Which streams are terminals. */
  readonly terminals = new Set<string>();
  /** Variables. */
  variables: Record<string, string> = {};
  /** The tool's command line. */
  line: string | undefined;
  /** The programs that were run, each with its arguments. */
  readonly programs: string[][] = [];
  /** What a program does with its time: returns its code, or `undefined` when it was ended. */
  program: (milliseconds: number) => Promise<number | undefined> = () => Promise.resolve(0);
  /** The terminal's width. */
  width = 80;
  #time = 0;
  #timers: Timer[] = [];
  readonly #listeners = new Set<(signal: StopSignal) => void>();

  readonly stdout: FakeSink = new FakeSink((text) => void (this.out += text));
  readonly stderr: FakeSink = new FakeSink((text) => void (this.err += text));

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

  runtime(): Runtime {
    return { deno: "2.0.0", v8: "14.0", target: "x86_64-pc-windows-msvc", compiled: false };
  }

  machineName(): string | undefined {
    return "worker-7";
  }

  processors(): number {
    return 8;
  }

  readFile(path: string, most: number): Uint8Array {
    const text = this.files.get(path);
    if (text === undefined) throw new Error(`No such file: open '${path}'`);
    return new TextEncoder().encode(text).subarray(0, most);
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
    this.#checkGood(path);
    this.files.set(path, new TextDecoder().decode(bytes));
    return undefined;
  }

  runProgram(
    path: string,
    args: readonly string[],
    milliseconds: number,
  ): Promise<number | undefined> {
    this.programs.push([path, ...args]);
    return this.program(milliseconds);
  }

  async updateShared(
    path: string,
    change: (old: string | undefined) => SharedUpdate,
  ): Promise<string | undefined> {
    await Promise.resolve();
    const old = this.files.get(path);
    const { rejectsOld, text } = change(old);
    this.replaceFile(path, new TextEncoder().encode(text));
    if (!rejectsOld || old === undefined) return undefined;
    this.files.set(`${path}.bad`, old);
    return `${path}.bad`;
  }

  fileIdentity(path: string): string | undefined {
    return namesDevice(path)
      ? undefined
      : this.links.get(path) ?? normalizePath(path).toLowerCase();
  }

  holdFile(path: string, { append = false }: { readonly append?: boolean } = {}): OutputFile {
    this.checkReplaceable(path);
    const sink = new FakeSink((text) => {
      this.#checkGood(path);
      this.files.set(path, this.files.get(path)! + text);
    });
    this.sinks.set(path, sink);
    const empty = (): void => void this.files.set(path, append ? this.files.get(path) ?? "" : "");
    const close = (): void => void this.sinks.delete(path);
    return Object.assign(sink, { empty, close, [Symbol.dispose]: close });
  }

  #checkGood(path: string): void {
    const error = this.badFiles.get(path);
    if (error !== undefined) throw error;
  }

  /** How many timers and listeners there are: 0 when all was tidied up. */
  get pending(): number {
    return this.#timers.length + this.#listeners.size;
  }

  /** Sends a signal to the listeners. */
  signal(signal: StopSignal): void {
    for (const listener of this.#listeners) listener(signal);
  }

  /** Moves the clock on and fires nothing, as for a program that is suspended. */
  jump(milliseconds: number): void {
    this.#time += milliseconds;
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
