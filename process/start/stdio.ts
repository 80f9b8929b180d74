/**
 * The three standard handles of a child.
 *
 * @module
 */
import { ERROR, FILE, HANDLE, STANDARD_RIGHTS, STD } from "../../ffi/constants.ts";
import { check, outcome, Win32Error } from "../../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import type { PipeReader, PipeWriter } from "../io/pipe.ts";
import { deleteUnused } from "../io/file_deletion.ts";
import { identityOfHandle } from "../io/file_identity.ts";
import { makeInputPipe, makeOutputPipe } from "../io/pipe_pair.ts";
import { describe } from "../../values/options.ts";
import { toPath } from "./program.ts";
import { shown } from "../../values/shown.ts";

/**
 * A file as a standard stream. It is opened for the child and closed when the child ends.
 *
 * @example
 * ```ts
 * import type { StdioFile } from "@jobbox/jobobject";
 *
 * const log: StdioFile = { path: "log.txt", append: true };
 * ```
 */
export interface StdioFile {
  /**
   * The file. For stdin it is read; for stdout and stderr it is created or emptied. It is emptied
   * only when it is certain that the program can be started. If stdout and stderr name the same
   * file, both write to it in turn.
   */
  path: string | URL;
  /**
   * Appends to the file instead of emptying it.
   *
   * @default {false}
   */
  append?: boolean;
}

/**
 * An open handle as a standard stream. The caller still owns it.
 *
 * @example
 * ```ts
 * import type { StdioHandle } from "@jobbox/jobobject";
 *
 * const shared = (handle: bigint): StdioHandle => ({ handle });
 * ```
 */
export interface StdioHandle {
  /** A file or pipe handle of this process, opened for synchronous I/O. */
  handle: bigint;
}

/**
 * The source or destination of a standard stream.
 *
 * @example
 * ```ts
 * import type { Stdio } from "@jobbox/jobobject";
 *
 * const stdio: Stdio[] = ["piped", "null", { path: "out.txt" }];
 * ```
 */
export type Stdio = "piped" | "inherit" | "null" | StdioFile | StdioHandle;

/** A standard stream of a child. */
export type StreamName = "stdin" | "stdout" | "stderr";

/** The requested streams. stderr can also be `"stdout"`: it then goes where stdout goes. */
export interface WantedStdio {
  /** Standard input. */
  readonly stdin: Stdio;
  /** Standard output. */
  readonly stdout: Stdio;
  /** Standard error. */
  readonly stderr: Stdio | "stdout";
}

const STREAMS = ["stdin", "stdout", "stderr"] as const satisfies readonly StreamName[];

const NUMBERS: { readonly [S in StreamName]: number } = {
  stdin: STD.INPUT_HANDLE,
  stdout: STD.OUTPUT_HANDLE,
  stderr: STD.ERROR_HANDLE,
};

/** The three handles of one start, with this program's ends of the pipes. */
export interface StandardHandles {
  /** The handles for the child. */
  readonly theirs: readonly [OwnedHandle, OwnedHandle, OwnedHandle];
  /** Our end of stdin, if it is piped. */
  readonly stdin: PipeWriter | undefined;
  /** Our end of stdout, if it is piped. */
  readonly stdout: PipeReader | undefined;
  /** Our end of stderr, if it is piped. */
  readonly stderr: PipeReader | undefined;
  /** Empties the files that are not appended to. Called when the program is certain to start. */
  empty(): void;
}

/**
 * Opens the standard handles of a child.
 *
 * @param wanted The requested streams.
 * @param undo Receives everything that was opened, to be closed if the start fails.
 * @returns The handles, inheritable.
 * @throws {Deno.errors.NotFound} If a file is missing.
 * @throws {Win32Error} If a file cannot be opened, or the system refuses an inherited stream.
 * @throws {TypeError} If a handle is not of a file or pipe, a file is both read and written, or
 * stdout and stderr share a file to which only one of them appends.
 */
export function openStandardHandles(wanted: WantedStdio, undo: DisposableStack): StandardHandles {
  const ours: { stdin?: PipeWriter; stdout?: PipeReader; stderr?: PipeReader } = {};
  const open = (name: StreamName): OwnedHandle => {
    const kind = wanted[name];
    if (kind === "stdout") return undo.use(duplicate(theirs[1]!.value, name));
    if (isPath(kind)) {
      const { handle, made } = openFile(name, kind);
      undo.use(handle);
      const identity = made === undefined ? undefined : identityOfHandle(handle.value);
      if (identity !== undefined) undo.defer(() => deleteUnused(made!, identity));
      return handle;
    }
    if (kind !== "piped") return undo.use(openOne(name, kind));
    const pipe = name === "stdin" ? makeInputPipe() : makeOutputPipe();
    undo.defer(() => pipe.ours.close());
    if (name === "stdin") ours.stdin = pipe.ours as PipeWriter;
    else ours[name] = pipe.ours as PipeReader;
    return undo.use(pipe.theirs);
  };
  const theirs: OwnedHandle[] = [];
  for (const name of STREAMS) theirs.push(open(name));
  const [input, output, error] = theirs as [OwnedHandle, OwnedHandle, OwnedHandle];
  for (const [name, file] of [["stdout", output], ["stderr", error]] as const) {
    if (isPath(wanted[name]) && isSameFile(input, file)) {
      throw new TypeError(`Cannot start a process: ${name}'s file is the one that stdin reads`);
    }
  }
  const { stdout, stderr } = wanted;
  const shared = isPath(stdout) && isPath(stderr) && isSameFile(output, error);
  if (shared && isReplaced(stdout) !== isReplaced(stderr)) {
    throw new TypeError(
      "Cannot start a process: stdout and stderr share a file; give append to both of them or to neither",
    );
  }
  // Two handles with separate positions would overwrite each other's output.
  const last = shared ? undo.use(duplicate(output.value, "stderr")) : error;
  for (const handle of [input, output, last]) makeInheritable(handle);
  return {
    theirs: [input, output, last],
    ...ours as Pick<StandardHandles, "stdin" | "stdout" | "stderr">,
    empty: () => {
      if (isReplaced(stdout)) empty(output, "stdout");
      if (isReplaced(stderr)) empty(last, "stderr");
    },
  };
}

