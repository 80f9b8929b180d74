/**
 * Translates a caller's request into the arguments of CreateProcessW: the file, the command line,
 * the environment and the folder; and makes the call with them. Every error in the request is found
 * before anything starts.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { CREATION_FLAGS, ERROR } from "../../ffi/constants.ts";
import { check, failure, Win32Error } from "../../ffi/error.ts";
import { advapi32, kernel32 } from "../../ffi/library.ts";
import { decodeWide, encodeWide } from "../../ffi/strings.ts";
import { encodeBatchCommandLine, encodeCommandLine, isBatchFile } from "./command_line.ts";
import { currentEnvironment } from "./environment.ts";
import {
  encodeEnvironmentBlock,
  type EnvironmentEntry,
  mergeEnvironment,
  variableKey,
} from "./environment_block.ts";
import { checkCmdFolder, kindOf, ownFolder, runFolder } from "./folder.ts";
import { executableCandidates, resolveExecutable, type SearchPlaces } from "./search_path.ts";
import { shown } from "../../values/shown.ts";
import { fileName, hasFolder, isAbsolutePath } from "./windows_path.ts";

/**
 * The program to start, in the form of `Deno.Command`.
 *
 * @example
 * ```ts
 * import type { ProgramOptions } from "@jobbox/jobobject";
 *
 * const options: ProgramOptions = { args: ["/c", "set"], env: { CI: "1", PATHEXT: null } };
 * ```
 */
export interface ProgramOptions {
  /**
   * Arguments.
   *
   * @default {[]}
   */
  args?: readonly string[];
  /**
   * Puts the arguments into the command line as they are, without quoting.
   *
   * @default {false}
   */
  windowsRawArguments?: boolean;
  /**
   * The same arguments as one string, as written on a command line. A program gets this string
   * instead of `args` and splits it by its own rules; a batch file still gets `args`. Cannot be
   * combined with `windowsRawArguments`.
   */
  rawArguments?: string;
  /**
   * The folder to run in.
   *
   * @default {Deno.cwd()}
   */
  cwd?: string | URL;
  /** Variables to set, or to remove with `null`. */
  env?: Readonly<Record<string, string | null>>;
  /**
   * Starts with only the few variables that Windows needs instead of all of this program's.
   *
   * @default {false}
   */
  clearEnv?: boolean;
  /**
   * Also searches the folder to run in for a bare name.
   *
   * @default {false}
   */
  searchCwd?: boolean;
  /**
   * The full path of the file to run, whatever the name of the command. It must exist. If absent,
   * the command is looked up.
   */
  executable?: string;
}

/** The arguments of CreateProcessW. */
export interface Program {
  /**
   * The full path of the requested file: the batch file if {@linkcode application} is `cmd.exe`.
   */
  readonly file: string;
  /** The full path of the file that runs; `cmd.exe` for a batch file. */
  readonly application: string;
  /** The command line. */
  readonly commandLine: string;
  /** The environment block; `null` to inherit the caller's. */
  readonly environment: BufferSource | null;
  /** The folder to run in; `undefined` to inherit the caller's. */
  readonly cwd: string | undefined;
}

type PathReader = (buffer: Uint16Array<ArrayBuffer>) => number;

function readPath(api: string, read: PathReader): string {
  const buffer = new Uint16Array(32_768);
  return decodeWide(buffer, check(read(buffer), api, "Cannot find the system's folders"));
}

/**
 * Returns the system's own folder.
 *
 * @returns The path, such as `C:\Windows\System32`.
 * @throws {Win32Error} If the system does not report it.
 */
export function systemDirectory(): string {
  return readPath("GetSystemDirectoryW", (b) => kernel32.GetSystemDirectoryW(b, b.length));
}

function windowsDirectory(): string {
  return readPath("GetWindowsDirectoryW", (b) => kernel32.GetWindowsDirectoryW(b, b.length));
}

/**
 * Turns a `file:` URL into a path; a path passes through.
 *
 * @param path A path, or a URL such as `import.meta` gives.
 * @returns A Windows path.
 * @throws {TypeError} If the URL is not of a file.
 */
