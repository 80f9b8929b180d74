/**
 * A folder that is created for one run and deleted after it.
 *
 * Theory of operation. A program that runs in the folder may plant links in it, so nothing is
 * deleted by its path. Each entry is opened itself, not the target of a link; its handle gives its
 * real location, and an entry that is not where its name says is left alone. It is deleted through
 * that handle. The folders above stay open in the meantime and cannot be moved away. The folder's
 * name contains the process that created it, so that a later one finds what a crash has left.
 *
 * Only kernel32.dll and ntdll.dll are called: no permission for files is needed.
 *
 * @module
 */
import { ACCESS, ERROR, FILE, STANDARD_RIGHTS } from "../ffi/constants.ts";
import { check, errorSymbol, failure, Win32Error } from "../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { decodeWide, encodeWide } from "../ffi/strings.ts";
import { shown } from "../values/shown.ts";
import {
  deleteEntry,
  type Entry,
  isFolder,
  isGone,
  isSame,
  Kept,
  LONG,
  namesIn,
  openEntry,
  ownMaker,
  PATH_MAX,
} from "./entries.ts";

/** The most sentences about what is left. */
const TOLD_MAX = 10;

/** Process id, its start in ms, and what nobody can guess. */
const NAME = /^jobbox-(\d{1,10})-(\d{1,15})-[0-9a-f]{32}$/;

interface Level {
  readonly entry: Entry;
  readonly names: string[];
}

/** Deletes a folder and its content; returns a sentence for each thing that is left. */
function removeTree(folder: string): string[] {
  const left: string[] = [];
  const keep = (path: string, error: unknown): void => {
    if (!(error instanceof Win32Error || error instanceof Kept)) throw error;
    if (error instanceof Win32Error && error.code === ERROR.FILE_NOT_FOUND) return;
    const why = error instanceof Kept ? error.message : `${error.api}: ${errorSymbol(error.code)}`;
    if (left.length < TOLD_MAX) left.push(`Cannot delete ${shown(path)}: ${why}`);
  };
  const levels: Level[] = [];
  const enter = (path: string, above?: Entry): void => {
    let entry: Entry | undefined;
    try {
      entry = openEntry(path);
      const name = path.slice(path.lastIndexOf("\\"));
      if (above !== undefined && !isSame(entry.real, above.real + name)) {
        throw new Kept("it is a link to somewhere else, which is left alone");
      }
      if (isFolder(entry)) {
        levels.push({ entry, names: namesIn(entry.handle.value, `Cannot list ${shown(path)}`) });
        return;
      }
      // The folder itself must not be a link: if someone replaced it by one, nothing is deleted.
      if (above === undefined) throw new Kept("it is not a folder any more");
      deleteEntry(entry);
    } catch (error) {
      keep(path, error);
    }
    entry?.handle.close();
  };
  enter(folder);
  while (levels.length > 0) {
    const { entry, names } = levels.at(-1)!;
    const name = names.pop();
    if (name !== undefined) {
      enter(`${entry.path}\\${name}`, entry);
      continue;
    }
    levels.pop();
    try {
      deleteEntry(entry);
    } catch (error) {
      // A folder that is not empty was told of by what is in it.
      const isFull = error instanceof Win32Error && error.code === ERROR.DIR_NOT_EMPTY;
      if (!isFull || left.length === 0) keep(entry.path, error);
    }
    entry.handle.close();
  }
  return left;
}

/** The folder for temporary files, without a separator at its end. */
export function temporaryFolder(): string {
  const units = new Uint16Array(PATH_MAX);
  const action = "Cannot find the folder for temporary files";
  const length = check(kernel32.GetTempPathW(units.length, units), "GetTempPathW", action);
  return decodeWide(units, length).replace(/\\+$/, "");
}

/** Whether a folder is one of jobbox's own whose maker is gone. */
function isOrphan(name: string): boolean {
  const [, pid, start] = NAME.exec(name) ?? [];
  return pid !== undefined && isGone({ pid: Number(pid), start: Number(start) });
}

/** A folder that is made for one run. */
export class FreshFolder {
  /** Its path. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Creates a folder with an unguessable name in the folder for temporary files.
   *
   * @returns The folder.
   * @throws {Win32Error} If it cannot be made; a name that is there already is not taken.
   */
  static create(): FreshFolder {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const random = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const { pid, start } = ownMaker();
    const path = `${temporaryFolder()}\\jobbox-${pid}-${start}-${random}`;
    check(
      kernel32.CreateDirectoryW(encodeWide(LONG + path, "a path"), null),
      "CreateDirectoryW",
      `Cannot make the folder ${shown(path)}`,
    );
    return new FreshFolder(path);
  }

  /**
   * Deletes it with its content, without following links.
   *
   * @returns A sentence for each thing that is left, ten at most; empty when it is gone.
   */
  remove(): string[] {
    return removeTree(LONG + this.path);
  }
}

/**
 * Makes a folder for a trial.
 *
 * @param undo Deletes it when it is disposed of.
 * @param left Gets a sentence for each thing that could not be deleted.
 * @returns Its path.
 * @throws {Win32Error} If it cannot be made.
 */
export function trialFolder(undo: DisposableStack, left: string[]): string {
  return undo.adopt(FreshFolder.create(), (folder) => void left.push(...folder.remove())).path;
}

/**
 * Deletes the folders that ended processes have left.
 *
 * @returns A sentence for each thing that could not be deleted.
 */
export function sweepFolders(): string[] {
  const folder = temporaryFolder();
  const action = `Cannot list ${shown(folder)}`;
  const value = kernel32.CreateFileW(
    encodeWide(LONG + folder, "a path"),
    ACCESS.FILE_LIST_DIRECTORY | STANDARD_RIGHTS.SYNCHRONIZE,
    FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE | FILE.FILE_SHARE_DELETE,
    null,
    FILE.OPEN_EXISTING,
    FILE.FILE_FLAG_BACKUP_SEMANTICS,
    0n,
  );
  if (value === INVALID_HANDLE_VALUE) throw new Win32Error(failure(0), "CreateFileW", action);
  using handle = new OwnedHandle(value, folder);
  return namesIn(handle.value, action).filter(isOrphan).flatMap((name) =>
    removeTree(`${LONG}${folder}\\${name}`)
  );
}
