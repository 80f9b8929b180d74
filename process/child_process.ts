/**
 * A process that this module started, in the shape of `Deno.ChildProcess`.
 *
 * @module
 */
import { check, Win32Error } from "../ffi/error.ts";
import type { OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { ProcessReadableStream, writableStream } from "./io/child_streams.ts";
import { completionPort } from "./io/completion_port.ts";
import { breakGroup } from "./console_break.ts";
import { exitStatus, type ProcessStatus } from "./exit/exit_status.ts";
import { exitWatch, type Watched } from "./exit/exit_watch.ts";
import { resume } from "./start/launch.ts";
import { checkMilliseconds } from "./milliseconds.ts";
import { collectOutput, piped, type ProcessOutput } from "./output.ts";
import type { PipeReader, PipeWriter } from "./io/pipe.ts";
import { type ProcessUsage, processUsage } from "./query/process_usage.ts";
import { ExitError } from "./exit/status_codes.ts";

export type { ProcessOutput, ProcessStatus };

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

/** The signals that `kill()` takes, as on every Windows: each ends the process. */
const KILLING: readonly Deno.Signal[] = ["SIGTERM", "SIGKILL", "SIGINT", "SIGQUIT", "SIGABRT"];

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
    if (!this.#poll()) this.#terminate(1);
  };
  #end: ProcessStatus | undefined;
  #referenced = true;
  /** Whether it was we who ended it. */
  #terminated = false;

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
    this.#hold();
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
  output(): Promise<ProcessOutput> {
    return collectOutput({
      streams: [this.#stdout, this.#stderr],
      status: this.status,
      close: () => [this.#parts.stdout, this.#parts.stderr].forEach((pipe) => pipe?.close()),
      drainTimeout: this.#parts.drainTimeout,
    });
  }

  /**
   * Ends the process at once with exit code 1. Its own processes go on; the job's `terminate()`
   * ends them all.
   *
   * @param signal SIGTERM, SIGKILL, SIGINT, SIGQUIT or SIGABRT, all the same on Windows.
   * @throws {TypeError} If it has ended already, or the signal is another.
   * @throws {Win32Error} If the system refuses.
   */
  kill(signal: Deno.Signal = "SIGTERM"): void {
    if (!KILLING.includes(signal)) {
      throw new TypeError(
        `Cannot kill process ${this.pid}: signal must be one of ${
          KILLING.join(", ")
        }, got ${signal}`,
      );
    }
    if (this.#poll()) {
      throw new TypeError(`Cannot kill process ${this.pid}: it has ended already`);
    }
    this.#terminate(1);
  }

  /**
   * Stops the process in steps: CTRL_BREAK to its group and its grace, if it was started with
   * `newProcessGroup` and shares our console, and then its termination.
   *
   * @param options How long the grace is.
   * @returns Which step ended it.
   * @throws {RangeError} If the grace or the exit code is out of range.
   * @throws {Win32Error} If the system refuses to end it.
   */
  async stop({ grace = 5_000, exitCode = 1 }: StopOptions = {}): Promise<StopRung> {
    const action = `Cannot stop process ${this.pid}`;
    const time = checkMilliseconds(grace, `${action}: grace`);
    if (!Number.isInteger(exitCode) || exitCode < 0 || exitCode > 0xffff_ffff) {
      throw new RangeError(`${action}: exitCode must be an integer 0..4294967295, got ${exitCode}`);
    }
    if (this.#poll()) return "ended";
    // Who waits for the end must live to see it.
    using undo = new DisposableStack();
    if (!this.#referenced) undo.defer(() => this.unref());
    this.ref();
    if (this.#parts.group) {
      using sent = breakGroup(this.pid);
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, time);
      await Promise.race([this.status, late, sent.refused]).finally(() => clearTimeout(timer));
      // Somebody else may have lost patience before us.
      if (this.#poll()) return this.#terminated ? "terminate" : "break";
    }
    const terminated = this.#terminate(exitCode);
    await this.status;
    return terminated ? "terminate" : this.#parts.group ? "break" : "ended";
  }

  /**
   * Tells what the process has used: up to now while it runs, in all when it has ended.
   *
   * @returns Times, memory and I/O, its children's not included.
   * @throws {Win32Error} If the system does not say.
   */
  usage(): ProcessUsage {
    this.#poll();
    return this.#end?.usage ?? processUsage(this.#parts.process.value);
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
    // Who waits for the end must live to see it.
    this.ref();
    if (!this.#poll()) this.#terminate(1);
    await this.status;
    for (const pipe of this.#pipes()) pipe.close();
    for (const pipe of this.#pipes()) await pipe.settled();
    await completionPort.idle();
  }

  #pipes(): (PipeReader | PipeWriter)[] {
    const { stdin, stdout, stderr } = this.#parts;
    return [stdin, stdout, stderr].filter((pipe) => pipe !== undefined);
  }

  #setReferenced(referenced: boolean): void {
    if (referenced === this.#referenced) return;
    for (const pipe of this.#pipes()) pipe.setReferenced(referenced);
    if (this.#end === undefined) this.#release();
    this.#referenced = referenced;
    if (this.#end === undefined) this.#hold();
    exitWatch.update();
  }

  #hold(): void {
    if (this.#parts.key === undefined) return;
    if (this.#referenced) completionPort.ref();
    else completionPort.refWeak();
  }

  #release(): void {
    if (this.#parts.key === undefined) return;
    if (this.#referenced) completionPort.unref();
    else completionPort.unrefWeak();
  }

  /** Ends the process; `false` when it ends by itself. */
  #terminate(exitCode: number): boolean {
    // Windows refuses a second time while the first is under way.
    if (this.#terminated) return true;
    const action = `Cannot end process ${this.pid}`;
    try {
      check(
        kernel32.TerminateProcess(this.#parts.process.value, exitCode),
        "TerminateProcess",
        action,
      );
      this.#terminated = true;
    } catch (error) {
      // So does a process that ends by itself just now.
      if (!(error instanceof Win32Error) || !this.#poll() && !this.#isEnding()) throw error;
    }
    exitWatch.hint(this.pid);
    return this.#terminated;
  }

  /** Whether the process has its exit code, though its handle may not tell of its end yet. */
  #isEnding(): boolean {
    const code = new Uint32Array(1);
    return kernel32.GetExitCodeProcess(this.#parts.process.value, code) !== 0 &&
      code[0] !== ExitError.STILL_ACTIVE;
  }

  /** Asks the handle whether the process has ended; settles `status` the first time it has. */
  #poll(): boolean {
    if (this.#end !== undefined) return true;
    const { process, thread, signal } = this.#parts;
    const status = exitStatus(process.value, this.pid);
    if (status === undefined) return false;
    this.#end = status;
    this.#release();
    this.#resolve(status);
    signal?.removeEventListener("abort", this.#abort);
    thread?.close();
    process.close();
    return true;
  }
}