export function toPath(path: string | URL): string {
  if (typeof path === "string") return path;
  if (path.protocol !== "file:") {
    throw new TypeError(`Cannot use ${path} as a path: expected a file: URL`);
  }
  // A percent sign that encodes nothing stands for itself.
  const encoded = path.pathname.replaceAll(/%(?![0-9A-Fa-f]{2})/g, "%25");
  const plain = decodeURIComponent(encoded).replaceAll("/", "\\");
  return path.hostname === ""
    ? plain.replace(/^\\(?=[A-Za-z]:)/, "")
    : `\\\\${path.hostname}${plain}`;
}

/**
 * Prepares the start of a program.
 *
 * This module looks the file up itself, not Windows, so that neither this program's folder nor the
 * current folder is searched: anyone may have put a file of the same name there. PATH decides, in
 * its order.
 *
 * @param command The program's name or path.
 * @param options Arguments, environment and folder.
 * @returns The arguments of CreateProcessW.
 * @throws {Deno.errors.NotFound} If there is no such program or folder.
 * @throws {Deno.errors.NotADirectory} If `cwd` is a file.
 * @throws {Deno.errors.IsADirectory} If the program is a folder.
 * @throws {TypeError} If the name is empty or blank; if a string cannot be passed on unchanged,
 * such as one with a NUL; if a program cannot run in `cwd`, such as cmd.exe in a folder of a share;
 * if options exclude each other.
 * @throws {RangeError} If the command line or a variable is too long.
 * @throws {Win32Error} If the system does not report what is at a path, for example because this
 * user has no access to it.
 */
export function prepareProgram(command: string | URL, options: ProgramOptions = {}): Program {
  const name = toPath(command);
  if (name.trim() === "") {
    throw new TypeError(`Cannot start ${shown(name)}: the name is empty; give a name or a path`);
  }
  const { args: words = [] } = options;
  if (!Array.isArray(words)) {
    throw new TypeError(
      `Cannot start ${shown(name)}: args must be an array of strings, got ${typeof words}`,
    );
  }
  const args = words.map(String);
  const raw = rawText(name, args, options);
  const cwd = options.cwd === undefined ? undefined : runFolder(toPath(options.cwd));
  const merged = options.env === undefined && options.clearEnv !== true
    ? undefined
    : mergeEnvironment(currentEnvironment(), options.env ?? {}, {
      clear: options.clearEnv ?? false,
    });
  const folder = cwd ?? ownFolder();
  let denied: unknown;
  const exists = (path: string): boolean => {
    try {
      return kindOf(path) === "file";
    } catch (error) {
      // Skipped as by cmd.exe, and reported if there is no other.
      if (!(error instanceof Win32Error) || error.code !== ERROR.ACCESS_DENIED) throw error;
      denied ??= error;
      return false;
    }
  };
  const search = (): string => {
    const places = {
      cwd: folder,
      searchCwd: options.searchCwd ?? false,
      ...searched(name, merged),
    };
    const found = resolveExecutable(name, { ...places, exists });
    if (found === undefined) throw denied ?? notFound(name, executableCandidates(name, places));
    return found;
  };
  const file = options.executable === undefined ? search() : existingFile(name, options.executable);
  const batch = isBatchFile(file);
  if (batch && options.windowsRawArguments === true) {
    throw new TypeError(
      `Cannot start ${shown(name)}: windowsRawArguments must be off for a batch file, ` +
        "whose arguments cmd.exe could take for commands",
    );
  }
  const cmd = batch || fileName(file).toLowerCase() === "cmd.exe";
  if (cmd) checkCmdFolder(folder, name);
  const application = batch ? `${systemDirectory()}\\cmd.exe` : file;
  const commandLine = batch
    ? encodeBatchCommandLine(file, args, { cmdExe: application })
    : encodeCommandLine(name, raw ?? args, { raw: raw !== undefined, cmd });
  return {
    file,
    application,
    commandLine,
    environment: merged === undefined ? null : encodeEnvironmentBlock(merged),
    cwd,
  };
}

