/**
 * Finds the file that a program's name means. CreateProcessW does not search itself, because it
 * begins in the calling program's folder and in the current directory, where anyone may have
 * planted a file.
 *
 * Pure.
 *
 * @module
 */

import { shown } from "../../values/shown.ts";
import {
  hasFolder,
  hasStream,
  isAbsolutePath,
  mayNameDevice,
  normalizePath,
} from "./windows_path.ts";

/** Where {@linkcode executableCandidates} looks. */
export interface SearchPlaces {
  /** The absolute path that a relative one is resolved against. */
  cwd: string;
  /** The absolute path of the system directory, such as `C:\Windows\System32`. */
  systemDirectory: string;
  /** The absolute path of the Windows directory, such as `C:\Windows`. */
  windowsDirectory: string;
  /** The value of the PATH variable; absent if there is none. */
  path?: string;
  /**
   * Also looks for bare names in `cwd`, before PATH as cmd.exe does; absent means `false`.
   */
  searchCwd?: boolean;
}

/** Where {@linkcode resolveExecutable} looks, and how it checks for a file. */
export interface SearchOptions extends SearchPlaces {
  /** Returns whether an absolute path is an existing file, not a folder. */
  exists: (path: string) => boolean;
}

const EXTENSIONS = [".com", ".exe", ".bat", ".cmd"] as const;

/**
 * Lists the files that a program's name can mean, in the order in which they are tried.
 *
 * A name with a folder or drive means the file there; a relative one is resolved against `cwd`. A
 * bare name is searched for in `cwd` (only with `searchCwd`), in each folder of PATH, and last in
 * the system and the Windows directory. Those are nearly always on PATH, so the user's PATH
 * decides, as in a shell. In each folder the name itself comes first if it has an extension. Unless
 * that is `.com`, `.exe`, `.bat` or `.cmd`, the name with each of these follows, in this order. A
 * name that ends in a dot means only the file without an extension. A path without an extension is
 * tried unchanged at the end. PATHEXT and the registry's App Paths are not used.
 *
 * @param name The program's name or path, with `\` or `/`.
 * @param places Where to look.
 * @returns Absolute, normalised paths.
 * @throws {TypeError} If the name is empty, holds a character that is not allowed in file names,
 * names an alternate stream or a device such as `nul`, or is relative to a drive's current directory (`C:x`), which this
 * process may not know.
 */
export function executableCandidates(name: string, places: SearchPlaces): string[] {
  checkName(name);
  if (!hasFolder(name)) {
    return searchFolders(places).flatMap((folder) =>
      fileNames(name).map((file) => joinPath(folder, file))
    );
  }
  const full = absolutePath(name, places.cwd);
  const at = full.lastIndexOf("\\") + 1;
  const file = full.slice(at);
  if (file === "") return [];
  const names = fileNames(endsInDot(name) ? `${file}.` : file);
  return [...new Set([...names, file])].map((each) => full.slice(0, at) + each);
}

/**
 * Finds the file that a program's name means, by the rules of {@linkcode executableCandidates}.
 *
 * @param name The program's name or path, with `\` or `/`.
 * @param options Where to look, and how to check for a file.
 * @returns The absolute path of the first that exists, or `undefined` if none does.
 * @throws {TypeError} If the name is invalid; see {@linkcode executableCandidates}.
 */
export function resolveExecutable(name: string, options: SearchOptions): string | undefined {
  return executableCandidates(name, options).find((path) => options.exists(path));
}

/**
 * Splits the value of PATH into the folders to search.
 *
 * A semicolon within quotes does not separate, and quotes are dropped. Empty entries, and those that are not absolute
 * (`.`, `bin`, `C:bin`, `\bin`, an unexpanded `%X%`), are skipped: they would mean the current directory or drive.
 * Repeated folders are kept once, whatever their case.
 *
 * @param path The value of the variable.
 * @returns Absolute, normalised folders in their order.
 */
export function parseSearchPath(path: string): string[] {
  const folders = new Map<string, string>();
  // A quote that is never closed extends to the end, as in cmd.exe.
  for (const entry of path.match(/(?:"[^"]*(?:"|$)|[^;"])+/g) ?? []) {
    const plain = entry.replaceAll('"', "");
    // deno-lint-ignore no-control-regex -- no folder has a control character; NUL would cut the path
    if (!isAbsolutePath(plain) || /[\x00-\x1f]/.test(plain)) continue;
    const folder = normalizePath(plain);
    const key = folder.toLowerCase();
    if (!folders.has(key)) folders.set(key, folder);
  }
  return [...folders.values()];
}

function searchFolders(places: SearchPlaces): string[] {
  const { cwd, path = "", searchCwd, systemDirectory, windowsDirectory } = places;
  const folders = [
    ...searchCwd ? [normalizePath(cwd)] : [],
    ...parseSearchPath(path),
    ...[systemDirectory, windowsDirectory].map(normalizePath),
  ];
  const keys = folders.map((each) => each.toLowerCase());
  return folders.filter((_, at) => keys.indexOf(keys[at]!) === at);
}

function checkName(name: string): void {
  const fail = (wanted: string) => {
    throw new TypeError(`Cannot look for program ${shown(name)}: expected ${wanted}`);
  };
  if (/^[. ]*$/.test(name)) fail("a name");
  // deno-lint-ignore no-control-regex -- no file name holds a control character
  if (/[\x00-\x1f"*<>|]/.test(name)) fail("no quote, wildcard or control character");
  if (mayNameDevice(name)) fail("a file, and no device");
  if (hasStream(name)) fail("no alternate stream");
  if (/^[A-Za-z]:(?![\\/])/.test(name)) fail("a separator after the drive");
}

function absolutePath(name: string, cwd: string): string {
  if (isAbsolutePath(name)) return normalizePath(name);
  // Windows treats `.` and `..` in such a path as names; after a folder they have their usual
  // meaning.
  const verbatim = /^\\\\\?\\(?:UNC\\[^\\]+\\[^\\]+|[^\\]+)/i.exec(cwd)?.[0];
  if (verbatim !== undefined) {
    const folder = /^[\\/]/.test(name) ? "" : cwd.slice(verbatim.length);
    return verbatim + normalizePath(`${folder}\\${name}`.replace(/^[\\/]*/, "\\"));
  }
  // A leading separator means the root of the drive or share that cwd is on.
  const root = /^(?:[A-Za-z]:|[\\/]{2}[^\\/]+[\\/]+[^\\/]+)/.exec(cwd)?.[0] ?? cwd;
  return normalizePath(/^[\\/]/.test(name) ? root + name : joinPath(cwd, name));
}

function joinPath(folder: string, file: string): string {
  return /[\\/]$/.test(folder) ? folder + file : `${folder}\\${file}`;
}

function endsInDot(name: string): boolean {
  return /[^.\\/]\.$/.test(name);
}

function fileNames(name: string): string[] {
  if (endsInDot(name)) return [name.slice(0, -1)];
  const plain = name.replace(/[. ]+$/, "");
  const extension = /[^.](\.[^.]*)$/.exec(plain)?.[1]?.toLowerCase();
  if (EXTENSIONS.some((known) => known === extension)) return [plain];
  const added = EXTENSIONS.map((known) => plain + known);
  return extension === undefined ? added : [plain, ...added];
}
