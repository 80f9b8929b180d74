/**
 * Identifies the file that a path names, however it is spelled, and tells whether one is empty.
 *
 * @module
 */
import { FILE } from "../../ffi/constants.ts";
import { check } from "../../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { decodeWide, encodeWide } from "../../ffi/strings.ts";
import { identityOf, informationOf } from "../open_file.ts";
import { namesDevice } from "../start/windows_path.ts";

/** The longest path of Windows, in UTF-16 units. */
const PATH_UNITS = 32_768;

/**
 * Returns the identity of the file behind an open handle.
 *
 * @param handle A handle of a file or folder.
 * @returns The volume's serial number and the file's index in it, which all paths, links and
 * spellings of one file share; `undefined` for a device or a pipe.
 * @throws {Win32Error} If the system does not report it: two paths of one file must not pass for
 * two files.
 */
export function identityOfHandle(handle: bigint): string | undefined {
  const action = "Cannot find out which file a path names";
  const type = kernel32.GetFileType(handle);
  check(type === FILE.FILE_TYPE_UNKNOWN ? 0 : 1, "GetFileType", action);
  if (type !== FILE.FILE_TYPE_DISK) return undefined;
  return identityOf(informationOf(handle, action));
}

/**
 * Returns whether a file has no content.
 *
 * @param handle A handle of a file.
 * @returns Whether it has none.
 * @throws {Win32Error} If the system does not report it.
 */
export function isEmptyFile(handle: bigint): boolean {
  const { nFileSizeHigh, nFileSizeLow } = informationOf(handle, "Cannot find out a file's size");
  return nFileSizeHigh === 0 && nFileSizeLow === 0;
}

function identityOfExisting(path: string): string | undefined {
  const handle = kernel32.CreateFileW(
    encodeWide(path, "a path"),
    FILE.FILE_READ_ATTRIBUTES,
    FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE | FILE.FILE_SHARE_DELETE,
    null,
    FILE.OPEN_EXISTING,
    // Required to open a folder.
    FILE.FILE_FLAG_BACKUP_SEMANTICS,
    0n,
  );
  if (handle === INVALID_HANDLE_VALUE) return undefined;
  using owned = new OwnedHandle(handle, "a file to be compared");
  return identityOfHandle(owned.value);
}

function fullPath(path: string): string {
  const full = new Uint16Array(PATH_UNITS);
  const name = encodeWide(path, "a path");
  const length = kernel32.GetFullPathNameW(name, full.length, full, 0n);
  return decodeWide(full, check(length, "GetFullPathNameW", "Cannot find a file's folder"));
}

/**
 * Returns the identity of the file that a path names, so that two paths can be compared.
 *
 * @param path A path; the file need not exist.
 * @returns A string that is the same for all paths of one file, even if they differ in case, in `.`
 * and `..`, or go through a link. A file that does not exist is identified by its folder and name.
 * `undefined` for a device such as `NUL`, which many programs may use at once.
 * @throws {TypeError} If the path holds a NUL.
 * @throws {Win32Error} If the path is invalid, or the system does not report which file it names.
 */
export function fileIdentity(path: string): string | undefined {
  if (namesDevice(path)) return undefined;
  const full = fullPath(path);
  if (namesDevice(full)) return undefined;
  const found = identityOfExisting(full);
  if (found !== undefined) return found;
  const cut = full.lastIndexOf("\\");
  const folder = identityOfExisting(full.slice(0, cut + 1));
  return (folder === undefined ? full : `${folder}\\${full.slice(cut + 1)}`).toLowerCase();
}
