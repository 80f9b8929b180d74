/**
 * A process that this module started, in the shape of `Deno.ChildProcess`.
 *
 * @module
 */
import { check, Win32Error } from "../ffi/error.ts";
import { kernel32 } from "../ffi/library.ts";
import { type ProcessReadableStream, readableStream, writableStream } from "./io/child_streams.ts";
import { completionPort } from "./io/completion_port.ts";
import type { ChildParts } from "./child_parts.ts";
import { breakGroup } from "./console_break.ts";
import {
  type EndedBy,
  endedBy,
  type EndingLimit,
  type EndRequest,
  isSuccess,
  type OtherEnd,
} from "./exit/ended_by.ts";
import {
  exitStatus,
  isEnding,
  type ProcessEnd,
  type ProcessStatus,
  processStatus,
} from "./exit/exit_status.ts";
import { exitWatch, type Watched } from "./exit/exit_watch.ts";
import type { IsolationInForce } from "./start/birth.ts";
import { resume } from "./start/launch.ts";
import { describe } from "../values/options.ts";
import { readStop } from "./spawn_options.ts";
import type { StopOptions, StopResult } from "./stop.ts";
import { collectOutput, piped, type ProcessOutput } from "./output.ts";
import type { PipeReader, PipeWriter } from "./io/pipe.ts";
import { type ProcessUsage, processUsage } from "./query/process_usage.ts";

export type { ChildParts, EndedBy, EndingLimit, ProcessEnd, ProcessOutput, ProcessStatus };

/** The signals that `kill()` takes, as on every Windows: each ends the process. */
const KILLING: readonly Deno.Signal[] = ["SIGTERM", "SIGKILL", "SIGINT", "SIGQUIT", "SIGABRT"];

let make: (parts: ChildParts) => ChildProcess;

/**
 * A process in a job; made by `JobObject.spawn()`.
 *
 * @example
 * ```ts
 * import { ChildProcess, JobObject } from "@jobbox/jobobject";
 *
 * await using job = JobObject.create({ killOnClose: true });
 * const child: ChildProcess = job.spawn("cmd", { args: ["/c", "exit 3"] });
 * console.log((await child.status).code);
 * ```
 */
export class ChildProcess implements AsyncDisposable {
  /** Its id. */
  readonly pid: number;
  /** How it ends; never rejects. */
  readonly status: Promise<ProcessStatus>;
  /** What it was started without; `undefined` where it has the rights of this program. */
  readonly isolation: IsolationInForce | undefined;
  readonly #parts: ChildParts;
  readonly #resolve: (status: ProcessStatus) => void;
  readonly #watched: Watched;
  readonly #stdin: WritableStream<Uint8Array> | undefined;
  readonly #stdout: ProcessReadableStream | undefined;
  readonly #stderr: ProcessReadableStream | undefined;
  readonly #abort = (): void => {
    if (this.#poll()) return;
    const reason: unknown = this.#parts.signal?.reason;
    const isTimeout = reason instanceof DOMException && reason.name === "TimeoutError";
    this.#terminate({ by: isTimeout ? "timeout" : "abort", code: 1 });
  };
  readonly #requests: EndRequest[] = [];
  #end: ProcessEnd | undefined;
  /** Whether `status` is known, which may take longer than the end. */
  #settled = false;
  #referenced = true;
  /** Whether it was we who ended it. */
  #terminated = false;
  /** Whether it was sent CTRL_BREAK. */
  #asked = false;

  static {
    make = (parts) => new ChildProcess(parts);
  }

