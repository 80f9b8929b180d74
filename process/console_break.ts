/**
 * CTRL_BREAK to a group of processes.
 *
 * @module
 */
import { CTRL } from "../ffi/constants.ts";
import { kernel32 } from "../ffi/library.ts";

/**
 * Sends CTRL_BREAK to a group. Whether it arrives is not known: it reaches those of the group's
 * processes that share our console.
 *
 * @param group The id of the group's leader.
 * @returns Whether it was sent; `false` where this program has no console to send it in.
 */
export function breakGroup(group: number): boolean {
  return kernel32.GenerateConsoleCtrlEvent(CTRL.BREAK_EVENT, group) !== 0;
}
