/**
 * Deletes a file by its handle. The kernel does it: `Deno.removeSync` needs a permission, and would
 * ask for it.
 *
 * @module
 */
import { ACCESS, FILE } from "../../ffi/constants.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { deleteByHandle } from "../open_file.ts";
import { identityOfHandle, isEmptyFile } from "./file_identity.ts";

/**
 * Deletes a file that was made and is not needed, unless it has content, or its path names another
 * file by this time. One that cannot be deleted stays: there is an error already, which is the one to
 * report.
 *
 * @param path The path by which it was made.
 * @param identity The identity that it had then, by `identityOfHandle()`.
 */
export function deleteUnused(path: string, identity: string): void {
  // Through a link it was made where the link leads, and so it is opened there.
  const handle = kernel32.CreateFileW(
    encodeWide(path, "a path"),
    ACCESS.DELETE | FILE.FILE_READ_ATTRIBUTES,
    FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE | FILE.FILE_SHARE_DELETE,
    null,
    FILE.OPEN_EXISTING,
    FILE.FILE_ATTRIBUTE_NORMAL,
    0n,
  );
  if (handle === INVALID_HANDLE_VALUE) return;
  using found = new OwnedHandle(handle, "an unused file");
  try {
    if (identityOfHandle(found.value) !== identity || !isEmptyFile(found.value)) return;
  } catch {
    // What is not known is not deleted.
    return;
  }
  deleteByHandle(found.value);
}
