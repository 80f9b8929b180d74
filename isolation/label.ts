/**
 * The integrity level of a folder.
 *
 * @module
 */
import { ACCESS, FILE, FILE_ENTRY, SECURITY } from "../ffi/constants.ts";
import { failure, Win32Error } from "../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { encodeWide } from "../ffi/strings.ts";
import { shown } from "../values/shown.ts";
import { IsolationNotAppliedError } from "./errors.ts";
import { readSecurity, setSecurity } from "./security.ts";

/** Low, and inherited by everything that is created in the folder. */
export const LABEL_LOW = "S:(ML;OICI;NW;;;LW)";

/**
 * Sets the level of an empty folder that jobbox created, and reads it back.
 *
 * @param path The folder.
 * @param label The level as text (SDDL).
 * @throws {Win32Error} If the system refuses.
 * @throws {IsolationNotAppliedError} If the system reports success but the folder has another level.
 */
export function labelFolder(path: string, label: string): void {
  const value = kernel32.CreateFileW(
    encodeWide(path, "a path"),
    ACCESS.READ_CONTROL | ACCESS.WRITE_OWNER | ACCESS.WRITE_DAC,
    FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE,
    null,
    FILE.OPEN_EXISTING,
    FILE.FILE_FLAG_BACKUP_SEMANTICS | FILE_ENTRY.FILE_FLAG_OPEN_REPARSE_POINT,
    0n,
  );
  if (value === INVALID_HANDLE_VALUE) {
    throw new Win32Error(failure(0), "CreateFileW", `Cannot open ${shown(path)}`);
  }
  using handle = new OwnedHandle(value, path);
  const object = { handle: handle.value, kind: SECURITY.SE_FILE_OBJECT, what: shown(path) };
  setSecurity(object, label, SECURITY.LABEL_SECURITY_INFORMATION);
  const read = readSecurity(object, SECURITY.LABEL_SECURITY_INFORMATION);
  // The system may mark the list as inherited.
  if (read.replace(/^S:(?:P|AI|AR)+(?=\()/, "S:") === label) return;
  throw new IsolationNotAppliedError({
    row: "integrity",
    gate: "before the start",
    asked: `the level ${label} of a folder`,
    read: read === "" ? "none" : read,
  });
}
