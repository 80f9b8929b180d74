/**
 * Starts a process inside a job, as `Deno.Command` would start it.
 *
 * @module
 */
import { defined } from "../values/defined.ts";
import { CREATION_FLAGS, ERROR, HANDLE, PROCESS, STANDARD_RIGHTS, WAIT } from "../ffi/constants.ts";
import { check, failure, Win32Error } from "../ffi/error.ts";
import { OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { type ChildParts, type ChildProcess, followProcess } from "./child_process.ts";
import type { Birth } from "./start/birth.ts";
import { abandon, type Container, launch } from "./start/launch.ts";
import { PRIORITIES } from "./start/priority.ts";
import { prepareProgram } from "./start/program.ts";
import { openStandardHandles } from "./start/stdio.ts";
import type { SpawnOptions, WantedStart } from "./spawn_options.ts";

export type { SpawnOptions };

/** The default of `drainTimeout`. */
const DRAIN_TIMEOUT = 2_000;

function creationFlags(options: SpawnOptions): number {
  const consoles = (["noWindow", "newConsole", "detached"] as const).filter((key) => options[key]);
  if (consoles.length > 1) {
    throw new TypeError(`Cannot start a process: ${consoles.join(" and ")} exclude each other`);
  }
  const group = options.newProcessGroup || options.detached;
  return (group ? CREATION_FLAGS.CREATE_NEW_PROCESS_GROUP : 0) |
    (options.noWindow ? CREATION_FLAGS.CREATE_NO_WINDOW : 0) |
    (options.newConsole ? CREATION_FLAGS.CREATE_NEW_CONSOLE : 0) |
    (options.detached ? CREATION_FLAGS.DETACHED_PROCESS : 0) |
    (options.priority === undefined ? 0 : PRIORITIES[options.priority]);
}

/** Copies handles into another process: its child can only inherit handles of that process. */
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
      // Move the copy here first, so that one class closes every handle.
      const back = new BigUint64Array(1);
      const options = HANDLE.DUPLICATE_CLOSE_SOURCE | HANDLE.DUPLICATE_SAME_ACCESS;
      const code = failure(
        kernel32.DuplicateHandle(parent.value, copy[0]!, self, back, 0, 0, options),
      );
      if (code === ERROR.SUCCESS) {
        new OwnedHandle(back[0]!, "a standard handle of another parent").close();
        return;
      }
      // A parent that has ended holds no more handles.
      if (kernel32.WaitForSingleObject(parent.value, 0) === WAIT.WAIT_OBJECT_0) return;
      throw new Win32Error(code, "DuplicateHandle", "Cannot take a handle back from a parent");
    });
    return copy[0]!;
  });
}

/**
 * Starts a process inside a job.
 *
 * @param container The job.
 * @param follow How its end is noticed. `key` is the key of the job whose messages report it
 * (`undefined` if none does), `endingLimit` returns the limit because of which the system ended it,
 * and `otherEnd` returns what else ended it.
 * @param start The program and its options, as `readSpawn()` gives them.
 * @param birth How to create it with fewer rights; if absent, it has the caller's.
 * @returns The process, running unless `suspended`.
 * @throws {Deno.errors.NotFound} If there is no such program or folder.
 * @throws {TypeError} If an option or a string is invalid.
 * @throws {RangeError} If the command line is too long or a number out of range.
 * @throws {Win32Error} If the system refuses; then nothing is running.
 */
export function spawn(
  container: Container,
  follow: Pick<ChildParts, "key" | "endingLimit" | "otherEnd">,
  start: WantedStart,
  birth?: Birth,
): ChildProcess {
  const { command, options } = start;
  options.signal?.throwIfAborted();
  const flags = creationFlags(options);
  const program = prepareProgram(command, options);

  using undo = new DisposableStack();
  // Closed after the start in any case; this program's ends of the pipes only if the start failed.
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
    beforeRun: () => handles.empty(),
    ...defined({ parent: parent?.value, birth }),
  });
  const { process, thread, pid } = launched;
  undo.use(process);
  if (thread !== undefined) undo.use(thread);
  undo.defer(() => abandon(process, pid));
  // While the child's ends are open here, the streams would not end when the child does.
  inherited.dispose();
  // If it was aborted in the meantime, a listener added now would not be called.
  options.signal?.throwIfAborted();
  const child = followProcess({
    process,
    thread,
    pid,
    stdin: handles.stdin,
    stdout: handles.stdout,
    stderr: handles.stderr,
    ...follow,
    // CTRL_BREAK only reaches processes that share this program's console.
    group: options.newProcessGroup === true && !options.detached && !options.noWindow &&
      !options.newConsole,
    drainTimeout: options.drainTimeout ?? DRAIN_TIMEOUT,
    signal: options.signal,
    isolation: birth?.isolation,
  });
  undo.move();
  return child;
}

function openParent(pid: number): OwnedHandle {
  const rights = PROCESS.CREATE_PROCESS | PROCESS.DUP_HANDLE | STANDARD_RIGHTS.SYNCHRONIZE;
  return new OwnedHandle(
    check(
      kernel32.OpenProcess(rights, 0, pid),
      "OpenProcess",
      `Cannot make process ${pid} a parent`,
    ),
    `process ${pid}`,
  );
}
