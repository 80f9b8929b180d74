/**
 * The table of all processes, from a Toolhelp snapshot.
 *
 * @module
 */
import { ERROR, TH32CS } from "../../ffi/constants.ts";
import { check, failure, Win32Error } from "../../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";

const ENTRY = struct(STRUCTS, "PROCESSENTRY32W");

/** A process of the snapshot. */
export interface SnapshotEntry {
  /** Its id. */
  readonly pid: number;
  /** The id of the process that started it, which may have ended since. */
  readonly parentPid: number;
  /** Its program's file name, without the folder. */
  readonly image: string;
}

/**
 * Takes a snapshot of all processes.
 *
 * @returns The processes by their ids.
 * @throws {Win32Error} If the system refuses.
 */
export function snapshotProcesses(): Map<number, SnapshotEntry> {
  const action = "Cannot list the processes";
  const handle = kernel32.CreateToolhelp32Snapshot(TH32CS.SNAPPROCESS, 0);
  check(handle === INVALID_HANDLE_VALUE ? 0 : 1, "CreateToolhelp32Snapshot", action);
  using snapshot = new OwnedHandle(handle, "a snapshot of processes");
  const processes = new Map<number, SnapshotEntry>();
  const memory = ENTRY.encode({ dwSize: ENTRY.size });
  let code = failure(kernel32.Process32FirstW(snapshot.value, memory));
  for (; code === ERROR.SUCCESS; code = failure(kernel32.Process32NextW(snapshot.value, memory))) {
    const { th32ProcessID: pid, th32ParentProcessID: parentPid, szExeFile: image } = ENTRY.decode(
      memory,
    );
    processes.set(pid, { pid, parentPid, image });
  }
  if (code !== ERROR.NO_MORE_FILES) throw new Win32Error(code, "Process32NextW", action);
  return processes;
}
