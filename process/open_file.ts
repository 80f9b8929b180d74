/**
 * What can be asked of a file or folder by its handle, and done with it. No permission for files is
 * needed.
 *
 * @module
 */
import { FILE_ENTRY } from "../ffi/constants.ts";
import { check } from "../ffi/error.ts";
import { kernel32 } from "../ffi/library.ts";
import { struct } from "../ffi/struct.ts";
import type { StructValue } from "../ffi/struct_types.ts";
import { STRUCTS } from "../ffi/structs.ts";

const INFORMATION = struct(STRUCTS, "BY_HANDLE_FILE_INFORMATION");
const DISPOSITION = struct(STRUCTS, "FILE_DISPOSITION_INFO");

/** What the system knows about a file or folder. */
export type FileInformation = StructValue<typeof STRUCTS, "BY_HANDLE_FILE_INFORMATION">;

/**
 * Asks the system about a file or folder.
 *
 * @param handle Its handle.
 * @param action What is being done, for the message of the error.
 * @returns What it knows.
 * @throws {Win32Error} If the system does not report it.
 */
export function informationOf(handle: bigint, action: string): FileInformation {
  const memory = INFORMATION.allocate();
  const told = kernel32.GetFileInformationByHandle(handle, memory);
  check(told, "GetFileInformationByHandle", action);
  return INFORMATION.decode(memory);
}

/**
 * Returns which file or folder some information is about.
 *
 * @param information The information.
 * @returns The volume's serial number and the file's index in it, in two parts: all paths, links and
 * spellings of one file share them.
 */
export function identityOf(
  { dwVolumeSerialNumber, nFileIndexHigh, nFileIndexLow }: FileInformation,
): string {
  return [dwVolumeSerialNumber, nFileIndexHigh, nFileIndexLow].map((part) => part.toString(16))
    .join("-");
}

/**
 * Deletes a file or an empty folder as soon as every handle to it is closed.
 *
 * @param handle Its handle, with the right `DELETE`.
 * @returns 0 if the system refuses, as `SetFileInformationByHandle` does.
 */
export function deleteByHandle(handle: bigint): number {
  const gone = DISPOSITION.encode({ DeleteFile: 1 });
  const { FileDispositionInfo } = FILE_ENTRY;
  return kernel32.SetFileInformationByHandle(handle, FileDispositionInfo, gone, DISPOSITION.size);
}
