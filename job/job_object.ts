/**
 * The job object.
 *
 * Theory of operation. A `JobObject` owns one kernel handle to a job. The job exists as long as
 * there is a handle to it or a process in it. Its limits apply to all its processes, including
 * those that its processes start, and none of them can leave unless a limit allows breakaway. With
 * `killOnClose` the kernel ends them all when the last handle is closed, however this program ends.
 * No finalizer closes a job: a garbage collection would end processes at a random moment.
 *
 * Other files implement its parts: its members (`membership.ts`), its messages (`messages/`), the
 * end of its tree (`ends/`), its limits (`limits/`) and its statistics (`stats/`).
 *
 * @module
 */
import { OwnedHandle } from "../ffi/handle.ts";
import type { ChildProcess } from "../process/child_process.ts";
import { completionPort } from "../process/io/completion_port.ts";
import {
  readBoolean,
  type Readers,
  readOptions,
  readString,
  readUint32,
} from "../values/options.ts";
import { checkedLimits, withKillOnClose } from "./limits/change.ts";
import { MACHINE } from "./machine.ts";
import { readSpawn, spawn } from "../process/spawn.ts";
import type { SpawnOptions } from "../isolation/isolation.ts";
import { isolationOf, readIsolation } from "../isolation/read_isolation.ts";
import type { WantedStart } from "../process/spawn_options.ts";
import type { Birth } from "../process/start/birth.ts";
import { IsolatedStarts } from "./isolated_start.ts";
import { JobEnds } from "./ends/job_ends.ts";
import { OwnEnds } from "./ends/own_end.ts";
import { setFrozen } from "./freeze.ts";
import { bareName, createKernelJob, jobLabel, openKernelJob } from "./kernel_job.ts";
import { LimitControl } from "./limits/control.ts";
import { LimitWatch } from "./limits/limit_watch.ts";
import type { Limits, LimitsInForce } from "./limits/limits.ts";
import type { LimitReached } from "./limits/reached.ts";
import { type ProcessEntry, processTable } from "./member_table.ts";
import { assignProcess, containsProcess, jobContainer, processIds } from "./membership.ts";
import { JobEvents } from "./messages/events.ts";
import type { JobNotification } from "./messages/notification.ts";
import { NotificationControl } from "./notifications/control.ts";
import type { LimitViolation, NotificationLimits } from "./notifications/notification_limits.ts";
import {
  type CreateOptions,
  type OpenOptions,
  readOpenOptions,
  readWaitOptions,
  type WaitOptions,
} from "./options.ts";
import {
  cpuLimitOf,
  type CpuRateControlType,
  ioLimitOf,
  memoryLimitOf,
  type ResourceLimits,
  resourceLimitsOf,
} from "./resource_limits.ts";
import { Statistics } from "./stats/read.ts";
import type { JobStats, MemoryStats, ProcessorStats, StorageStats } from "./stats/stats.ts";
import { grantUserHandle } from "./user_handles.ts";

/**
 * A limit outside of `limits`, or a misspelt `killOnClose`, is an error: otherwise the job would
 * lack it.
 */
const CREATE: Readers<CreateOptions> = {
  name: readString,
  openExisting: readBoolean,
  notifications: readBoolean,
  killOnClose: readBoolean,
  limits: (value) => checkedLimits(value as Limits, MACHINE),
};

/**
 * A Windows job object: processes that are limited, measured and ended together.
 *
 * Times are milliseconds, memory is bytes, shares of the processor are percent. In addition to the
 * errors that each method lists, the very first call throws `Deno.errors.NotCapable` if
 * `--allow-ffi` does not cover kernel32.dll. The last eight methods have the names and arguments of
 * Microsoft's hcsshim package for Go; each names the method of this class that it corresponds to.
 *
 * @example Run a program that cannot outlive this one
 * ```ts
 * import { JobObject } from "@jobbox/jobobject";
 *
 * await using job = JobObject.create({ killOnClose: true });
 * const child = job.spawn("cmd", { args: ["/c", "echo hello"], stdout: "piped" });
 * console.log(await child.stdout.text(), (await child.status).code);
 * ```
 */
