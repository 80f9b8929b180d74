/**
 * What a trial of a promise is made of: jobs, processes and ports as the kernel gives them, with
 * nothing of the module's own between. All of it is ended when the trial is over.
 *
 * The processes are `cmd.exe`, which every Windows has. Most of them never run an instruction.
 *
 * @module
 */
import { CREATION_FLAGS, JOB_OBJECT_LIMIT, PROC_THREAD_ATTRIBUTE } from "../../ffi/constants.ts";
import { ERROR, MEMORY, WAIT } from "../../ffi/constants.ts";
import { SYSTEM_DIRECTORY } from "../../ffi/dll.ts";
import { check, failure } from "../../ffi/error.ts";
import { OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { AttributeList } from "../../process/start/attribute_list.ts";
import { TrialJob } from "./trial_job.ts";
import { TrialPort } from "./trial_port.ts";

const STARTUP = struct(STRUCTS, "STARTUPINFOEXW");
const PLAIN_SIZE = struct(STRUCTS, "STARTUPINFOW").size;
const INFORMATION = struct(STRUCTS, "PROCESS_INFORMATION");

const ACTION = "Cannot make a trial";

/** Milliseconds that a process may take to be gone after its end. */
const GONE = 2_000;

/** How a process of a trial is started. */
export interface TrialStart {
  /** What it runs; it stays suspended, and runs nothing, when absent. */
  readonly command?: string;
  /** Creation flags beside those that every start has. */
  readonly flags?: number;
  /** Whether it shares our console; it has none when absent. */
  readonly sharesConsole?: boolean;
  /** The job that it is born in. */
  readonly job?: TrialJob;
  /** The process that counts as its parent. */
  readonly parent?: TrialProcess;
  /** The handles that it inherits. */
  readonly handles?: readonly bigint[];
}

/** A process of a trial. */
export class TrialProcess {
  /** Its handle, with all rights. */
  readonly handle: OwnedHandle;
  /** Its first thread. */
  readonly thread: OwnedHandle;
  /** Its id. */
  readonly pid: number;

  /** Takes over what `CreateProcessW` gave. */
  constructor(handle: OwnedHandle, thread: OwnedHandle, pid: number) {
    this.handle = handle;
    this.thread = thread;
    this.pid = pid;
  }

  /** Whether it has ended, or does so within some milliseconds. */
  ended(ms = 0): boolean {
    return kernel32.WaitForSingleObject(this.handle.value, ms) === WAIT.WAIT_OBJECT_0;
  }

  /** What the system gives for its exit code; 259 as long as it lives. */
  code(): number {
    const code = new Uint32Array(1);
    check(kernel32.GetExitCodeProcess(this.handle.value, code), "GetExitCodeProcess", ACTION);
    return code[0]!;
  }

  /** Its priority class. */
  priority(): number {
    return check(kernel32.GetPriorityClass(this.handle.value), "GetPriorityClass", ACTION);
  }

  /** Lets it run. */
  resume(): void {
    kernel32.ResumeThread(this.thread.value);
  }

  /** Ends it. */
  end(code = 1): void {
    kernel32.TerminateProcess(this.handle.value, code);
  }

  /** Gives memory to it and writes to all of that; 0, or the error code. */
  commit(bytes: number): number {
    const { MEM_COMMIT, MEM_RESERVE, PAGE_READWRITE } = MEMORY;
    const flags = MEM_COMMIT | MEM_RESERVE;
    const size = BigInt(bytes);
    const address = kernel32.VirtualAllocEx(this.handle.value, 0n, size, flags, PAGE_READWRITE);
    const code = failure(address);
    if (code !== 0) return code;
    const content = new Uint8Array(bytes).fill(1);
    return failure(
      kernel32.WriteProcessMemory(this.handle.value, address, content, size, 0n),
    );
  }

  /** Opens it with some rights only. */
  open(rights: number): OwnedHandle {
    const handle = kernel32.OpenProcess(rights, 0, this.pid);
    return new OwnedHandle(check(handle, "OpenProcess", ACTION), "a process of a trial");
  }

  /** Closes our handles of it. */
  close(): void {
    this.thread.close();
    this.handle.close();
  }
}

/** The room of one trial. */
export class TrialRoom implements Disposable {
  readonly #things = new DisposableStack();
  readonly #processes: TrialProcess[] = [];

  /**
   * Makes a job; what is in it ends with the trial.
   *
   * @param options Its name, and its limit flags: kill-on-close when absent.
   */
  job(options: { readonly name?: string; readonly flags?: number } = {}): TrialJob {
    const { flags = JOB_OBJECT_LIMIT.KILL_ON_JOB_CLOSE, name } = options;
    const wide = name === undefined ? null : encodeWide(name);
    const handle = check(kernel32.CreateJobObjectW(null, wide), "CreateJobObjectW", ACTION);
    const job = this.#things.use(new TrialJob(new OwnedHandle(handle, "a job of a trial")));
    if (flags !== 0) job.limit({ flags });
    return job;
  }

  /** Takes over a job's handle. */
  own(handle: bigint): TrialJob {
    return this.#things.use(new TrialJob(new OwnedHandle(handle, "a job of a trial")));
  }

  /** Takes over another handle. */
  keep(handle: bigint): bigint {
    return this.#things.use(new OwnedHandle(handle, "a handle of a trial")).value;
  }

  /** Makes a port. */
  port(): TrialPort {
    return this.#things.use(new TrialPort());
  }

  /** Makes a job with a port, and gives both. */
  heard(flags?: number): { job: TrialJob; port: TrialPort } {
    const job = this.job(flags === undefined ? {} : { flags });
    const port = this.port();
    check(job.listen(port) === 0 ? 1 : 0, "SetInformationJobObject", ACTION);
    return { job, port };
  }

  /**
   * Starts a process.
   *
   * @returns The process, or the error code of its creation.
   */
  tryStart(options: TrialStart = {}): TrialProcess | number {
    const { command, flags = 0, handles, job, parent, sharesConsole = false } = options;
    const attributes: [number, bigint[]][] = [];
    if (job) attributes.push([PROC_THREAD_ATTRIBUTE.JOB_LIST, [job.value]]);
    if (parent) attributes.push([PROC_THREAD_ATTRIBUTE.PARENT_PROCESS, [parent.handle.value]]);
    if (handles) attributes.push([PROC_THREAD_ATTRIBUTE.HANDLE_LIST, [...handles]]);
    using list = attributes.length > 0 ? new AttributeList(attributes) : undefined;
    const memory = INFORMATION.allocate();
    const code = failure(kernel32.CreateProcessW(
      encodeWide(`${SYSTEM_DIRECTORY}cmd.exe`),
      encodeWide(`cmd.exe /d /q /c ${command ?? "exit"}`),
      null,
      null,
      handles ? 1 : 0,
      flags | (command === undefined ? CREATION_FLAGS.CREATE_SUSPENDED : 0) |
        (sharesConsole ? 0 : CREATION_FLAGS.DETACHED_PROCESS) |
        (list ? CREATION_FLAGS.EXTENDED_STARTUPINFO_PRESENT : 0),
      null,
      null,
      STARTUP.encode({
        StartupInfo: { cb: list ? STARTUP.size : PLAIN_SIZE },
        lpAttributeList: list?.address ?? 0n,
      }),
      memory,
    ));
    if (code !== ERROR.SUCCESS) return code;
    const { dwProcessId, hProcess, hThread } = INFORMATION.decode(memory);
    const process = new TrialProcess(
      new OwnedHandle(hProcess, "a process of a trial"),
      new OwnedHandle(hThread, "a thread of a trial"),
      dwProcessId,
    );
    this.#processes.push(process);
    return process;
  }

  /**
   * Starts a process that is needed.
   *
   * @throws {Win32Error} If the system refuses.
   */
  start(options: TrialStart = {}): TrialProcess {
    const process = this.tryStart(options);
    if (typeof process !== "number") return process;
    kernel32.SetLastError(process);
    check(0, "CreateProcessW", ACTION);
    throw new TypeError(ACTION);
  }

  /** Starts a suspended process and puts it into a job; the error code of the latter is ignored. */
  member(job: TrialJob): TrialProcess {
    const process = this.start();
    job.assign(process);
    return process;
  }

  /** Starts a process in a job that uses a processor until it is ended. */
  spinner(job: TrialJob): TrialProcess {
    return this.start({ job, command: "for /l %i in (1,0,2) do @rem" });
  }

  /** Ends all processes, and closes everything. */
  [Symbol.dispose](): void {
    for (const process of this.#processes) {
      if (!process.handle.closed && !process.ended()) {
        process.end();
        process.ended(GONE);
      }
    }
    this.#things.dispose();
    for (const process of this.#processes) process.close();
  }
}

/**
 * Lets time go by in which the kernel, and nobody here, does something.
 *
 * @param ms How long, in milliseconds.
 */
export function rest(ms: number): void {
  using port = new TrialPort();
  port.take(ms);
}

/**
 * Looks until something is so, for what the kernel does a moment later.
 *
 * @param is What is looked for.
 * @param ms How long at most, in milliseconds.
 * @returns Whether it was seen.
 */
export function becomes(is: () => boolean, ms: number): boolean {
  const until = performance.now() + ms;
  while (!is()) {
    if (performance.now() >= until) return false;
    rest(10);
  }
  return true;
}