  private constructor(parts: ChildParts) {
    this.pid = parts.pid;
    this.isolation = parts.isolation;
    this.#parts = parts;
    this.#stdin = parts.stdin && writableStream(parts.stdin);
    this.#stdout = parts.stdout && readableStream(parts.stdout);
    this.#stderr = parts.stderr && readableStream(parts.stderr);
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
      endRequested: (request) => this.#requests.push(request),
    };
    // First: a signal that throws must leave nothing that is watched.
    parts.signal?.addEventListener("abort", this.#abort, { once: true });
    this.#hold();
    exitWatch.add(this.#watched);
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
   * keeps the pipes open does not hold this up: reading goes on for `drainTimeout` at most, and
   * `truncated` tells that it was given up.
   *
   * @returns Its end and its output.
   * @throws {TypeError} If a stream is being read by something else.
   * @throws {Win32Error} If the system refuses to read a pipe.
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
   * @default {"SIGTERM"}
   * @throws {TypeError} If it has ended already, or the signal is another.
   * @throws {Win32Error} If the system refuses.
   */
  kill(signal: Deno.Signal = "SIGTERM"): void {
    if (!KILLING.includes(signal)) {
      throw new TypeError(
        `Cannot kill process ${this.pid}: signal must be one of ${KILLING.join(", ")}, ` +
          `got ${describe(signal)}`,
      );
    }
    if (this.#poll()) {
      throw new TypeError(`Cannot kill process ${this.pid}: it has ended already`);
    }
    this.#terminate({ by: "kill", code: 1 });
  }

  /**
   * Stops the process in steps: CTRL_BREAK to its group and its grace, if it was started with
   * `newProcessGroup` and shares our console, and then its termination. Where this program has no
   * console the break cannot be sent, and it is terminated at once.
   *
   * @param options How long the grace is.
   * @returns What came of it; `status` has it as `endedBy`.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If the grace or the exit code is out of range.
   * @throws {Win32Error} If the system refuses to end it.
   */
  async stop(options: StopOptions = {}): Promise<StopResult> {
    const { grace: time = 5_000, exitCode = 1 } = readStop(
      options,
      `Cannot stop process ${this.pid}`,
    );
    if (this.#poll()) return "exited";
    // Keeps the event loop alive while we wait.
    using undo = new DisposableStack();
    if (!this.#referenced) undo.defer(() => this.unref());
    this.ref();
    if (this.#parts.group) {
      this.#asked = breakGroup(this.pid);
      if (this.#asked) await this.#endsWithin(time);
      // Something else may have terminated it meanwhile.
      if (this.#poll()) return this.#terminated ? "killed" : "asked";
    }
    const terminated = this.#terminate({ by: "stop", code: exitCode });
    await this.status;
    return terminated ? "killed" : this.#parts.group ? "asked" : "exited";
  }

  /**
   * Tells what the process has used: up to now while it runs, in all when it has ended.
   *
   * @returns Times, memory and I/O, its children's not included.
   * @throws {Win32Error} If the system does not say.
   */
  usage(): ProcessUsage {
    if (!this.#poll()) return processUsage(this.#parts.process.value);
    const { usage, error } = this.#end!;
    if (usage === null) throw error!;
    return usage;
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

  /** Keeps the program alive while the process runs, as it does from the beginning. */
  ref(): void {
    this.#setReferenced(true);
  }

  /** Lets the program end while the process runs. */
  unref(): void {
    this.#setReferenced(false);
  }

  /**
   * Ends the process if it runs, waits for its end, and closes its pipes.
   *
   * @throws {Win32Error} If the system refuses to end it.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    // Keeps the event loop alive while we wait.
    this.ref();
    if (!this.#poll()) this.#terminate({ by: "dispose", code: 1 });
    await this.status;
    for (const pipe of this.#pipes()) pipe.close();
    for (const pipe of this.#pipes()) await pipe.settled();
    await completionPort.idle();
  }

  /** Waits for the end, but no longer than `time` ms. */
  async #endsWithin(time: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, time);
    await Promise.race([this.status, late]);
    clearTimeout(timer);
  }

  #pipes(): (PipeReader | PipeWriter)[] {
    const { stdin, stdout, stderr } = this.#parts;
    return [stdin, stdout, stderr].filter((pipe) => pipe !== undefined);
  }

  #setReferenced(referenced: boolean): void {
    if (referenced === this.#referenced) return;
    for (const pipe of this.#pipes()) pipe.setReferenced(referenced);
    if (!this.#settled) this.#release();
    this.#referenced = referenced;
    if (!this.#settled) this.#hold();
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
  #terminate(request: EndRequest & { readonly code: number }): boolean {
    // Windows refuses a second time while the first is under way.
    if (this.#terminated) return true;
    const action = `Cannot end process ${this.pid}`;
    const { process } = this.#parts;
    try {
      check(kernel32.TerminateProcess(process.value, request.code), "TerminateProcess", action);
      this.#terminated = true;
      this.#requests.push(request);
    } catch (error) {
      // So does a process that ends by itself just now.
      if (!(error instanceof Win32Error) || !this.#poll() && !isEnding(process.value)) throw error;
    }
    exitWatch.hint(this.pid);
    return this.#terminated;
  }

  /** Asks the handle whether the process has ended; the first time it has, `status` settles. */
  #poll(): boolean {
    if (this.#end !== undefined) return true;
    const { process, thread, signal, endingLimit, otherEnd } = this.#parts;
    const end = exitStatus(process.value, this.pid);
    if (end === undefined) return false;
    this.#end = end;
    signal?.removeEventListener("abort", this.#abort);
    thread?.close();
    process.close();
    const evidence = {
      at: performance.now(),
      requests: [...this.#requests],
      asked: this.#asked,
      limit: endingLimit(end),
    };
    const settle = (other: OtherEnd | undefined): void => {
      this.#settled = true;
      this.#release();
      this.#resolve(processStatus(end, { ...evidence, other }));
    };
    const by = endedBy({ ...evidence, code: end.code, other: undefined });
    const other = isSuccess(end.code, by) ? otherEnd() : undefined;
    if (other instanceof Promise) other.then(settle);
    else settle(other);
    return true;
  }
}

/**
 * Takes the handles of a started process over and begins to wait for its end.
 *
 * @param parts What the start gave.
 * @returns The process.
 */
export function followProcess(parts: ChildParts): ChildProcess {
  return make(parts);
}
