/**
 * Sends CTRL_BREAK to a process group.
 *
 * @module
 */
import { CTRL } from "../ffi/constants.ts";
import { kernel32 } from "../ffi/library.ts";

/**
 * Sends CTRL_BREAK to a group. It only reaches those processes of the group that share this
 * program's console; whether it arrives is not known.
 *
 * @param group The id of the group's leader.
 * @returns Whether it was sent; `false` if this program has no console.
 */
export function breakGroup(group: number): boolean {
  return kernel32.GenerateConsoleCtrlEvent(CTRL.BREAK_EVENT, group) !== 0;
}
