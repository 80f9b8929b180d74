/**
 * The folder that a child runs in, in a form that CreateProcessW and the child accept.
 *
 * @module
 */
import { ERROR, FILE } from "../../ffi/constants.ts";
import { check, failure, Win32Error } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import { decodeWide, encodeWide } from "../../ffi/strings.ts";
import { shown } from "../../values/shown.ts";
import {
  isAbsolutePath,
  isDevicePath,
  withoutVerbatimPrefix,
  withVerbatimPrefix,
} from "./windows_path.ts";

/** The longest current folder that Windows accepts: MAX_PATH minus a separator and the NUL. */
export const FOLDER_MAX = 258;

/** From this length on a path needs the prefix `\\?\`, regardless of the system's settings. */
const LONG = 248;

/** Errors which mean that nothing exists at a path. */
const NOTHING_THERE: ReadonlySet<number> = new Set([
  ERROR.FILE_NOT_FOUND,
  ERROR.PATH_NOT_FOUND,
  ERROR.INVALID_DRIVE,
  ERROR.NOT_READY,
  ERROR.BAD_NETPATH,
  ERROR.BAD_NET_NAME,
  ERROR.INVALID_NAME,
  ERROR.BAD_PATHNAME,
  ERROR.FILENAME_EXCED_RANGE,
  ERROR.DIRECTORY,
]);

/**
 * Returns whether a path names a file or a folder.
 *
 * @param path A path.
 * @returns The kind; `undefined` if nothing is visible there.
 * @throws {Win32Error} If the system does not report it, for example because this user has no
 * access.
 */
export function kindOf(path: string): "file" | "folder" | undefined {
  const full = path.length >= LONG && isAbsolutePath(path) ? withVerbatimPrefix(path) : path;
  const found = kernel32.GetFileAttributesW(encodeWide(full, "a path"));
  const code = failure(found === FILE.INVALID_FILE_ATTRIBUTES ? 0 : 1);
  if (NOTHING_THERE.has(code)) return undefined;
  // Skipping a file that may exist would start another one.
  if (code !== ERROR.SUCCESS) {
    throw new Win32Error(code, "GetFileAttributesW", `Cannot look at ${shown(path)}`);
  }
  return (found & FILE.FILE_ATTRIBUTE_DIRECTORY) === 0 ? "file" : "folder";
}

function fullPath(path: string): string {
  if (path.startsWith("\\\\?\\")) return path.replace(/(?<=[^:])\\+$/, "");
  const name = encodeWide(path, "a path");
  const full = new Uint16Array(32_768);
  const length = kernel32.GetFullPathNameW(name, full.length, full, 0n);
  return decodeWide(full, check(length, "GetFullPathNameW", `Cannot run in ${shown(path)}`));
}

/** The folder's path in short names, or the error if the system has none. */
function shortPath(path: string): string | Win32Error {
  const short = new Uint16Array(32_768);
  const name = encodeWide(withVerbatimPrefix(path), "a path");
  const length = kernel32.GetShortPathNameW(name, short, short.length);
  const code = length > short.length ? ERROR.INSUFFICIENT_BUFFER : failure(length);
  return code === ERROR.SUCCESS
    ? decodeWide(short, length)
    : new Win32Error(code, "GetShortPathNameW", `Cannot run in ${shown(path)}`);
}

function plainFolder(path: string): string | undefined {
  const plain = withoutVerbatimPrefix(path);
  return plain === undefined || isDevicePath(plain) || plain.length > FOLDER_MAX
    ? undefined
    : plain;
}

/**
 * Returns a form of a folder's path in which a child can run there: absolute, without the prefix
 * `\\?\`, and short enough. If necessary, it uses short names.
 *
 * @param path The folder, relative to this process's own.
 * @returns The folder as CreateProcessW accepts it.
 * @throws {Deno.errors.NotFound} If there is no such folder.
 * @throws {Deno.errors.NotADirectory} If it is a file.
 * @throws {TypeError} If no program can run there.
 * @throws {Win32Error} If the system does not report what it is.
 */
export function runFolder(path: string): string {
  const full = fullPath(path);
  const kind = kindOf(full);
  if (kind === undefined) {
    throw new Deno.errors.NotFound(`Cannot run in ${shown(path)}: there is no such folder`);
  }
  if (kind === "file") {
    throw new Deno.errors.NotADirectory(`Cannot run in ${shown(path)}: it is a file, not a folder`);
  }
  const plain = plainFolder(full);
  if (plain !== undefined) return plain;
  const short = shortPath(full);
  const folder = short instanceof Win32Error ? undefined : plainFolder(short);
  if (folder !== undefined) return folder;
  throw new TypeError(
    `Cannot run in ${shown(path)}: Windows takes a folder of at most ${FOLDER_MAX} characters on ` +
      "a drive or share, and this one has no short name",
    short instanceof Win32Error ? { cause: short } : undefined,
  );
}

/**
 * Returns the folder that this process runs in.
 *
 * @returns The folder, without the prefix `\\?\` if possible.
 * @throws {Win32Error} If the system does not report it.
 */
export function ownFolder(): string {
  const buffer = new Uint16Array(32_768);
  const length = kernel32.GetCurrentDirectoryW(buffer.length, buffer);
  const folder = decodeWide(
    buffer,
    check(length, "GetCurrentDirectoryW", "Cannot find the current folder"),
  );
  return withoutVerbatimPrefix(folder) ?? folder;
}

/**
 * Refuses a folder that cmd.exe would leave. In a folder of a share it changes to the Windows
 * folder, prints a warning, and runs its commands there.
 *
 * @param folder The folder for cmd.exe to run in.
 * @param program The program, for the message.
 * @throws {TypeError} If it is not on a drive.
 */
export function checkCmdFolder(folder: string, program: string): void {
  if (!folder.startsWith("\\\\")) return;
  throw new TypeError(
    `Cannot start ${shown(program)} in ${
      shown(folder)
    }: cmd.exe runs in no folder of a share and ` +
      "would run in the Windows folder; give the share a drive letter (net use)",
  );
}