function isPath(kind: WantedStdio[StreamName]): kind is StdioFile {
  return typeof kind === "object" && "path" in kind;
}

/** Whether two handles refer to the same file on a disk. */
function isSameFile(a: OwnedHandle, b: OwnedHandle): boolean {
  const identities = [a, b].map(({ value }) =>
    kernel32.GetFileType(value) === FILE.FILE_TYPE_DISK ? identityOfHandle(value) : undefined
  );
  return identities[0] !== undefined && identities[0] === identities[1];
}

function openOne(name: StreamName, kind: Exclude<Stdio, "piped" | StdioFile>): OwnedHandle {
  if (kind === "null") return openFile(name, { path: "NUL" }).handle;
  if (kind === "inherit") {
    kernel32.SetLastError(0);
    const own = kernel32.GetStdHandle(NUMBERS[name]);
    const code = outcome();
    if (own === INVALID_HANDLE_VALUE && code !== ERROR.SUCCESS) {
      const action = `Cannot hand this program's ${name} to a child (choose "null" or a file)`;
      throw new Win32Error(code, "GetStdHandle", action);
    }
    // A program without a console has no stream to share; Windows returns either value for that.
    if (own === 0n || own === INVALID_HANDLE_VALUE) return openFile(name, { path: "NUL" }).handle;
    return duplicate(own, name);
  }
  // With a handle of a job or a process, the child would get all rights to that object.
  if (kernel32.GetFileType(kind.handle) === FILE.FILE_TYPE_UNKNOWN) {
    throw new TypeError(
      `Cannot start a process: ${name}'s handle must be of an open file or pipe, ` +
        `got ${describe(kind.handle)}`,
    );
  }
  return duplicate(kind.handle, name);
}

/** A copy that the child inherits, so that the caller's own handle never becomes inheritable. */
function duplicate(handle: bigint, name: StreamName): OwnedHandle {
  const copy = new BigUint64Array(1);
  const self = kernel32.GetCurrentProcess();
  check(
    kernel32.DuplicateHandle(self, handle, self, copy, 0, 0, HANDLE.DUPLICATE_SAME_ACCESS),
    "DuplicateHandle",
    `Cannot hand ${name} to a child`,
  );
  return new OwnedHandle(copy[0]!, `a child's ${name}`);
}

/** Opens a file; `made` is its path if it did not exist. */
function openFile(
  name: StreamName,
  { path, append }: StdioFile,
): { readonly handle: OwnedHandle; readonly made: string | undefined } {
  const file = toPath(path);
  const share = FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE | FILE.FILE_SHARE_DELETE;
  const [access, disposition] = name === "stdin"
    ? [STANDARD_RIGHTS.GENERIC_READ, FILE.OPEN_EXISTING]
    : append === true
    ? [FILE.FILE_APPEND_DATA | STANDARD_RIGHTS.SYNCHRONIZE, FILE.OPEN_ALWAYS]
    : [STANDARD_RIGHTS.GENERIC_WRITE, FILE.OPEN_ALWAYS];
  kernel32.SetLastError(0);
  const handle = kernel32.CreateFileW(
    encodeWide(file, `${name}'s path`),
    access,
    share,
    null,
    file === "NUL" ? FILE.OPEN_EXISTING : disposition,
    FILE.FILE_ATTRIBUTE_NORMAL,
    0n,
  );
  const code = outcome();
  if (handle === INVALID_HANDLE_VALUE) {
    const action = `Cannot open ${shown(file)} as a child's ${name}`;
    const cause = new Win32Error(code, "CreateFileW", action);
    // A missing file is reported like a missing program or folder.
    throw code === ERROR.FILE_NOT_FOUND || code === ERROR.PATH_NOT_FOUND
      ? new Deno.errors.NotFound(`${action}: there is no such file or folder`, { cause })
      : cause;
  }
  const isNew = name !== "stdin" && file !== "NUL" && code !== ERROR.ALREADY_EXISTS;
  return {
    handle: new OwnedHandle(handle, `a child's ${name}`),
    made: isNew ? file : undefined,
  };
}

/** Whether a stream starts with an empty file. */
function isReplaced(kind: WantedStdio[StreamName]): boolean {
  return isPath(kind) && kind.append !== true;
}

function empty(file: OwnedHandle, name: StreamName): void {
  // A device cannot be emptied.
  if (kernel32.GetFileType(file.value) !== FILE.FILE_TYPE_DISK) return;
  check(kernel32.SetEndOfFile(file.value), "SetEndOfFile", `Cannot empty a child's ${name}`);
}

/**
 * Makes a handle inheritable. Call it just before the start, since other starts of this process
 * (those of `Deno.Command`) inherit every inheritable handle.
 *
 * @param handle The handle.
 * @throws {Win32Error} If the system refuses.
 */
export function makeInheritable(handle: OwnedHandle): void {
  check(
    kernel32.SetHandleInformation(
      handle.value,
      HANDLE.HANDLE_FLAG_INHERIT,
      HANDLE.HANDLE_FLAG_INHERIT,
    ),
    "SetHandleInformation",
    "Cannot hand a handle to a child",
  );
}
