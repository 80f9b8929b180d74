/**
 * The job object.
 *
 * Theory of operation. A `JobObject` owns one kernel handle to a job. The job lives as long as a
 * handle to it or a process in it; what is set on it is in force for all its processes, those that
 * its processes start included, and none of them can leave unless a limit allows breakaway. With
 * `killOnClose` the kernel ends them all when the last handle is closed, however this program ends.
 * No finalizer closes a job: a garbage collection would end processes at a random moment.
 *
 * The parts have files of their own: who is in it (`membership.ts`), its messages
 * (`job_events.ts`), its limits (`limit_control.ts`) and its statistics (`statistics.ts`).
 *
 * @module
 */
import { ERROR, JOB_OBJECT_ACCESS, STANDARD_RIGHTS } from "../ffi/constants.ts";
import { check, outcome, Win32Error } from "../ffi/error.ts";
import { OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { encodeWide } from "../ffi/strings.ts";
import type { ChildProcess } from "../process/child_process.ts";
import type { Container } from "../process/start/launch.ts";
import { spawn, type SpawnOptions } from "../process/spawn.ts";
import { JobControls } from "./job_controls.ts";
import { JobEvents } from "./messages/events.ts";
import { checkKeys } from "./limits/check.ts";
import { MACHINE } from "./limits/control.ts";
import { checkLimits } from "./limits/table.ts";
import type { Limits } from "./limits/limits.ts";
import {
  assignHandle,
  assignProcess,
  containsHandle,
  containsProcess,
  processIds,
} from "./membership.ts";
import type { JobNotification } from "./messages/notification.ts";

/** How to make a job. */
export interface CreateOptions {
  /**
   * A name under which other processes can open the job: up to 260 UTF-16 units, case-sensitive, in
   * the namespace of the session unless it begins with `Global\`. Absent or empty: no name.
   */
  name?: string;
  /** Takes a job that has the name already; `false` when absent: that is an error. */
  openExisting?: boolean;
  /** Keeps every message from now on for `pollNotification()`; `false` when absent. */
  notifications?: boolean;
  /** Ends all its processes when the last handle is closed; `false` when absent. */
  killOnClose?: boolean;
  /** Limits that are in force before the first process; none when absent. */
  limits?: Limits;
}

/** A right to a job. */
export type JobAccess = "assign" | "set" | "query" | "terminate";

/** How to open a job. */
export interface OpenOptions {
  /**
   * The rights that are needed; all four when absent. A call without its right fails with
   * ERROR_ACCESS_DENIED; `spawn()` needs `assign` and `query`, `notifications()` `set` and `query`.
   */
  access?: readonly JobAccess[];
}

/** How to wait. */
export interface WaitOptions {
  /** Gives up waiting, with its reason. */
  signal?: AbortSignal;
}

const RIGHTS: { readonly [A in JobAccess]: number } = {
  assign: JOB_OBJECT_ACCESS.ASSIGN_PROCESS,
  set: JOB_OBJECT_ACCESS.SET_ATTRIBUTES,
  query: JOB_OBJECT_ACCESS.QUERY,
  terminate: JOB_OBJECT_ACCESS.TERMINATE,
};

/** A limit beside `limits`, or a misspelt `killOnClose`, must not be a job without it. */
const CREATE_KEYS: readonly (keyof CreateOptions)[] = [
  "name",
  "openExisting",
  "notifications",
  "killOnClose",
  "limits",
];

/** `MAX_PATH`: the longest name that Microsoft's page on CreateJobObjectW allows. */
const NAME_MAX = 260;

/**
 * A Windows job object: processes that are limited, measured and ended together.
 *
 * @example Run a program that cannot outlive this one
 * ```ts ignore
 * import { JobObject } from "@jobbox/jobobject";
 *
 * using job = JobObject.create({ killOnClose: true });
 * const child = job.spawn("cmd", { args: ["/c", "echo hello"], stdout: "piped" });
 * console.log(await child.stdout.text(), (await child.status).code);
 * ```
 */
export class JobObject extends JobControls implements Disposable {
  /** Its name; `undefined` for a job without one. */
  readonly name: string | undefined;
  readonly #handle: OwnedHandle;
  readonly #label: string;
  readonly #events: JobEvents;

  private constructor(owned: OwnedHandle, name: string | undefined) {
    super(() => owned.value, jobLabel(name));
    this.name = name;
    this.#label = jobLabel(name);
    this.#handle = owned;
    this.#events = new JobEvents({
      handle: () => owned.value,
      label: this.#label,
      violation: () => this.limitViolation(),
    });
  }

  /**
   * Makes a job.
   *
   * @param options Its name and what it does from the beginning.
   * @returns The job, empty.
   * @throws {Win32Error} If the name is taken by a job (ERROR_ALREADY_EXISTS) or by something else
   * (ERROR_INVALID_HANDLE), is too long (ERROR_FILENAME_EXCED_RANGE), or the system refuses.
   * @throws {TypeError} If the name holds a NUL, or an option or limit is unknown, or a limit is of
   * the wrong type.
   * @throws {RangeError} If a limit is out of range.
   * @throws {LimitNotAppliedError} If the system accepted a limit and does not have it.
   * @throws {UnsupportedPlatformError} If this is not Windows, or it does not know a limit.
   */
  static create(options: CreateOptions = {}): JobObject {
    checkKeys("options", options, CREATE_KEYS);
    const name = options.name === "" ? undefined : options.name;
    const action = `Cannot create ${jobLabel(name)}`;
    const wide = name === undefined ? null : encodeName(name, "CreateJobObjectW", action);
    const { killOnClose, limits = {} } = options;
    const wanted = killOnClose === undefined ? limits : { ...limits, killOnClose };
    checkLimits(wanted, MACHINE);
    // Bound before: to load a library sets the last error.
    const { CreateJobObjectW } = kernel32;
    kernel32.SetLastError(ERROR.SUCCESS);
    const handle = CreateJobObjectW(null, wide);
    const code = outcome();
    if (handle === 0n) throw new Win32Error(code, "CreateJobObjectW", action);
    const job = new JobObject(new OwnedHandle(handle, jobLabel(name)), name);
    try {
      const existed = code === ERROR.ALREADY_EXISTS;
      if (existed && options.openExisting !== true) {
        throw new Win32Error(code, "CreateJobObjectW", action);
      }
      // A job of another process has its listener already.
      if (!existed || options.notifications === true) job.#events.listen();
      if (options.notifications === true) job.#events.keepForPolling();
      job.setLimits(wanted);
      return job;
    } catch (error) {
      job.close();
      throw error;
    }
  }

  /**
   * Opens a job that another process, or this one, made with a name.
   *
   * @param name Its name.
   * @param options The rights that are needed.
   * @returns The job.
   * @throws {Win32Error} If there is none (ERROR_FILE_NOT_FOUND), the name is of something else
   * (ERROR_INVALID_HANDLE), or a right is not granted (ERROR_ACCESS_DENIED).
   * @throws {TypeError} If the name is empty or holds a NUL, or an option or right is unknown.
   * @throws {UnsupportedPlatformError} If this is not Windows.
   */
  static open(name: string, options: OpenOptions = {}): JobObject {
    const action = `Cannot open ${jobLabel(name)}`;
    checkKeys("options", options, ["access"]);
    if (name === "") throw new TypeError("Cannot open a job: its name is empty");
    let rights: number = STANDARD_RIGHTS.SYNCHRONIZE;
    for (const access of options.access ?? (Object.keys(RIGHTS) as JobAccess[])) {
      if (!Object.hasOwn(RIGHTS, access)) {
        throw new TypeError(
          `${action}: access must be of ${Object.keys(RIGHTS).join(", ")}, got ${access}`,
        );
      }
      rights |= RIGHTS[access];
    }
    const wide = encodeName(name, "OpenJobObjectW", action);
    const handle = check(kernel32.OpenJobObjectW(rights, 0, wide), "OpenJobObjectW", action);
    return new JobObject(new OwnedHandle(handle, jobLabel(name)), name);
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
   * waits for them.
   *
   * @param exitCode Their exit code, unsigned 32 bits; 1 when absent.
   * @throws {Win32Error} If the system refuses.
   * @throws {RangeError} If the code is out of range.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  terminate(exitCode = 1): void {
    const action = `Cannot terminate ${this.#label}`;
    if (!Number.isInteger(exitCode) || exitCode < 0 || exitCode > 0xffff_ffff) {
      throw new RangeError(`${action}: exit code ${exitCode} is not an integer 0..4294967295`);
    }
    check(kernel32.TerminateJobObject(this.#handle.value, exitCode), "TerminateJobObject", action);
    this.#events.expectExits();
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
    const handle = this.#handle.value;
    const container: Container = {
      handle,
      assign: (process) =>
        assignHandle(handle, process, `Cannot assign a new process to ${this.#label}`),
      contains: (process) => containsHandle(handle, process, this.#label),
    };
    const child = spawn(container, this.#events.key, { command, options });
    this.#events.follow(child.status);
    return child;
  }

  /**
   * Takes the next message of the job, waiting for it. Messages are kept from the job's creation
   * on and none is dropped; each is given once.
   *
   * @returns The message.
   * @throws {NotRegisteredError} If the job was made without notifications.
   * @throws {AlreadyClosedError} If the job is closed, before or meanwhile.
   */
  pollNotification(): Promise<JobNotification> {
    return this.#events.poll();
  }

  /**
   * Iterates over the job's messages from this call on. Each iteration gets all of them; it ends
   * when the job is closed.
   *
   * @param options What ends it early.
   * @returns The messages.
   * @throws {Win32Error} If another process listens to the job (ERROR_INVALID_PARAMETER).
   * @throws {AlreadyClosedError} If the job was closed.
   */
  notifications(options: WaitOptions = {}): AsyncIterableIterator<JobNotification> {
    return this.#events.notifications(options.signal);
  }

  /**
   * Waits until no process is in the job: the whole tree has ended.
   *
   * @param options What gives up waiting.
   * @throws {AlreadyClosedError} If the job is closed, before or meanwhile.
   * @throws {Win32Error} If the system refuses to count the processes.
   */
  wait(options: WaitOptions = {}): Promise<void> {
    return this.#events.wait(options.signal);
  }

  /** Closes the handle; the second time does nothing. With `killOnClose` this ends the processes. */
  close(): void {
    if (this.closed) return;
    try {
      this.#handle.close();
    } finally {
      this.#events.close();
    }
  }

  /** Closes the handle at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function jobLabel(name: string | undefined): string {
  return name === undefined ? "a job" : `job ${JSON.stringify(name)}`;
}

function encodeName(name: string, api: string, action: string): Uint16Array<ArrayBuffer> {
  // Some systems take longer names; asking for the same everywhere keeps a name portable.
  if (name.length > NAME_MAX) throw new Win32Error(ERROR.FILENAME_EXCED_RANGE, api, action);
  return encodeWide(name, "a job's name");
}
