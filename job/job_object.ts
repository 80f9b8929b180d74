/**
 * The job object.
 *
 * Theory of operation. A `JobObject` owns one kernel handle to a job. The job lives as long as a
 * handle to it or a process in it; what is set on it is in force for all its processes, those that
 * its processes start included, and none of them can leave unless a limit allows breakaway. With
 * `killOnClose` the kernel ends them all when the last handle is closed, however this program ends.
 * No finalizer closes a job: a garbage collection would end processes at a random moment.
 *
 * The parts have files of their own: its members (`membership.ts`), its messages (`messages/`), the
 * end of its tree (`ends/`), its limits (`limits/`) and its statistics (`stats/`).
 *
 * @module
 */
import type { OwnedHandle } from "../ffi/handle.ts";
import type { ChildProcess } from "../process/child_process.ts";
import { completionPort } from "../process/io/completion_port.ts";
import type { Container } from "../process/start/launch.ts";
import { readUint32 } from "../process/options.ts";
import { spawn } from "../process/spawn.ts";
import { readSpawn, type SpawnOptions } from "../process/spawn_options.ts";
import { JobEnds } from "./ends/job_ends.ts";
import { JobControls } from "./job_controls.ts";
import { JobEvents } from "./messages/events.ts";
import { createKernelJob, jobLabel, openKernelJob } from "./kernel_job.ts";
import { LimitWatch } from "./limits/limit_watch.ts";
import type { LimitReached } from "./limits/reached.ts";
import {
  assignHandle,
  assignProcess,
  containsHandle,
  containsProcess,
  processIds,
} from "./membership.ts";
import type { JobNotification } from "./messages/notification.ts";
import {
  type CreateOptions,
  type OpenOptions,
  readCreateOptions,
  readOpenOptions,
  readWaitOptions,
  type WaitOptions,
} from "./options.ts";

/**
 * A Windows job object: processes that are limited, measured and ended together.
 *
 * @example Run a program that cannot outlive this one
 * ```ts ignore
 * import { JobObject } from "@jobbox/jobobject";
 *
 * await using job = JobObject.create({ killOnClose: true });
 * const child = job.spawn("cmd", { args: ["/c", "echo hello"], stdout: "piped" });
 * console.log(await child.stdout.text(), (await child.status).code);
 * ```
 */
export class JobObject extends JobControls implements Disposable, AsyncDisposable {
  /** Its name; `undefined` for a job without one. */
  readonly name: string | undefined;
  readonly #handle: OwnedHandle;
  readonly #label: string;
  readonly #events: JobEvents;
  readonly #ends: JobEnds;
  readonly #limitWatch: LimitWatch;
  /** Whether this object made the job. */
  readonly #isOwn: boolean;

