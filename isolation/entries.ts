/**
 * Files and folders that are opened as what they are: a link is opened itself, and not its target.
 *
 * Only kernel32.dll and ntdll.dll are called: no permission for files is needed.
 *
 * @module
 */
import { ACCESS, ERROR, FILE, FILE_ENTRY, PROCESS, STANDARD_RIGHTS } from "../ffi/constants.ts";
import { check, failure, Win32Error } from "../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../ffi/handle.ts";
import { kernel32, ntdll } from "../ffi/library.ts";
import { decodeWide, encodeWide } from "../ffi/strings.ts";
import { struct } from "../ffi/struct.ts";
import { STRUCTS } from "../ffi/structs.ts";
import { deleteByHandle, identityOf, informationOf } from "../process/open_file.ts";
import { processTimes } from "../process/query/process_query.ts";
import { shown } from "../values/shown.ts";

const LISTED = struct(STRUCTS, "FILE_FULL_DIR_INFO");
const STRING = struct(STRUCTS, "UNICODE_STRING");
const BASIC = struct(STRUCTS, "FILE_BASIC_INFO");

/** Where an entry of a list has its name. */
const NAME_PLACE = LISTED.layout.find(({ path }) => path === "FileName")!.offset;

/** Room for a part of a list, in bytes. */
const LISTED_MAX = 65_536;

/** The longest path that Windows has, in UTF-16 units with the NUL. */
export const PATH_MAX = 32_768;

/** The prefix of long paths. */
export const LONG = "\\\\?\\";

/** An entry that was opened as what it is. */
export interface Entry {
  readonly handle: OwnedHandle;
  /** Its path, with the prefix of long ones. */
  readonly path: string;
  /** Where it really is. */
  readonly real: string;
  readonly attributes: number;
  /** How many names it has. */
  readonly links: number;
  /** Bytes of its content. */
  readonly size: number;
  /** Which one it is: the volume's serial number and its index there, in two parts. */
  readonly identity: string;
}

/** How an entry is opened. */
export interface EntryUse {
  /** The rights. */
  readonly rights: number;
  /** What others may do meanwhile. */
  readonly share: number;
}

/** To look into an entry, and to delete it. */
const TO_DELETE: EntryUse = {
  rights: ACCESS.DELETE | ACCESS.FILE_LIST_DIRECTORY | FILE.FILE_READ_ATTRIBUTES |
    FILE.FILE_WRITE_ATTRIBUTES | STANDARD_RIGHTS.SYNCHRONIZE,
  share: FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE,
};

/** The reason why an entry cannot be deleted. */
export class Kept extends Error {}

/**
 * Opens an entry, and not what it is a link to.
 *
 * @param path Its path.
 * @param use How; by default to delete it.
 * @returns The entry; the caller closes its handle.
 * @throws {Win32Error} If the system refuses.
 */
export function openEntry(path: string, { rights, share }: EntryUse = TO_DELETE): Entry {
  const action = `Cannot open ${shown(path)}`;
  const value = kernel32.CreateFileW(
    encodeWide(path, "a path"),
    rights >>> 0,
    share,
    null,
    FILE.OPEN_EXISTING,
    FILE.FILE_FLAG_BACKUP_SEMANTICS | FILE_ENTRY.FILE_FLAG_OPEN_REPARSE_POINT,
    0n,
  );
  if (value === INVALID_HANDLE_VALUE) throw new Win32Error(failure(0), "CreateFileW", action);
  const handle = new OwnedHandle(value, path);
  try {
    const facts = informationOf(value, action);
    return {
      handle,
      path,
      real: realPath(value, action),
      attributes: facts.dwFileAttributes,
      links: facts.nNumberOfLinks,
      size: facts.nFileSizeHigh * 2 ** 32 + facts.nFileSizeLow,
      identity: identityOf(facts),
    };
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

/** Whether two names are of the same entry; case is ignored. */
export function isSame(a: string, b: string): boolean {
  return a.toUpperCase() === b.toUpperCase();
}

/**
 * Names what is in a folder that is open.
 *
 * @param handle The folder, with the right to list it.
 * @param action The action, beginning with "Cannot".
 * @returns The names.
 * @throws {Win32Error} If the system refuses.
 */
export function namesIn(handle: bigint, action: string): string[] {
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

/** Whether an entry is a link, or stands for something else in another way. */
export function isLink({ attributes }: Entry): boolean {
  return (attributes & FILE_ENTRY.FILE_ATTRIBUTE_REPARSE_POINT) !== 0;
}

/** Whether an entry is a folder, and not a link to one. */
export function isFolder(entry: Entry): boolean {
  return !isLink(entry) && (entry.attributes & FILE.FILE_ATTRIBUTE_DIRECTORY) !== 0;
}

/**
 * Deletes what a handle is of, and nothing else.
 *
 * @throws {Win32Error} If the system refuses.
 * @throws {Kept} If it is better left alone.
 */
export function deleteEntry({ attributes, handle, links, path }: Entry): void {
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
  check(deleteByHandle(handle.value), api, action);
}

/**
 * Whether a process is gone. What cannot be known is not.
 *
 * @param maker Its id, and its start in ms.
 */
export function isGone({ pid, start }: { readonly pid: number; readonly start: number }): boolean {
  const value = kernel32.OpenProcess(PROCESS.QUERY_LIMITED_INFORMATION, 0, pid);
  // A process that may not be opened is there.
  if (value === 0n) return failure(value) === ERROR.INVALID_PARAMETER;
  using process = new OwnedHandle(value, `process ${pid}`);
  const { created, exited } = processTimes(process.value);
  return exited !== undefined || Math.floor(created) !== start;
}

/** This process's id, and its start in ms. */
export function ownMaker(): { pid: number; start: number } {
  const { created } = processTimes(kernel32.GetCurrentProcess());
  return { pid: kernel32.GetCurrentProcessId(), start: Math.floor(created) };
}
