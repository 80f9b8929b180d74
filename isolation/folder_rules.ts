/**
 * Which folders a container can be given: what is said by a path alone. Pure.
 *
 * A folder's list of rights gets an entry that all in it inherits, so a folder that is not the user's
 * own business is refused.
 *
 * @module
 */
import { normalizePath } from "../process/start/windows_path.ts";

/** The folders of this machine, each as a full path; absent ones are empty. */
export interface Places {
  /** The folder of Windows. */
  readonly windows: string;
  /** Where programs are installed. */
  readonly programs: readonly string[];
  /** What programs have for all users. */
  readonly programData: string;
  /** The user's own folder. */
  readonly profile: string;
  /** What all users may use, beside their own folders. */
  readonly shared: string;
  /** The program that runs now. */
  readonly ownProgram: string;
  /** Where journals are. */
  readonly journals: string;
}

/** Whether a container may only read a folder, or write to it too. */
export type FolderAccess = "read" | "write";

const key = (path: string): string => path.replace(/\\+$/, "").toUpperCase();

/**
 * Whether a path is another one or is in it; case is ignored.
 *
 * @param path The path.
 * @param folder The folder; empty for one that contains nothing.
 */
export function isWithin(path: string, folder: string): boolean {
  if (folder === "") return false;
  return key(path) === key(folder) || key(path).startsWith(`${key(folder)}\\`);
}

function parentOf(path: string): string {
  return path.replace(/\\+[^\\]*\\*$/, "");
}

/**
 * Finds what is wrong with a full path as that of a folder to be given.
 *
 * @param path The path.
 * @returns A sentence; `undefined` for a path of a folder on a drive.
 */
export function folderShapeProblem(path: string): string | undefined {
  if (path.trim() === "") return "it is empty";
  if (path.includes("\0")) return "it holds a NUL";
  if (/^[\\/]{2}[?.]/.test(path)) return "it is a device's path: write it as C:\\FOLDER";
  if (/^[\\/]{2}/.test(path)) return "it is on another computer, whose rights cannot be given";
  if (!/^[A-Za-z]:[\\/]/.test(path)) return "it is no full path: write it as C:\\FOLDER";
  if (/[<>"|?*]/.test(path)) return "no folder can have this name";
  if (path.indexOf(":", 2) >= 0) return "it is a stream, not a folder";
  if (key(normalizePath(path)).length <= 2) {
    return "it is the root of a drive, and all on the drive would inherit the right";
  }
  return undefined;
}

/**
 * Finds what is wrong with what a caller names, which may be relative to the current folder.
 *
 * @param path The path as given.
 * @returns A sentence; `undefined` if it depends on more than the path.
 */
export function givenFolderProblem(path: string): string | undefined {
  const isRelative = !/^[\\/]{2}/.test(path) && !/^[A-Za-z]:[\\/]/.test(path);
  return folderShapeProblem(isRelative && path.trim() !== "" ? `C:\\x\\${baseOf(path)}` : path);
}

/** A relative path without a drive of its own, and without what leads up. */
function baseOf(path: string): string {
  return path.replace(/^[A-Za-z]:/, "").split(/[\\/]+/).map((name) =>
    /^\.*$/.test(name) ? "x" : name
  ).join("\\");
}

/**
 * Finds why a folder cannot be given, by its place on this machine.
 *
 * @param path The folder's full path.
 * @param access What the container is to do with it.
 * @param places The folders of this machine.
 * @returns A sentence; `undefined` if nothing speaks against it.
 */
export function folderProblem(
  path: string,
  access: FolderAccess,
  places: Places,
): string | undefined {
  const shape = folderShapeProblem(path);
  if (shape !== undefined) return shape;
  const { journals, ownProgram, profile, programData, programs, shared, windows } = places;
  const contains = (other: string): boolean => other !== "" && isWithin(other, path);
  if (isWithin(path, windows) || contains(windows)) return "it is a folder of Windows";
  if (programs.some((folder) => isWithin(path, folder) || contains(folder))) {
    return "it is a folder of installed programs";
  }
  if (contains(programData)) return "it holds what all programs have for all users";
  if (contains(profile)) {
    return "it holds the user's own folder with the registry's files: name a folder in it";
  }
  if (
    ["", "\\Local", "\\LocalLow", "\\Roaming"].some((part) =>
      key(path) === key(`${profile}\\AppData${part}`)
    )
  ) {
    return "it holds the settings of every program of the user: name a folder in it";
  }
  const users = parentOf(profile);
  if (isWithin(path, users) && !isWithin(path, profile) && !isWithin(path, shared)) {
    return "it belongs to another user";
  }
  if (isWithin(path, journals)) return "it holds what jobbox writes down to tidy up after itself";
  if (access === "write") {
    if (contains(ownProgram)) return "it holds the program that starts the command";
    if (contains(journals)) return "it holds what jobbox writes down to tidy up after itself";
  }
  return undefined;
}

/**
 * Finds two folders of which one takes back what the other says.
 *
 * @param read Folders to be read.
 * @param write Folders to be written.
 * @returns A sentence; `undefined` where nothing does.
 */
export function folderContradiction(
  read: readonly string[],
  write: readonly string[],
): string | undefined {
  for (const inner of read) {
    const outer = write.find((folder) => isWithin(inner, folder));
    if (outer !== undefined) {
      return `${inner} cannot be read-only in ${outer}, which is writable with all that is in it`;
    }
  }
  return undefined;
}