  private constructor(
    owned: OwnedHandle,
    { name, isOwn }: { name: string | undefined; isOwn: boolean },
  ) {
    super(() => owned.value, jobLabel(name));
    this.name = name;
    this.#label = jobLabel(name);
    this.#handle = owned;
    this.#isOwn = isOwn;
    this.#limitWatch = new LimitWatch({
      limits: () => this.limits(),
      stats: () => this.stats(),
      settled: () => this.#events.settled(),
    });
    const source = { handle: () => owned.value, label: this.#label };
    this.#ends = new JobEnds({ ...source, key: () => this.#events.key });
    this.#events = new JobEvents({
      ...source,
      violation: () => this.limitViolation(),
      accounting: () => this.#ends.accounting(),
      hear: (code, value) => {
        this.#limitWatch.message(code, value);
        this.#ends.message(code, value);
      },
    });
  }

  /**
   * Makes a job.
   *
   * @param options Its name and what it does from the beginning.
   * @returns The job, empty.
   * @throws {Win32Error} If the name is taken by a job (ERROR_ALREADY_EXISTS) or by something else
   * (ERROR_INVALID_HANDLE), is too long (ERROR_FILENAME_EXCED_RANGE), or the system refuses.
   * @throws {TypeError} If the name holds a NUL, an option or limit is unknown or of the wrong type,
   * or `killOnClose` and `limits.killOnClose` contradict each other.
   * @throws {RangeError} If a limit is out of range.
   * @throws {LimitNotAppliedError} If the system accepted a limit and does not have it.
   * @throws {UnsupportedPlatformError} If this is not Windows, or it does not know a limit.
   */
  static create(options: CreateOptions = {}): JobObject {
    const wanted = readCreateOptions(options);
    const { name } = wanted;
    const { handle, existed } = createKernelJob(name, wanted.openExisting);
    const job = new JobObject(handle, { name, isOwn: !existed });
    try {
      // A job of another process has its listener already.
      if (!existed || wanted.notifications) job.#events.listen();
      if (wanted.notifications) job.#events.keep();
      job.setLimits(wanted.limits);
      return job;
    } catch (error) {
      job.close();
      throw error;
    }
  }

  /**
   * Opens a job that another process, or this one, made with a name. A job has one listener as long
   * as it lives: the program that made it by `create()`, or else the first that calls
   * `notifications()` on it.
   *
   * @param name Its name.
   * @param options The rights that are needed.
   * @returns The job.
   * @throws {Win32Error} If there is none (ERROR_FILE_NOT_FOUND), the name is of something else
   * (ERROR_INVALID_HANDLE), or a right is not granted (ERROR_ACCESS_DENIED).
   * @throws {TypeError} If the name is no string, is empty or holds a NUL, or an option or right is
   * unknown.
   * @throws {UnsupportedPlatformError} If this is not Windows.
   */
  static open(name: string, options: OpenOptions = {}): JobObject {
    const wanted = readOpenOptions(name, options);
    const handle = openKernelJob(wanted.name, wanted.access);
    return new JobObject(handle, { name: wanted.name, isOwn: false });
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#handle.closed;
  }

  /**
   * Puts a running process into the job, with what it starts from now on. What it started before
   * stays outside: {@linkcode spawn} has no such gap.
   *
   * @param pid The process's id.
   * @throws {Win32Error} If there is no such process, or it is in a job that cannot hold this one.
   * @throws {RangeError} If `pid` is no id.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  assign(pid: number): void {
    assignProcess(this.#handle.value, pid, this.#label);
  }

  /**
   * Lists the processes in the job and in jobs inside it.
   *
   * @returns Their ids.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  pids(): number[] {
    return processIds(this.#handle.value, this.#label);
  }

  /**
   * Answers whether a process is in the job or in a job inside it.
   *
   * @param pid The process's id; no process of this id is in no job.
   * @returns Whether it is.
   * @throws {Win32Error} If the process may not be asked.
   * @throws {RangeError} If `pid` is no id.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  contains(pid: number): boolean {
    return containsProcess(this.#handle.value, pid, this.#label);
  }

  /**
   * Ends every process in the job. They may still be ending when this returns; {@linkcode wait}
   * waits until they are gone. A child of this program then has the status `endedBy: "terminate"`.
   *
   * @param exitCode Their exit code, unsigned 32 bits; 1 when absent.
   * @throws {Win32Error} If the system refuses.
   * @throws {TypeError} If the code is no number.
   * @throws {RangeError} If the code is out of range.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  terminate(exitCode = 1): void {
    this.#ends.terminate(readUint32(exitCode, "exitCode", `Cannot terminate ${this.#label}`));
  }

  /**
   * Starts a process that is in the job before its first instruction.
   *
   * @param command The program's name, looked up in the system's folders and on the PATH but not in
   * the current folder, or its path.
   * @param options As those of `Deno.Command`, and more.
   * @returns The process.
   * @throws {Deno.errors.NotFound} If there is no such program or folder.
   * @throws {TypeError} If an option is invalid or a string cannot be passed on unharmed.
   * @throws {RangeError} If the command line is too long or a number is out of range.
   * @throws {Win32Error} If the system refuses to start it or to put it into the job.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  spawn(command: string | URL, options: SpawnOptions = {}): ChildProcess {
    // First of all: a getter of the options may close this job, whose handle another one gets then.
    const start = readSpawn(command, options);
    const handle = this.#handle.value;
    const container: Container = {
      handle,
      assign: (process) =>
        assignHandle(handle, process, `Cannot assign a new process to ${this.#label}`),
      contains: (process) => containsHandle(handle, process, this.#label),
    };
    const child = spawn(container, {
      key: this.#events.key,
      endingLimit: (end) => this.#limitWatch.endingLimit(child.pid, end),
    }, start);
    this.#events.follow(child.status);
    this.#ends.follow(child.status);
    return child;
  }

  /**
   * Takes the next message of the job, waiting for it; each is given once. The first call, unless
   * {@linkcode notifications} came before it, gets those that were kept since the job's creation;
   * from then on none is dropped.
   *
   * @returns The message.
   * @throws {NotRegisteredError} If the job was made without notifications.
   * @throws {AlreadyClosedError} If the job is closed, before or meanwhile.
   */
  pollNotification(): Promise<JobNotification> {
    return this.#events.poll();
  }

  /**
   * Iterates over the job's messages from this call on, or from the job's creation on if it was made
   * with `notifications` and nothing took messages before. Each iteration gets all of them; it ends
   * when the job is closed.
   *
   * A loop that ends at `activeProcessZero` ends in every case: a job that has had processes and has
   * none at the time of the call gives the message at once, and where Windows does not post it this
   * module makes it up within about two seconds. {@linkcode JobNotification} says which messages come
   * when. The first call on a job that was opened makes this program its one listener.
   *
   * @param options What ends it early.
   * @returns The messages.
   * @throws {Win32Error} If another process listens to the job (ERROR_INVALID_PARAMETER).
   * @throws {AlreadyClosedError} If the job was closed.
   */
  notifications(options: WaitOptions = {}): AsyncIterableIterator<JobNotification> {
    const { signal } = readWaitOptions(options, `Cannot listen to ${this.#label}`);
    return this.#events.notifications(signal);
  }

  /**
   * Waits until the whole tree is gone: no process is in the job, and those that were have ended,
   * so that the files, folders and ports that they held are free. A process that another program
   * ended before the call, or that may not be opened, is gone when the system does not count it.
   *
   * @param options What gives up waiting.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {AlreadyClosedError} If the job is closed, before or meanwhile.
   * @throws {Win32Error} If the system refuses to count the processes.
   */
  async wait(options: WaitOptions = {}): Promise<void> {
    const { signal } = readWaitOptions(options, `Cannot wait for ${this.#label}`);
    await this.#ends.wait(signal);
  }

  /**
   * Tells which limits of the job were reached so far: memory, processes and user time. Messages
   * are one evidence, and what was counted and measured is the other, since Windows promises no
   * message of these. After {@linkcode wait} and before {@linkcode close} it tells of the whole run.
   * A judge that wants to know whether a program failed for want of memory asks for `jobMemory` or
   * `processMemory` when the program's `status` is no success. For notification limits see
   * {@linkcode notifications}.
   *
   * @returns Each limit that was reached, once.
   * @throws {Win32Error} If the system refuses, as without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  limitsReached(): Promise<LimitReached[]> {
    return this.#limitWatch.reached();
  }

  /**
   * Closes the handle; the second time does nothing. With `killOnClose`, and if nobody else holds
   * the job, this ends the processes: they may still be ending when it returns, and a child of this
   * program then has the status `endedBy: "close"`, which is no success. `await using` waits.
   */
  close(): void {
    if (this.closed) return;
    // A job without a name is ours alone.
    this.#ends.closing({
      killsOnClose: () => {
        const { killOnClose, unknown = [] } = this.limits();
        // What is not known may be so.
        return killOnClose === true || unknown.includes("killOnClose");
      },
      isLast: this.#isOwn && this.name === undefined,
    });
    try {
      this.#handle.close();
    } finally {
      this.#events.close();
      this.#ends.close();
    }
  }

  /** Closes the handle at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * At the end of an `await using` scope: ends every process, waits until all are gone, and closes
   * the handle. A job that was opened, or existed, is somebody else's and is only closed.
   *
   * @throws {Win32Error} If the system refuses; the handle is closed all the same.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return;
    try {
      if (!this.#isOwn) return;
      this.terminate();
      await this.wait();
    } finally {
      this.close();
      await completionPort.idle();
    }
  }
}
