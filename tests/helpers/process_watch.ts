/**
 * Seeing a process's end by its handle.
 *
 * @module
 */
import { PROCESS, STANDARD_RIGHTS, WAIT } from "../../ffi/constants.ts";
import type { OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { openProcess } from "../../job/membership.ts";

/**
 * Opens a process to see its end, so that its id stays its own.
 *
 * @param pid Its id.
 * @returns Its handle.
 */
export function watchProcess(pid: number): OwnedHandle {
  const rights = STANDARD_RIGHTS.SYNCHRONIZE | PROCESS.QUERY_INFORMATION | PROCESS.TERMINATE;
  return openProcess(pid, rights, `Cannot watch process ${pid}`);
}

/**
 * Waits for a process's end, holding the whole program up.
 *
 * @param process Its handle.
 * @param deadline Longest time, in ms.
 * @returns Whether it has ended.
 */
export function hasEnded(process: OwnedHandle, deadline = 0): boolean {
  return kernel32.WaitForSingleObject(process.value, deadline) === WAIT.WAIT_OBJECT_0;
}
