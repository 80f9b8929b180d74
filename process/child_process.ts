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
  closeEnded,
  exitStatus,
  isEnding,
  type ProcessEnd,
  type ProcessStatus,
  processStatus,
} from "./exit/exit_status.ts";
import { exitWatch, type Watched } from "./exit/exit_watch.ts";
import type { IsolationInForce } from "./start/birth.ts";
import { resume } from "./start/launch.ts";
import { checkKill, readStop, settledWithin, type StopOptions, type StopResult } from "./stop.ts";
import { collectOutput, piped, type ProcessOutput } from "./output.ts";
import type { PipeReader, PipeWriter } from "./io/pipe.ts";
import { type ProcessUsage, processUsage } from "./query/process_usage.ts";

export type { ChildParts, EndedBy, EndingLimit, ProcessEnd, ProcessOutput, ProcessStatus };

/** Only this module has it, so that no other code makes a process that does not exist. */
const OWN: unique symbol = Symbol("ChildProcess");

let make: (parts: ChildParts) => ChildProcess;

/**
 * A process in a job, started by `JobObject.spawn()`.
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
  /** Resolves when the process has ended, with how it ended. Never rejects. */
  readonly status: Promise<ProcessStatus>;
  /** The rights it was started without; `undefined` if it has the same rights as this program. */
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
  /** Whether `status` has settled, which may happen later than the end. */
  #settled = false;
  #referenced = true;
  /** Whether this object ended it. */
  #terminated = false;
  /** Whether it was sent CTRL_BREAK. */
  #asked = false;

  static {
    make = (parts) => new ChildProcess(OWN, parts);
  }

  private constructor(own: typeof OWN, parts: ChildParts) {
    if (own !== OWN) {
      throw new TypeError("Cannot construct ChildProcess: JobObject.spawn() makes it");
    }
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
      requests: this.#requests,
    };
    // First, so that a signal that throws leaves no watched process.
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
   * Its standard output.
   *
   * @throws {TypeError} If it is not piped.
   */
  get stdout(): ProcessReadableStream {
    return piped(this.#stdout, "stdout");
  }

  /**
   * Its standard error.
   *
   * @throws {TypeError} If it is not piped.
   */
  get stderr(): ProcessReadableStream {
    return piped(this.#stderr, "stderr");
  }

  /**
   * Waits until the process has ended and returns everything it wrote to its piped streams. A
   * descendant that keeps a pipe open cannot block this: after the end, reading goes on for at most
   * `drainTimeout`, and `truncated` is then `true`.
   *
   * @returns Its status and its output.
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
   * Ends the process at once with exit code 1. Processes it has started keep running; the job's
   * `terminate()` ends them all.
   *
   * @param signal SIGTERM, SIGKILL, SIGINT, SIGQUIT or SIGABRT, all the same on Windows.
   * @default {"SIGTERM"}
   * @throws {TypeError} If it has already ended, or the signal is not one of these.
   * @throws {Win32Error} If the system refuses.
   */
  kill(signal: Deno.Signal = "SIGTERM"): void {
    const action = `Cannot kill process ${this.pid}`;
    checkKill(signal, action);
    if (this.#poll()) throw new TypeError(`${action}: it has ended already`);
    this.#terminate({ by: "kill", code: 1 });
  }

  /**
   * Stops the process gracefully if possible. If it was started with `newProcessGroup` and shares
   * this program's console, its group gets CTRL_BREAK and the process has a grace period to exit.
   * Then it is terminated. If this program has no console, CTRL_BREAK cannot be sent and the
   * process is terminated at once.
   *
   * @param options The grace period and the exit code.
   * @returns How it ended; `status` reports the same as `endedBy`.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If the grace period or the exit code is out of range.
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
      if (this.#asked) await settledWithin(this.status, time);
      // Other code may have terminated it in the meantime.
      if (this.#poll()) return this.#terminated ? "killed" : "asked";
    }
    const terminated = this.#terminate({ by: "stop", code: exitCode });
    await this.status;
    return terminated ? "killed" : this.#parts.group ? "asked" : "exited";
  }

  /**
   * Returns what the process has used: so far while it runs, in total once it has ended.
   *
   * @returns Times, memory and I/O, without those of its children.
   * @throws {Win32Error} If the system does not report it.
   */
  usage(): ProcessUsage {
    if (!this.#poll()) return processUsage(this.#parts.process.value);
    const { usage, error } = this.#end!;
    if (usage === null) throw error!;
    return usage;
  }

  /**
   * Resumes a process that was started with `suspended`.
   *
   * @throws {TypeError} If it was not started suspended, or already runs.
   * @throws {Win32Error} If the system refuses.
   */
  resume(): void {
    const thread = this.#parts.thread;
    if (thread === undefined || thread.closed) {
      throw new TypeError(`Cannot resume process ${this.pid}: it is not suspended`);
    }
    const action = `Cannot resume process ${this.pid}`;
    const previous = resume(thread, action);
    thread.close();
    // It was compared with what was asked for while nothing of it had run.
    if (this.isolation !== undefined && previous !== 1) {
      this.#terminate({ by: "abort", code: 1 });
      throw new Error(
        `${action}: expected it to be suspended once, but it was suspended ${previous} times`,
      );
    }
  }

  /** Keeps this program alive while the process runs. This is the initial state. */
  ref(): void {
    this.#setReferenced(true);
  }

  /** Lets this program end while the process still runs. */
  unref(): void {
    this.#setReferenced(false);
  }

  /**
   * Ends the process if it is still running, waits until it has ended, and closes its pipes.
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

  /** Ends the process; returns `false` if it ends by itself. */
  #terminate(request: EndRequest & { readonly code: number }): boolean {
    // Windows refuses a second request while the first one is in progress.
    if (this.#terminated) return true;
    const action = `Cannot end process ${this.pid}`;
    const { process } = this.#parts;
    try {
      check(kernel32.TerminateProcess(process.value, request.code), "TerminateProcess", action);
      this.#terminated = true;
      this.#requests.push(request);
    } catch (error) {
      // Windows also refuses while the process is ending by itself.
      if (!(error instanceof Win32Error) || !this.#poll() && !isEnding(process.value)) throw error;
    }
    exitWatch.hint(this.pid);
    return this.#terminated;
  }

  /**
   * Checks the handle for whether the process has ended; the first time it has, `status` settles.
   */
  #poll(): boolean {
    if (this.#end !== undefined) return true;
    const { process, thread, signal, endingLimit, otherEnd } = this.#parts;
    const end = exitStatus(process.value, this.pid);
    if (end === undefined) return false;
    this.#end = end;
    signal?.removeEventListener("abort", this.#abort);
    if (thread !== undefined) closeEnded(thread);
    closeEnded(process);
    const known = { requests: [...this.#requests], asked: this.#asked };
    const settle = (limit: EndingLimit | undefined, other: OtherEnd | undefined): void => {
      this.#settled = true;
      this.#release();
      this.#resolve(processStatus(end, { ...known, limit, other }));
    };
    // Whatever is wrong with the evidence, the process has ended.
    const fail = (error: unknown): never => {
      settle(undefined, "unknown");
      throw error;
    };
    try {
      const limit = endingLimit(this.pid, end);
      const by = endedBy({ ...known, code: end.code, limit, other: undefined });
      const other = isSuccess(end.code, by) ? otherEnd(this.pid) : undefined;
      if (other instanceof Promise) other.then((other) => settle(limit, other), fail);
      else settle(limit, other);
    } catch (error) {
      fail(error);
    }
    return true;
  }
}

/**
 * Takes ownership of a started process's handles and watches for its end.
 *
 * @param parts The handles and streams of the started process.
 * @returns The process.
 */
export function followProcess(parts: ChildParts): ChildProcess {
  return make(parts);
}
