/**
 * Starts a process that is in its job before its first instruction.
 *
 * Theory of operation. A process that is started and then assigned to a job may already have
 * started others, which stay outside. So the job is an attribute at its creation (JOB_LIST), and it
 * inherits only the three standard handles (HANDLE_LIST). It is still created suspended, because
 * Windows refuses the attribute for some programs (packaged ones). Before its first instruction,
 * this module checks whether the process is in the job, assigns it if it is not, and ends it if
 * that fails. A start never succeeds outside of the job, and a failed start leaves no process and
 * no handle. One gap remains: if the attribute was refused or dropped, a crash of this process
 * between the start and the assignment leaves a suspended process outside of the job. It never runs
 * an instruction, and someone must end it.
 *
 * A process with fewer rights is started in a single attempt: the refused part may be the
 * restriction itself, and a second attempt could lack it. The process is checked before it runs.
 *
 * @module
 */
import { CREATION_FLAGS, ERROR, PROC_THREAD_ATTRIBUTE, STARTF, WAIT } from "../../ffi/constants.ts";
import { check, failure, Win32Error } from "../../ffi/error.ts";
import { OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { NativeMemory } from "../native_memory.ts";
import { AttributeList } from "./attribute_list.ts";
import type { Attribute, Birth } from "./birth.ts";
import { createProcess, type Program } from "./program.ts";
import { defined } from "../../values/defined.ts";
import { shown } from "../../values/shown.ts";

const STARTUP = struct(STRUCTS, "STARTUPINFOEXW");
const INFORMATION = struct(STRUCTS, "PROCESS_INFORMATION");

/** The exit code of a process that is ended because its start failed half-way. */
export const ABANDONED = 1;

/** The job for a new process; for this floor, anything with a job's handle. */
export interface Container {
  /** The job's handle, with the right to assign. */
  readonly handle: bigint;
  /** Puts a process into it, or throws. */
  assign(process: bigint): void;
  /** Whether a process is in it. */
  contains(process: bigint): boolean;
}

/** How to start a program. */
export interface LaunchOptions {
  /** Standard input, output and error: inheritable handles (of the parent process). */
  readonly stdio: readonly [bigint, bigint, bigint];
  /** The job. */
  readonly container: Container;
  /** Creation flags in addition to those of every start. */
  readonly flags?: number;
  /** Leaves the process suspended; its thread handle is in the result. */
  readonly suspended?: boolean;
  /**
   * Called when the process is in its job but has not run an instruction. If it throws, the process
   * is ended.
   */
  readonly beforeRun?: () => void;
  /** The parent process, opened with PROCESS_CREATE_PROCESS; the caller if absent. */
  readonly parent?: bigint;
  /**
   * How to create it with fewer rights; if absent, it has the caller's. Not together with a parent.
   */
  readonly birth?: Birth;
}

/** A started process. */
export interface Launched {
  /** Its handle, with all rights. */
  readonly process: OwnedHandle;
  /** Its first thread, if it was left suspended. */
  readonly thread: OwnedHandle | undefined;
  /** Its id. */
  readonly pid: number;
}

/** The folders of packaged programs and their aliases. */
const PACKAGED = /\\WindowsApps\\/i;

/**
 * Whether JOB_LIST itself caused a refusal: the system does not know the attribute, or refuses to
 * start a packaged program in a job. Any other refusal concerns the program, and would come again.
 */
function isJobListRefusal({ api, code }: Win32Error, application: string): boolean {
  if (code === ERROR.NOT_SUPPORTED) {
    return api === "UpdateProcThreadAttribute" || api === "CreateProcessW";
  }
  return api === "CreateProcessW" && code === ERROR.ACCESS_DENIED && PACKAGED.test(application);
}

/**
 * Starts a program inside a job.
 *
 * @param program The program to start.
 * @param options Its handles, its job and how to start it.
 * @returns The process; the caller owns the handles.
 * @throws {Win32Error} If the system refuses to start it or to put it into the job. Then it is not
 * running.
 */
export function launch(program: Program, options: LaunchOptions): Launched {
  using undo = new DisposableStack();
  const { process, thread, pid } = create(program, options, undo);
  const action = `Cannot start ${shown(program.application)}`;
  if (!options.container.contains(process.value)) options.container.assign(process.value);
  options.birth?.verify({ process: process.value, pid });
  options.beforeRun?.();
  if (options.suspended !== true) {
    const previous = resume(thread, action);
    if (options.birth !== undefined && previous !== 1) {
      throw new Error(
        `${action}: expected it to be suspended once, but it was suspended ${previous} times`,
      );
    }
    thread.close();
  }
  undo.move();
  return { process, thread: options.suspended === true ? thread : undefined, pid };
}

/**
 * Resumes a suspended thread.
 *
 * @param thread The thread.
 * @param action The action, for the error message.
 * @returns Its previous suspend count.
 * @throws {Win32Error} If the system refuses.
 */
export function resume(thread: OwnedHandle, action: string): number {
  const previous = kernel32.ResumeThread(thread.value);
  // -1 means failure; check() expects 0 for that.
  check(previous === 0xffff_ffff ? 0 : 1, "ResumeThread", action);
  return previous;
}

/**
 * Ends a process whose start failed half-way.
 *
 * @param process The process.
 * @param pid Its id, for the error.
 * @throws {Win32Error} If it cannot be ended. Then it still exists.
 */
export function abandon(process: OwnedHandle, pid: number): void {
  const code = failure(kernel32.TerminateProcess(process.value, ABANDONED));
  // A process that has ended by itself cannot be ended again.
  if (code === ERROR.SUCCESS) return;
  if (kernel32.WaitForSingleObject(process.value, 0) === WAIT.WAIT_OBJECT_0) return;
  const action = `Cannot end process ${pid}, whose start failed`;
  throw new Win32Error(code, "TerminateProcess", action);
}

interface Created {
  readonly process: OwnedHandle;
  readonly thread: OwnedHandle;
  readonly pid: number;
}

function create(program: Program, options: LaunchOptions, undo: DisposableStack): Created {
  const { birth, container, parent, stdio } = options;
  if (birth !== undefined && (birth.token === 0n || parent !== undefined)) {
    throw new TypeError("Cannot start a process with fewer rights without its own token");
  }
  const inherited = [...new Set(stdio)].filter((handle) => handle !== 0n);
  const common: Attribute[] = [...birth?.attributes ?? []];
  if (inherited.length > 0) common.push([PROC_THREAD_ATTRIBUTE.HANDLE_LIST, inherited]);
  if (parent !== undefined) common.push([PROC_THREAD_ATTRIBUTE.PARENT_PROCESS, [parent]]);
  const action = `Cannot start ${shown(program.application)}`;

  const information = INFORMATION.allocate();
  const attempt = (attributes: readonly Attribute[], cause?: Win32Error): void => {
    using list = new AttributeList(attributes);
    if (list.count !== attributes.length) {
      throw new Error(`${action}: ${list.count} of ${attributes.length} attributes were added`);
    }
    using desktop = birth?.desktop === undefined
      ? undefined
      : NativeMemory.of(new Uint8Array(encodeWide(birth.desktop, "a desktop's name").buffer));
    const [hStdInput, hStdOutput, hStdError] = stdio;
    const startup = STARTUP.encode({
      StartupInfo: {
        cb: STARTUP.size,
        lpDesktop: desktop?.address ?? 0n,
        dwFlags: STARTF.USESTDHANDLES,
        hStdInput,
        hStdOutput,
        hStdError,
      },
      lpAttributeList: list.address,
    });
    const code = createProcess(program, {
      startup,
      information,
      inherits: inherited.length > 0,
      flags: (options.flags ?? 0) | CREATION_FLAGS.CREATE_SUSPENDED |
        CREATION_FLAGS.EXTENDED_STARTUPINFO_PRESENT,
      ...defined({ token: birth?.token }),
    });
    if (code === ERROR.SUCCESS) return;
    const api = birth?.token === undefined ? "CreateProcessW" : "CreateProcessAsUserW";
    throw new Win32Error(code, api, action, cause && { cause });
  };
  try {
    attempt([[PROC_THREAD_ATTRIBUTE.JOB_LIST, [container.handle]], ...common]);
  } catch (error) {
    // An empty list cannot be created; three null handles mean that there is no stdio to inherit.
    if (birth !== undefined || common.length === 0 || !(error instanceof Win32Error)) throw error;
    if (!isJobListRefusal(error, program.application)) throw error;
    // Everything else stays as requested; the process is assigned before it runs.
    attempt(common, error);
  }

  const { hProcess, hThread, dwProcessId } = INFORMATION.decode(information);
  const process = undo.use(new OwnedHandle(hProcess, `process ${dwProcessId}`));
  const thread = undo.use(new OwnedHandle(hThread, `a thread of process ${dwProcessId}`));
  // Runs first if the rest fails: the process is ended while its handle is still open.
  undo.defer(() => abandon(process, dwProcessId));
  return { process, thread, pid: dwProcessId };
}
