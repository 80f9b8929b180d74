/**
 * Starts a process inside a job, as `Deno.Command` would start it. Each option is read once, before
 * anything is opened.
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
import { PRIORITIES, type PriorityClass } from "./start/priority.ts";
import { prepareProgram } from "./start/program.ts";
import {
  openStandardHandles,
  type Stdio,
  type StdioFile,
  type StdioHandle,
} from "./start/stdio.ts";
import type { SpawnOptions, WantedStart } from "./spawn_options.ts";
import { readMilliseconds } from "../values/milliseconds.ts";
import {
  describe,
  readArray,
  readBoolean,
  type Reader,
  type Readers,
  readKeys,
  readOptions,
  readPath,
  readSignal,
  readString,
  readUint32,
  readWord,
} from "../values/options.ts";

const ACTION = "Cannot start a process";

/**
 * Reads the environment variables of a start.
 *
 * @throws {TypeError} If it is not a plain object, or a value is neither a string nor `null`.
 */
const readEnvironment: Reader<Record<string, string | null>> = (value, field, action) => {
  return Object.fromEntries(
    readKeys(value, field, action).map((name) => {
      const text = (value as Record<string, unknown>)[name];
      if (typeof text === "string" || text === null) return [name, text];
      throw new TypeError(
        `${action}: ${field}[${describe(name)}] must be a string or null, got ${describe(text)}`,
      );
    }),
  );
};

/**
 * Refuses pseudo-handles such as that of `GetCurrentProcess`: a copy of one is a powerful handle.
 */
const readHandle: Reader<bigint> = (value, field, action) => {
  const wanted = "a bigint, the handle of an open file or pipe";
  if (typeof value !== "bigint") {
    throw new TypeError(`${action}: ${field} must be ${wanted}, got ${describe(value)}`);
  }
  const wide = BigInt.asIntN(64, value);
  // Only 32 bits of a handle are significant, so -1 may come in either width.
  const narrow = BigInt.asUintN(32, wide) === wide && BigInt.asIntN(32, wide) < 0n;
  if (wide <= 0n || narrow) {
    throw new TypeError(
      `${action}: ${field} must be ${wanted}, got ${describe(value)}, which is not a handle`,
    );
  }
  return value;
};

const STDIO_FILE: Readers<StdioFile> = { path: readPath, append: readBoolean };
const STDIO_HANDLE: Readers<StdioHandle> = { handle: readHandle };

/** Reads the option of a stream; `others` are words that only this stream accepts. */
function readStream<W extends string>(
  value: unknown,
  [field, action]: readonly [string, string],
  others: readonly W[],
): Stdio | W {
  if (value === "piped" || value === "inherit" || value === "null") return value;
  if (others.includes(value as W)) return value as W;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const where = { action, name: field };
    if ("handle" in value) return readOptions<StdioHandle>(value, STDIO_HANDLE, where);
    const file = readOptions<Partial<StdioFile>>(value, STDIO_FILE, where);
    if (file.path !== undefined) return file as StdioFile;
  }
  const words = ["piped", "inherit", "null", ...others].map((word) => `"${word}"`).join(", ");
  throw new TypeError(
    `${action}: ${field} must be ${words}, { path } or { handle }, got ${describe(value)}`,
  );
}

const readStdio: Reader<Stdio> = (value, field, action) => readStream(value, [field, action], []);

const readStderr: Reader<Stdio | "stdout"> = (value, field, action) =>
  readStream(value, [field, action], ["stdout"]);

const SPAWN: Readers<SpawnOptions> = {
  args: readArray(readString),
  windowsRawArguments: readBoolean,
  rawArguments: readString,
  cwd: readPath,
  env: readEnvironment,
  clearEnv: readBoolean,
  searchCwd: readBoolean,
  executable: readString,
  stdin: readStdio,
  stdout: readStdio,
  stderr: readStderr,
  signal: readSignal,
  newProcessGroup: readBoolean,
  noWindow: readBoolean,
  newConsole: readBoolean,
  detached: readBoolean,
  suspended: readBoolean,
  priority: readWord(Object.keys(PRIORITIES) as PriorityClass[]),
  parentPid: readUint32,
  drainTimeout: readMilliseconds,
};

/**
 * Reads the arguments of `spawn()`.
 *
 * @param command The program.
 * @param options How to start it.
 * @param more The readers of options that a higher floor has beside these.
 * @returns Copies that no other code can change.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If a number is out of range.
 */
export function readSpawn<M extends object = Record<never, never>>(
  command: string | URL,
  options: SpawnOptions & M,
  more?: Readers<M>,
): WantedStart & { readonly options: SpawnOptions & M } {
  const readers = { ...SPAWN, ...more } as Readers<SpawnOptions & M>;
  return {
    command: readPath(command, "command", ACTION),
    options: readOptions<SpawnOptions & M>(options, readers, { action: ACTION }),
  };
}

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
