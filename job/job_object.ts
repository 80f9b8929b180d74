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
import {
  readBoolean,
  type Readers,
  readOptions,
  readString,
  readUint32,
} from "../values/options.ts";
import { checkedLimits, withKillOnClose } from "./limits/change.ts";
import { MACHINE } from "./machine.ts";
import { spawn } from "../process/spawn.ts";
import type { SpawnOptions } from "../isolation/isolation.ts";
import { readIsolatedSpawn } from "../isolation/read_isolation.ts";
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

/** A limit beside `limits`, or a misspelt `killOnClose`, must not be a job without it. */
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
 * Times are milliseconds, memory is bytes, shares of the processor are percent. Besides what each
 * method says, the first call of all throws `Deno.errors.NotCapable` if `--allow-ffi` does not cover
 * kernel32.dll. The last eight methods have the names and arguments of Microsoft's hcsshim package
 * for Go; each says which method of this class it stands for.
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
  /** Whether this object made the job. */
  readonly #isOwn: boolean;

  private constructor(owned: OwnedHandle, name: string | undefined, isOwn: boolean) {
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
   * Makes a job.
   *
   * @param options Its name and what it does from the beginning.
   * @returns The job, empty.
   * @throws {Win32Error} If the name is taken by a job (ERROR_ALREADY_EXISTS) or by something else
   * (ERROR_INVALID_HANDLE), is too long (ERROR_FILENAME_EXCED_RANGE), the job has a listener already
   * (ERROR_INVALID_PARAMETER, with `openExisting` and `notifications`), or the system refuses.
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
      // A job of another process has its listener already.
      if (!existed || given.notifications) job.#events.listen();
      if (given.notifications) job.#events.keep();
      job.setLimits(limits);
      return job;
    } catch (error) {
      job.close();
      throw error;
    }
  }

  /**
   * Opens a job that another process, or this one, made with a name. A job has one listener as long
   * as it lives: the program that made it by `create()`, or else the first that calls
   * `notifications()` on it, which thereby becomes the one listener and shuts out all later ones.
   *
   * @param name Its name.
   * @param options The rights that are needed.
   * @returns The job.
   * @throws {Win32Error} If there is none (ERROR_FILE_NOT_FOUND), the name is too long
   * (ERROR_FILENAME_EXCED_RANGE) or of something else (ERROR_INVALID_HANDLE), or a right is not
   * granted (ERROR_ACCESS_DENIED).
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
   * @param command The program's name, looked up in the system's folders and on the PATH but not in
   * the current folder, or its path.
   * @param options As those of `Deno.Command`, and more. With `isolation` the call first tries what
   * it asks for with small programs, and waits for their end.
   * @returns The process.
   * @throws {Deno.errors.NotFound} If there is no such program, folder or file of a stream.
   * @throws {Deno.errors.IsADirectory} If the program is a folder.
   * @throws {Deno.errors.NotADirectory} If the folder to run in is a file.
   * @throws {TypeError} If an option is invalid or a string cannot be passed on unharmed.
   * @throws {RangeError} If the command line is too long or a number is out of range.
   * @throws {Win32Error} If the system refuses to start it or to put it into the job.
   * @throws {IsolationNotAppliedError} If a part of `isolation` is not in force; nothing was run.
   * @throws {UnsupportedPlatformError} If the system lacks what `isolation` takes.
   * @throws {AlreadyClosedError} If the job was closed.
   * @throws {DOMException} If `signal` was aborted: its reason, which may be any value.
   */
  spawn(command: string | URL, options: SpawnOptions = {}): ChildProcess {
    // First of all: a getter of the options may close this job, whose handle another one gets then.
    const { isolation, start } = readIsolatedSpawn(command, options);
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
        endingLimit: (end) => this.#limitWatch.endingLimit(child.pid, end),
        otherEnd: () => this.#ownEnds.otherEnd(child.pid),
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
   * Puts a running process into the job, with what it starts from now on. What it started before
   * stays outside: {@linkcode spawn} has no such gap.
   *
   * @param pid The process's id.
   * @throws {Win32Error} If there is no such process, or it is in a job that cannot hold this one.
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
   * Lists the processes in the job and in jobs inside it, each with what it has used. One that ends
   * meanwhile is left out.
   *
   * @returns The processes.
   * @throws {Win32Error} If the system refuses to list them.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  processes(): ProcessEntry[] {
    return processTable(this.#handle.value, this.#label);
  }

  /**
   * Tells whether a process is in the job or in a job inside it.
   *
   * @param pid The process's id; no process of this id is in no job.
   * @returns Whether it is.
   * @throws {Win32Error} If the process may not be asked.
   * @throws {TypeError} If `pid` is not a number.
   * @throws {RangeError} If `pid` is not a process id.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  contains(pid: number): boolean {
    return containsProcess(this.#handle.value, pid, this.#label);
  }

  /**
   * Waits until the whole tree is gone: no process is in the job, and those that were have ended,
   * so that the files, folders and ports that they held are free, whoever ended them and whenever. A
   * process that may not be opened is gone when the system does not count it.
   *
   * @param options What gives up waiting.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {AlreadyClosedError} If the job is closed, before or meanwhile.
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
   * Stops all threads of all processes of the job; they can still be ended.
   *
   * @throws {UnsupportedPlatformError} If the system cannot.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  freeze(): void {
    setFrozen(this.#handle.value, true, this.#label);
  }

  /**
   * Lets the processes of a frozen job go on.
   *
   * @throws {UnsupportedPlatformError} If the system cannot.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  thaw(): void {
    setFrozen(this.#handle.value, false, this.#label);
  }

  /**
   * Reads the limits that are in force.
   *
   * @returns A key for each of them; `unknown` where the system did not say all.
   * @throws {Win32Error} If the system refuses them all, as without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  limits(): LimitsInForce {
    return this.#limits.limits();
  }

  /**
   * Sets, changes and lifts limits; those that are not named stay as they are. On any failure all
   * limits are as before.
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
   * Tells which limits of the job were reached so far: memory, processes and user time. Messages
   * are one evidence, and what was counted and measured is the other, since Windows promises no
   * message of these. After {@linkcode wait} and before {@linkcode close} it tells of the whole run.
   * A judge that wants to know whether a program failed for want of memory asks for `jobMemory` or
   * `processMemory` when the program's `status` is no success. For notification limits see
   * {@linkcode notifications}.
   *
   * @returns Each limit that was reached, once.
   * @throws {Win32Error} If the system refuses, as without the right to query.
   * @throws {UnsupportedPlatformError} If the system does not say whether a limit is in force.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  limitsReached(): Promise<LimitReached[]> {
    return this.#limitWatch.reached();
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
   * @param options What ends it early: then its `next()` throws the signal's reason.
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
   * @returns A key for each of them; none where the system does not know any.
   * @throws {Win32Error} If the system refuses, as without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  notificationLimits(): NotificationLimits {
    return this.#notifications.notificationLimits();
  }

  /**
   * Sets, changes and lifts notification limits; those that are not named stay as they are. When
   * one is passed the job posts `notificationLimit`; its processes go on running.
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
   * Asks which notification limits were passed since the last question. The question re-arms them,
   * and it is asked already for each `notificationLimit` message, whose `violation` is the answer:
   * this is for a job whose messages go to nobody.
   *
   * @returns What was passed, with limits and measured values.
   * @throws {UnsupportedPlatformError} If the system does not know notification limits.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  limitViolation(): LimitViolation {
    return this.#notifications.limitViolation();
  }

  /**
   * Reads all that the system counts for the job.
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
   * Begins or ends the counting of what reaches a disk. Win32: `JobObjectIoAttribution`.
   *
   * @param on Whether it is counted.
   * @throws {TypeError} If `on` is not a boolean.
   * @throws {UnsupportedPlatformError} If the system is older than Windows 10.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setIoTracking(on: boolean): void {
    this.#statistics.setIoTracking(on);
  }

  /**
   * Lets the job's peak of committed memory begin anew.
   *
   * @throws {UnsupportedPlatformError} If the system is older than Windows 10.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  resetPeakMemory(): void {
    this.#statistics.resetPeakMemory();
  }

  /**
   * Lets a job with the `"handles"` desktop limit use a window, menu or hook of another process.
   *
   * @param userHandle The USER handle.
   * @param grant Whether it may.
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
   * Closes the handle; the second time does nothing. With `killOnClose`, and if nobody else holds
   * the job, this ends the processes: they may still be ending when it returns, and a child of this
   * program then has the status `endedBy: "close"`, which is no success. `await using` waits.
   *
   * @throws {Win32Error} If something else has closed the handle.
   */
  close(): void {
    if (this.closed) return;
    // A job without a name is ours alone.
    const mayEnd = this.#ends.closing({
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
      this.#ownEnds.close(mayEnd);
      this.#events.close();
      this.#ends.close();
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
   * At the end of an `await using` scope: ends every process, waits until all are gone, and closes
   * the handle. A job that was opened, or existed, belongs to another program and is only closed.
   *
   * @throws {Win32Error} If the system refuses; the handle is closed all the same.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return;
    try {
      if (!this.#isOwn) return;
      this.terminate();
      await this.wait();
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
   * @param maxBandwidth Bytes per second; 0 lifts the limit.
   * @param maxIops Operations per second; 0 lifts the limit.
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
   * @returns Bytes now and at most.
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
   * hcsshim's `QueryStorageStats`: `io` of {@linkcode stats}, and what {@linkcode setIoTracking} counts.
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
   * hcsshim's `PollNotification`: the next of {@linkcode notifications}, each once, for a job made with
   * `notifications`.
   *
   * @returns The next message; it waits for one where there is none.
   * @throws {NotRegisteredError} If the job was made without `notifications`, or opened.
   * @throws {AlreadyClosedError} If the job is closed, before or meanwhile.
   */
  pollNotification(): Promise<JobNotification> {
    return this.#events.poll();
  }
}
