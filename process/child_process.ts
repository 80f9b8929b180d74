/**
 * A process that this module started, in the shape of `Deno.ChildProcess`.
 *
 * @module
 */
import { WAIT } from "../ffi/constants.ts";
import { check, Win32Error } from "../ffi/error.ts";
import type { OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { ProcessReadableStream, writableStream } from "./child_streams.ts";
import { completionPort } from "./completion_port.ts";
import { describeExitCode } from "./exit_code.ts";
import { exitWatch, type Watched } from "./exit_watch.ts";
import { resume } from "./launch.ts";
import type { PipeReader, PipeWriter } from "./pipe.ts";
import { type ProcessUsage, processUsage } from "./process_usage.ts";
import { breakGroup } from "./console_break.ts";

/** How a process ended. */
export interface ProcessStatus {
  /** Whether the code is 0. */
  readonly success: boolean;
  /** The exit code, unsigned 32 bits (`Deno.CommandStatus.code` is the same bits, signed). */
  readonly code: number;
  /** Always `null`: Windows has no signals. */
  readonly signal: null;
  /** The code's name where Windows gives it one, such as `"STATUS_ACCESS_VIOLATION"`. */
  readonly symbol?: string;
  /** What the process used, children not included. */
  readonly usage: ProcessUsage;
}

/** What {@linkcode ChildProcess.output} gives. */
export interface ProcessOutput extends ProcessStatus {
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

/** How {@linkcode ChildProcess.stop} goes about it. */
export interface StopOptions {
  /** Time for the process to end by itself after CTRL_BREAK, in ms; 5000 when absent. */
  grace?: number;
  /** Exit code of a process that has to be ended; 1 when absent. */
  exitCode?: number;
}

/** What ended a process that was told to stop. */
export type StopRung =
  /** It had ended already. */
  | "ended"
  /** It ended within its grace after CTRL_BREAK. */
  | "break"
  /** It was terminated. */
  | "terminate";

/** What a started process is made of; see `spawn()`. */
export interface ChildParts {
  /** Its id. */
  readonly pid: number;
  /** Its handle. */
  readonly process: OwnedHandle;
  /** Its first thread, when it was started suspended. */
  readonly thread: OwnedHandle | undefined;
  /** Our end of its standard input. */
  readonly stdin: PipeWriter | undefined;
  /** Our end of its standard output. */
  readonly stdout: PipeReader | undefined;
  /** Our end of its standard error. */
  readonly stderr: PipeReader | undefined;
  /** Which messages tell of its end. */
  readonly key: bigint | undefined;
  /** Whether it is the leader of a group that can be sent CTRL_BREAK. */
  readonly group: boolean;
  /** Time for which `output()` reads on behind the process's end, in ms. */
  readonly drainTimeout: number;
  /** Ends it when aborted. */
  readonly signal: AbortSignal | undefined;
}

/** A process in a job. */
export class ChildProcess implements AsyncDisposable {
  /** Its id. */
  readonly pid: number;
  /** How it ends; never rejects. */
  readonly status: Promise<ProcessStatus>;
  readonly #parts: ChildParts;
  readonly #resolve: (status: ProcessStatus) => void;
  readonly #watched: Watched;
  readonly #stdin: WritableStream<Uint8Array> | undefined;
  readonly #stdout: ProcessReadableStream | undefined;
  readonly #stderr: ProcessReadableStream | undefined;
  readonly #abort = (): void => {
    if (!this.#ended) this.#terminate(1);
  };
  #ended = false;
  #referenced = true;

  /**
   * For `spawn()`: takes the handles over and begins to wait.
   *
   * @param parts What the start gave.
   */
  constructor(parts: ChildParts) {
    this.pid = parts.pid;
    this.#parts = parts;
    this.#stdin = parts.stdin && writableStream(parts.stdin);
    this.#stdout = parts.stdout && new ProcessReadableStream(parts.stdout);
    this.#stderr = parts.stderr && new ProcessReadableStream(parts.stderr);
    const { promise, resolve } = Promise.withResolvers<ProcessStatus>();
    this.status = promise;
    this.#resolve = resolve;
    const isReferenced = (): boolean => this.#referenced;
    this.#watched = {
      pid: parts.pid,
      key: parts.key,
      get referenced() {
        return isReferenced();
      },
      poll: () => this.#poll(),
    };
    if (parts.key !== undefined) completionPort.ref();
    exitWatch.add(this.#watched);
    parts.signal?.addEventListener("abort", this.#abort, { once: true });
  }

  /**
   * Its standard input.
   *
   * @throws {TypeError} If it is not piped.
   */
  get stdin(): WritableStream<Uint8Array> {
    return piped(this.#stdin, "stdin");
  }

  /**
   * What it writes to its standard output.
   *
   * @throws {TypeError} If it is not piped.
   */
  get stdout(): ProcessReadableStream {
    return piped(this.#stdout, "stdout");
  }

  /**
   * What it writes to its standard error.
   *
   * @throws {TypeError} If it is not piped.
   */
  get stderr(): ProcessReadableStream {
    return piped(this.#stderr, "stderr");
  }

  /**
   * Waits for its end and gives all that it wrote to its piped streams. A process of its own that
   * keeps the pipes open does not hold this up: reading goes on for `drainTimeout` at most.
   *
   * @returns Its end and its output.
   * @throws {TypeError} If a stream is being read by somebody else.
   */
  async output(): Promise<ProcessOutput> {
    const streams = [this.#stdout, this.#stderr] as const;
    if (streams.some((stream) => stream?.locked)) {
      throw new TypeError("Cannot collect the output of a process: a stream of it is being read");
    }
    const reading = Promise.all(streams.map((stream) => stream?.bytes()));
    const status = await this.status;
    const timer = setTimeout(() => {
      this.#parts.stdout?.close();
      this.#parts.stderr?.close();
    }, this.#parts.drainTimeout);
    const [stdout, stderr] = await reading.finally(() => clearTimeout(timer));
    return {
      ...status,
      get stdout() {
        return piped(stdout, "stdout");
      },
      get stderr() {
        return piped(stderr, "stderr");
      },
    };
  }

  /**
   * Ends the process at once with exit code 1. Its own processes go on; the job's `terminate()`
   * ends them all.
   *
   * @param signal Taken for `Deno.ChildProcess`'s sake: on Windows each of them ends the process.
   * @throws {TypeError} If it has ended already.
   * @throws {Win32Error} If the system refuses.
   */
  kill(signal: "SIGTERM" | "SIGKILL" | "SIGINT" | "SIGQUIT" | "SIGABRT" = "SIGTERM"): void {
    if (!["SIGTERM", "SIGKILL", "SIGINT", "SIGQUIT", "SIGABRT"].includes(signal)) {
      throw new TypeError(`Cannot kill process ${this.pid}: Windows has no ${signal}`);
    }
    if (this.#ended || this.#poll()) {
      throw new TypeError(`Cannot kill process ${this.pid}: it has ended already`);
    }
    this.#terminate(1);
  }

  /**
   * Stops the process in steps: CTRL_BREAK to its group (if it was started with `newProcessGroup`
   * and shares our console), its grace, and then its termination.
   *
   * @param options How long the grace is.
   * @returns Which step ended it.
   * @throws {Win32Error} If the system refuses to end it.
   */
  async stop({ grace = 5_000, exitCode = 1 }: StopOptions = {}): Promise<StopRung> {
    if (this.#ended) return "ended";
    if (this.#parts.group) {
      using _break = breakGroup(this.pid);
      const { promise, resolve } = Promise.withResolvers<"late">();
      const timer = setTimeout(() => resolve("late"), grace);
      const first = await Promise.race([this.status, promise]);
      clearTimeout(timer);
      if (first !== "late") return "break";
    }
    if (this.#ended || this.#poll()) return "break";
    this.#terminate(exitCode);
    await this.status;
    return "terminate";
  }

  /**
   * Lets a process run that was started with `suspended`.
   *
   * @throws {TypeError} If it was not, or runs already.
   * @throws {Win32Error} If the system refuses.
   */
  resume(): void {
    const thread = this.#parts.thread;
    if (thread === undefined || thread.closed) {
      throw new TypeError(`Cannot resume process ${this.pid}: it is not suspended`);
    }
    resume(thread, `Cannot resume process ${this.pid}`);
    thread.close();
  }

  /** Keeps the program alive while the process runs (the beginning). */
  ref(): void {
    this.#setReferenced(true);
  }

  /** Lets the program end while the process runs. */
  unref(): void {
    this.#setReferenced(false);
  }

  /** Ends the process if it runs, waits for its end, and closes its pipes. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended && !this.#poll()) this.#terminate(1);
    await this.status;
    const { stdin, stdout, stderr } = this.#parts;
    for (const pipe of [stdin, stdout, stderr]) pipe?.close();
    await completionPort.idle();
  }

  #setReferenced(referenced: boolean): void {
    if (referenced === this.#referenced) return;
    this.#referenced = referenced;
    const { key, stdin, stdout, stderr } = this.#parts;
    for (const pipe of [stdin, stdout, stderr]) pipe?.setReferenced(referenced);
    if (this.#ended) return;
    if (key === undefined) exitWatch.update();
    else if (referenced) completionPort.ref();
    else completionPort.unref();
  }

  #terminate(exitCode: number): void {
    const action = `Cannot end process ${this.pid}`;
    try {
      check(
        kernel32.TerminateProcess(this.#parts.process.value, exitCode),
        "TerminateProcess",
        action,
      );
    } catch (error) {
      // A process that ends by itself just now refuses with ACCESS_DENIED.
      if (!(error instanceof Win32Error) || !this.#poll()) throw error;
    }
    exitWatch.hint(this.pid);
  }

  /** Asks the handle whether the process has ended; settles `status` the first time it has. */
  #poll(): boolean {
    if (this.#ended) return true;
    const { process, thread, key, signal } = this.#parts;
    // Never by the code: 259 is a code like any other, and not "still running".
    if (kernel32.WaitForSingleObject(process.value, 0) !== WAIT.WAIT_OBJECT_0) return false;
    this.#ended = true;
    const code = new Uint32Array(1);
    const action = `Cannot learn how process ${this.pid} ended`;
    check(kernel32.GetExitCodeProcess(process.value, code), "GetExitCodeProcess", action);
    const usage = processUsage(process.value);
    process.close();
    thread?.close();
    signal?.removeEventListener("abort", this.#abort);
    const { symbol } = describeExitCode(code[0]!);
    this.#resolve({
      success: code[0] === 0,
      code: code[0]!,
      signal: null,
      ...(symbol === undefined ? {} : { symbol }),
      usage,
    });
    if (key !== undefined && this.#referenced) completionPort.unref();
    return true;
  }
}

function piped<T>(stream: T | undefined, name: string): T {
  if (stream === undefined) throw new TypeError(`Cannot use ${name}: it is not piped`);
  return stream;
}