/**
 * The folders in which a name is searched for. To find them takes a call for each variable, so it is
 * left out for a name with a folder, which is looked for nowhere else.
 */
function searched(
  name: string,
  environment: readonly EnvironmentEntry[] | undefined,
): Pick<SearchPlaces, "path" | "systemDirectory" | "windowsDirectory"> {
  if (hasFolder(name)) return { systemDirectory: "", windowsDirectory: "" };
  const path = (environment ?? currentEnvironment())
    .find(([key]) => variableKey(key) === "PATH")?.[1];
  return {
    systemDirectory: systemDirectory(),
    windowsDirectory: windowsDirectory(),
    ...defined({ path }),
  };
}

/** The arguments of CreateProcessW that do not depend on the program. */
export interface Creation {
  /** A `STARTUPINFOEXW`. */
  readonly startup: BufferSource;
  /** Receives a `PROCESS_INFORMATION`. */
  readonly information: BufferSource;
  /** Whether handles are inherited. */
  readonly inherits: boolean;
  /** The creation flags, without that of the environment's encoding. */
  readonly flags: number;
  /** The new process's primary token; absent for the caller's own. */
  readonly token?: bigint;
}

/**
 * Calls CreateProcessW, or CreateProcessAsUserW with a token.
 *
 * @param program The program.
 * @param creation The other arguments.
 * @returns 0, or the error code.
 * @throws {TypeError} If a string holds a NUL.
 */
export function createProcess(program: Program, creation: Creation): number {
  const { application, commandLine, cwd, environment } = program;
  const { flags, information, inherits, startup, token } = creation;
  const rest = [
    encodeWide(application, "the program's path"),
    // Windows may write to the command line, so each call gets its own copy.
    encodeWide(commandLine, "the command line"),
    null,
    null,
    inherits ? 1 : 0,
    flags | CREATION_FLAGS.CREATE_UNICODE_ENVIRONMENT,
    environment,
    cwd === undefined ? null : encodeWide(cwd, "the folder"),
    startup,
    information,
  ] as const;
  return failure(
    token === undefined
      ? kernel32.CreateProcessW(...rest)
      : advapi32.CreateProcessAsUserW(token, ...rest),
  );
}

/** The arguments that go into the line as they are; `undefined` where they are encoded. */
function rawText(
  name: string,
  args: readonly string[],
  { rawArguments, windowsRawArguments }: ProgramOptions,
): readonly string[] | undefined {
  if (rawArguments === undefined) return windowsRawArguments === true ? args : undefined;
  if (typeof rawArguments !== "string") {
    throw new TypeError(
      `Cannot start ${shown(name)}: rawArguments must be a string, got ${typeof rawArguments}`,
    );
  }
  if (windowsRawArguments === true) {
    throw new TypeError(
      `Cannot start ${shown(name)}: rawArguments and windowsRawArguments exclude each other`,
    );
  }
  return rawArguments === "" ? [] : [rawArguments];
}

/** A file that was named by its full path; without that the system would search for it. */
function existingFile(name: string, path: string): string {
  const action = `Cannot start ${shown(name)}: executable ${shown(path)}`;
  if (!isAbsolutePath(path)) {
    throw new TypeError(`${action} is not a full path; give one such as C:\\tools\\x.exe`);
  }
  switch (kindOf(path)) {
    case "file":
      return path;
    case "folder":
      throw new Deno.errors.IsADirectory(`${action} is a folder, no program`);
    default:
      throw new Deno.errors.NotFound(`${action} does not exist`);
  }
}

function notFound(name: string, candidates: readonly string[]): Error {
  if (!hasFolder(name)) {
    return new Deno.errors.NotFound(
      `Cannot start ${
        shown(name)
      }: there is no such program on the PATH or in the system's folders`,
    );
  }
  // The root of a drive is a folder, although it is not a candidate for a program.
  return [...candidates, name].some((path) => kindOf(path) === "folder")
    ? new Deno.errors.IsADirectory(`Cannot start ${shown(name)}: it is a folder, no program`)
    : new Deno.errors.NotFound(`Cannot start ${shown(name)}: there is no such program`);
}
