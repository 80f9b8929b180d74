/**
 * Starting a process as `Deno.Command` does, inside a job.
 *
 * @module
 */
import { CREATION_FLAGS, HANDLE, PROCESS } from "../ffi/constants.ts";
import { check } from "../ffi/error.ts";
import { OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { type ChildParts, type ChildProcess, followProcess } from "./child_process.ts";
import { ABANDONED, type Container, launch } from "./start/launch.ts";
import { checkMilliseconds } from "./milliseconds.ts";
import { PRIORITIES, type PriorityClass } from "./start/priority.ts";
import { prepareProgram, type ProgramOptions } from "./start/program.ts";
import { openStandardHandles, type Stdio } from "./start/stdio.ts";

/** How to start a process: the options of `Deno.Command`, and what a sandbox needs beside them. */
export interface SpawnOptions extends ProgramOptions {
  /** Standard input; `"inherit"` when absent. */
  stdin?: Stdio;
  /** Standard output; `"inherit"` when absent. */
  stdout?: Stdio;
  /** Standard error; `"inherit"` when absent. */
  stderr?: Stdio;
  /**
   * Ends the process when aborted, with exit code 1; its `status` then says `endedBy` `"abort"`, or
   * `"timeout"` for an `AbortSignal.timeout()`. Aborted already, nothing is started.
   */
  signal?: AbortSignal;
  /** Makes it the leader of a group that CTRL_BREAK reaches and Ctrl-C does not; `false` when absent. */
  newProcessGroup?: boolean;
  /** Gives it no window and a console of its own that nobody sees; `false` when absent. */
  noWindow?: boolean;
  /** Gives it a console window of its own; `false` when absent. */
  newConsole?: boolean;
  /** Gives it no console, and a group of its own; `false` when absent. */
  detached?: boolean;
  /** Leaves it suspended until `resume()`; `false` when absent. */
  suspended?: boolean;
  /** Its priority; the job's own limit wins over it. The caller's when absent. */
  priority?: PriorityClass;
  /** Makes another process its parent, whose job, token and console it gets; us when absent. */
  parentPid?: number;
  /**
   * How long `output()` keeps reading after the process has ended, in ms; its `truncated` tells that
   * it then gave up.
   *
   * @default {2000}
   */
  drainTimeout?: number;
}

/** The default of {@linkcode SpawnOptions.drainTimeout}. */
const DRAIN_TIMEOUT = 2_000;

function creationFlags(options: SpawnOptions): number {
  const consoles = (["noWindow", "newConsole", "detached"] as const).filter((key) => options[key]);
  if (consoles.length > 1) {
    throw new TypeError(`Cannot start a process: ${consoles.join(" and ")} exclude each other`);
  }
  if (options.priority !== undefined && !Object.hasOwn(PRIORITIES, options.priority)) {
    throw new TypeError(
      `Cannot start a process: priority must be one of ${Object.keys(PRIORITIES).join(", ")}, ` +
        `got ${JSON.stringify(options.priority)}`,
    );
  }
  const group = options.newProcessGroup || options.detached;
  return (group ? CREATION_FLAGS.CREATE_NEW_PROCESS_GROUP : 0) |
    (options.noWindow ? CREATION_FLAGS.CREATE_NO_WINDOW : 0) |
    (options.newConsole ? CREATION_FLAGS.CREATE_NEW_CONSOLE : 0) |
    (options.detached ? CREATION_FLAGS.DETACHED_PROCESS : 0) |
    (options.priority === undefined ? 0 : PRIORITIES[options.priority]);
}

/** Copies of handles in another process, whose child can only inherit what is that process's own. */
function copyInto(
  parent: OwnedHandle,
  handles: readonly OwnedHandle[],
  undo: DisposableStack,
): bigint[] {
  const self = kernel32.GetCurrentProcess();
  return handles.map((handle) => {
    const copy = new BigUint64Array(1);
    check(
      kernel32.DuplicateHandle(
        self,
        handle.value,
        parent.value,
        copy,
        0,
        1,
        HANDLE.DUPLICATE_SAME_ACCESS,
      ),
      "DuplicateHandle",
      "Cannot hand a standard handle to another parent",
    );
    undo.defer(() => {
      // To be moved here and closed: without a target process Wine closes nothing.
      const back = new BigUint64Array(1);
      const options = HANDLE.DUPLICATE_CLOSE_SOURCE | HANDLE.DUPLICATE_SAME_ACCESS;
      // A parent that has ended has none left.
      if (kernel32.DuplicateHandle(parent.value, copy[0]!, self, back, 0, 0, options)) {
        new OwnedHandle(back[0]!, "a standard handle of another parent").close();
      }
    });
    return copy[0]!;
  });
}

/**
 * Starts a process inside a job.
 *
 * @param container The job.
 * @param follow How its end is learned of: `key`, the messages that tell of it (`undefined` when
 * none does), and `endingLimit`, the limit at which the system ended it.
 * @param start The program and its options.
 * @returns The process, running unless `suspended`.
 * @throws {Deno.errors.NotFound} If there is no such program or folder.
 * @throws {TypeError} If an option or a string is invalid.
 * @throws {RangeError} If the command line is too long or a number out of range.
 * @throws {Win32Error} If the system refuses; then nothing is running.
 */
export function spawn(
  container: Container,
  follow: Pick<ChildParts, "key" | "endingLimit">,
  start: { readonly command: string | URL; readonly options: SpawnOptions },
): ChildProcess {
  const { command, options } = start;
  if (options.signal !== undefined && !(options.signal instanceof AbortSignal)) {
    throw new TypeError("Cannot start a process: signal must be an AbortSignal");
  }
  options.signal?.throwIfAborted();
  const flags = creationFlags(options);
  const drainTimeout = checkMilliseconds(
    options.drainTimeout ?? DRAIN_TIMEOUT,
    "Cannot start a process: drainTimeout",
  );
  const program = prepareProgram(command, options);

  using undo = new DisposableStack();
  // Closed when the start is over, whatever came of it; our ends of the pipes only if it failed.
  using inherited = new DisposableStack();
  const handles = openStandardHandles({
    stdin: options.stdin ?? "inherit",
    stdout: options.stdout ?? "inherit",
    stderr: options.stderr ?? "inherit",
  }, undo);
  for (const handle of handles.theirs) inherited.use(handle);
  const parent = options.parentPid === undefined
    ? undefined
    : inherited.use(openParent(options.parentPid));
  const stdio = parent === undefined
    ? handles.theirs.map((handle) => handle.value)
    : copyInto(parent, handles.theirs, inherited);
  const launched = launch(program, {
    stdio: stdio as [bigint, bigint, bigint],
    container,
    flags,
    suspended: options.suspended ?? false,
    ...(parent === undefined ? {} : { parent: parent.value }),
  });
  const { process, thread, pid } = launched;
  undo.use(process);
  if (thread !== undefined) undo.use(thread);
  undo.defer(() => {
    kernel32.TerminateProcess(process.value, ABANDONED);
  });
  // While the child's ends are open here, its end would not be the end of its output.
  inherited.dispose();
  // Aborted meanwhile, as by an option's getter: no listener would be told of it any more.
  options.signal?.throwIfAborted();
  const child = followProcess({
    process,
    thread,
    pid,
    stdin: handles.stdin,
    stdout: handles.stdout,
    stderr: handles.stderr,
    ...follow,
    // Only a process of our own console can be reached by our CTRL_BREAK.
    group: options.newProcessGroup === true && !options.detached && !options.noWindow &&
      !options.newConsole,
    drainTimeout,
    signal: options.signal,
  });
  undo.move();
  return child;
}

function openParent(pid: number): OwnedHandle {
  if (!Number.isInteger(pid) || pid < 0 || pid > 0xffff_ffff) {
    throw new RangeError(
      `Cannot start a process: parentPid must be an integer 0..4294967295, got ${pid}`,
    );
  }
  const rights = PROCESS.CREATE_PROCESS | PROCESS.DUP_HANDLE;
  return new OwnedHandle(
    check(
      kernel32.OpenProcess(rights, 0, pid),
      "OpenProcess",
      `Cannot make process ${pid} a parent`,
    ),
    `process ${pid}`,
  );
}