export class JobObject implements Disposable, AsyncDisposable {
  /** Its name; `undefined` for a job without one. */
  readonly name: string | undefined;
  readonly #handle: OwnedHandle;
  readonly #label: string;
  readonly #events: JobEvents;
  readonly #ends: JobEnds;
  readonly #ownEnds: OwnEnds;
  readonly #limits: LimitControl;
  readonly #limitWatch: LimitWatch;
  readonly #notifications: NotificationControl;
  readonly #statistics: Statistics;
  readonly #isolated = new IsolatedStarts();
  /** Whether this object created the job. */
  readonly #isOwn: boolean;

  private constructor(owned: OwnedHandle, name: string | undefined, isOwn: boolean) {
    if (!(owned instanceof OwnedHandle)) {
      throw new TypeError("Cannot construct JobObject: create() and open() make it");
    }
    const [handle, label, id] = [() => owned.value, jobLabel(name), bareName(name)];
    this.name = name;
    this.#label = label;
    this.#handle = owned;
    this.#isOwn = isOwn;
    this.#limits = new LimitControl(handle, label);
    this.#notifications = new NotificationControl(handle, label);
    this.#statistics = new Statistics(handle, label);
    this.#limitWatch = new LimitWatch({
      limits: () => this.limits(),
      stats: () => this.stats(),
      settled: () => this.#events.settled(),
    });
    this.#ends = new JobEnds({ handle, name: id, label, key: () => this.#events.key });
    this.#ownEnds = new OwnEnds({
      name: id,
      handle: () => owned.closed ? undefined : owned.value,
      key: () => this.#events.key,
      settled: () => this.#events.settled(),
    });
    this.#events = new JobEvents({
      handle,
      label,
      violation: () => this.limitViolation(),
      accounting: () => this.#ends.accounting(),
      told: (code, value) => this.#ownEnds.message(code, value),
      hear: (code, value) => {
        this.#limitWatch.message(code, value);
        this.#ends.message(code, value);
      },
    });
  }

  /**
   * Creates a job.
   *
   * @param options Its name, its limits, and what it does from the beginning.
   * @returns The job, empty.
   * @throws {Win32Error} If the name is taken by a job (ERROR_ALREADY_EXISTS) or by another kind of
   * object (ERROR_INVALID_HANDLE), the name is too long (ERROR_FILENAME_EXCED_RANGE), the job
   * already has a listener (ERROR_INVALID_PARAMETER, with `openExisting` and `notifications`), or
   * the system refuses.
   * @throws {TypeError} If the name holds a NUL, an option or limit is unknown or of the wrong type,
   * or `killOnClose` and `limits.killOnClose` contradict each other.
   * @throws {RangeError} If a limit is out of range.
   * @throws {LimitNotAppliedError} If the system accepts a limit but does not put it in force.
   * @throws {UnsupportedPlatformError} If this is not Windows, or it does not know a limit.
   * @throws {Deno.errors.NotCapable} If `--allow-ffi` does not cover kernel32.dll.
   */
  static create(options: CreateOptions = {}): JobObject {
    const given = readOptions(options, CREATE, { action: "Cannot create a job" });
    const limits = withKillOnClose(given.limits ?? {}, given.killOnClose);
    const name = given.name === "" ? undefined : given.name;
    const { handle, existed } = createKernelJob(name, given.openExisting ?? false);
    const job = new JobObject(handle, name, !existed);
    try {
      // A job of another process already has its listener.
      if (!existed || given.notifications) job.#events.listen();
      if (given.notifications) job.#events.keep();
      job.#limits.setLimits(limits, !existed && name === undefined);
      return job;
    } catch (error) {
      job.close();
      throw error;
    }
  }

  /**
   * Opens a named job that this or another process created. A job has only one listener during its
   * lifetime: the program that created it with `create()`, otherwise the first program that calls
   * `notifications()` on it. Every other program is then refused.
   *
   * @param name Its name.
   * @param options The required rights.
   * @returns The job.
   * @throws {Win32Error} If there is no such job (ERROR_FILE_NOT_FOUND), the name is too long
   * (ERROR_FILENAME_EXCED_RANGE) or belongs to another kind of object (ERROR_INVALID_HANDLE), or a
   * right is not granted (ERROR_ACCESS_DENIED).
   * @throws {TypeError} If the name is not a string, is empty or holds a NUL, or an option or right
   * is unknown.
   * @throws {UnsupportedPlatformError} If this is not Windows.
   * @throws {Deno.errors.NotCapable} If `--allow-ffi` does not cover kernel32.dll.
   */
  static open(name: string, options: OpenOptions = {}): JobObject {
    const wanted = readOpenOptions(name, options);
    return new JobObject(openKernelJob(wanted.name, wanted.access), wanted.name, false);
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#handle.closed;
  }

  /**
   * Starts a process that is in the job before its first instruction.
   *
   * @param command The program's path, or its name, which is searched for on the PATH and in the
   * system's folders but not in the current folder.
   * @param options The options of `Deno.Command`, and more. With `isolation` the call first tries
   * what it asks for with small programs, and waits for their end.
   * @returns The process.
   * @throws {Deno.errors.NotFound} If the program, the folder or a file of a stream does not exist.
   * @throws {Deno.errors.IsADirectory} If the program is a folder.
   * @throws {Deno.errors.NotADirectory} If the folder to run in is a file.
   * @throws {TypeError} If an option is invalid or a string cannot be passed on unchanged.
   * @throws {RangeError} If the command line is too long or a number is out of range.
   * @throws {Win32Error} If the system refuses to start it or to put it into the job.
   * @throws {IsolationNotAppliedError} If a part of `isolation` is not in force; nothing was run.
   * @throws {UnsupportedPlatformError} If the system lacks what `isolation` takes.
   * @throws {AlreadyClosedError} If the job was closed.
   * @throws {DOMException} If `signal` was aborted: its reason, which may be any value.
   */
  spawn(command: string | URL, options: SpawnOptions = {}): ChildProcess {
    // First, because a getter of the options may close this job, and its handle value may then be
    // reused.
    const start = readSpawn<Pick<SpawnOptions, "isolation">>(command, options, {
      isolation: readIsolation,
    });
    const isolation = isolationOf(start.options);
    if (isolation === undefined) return this.#spawn(start);
    return this.#isolated.start(isolation, start, {
      job: { handle: this.#handle.value, name: this.name },
      limits: this.limits(),
      spawn: (wanted, birth) => this.#spawn(wanted, birth),
      gone: () => this.wait(),
    });
  }

  #spawn(start: WantedStart, birth?: Birth): ChildProcess {
    const child = spawn(
      jobContainer(this.#handle.value, this.#label),
      {
        key: this.#events.key,
        endingLimit: (pid, end) => this.#limitWatch.endingLimit(pid, end),
        otherEnd: (pid) => this.#ownEnds.otherEnd(pid),
      },
      start,
      birth,
    );
    this.#ownEnds.follow(child.pid, child.status);
    this.#events.follow(child.status);
    this.#ends.follow(child.status);
    return child;
  }

  /**
   * Puts a running process into the job, together with everything it starts from now on. Processes
   * that it started before stay outside. {@linkcode spawn} has no such gap.
   *
   * @param pid The process's id.
   * @throws {Win32Error} If there is no such process, or it is in a job in which this one cannot be
   * nested.
   * @throws {TypeError} If `pid` is not a number.
   * @throws {RangeError} If `pid` is not a process id.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  assign(pid: number): void {
    assignProcess(this.#handle.value, pid, this.#label);
    this.#ownEnds.joined(pid);
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
   * Lists the processes in the job and in jobs inside it, each with what it has used. A process
   * that ends in the meantime is left out, or listed with its end.
   *
   * @returns The processes.
   * @throws {Win32Error} If the system refuses to list them.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  processes(): ProcessEntry[] {
    return processTable(this.#handle.value, this.#label);
  }

  /**
   * Returns whether a process is in the job or in a job inside it.
   *
   * @param pid The process's id. If there is no such process, the result is `false`.
   * @returns Whether it is.
   * @throws {Win32Error} If this program has no access to the process.
   * @throws {TypeError} If `pid` is not a number.
   * @throws {RangeError} If `pid` is not a process id.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  contains(pid: number): boolean {
    return containsProcess(this.#handle.value, pid, this.#label);
  }

  /**
   * Waits until the whole tree is gone: no process is in the job, and all that were in it have
   * ended, no matter who ended them or when. The files, folders and ports that they held are then
   * free. A process that this program may not open counts as gone when the system no longer counts
   * it.
   *
   * @param options A signal that stops waiting.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {AlreadyClosedError} If the job is closed, before or during the call.
   * @throws {Win32Error} If the system refuses to count or list the processes.
   * @throws {DOMException} If `signal` is aborted: its reason, which may be any value.
   */
  async wait(options: WaitOptions = {}): Promise<void> {
    const { signal } = readWaitOptions(options, `Cannot wait for ${this.#label}`);
    await this.#ends.wait(signal);
  }

  /**
   * Ends every process in the job. They may still be ending when this returns; {@linkcode wait}
   * waits until they are gone. A child of this program then has the status `endedBy: "terminate"`.
   *
   * @param exitCode Their exit code, unsigned 32 bits.
   * @default {1}
   * @throws {Win32Error} If the system refuses.
   * @throws {TypeError} If the code is not a number.
   * @throws {RangeError} If the code is out of range.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  terminate(exitCode = 1): void {
    this.#ends.terminate(readUint32(exitCode, "exitCode", `Cannot terminate ${this.#label}`));
  }

  /**
   * Suspends all threads of all processes in the job. The processes can still be ended.
   *
   * @throws {UnsupportedPlatformError} If the system does not support it.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  freeze(): void {
    setFrozen(this.#handle.value, true, this.#label);
  }

  /**
   * Resumes the processes of a frozen job.
   *
   * @throws {UnsupportedPlatformError} If the system does not support it.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  thaw(): void {
    setFrozen(this.#handle.value, false, this.#label);
  }

  /**
   * Reads the limits that are in force.
   *
   * @returns A key for each of them. `unknown` lists those that the system does not report.
   * @throws {Win32Error} If the system refuses all of them, for example without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  limits(): LimitsInForce {
    return this.#limits.limits();
  }

  /**
   * Sets, changes and removes limits; all others stay unchanged. If it fails, all limits are as
   * before.
   *
   * @param limits A missing key leaves its limit unchanged, a value sets it, `null` removes it.
   * @throws {TypeError} If a limit is unknown, of the wrong type, or contradicts another one.
   * @throws {RangeError} If a value is out of range.
   * @throws {LimitNotAppliedError} If the system accepts a limit but does not put it in force.
   * @throws {UnsupportedPlatformError} If the system does not know a limit.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setLimits(limits: Limits): void {
    this.#limits.setLimits(limits);
  }

  /**
   * Returns which limits of the job were reached so far: memory, processes and user time. The
   * evidence is the job's messages, and also counters and measurements, since Windows does not
   * guarantee these messages. Called after {@linkcode wait} and before {@linkcode close}, it covers
   * the whole run. To find out whether a program failed for lack of memory, look for `jobMemory` or
   * `processMemory` when its `status` is not a success. For notification limits see {@linkcode
   * notifications}.
   *
   * @returns Each limit that was reached, once.
   * @throws {Win32Error} If the system refuses, as without the right to query.
   * @throws {UnsupportedPlatformError} If the system does not report whether a limit is in force.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  limitsReached(): Promise<LimitReached[]> {
    return this.#limitWatch.reached();
  }

  /**
   * Iterates over the job's messages from this call on. If the job was created with `notifications`
   * and no messages were taken before, it starts at the job's creation. Each iteration gets all
   * messages; it ends when the job is closed.
   *
   * A loop that ends at `activeProcessZero` always ends. If the job has had processes and has none
   * at the time of the call, the message comes at once. If Windows does not post it, this module
   * generates it within about two seconds. {@linkcode JobNotification} describes when each message
   * comes. The first call on an opened job makes this program its only listener.
   *
   * @param options A signal that ends it early: its `next()` then throws the signal's reason.
   * @returns The messages.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {Win32Error} If another process listens to the job (ERROR_INVALID_PARAMETER).
   * @throws {AlreadyClosedError} If the job was closed.
   */
  notifications(options: WaitOptions = {}): AsyncIterableIterator<JobNotification> {
    const { signal } = readWaitOptions(options, `Cannot listen to ${this.#label}`);
    return this.#events.notifications(signal);
  }

  /**
   * Reads the notification limits that are set.
   *
   * @returns A key for each of them; none if the system does not know notification limits.
   * @throws {Win32Error} If the system refuses, as without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  notificationLimits(): NotificationLimits {
    return this.#notifications.notificationLimits();
  }

  /**
   * Sets, changes and removes notification limits; all others stay unchanged. When one is exceeded
   * the job posts `notificationLimit`; its processes keep running.
   *
   * @param limits A missing key leaves its limit unchanged, a value sets it, `null` removes it.
   * @throws {TypeError} If a limit is unknown or of the wrong type.
   * @throws {RangeError} If a value is out of range.
   * @throws {LimitNotAppliedError} If the system accepts a limit but does not put it in force.
   * @throws {UnsupportedPlatformError} If the system does not know a limit.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setNotificationLimits(limits: NotificationLimits): void {
    this.#notifications.setNotificationLimits(limits);
  }

  /**
   * Returns which notification limits were exceeded since the last query. The query re-arms them.
   * This module already makes it for each `notificationLimit` message and puts the result in
   * `violation`, so call this only for a job without a listener.
   *
   * @returns The exceeded limits, with limits and measured values.
   * @throws {UnsupportedPlatformError} If the system does not know notification limits.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  limitViolation(): LimitViolation {
    return this.#notifications.limitViolation();
  }

  /**
   * Reads all statistics that the system keeps for the job.
   *
   * @returns Times in milliseconds, memory in bytes, counts.
   * @throws {UnsupportedPlatformError} If the system does not count I/O.
   * @throws {Win32Error} If the system refuses, as without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  stats(): JobStats {
    return this.#statistics.stats();
  }

  /**
   * Starts or stops counting the I/O that reaches a disk. Win32: `JobObjectIoAttribution`.
   *
   * @param on Whether to count it.
   * @throws {TypeError} If `on` is not a boolean.
   * @throws {UnsupportedPlatformError} If the system is older than Windows 10.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setIoTracking(on: boolean): void {
    this.#statistics.setIoTracking(on);
  }

  /**
   * Resets the job's peak of committed memory.
   *
   * @throws {UnsupportedPlatformError} If the system is older than Windows 10.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  resetPeakMemory(): void {
    this.#statistics.resetPeakMemory();
  }

  /**
   * Allows a job with the `"handles"` UI limit to use a window, menu or hook of another process.
   *
   * @param userHandle The USER handle.
   * @param grant Whether the job may use it.
   * @default {true}
   * @throws {TypeError} If the handle is not a bigint, or `grant` is not a boolean.
   * @throws {Win32Error} If the system refuses.
   * @throws {Deno.errors.NotCapable} If `--allow-ffi` does not cover user32.dll.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  userHandleGrantAccess(userHandle: bigint, grant = true): void {
    grantUserHandle(this.#handle.value, { userHandle, grant, label: this.#label });
  }

  /**
   * Closes the handle; the second time does nothing. With `killOnClose`, and if no other handle to
   * the job is open, this ends the processes. They may still be ending when it returns; `await
   * using` waits for them. A child of this program then has the status `endedBy: "close"`, which is
   * not a success.
   *
   * @throws {Win32Error} If something else has closed the handle.
   */
  close(): void {
    if (this.closed) return;
    const mayEnd = this.#ends.closing(() => {
      const { killOnClose, unknown = [] } = this.limits();
      // If it is not known, it may be set.
      return killOnClose === true || unknown.includes("killOnClose");
    });
    try {
      this.#handle.close();
    } finally {
      const isHeld = this.#ownEnds.close(mayEnd);
      this.#events.close();
      this.#ends.close(isHeld);
    }
  }

  /**
   * Closes the handle at the end of a `using` scope.
   *
   * @throws {Win32Error} If something else has closed the handle.
   */
  [Symbol.dispose](): void {
    this.close();
  }

  /**
   * At the end of an `await using` scope, ends every process, waits until all are gone, and closes
   * the handle. A job that was opened or that already existed belongs to another program, so only
   * the handle is closed.
   *
   * @throws {Win32Error} If the system refuses; the handle is closed anyway.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return;
    try {
      if (!this.#isOwn) return;
      await this.#ends.end(1);
      await this.#isolated.settled();
    } finally {
      this.close();
      await completionPort.idle();
    }
  }

  /**
   * hcsshim's `SetResourceLimits`: {@linkcode setLimits} with five keys in hcsshim's units.
   *
   * @param limits A missing key leaves its limit unchanged.
   * @throws {TypeError} If a key is unknown, a value is not a number, or `cpuLimit` and `cpuWeight`
   * are both given.
   * @throws {RangeError} If a number is out of range.
   * @throws {LimitNotAppliedError} If the system accepts a limit but does not put it in force.
   * @throws {UnsupportedPlatformError} If the system does not know the limit.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setResourceLimits(limits: ResourceLimits): void {
    this.setLimits(resourceLimitsOf(limits));
  }

  /**
   * hcsshim's `SetCPULimit`: {@linkcode setLimits} of `cpu`.
   *
   * @param type Whether `value` is a rate or a weight.
   * @param value A `hardCap` in 1/10000 of all processors, 1 to 10000, or a `weight`, 1 to 9.
   * @throws {TypeError} If `type` is neither, or `value` is not a number.
   * @throws {RangeError} If `value` is out of range.
   * @throws {LimitNotAppliedError} If the system accepts a limit but does not put it in force.
   * @throws {UnsupportedPlatformError} If the system does not know the limit.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setCpuLimit(type: CpuRateControlType, value: number): void {
    this.setLimits(cpuLimitOf(type, value));
  }

  /**
   * hcsshim's `SetMemoryLimit`: {@linkcode setLimits} of `jobMemory`.
   *
   * @param memoryLimitInBytes Bytes, 4096 or more.
   * @throws {TypeError} If it is not a number.
   * @throws {RangeError} If it is out of range.
   * @throws {LimitNotAppliedError} If the system accepts a limit but does not put it in force.
   * @throws {UnsupportedPlatformError} If the system does not know the limit.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setMemoryLimit(memoryLimitInBytes: number): void {
    this.setLimits(memoryLimitOf(memoryLimitInBytes));
  }

  /**
   * hcsshim's `SetIOLimit`: {@linkcode setLimits} of `ioBandwidth` and `ioIops`.
   *
   * @param maxBandwidth Bytes per second; 0 removes the limit.
   * @param maxIops Operations per second; 0 removes the limit.
   * @throws {TypeError} If one is not a number.
   * @throws {RangeError} If one is out of range.
   * @throws {LimitNotAppliedError} If the system accepts a limit but does not put it in force.
   * @throws {UnsupportedPlatformError} If the system does not know the limit.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setIoLimit(maxBandwidth: number, maxIops: number): void {
    this.setLimits(ioLimitOf(maxBandwidth, maxIops));
  }

  /**
   * hcsshim's `QueryMemoryStats`: `memory` of {@linkcode stats}, from class 28.
   *
   * @returns Current and peak bytes.
   * @throws {UnsupportedPlatformError} If the system is older than Windows 10.
   * @throws {Win32Error} If the system refuses, as without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  queryMemoryStats(): MemoryStats {
    return this.#statistics.queryMemoryStats();
  }

  /**
   * hcsshim's `QueryProcessorStats`: times and counts of {@linkcode stats} by their Win32 names.
   *
   * @returns Milliseconds and counts.
   * @throws {Win32Error} If the system refuses, as without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  queryProcessorStats(): ProcessorStats {
    return this.#statistics.queryProcessorStats();
  }

  /**
   * hcsshim's `QueryStorageStats`: `io` of {@linkcode stats}, and the I/O that {@linkcode
   * setIoTracking} counts.
   *
   * @returns Operations and bytes.
   * @throws {UnsupportedPlatformError} If the system does not count I/O.
   * @throws {Win32Error} If the system refuses, as without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  queryStorageStats(): StorageStats {
    return this.#statistics.queryStorageStats();
  }

  /**
   * hcsshim's `PollNotification`: the next message of {@linkcode notifications}, each one once, for
   * a job created with `notifications`.
   *
   * @returns The next message; waits until there is one.
   * @throws {NotRegisteredError} If the job was created without `notifications`, or was opened.
   * @throws {AlreadyClosedError} If the job is closed, before or during the call.
   */
  pollNotification(): Promise<JobNotification> {
    return this.#events.poll();
  }
}
