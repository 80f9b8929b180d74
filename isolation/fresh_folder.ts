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
import { ACCESS, ERROR, FILE, FILE_ENTRY, PROCESS, STANDARD_RIGHTS } from "../ffi/constants.ts";
import { check, errorSymbol, failure, Win32Error } from "../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../ffi/handle.ts";
import { kernel32, ntdll } from "../ffi/library.ts";
import { decodeWide, encodeWide } from "../ffi/strings.ts";
import { struct } from "../ffi/struct.ts";
import { STRUCTS } from "../ffi/structs.ts";
import { processTimes } from "../process/query/process_query.ts";
import { shown } from "../values/shown.ts";

const LISTED = struct(STRUCTS, "FILE_FULL_DIR_INFO");
const INFORMATION = struct(STRUCTS, "BY_HANDLE_FILE_INFORMATION");
const STRING = struct(STRUCTS, "UNICODE_STRING");
const BASIC = struct(STRUCTS, "FILE_BASIC_INFO");
const DISPOSITION = struct(STRUCTS, "FILE_DISPOSITION_INFO");

/** Where an entry of a list has its name. */
const NAME_PLACE = LISTED.layout.find(({ path }) => path === "FileName")!.offset;

/** Room for a part of a list, in bytes. */
const LISTED_MAX = 65_536;

/** The longest path that Windows has, in UTF-16 units with the NUL. */
const PATH_MAX = 32_768;

/** The most sentences about what is left. */
const TOLD_MAX = 10;

/** Process id, its start in ms, and what nobody can guess. */
const NAME = /^jobbox-(\d{1,10})-(\d{1,15})-[0-9a-f]{32}$/;

/** An entry that was opened as what it is. */
interface Entry {
  readonly handle: OwnedHandle;
  /** Its path, with the prefix of long ones. */
  readonly path: string;
  /** Where it really is. */
  readonly real: string;
  readonly attributes: number;
  readonly links: number;
}

/** The reason why an entry cannot be deleted. */
class Kept extends Error {}

function openEntry(path: string): Entry {
  const action = `Cannot open ${shown(path)}`;
  const value = kernel32.CreateFileW(
    encodeWide(path, "a path"),
    ACCESS.DELETE | ACCESS.FILE_LIST_DIRECTORY | FILE.FILE_READ_ATTRIBUTES |
      FILE.FILE_WRITE_ATTRIBUTES | STANDARD_RIGHTS.SYNCHRONIZE,
    FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE,
    null,
    FILE.OPEN_EXISTING,
    FILE.FILE_FLAG_BACKUP_SEMANTICS | FILE_ENTRY.FILE_FLAG_OPEN_REPARSE_POINT,
    0n,
  );
  if (value === INVALID_HANDLE_VALUE) throw new Win32Error(failure(0), "CreateFileW", action);
  const handle = new OwnedHandle(value, path);
  try {
    const information = INFORMATION.allocate();
    check(
      kernel32.GetFileInformationByHandle(value, information),
      "GetFileInformationByHandle",
      action,
    );
    const { dwFileAttributes, nNumberOfLinks } = INFORMATION.decode(information);
    const real = realPath(value, action);
    return { handle, path, real, attributes: dwFileAttributes, links: nNumberOfLinks };
  } catch (error) {
    handle.close();
    throw error;
  }
}

/** The system's own name of what a handle is of, links followed. */
function realPath(handle: bigint, action: string): string {
  const memory = new Uint16Array(STRING.size / 2 + PATH_MAX);
  const length = new Uint32Array(1);
  const status = ntdll.NtQueryObject(
    handle,
    FILE_ENTRY.ObjectNameInformation,
    memory,
    memory.byteLength,
    length,
  );
  const { Length } = STRING.decode(new DataView(memory.buffer));
  if (status < 0 || Length === 0) {
    throw new Win32Error(ERROR.INVALID_DATA, "NtQueryObject", action);
  }
  // The text follows its header directly.
  return decodeWide(memory.subarray(STRING.size / 2), Length / 2);
}

function isSame(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase();
}

/** Names what is in a folder that is open. */
function namesIn(handle: bigint, action: string): string[] {
  const memory = new DataView(new ArrayBuffer(LISTED_MAX));
  const names: string[] = [];
  for (;;) {
    const code = failure(
      kernel32.GetFileInformationByHandleEx(
        handle,
        FILE_ENTRY.FileFullDirectoryInfo,
        memory,
        memory.byteLength,
      ),
    );
    if (code === ERROR.NO_MORE_FILES) return names;
    if (code !== ERROR.SUCCESS) {
      throw new Win32Error(code, "GetFileInformationByHandleEx", action);
    }
    let at = 0;
    for (let next = -1; next !== 0; at += next) {
      const entry = LISTED.decode(memory, at);
      const units = new Uint16Array(memory.buffer, at + NAME_PLACE, entry.FileNameLength / 2);
      const name = decodeWide(units);
      if (name !== "." && name !== "..") names.push(name);
      next = entry.NextEntryOffset;
    }
  }
}

function isFolder({ attributes }: Entry): boolean {
  const isLink = (attributes & FILE_ENTRY.FILE_ATTRIBUTE_REPARSE_POINT) !== 0;
  return !isLink && (attributes & FILE.FILE_ATTRIBUTE_DIRECTORY) !== 0;
}

/** Deletes what a handle is of, and nothing else. */
function deleteEntry({ attributes, handle, links, path }: Entry): void {
  const action = `Cannot delete ${shown(path)}`;
  const api = "SetFileInformationByHandle";
  if ((attributes & FILE_ENTRY.FILE_ATTRIBUTE_READONLY) !== 0) {
    // The attribute is of the file, which may have a name elsewhere.
    if (links > 1) throw new Kept("it is read-only and has a name elsewhere");
    const writable = BASIC.encode({ FileAttributes: FILE.FILE_ATTRIBUTE_NORMAL });
    check(
      kernel32[api](handle.value, FILE_ENTRY.FileBasicInfo, writable, BASIC.size),
      api,
      action,
    );
  }
  const gone = DISPOSITION.encode({ DeleteFile: 1 });
  check(
    kernel32[api](handle.value, FILE_ENTRY.FileDispositionInfo, gone, DISPOSITION.size),
    api,
    action,
  );
}

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

/** Whether the process that made a folder is gone; what cannot be known is not. */
function isOrphan(name: string): boolean {
  const [, pid, start] = NAME.exec(name) ?? [];
  if (pid === undefined) return false;
  const value = kernel32.OpenProcess(PROCESS.QUERY_LIMITED_INFORMATION, 0, Number(pid));
  // A process that may not be opened is there.
  if (value === 0n) return failure(value) === ERROR.INVALID_PARAMETER;
  using process = new OwnedHandle(value, `process ${pid}`);
  const { created, exited } = processTimes(process.value);
  return exited !== undefined || Math.floor(created) !== Number(start);
}

const LONG = "\\\\?\\";

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
    const { created } = processTimes(kernel32.GetCurrentProcess());
    const own = `${kernel32.GetCurrentProcessId()}-${Math.floor(created)}`;
    const path = `${temporaryFolder()}\\jobbox-${own}-${random}`;
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
