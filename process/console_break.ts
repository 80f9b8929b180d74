/**
 * CTRL_BREAK to a group of processes.
 *
 * @module
 */
import { CTRL } from "../ffi/constants.ts";
import { callInWorker } from "../ffi/worker_call.ts";

/**
 * Sends CTRL_BREAK to a group. Whether it arrives is not known: the group's processes must share
 * our console. The call may never return: Wine 10 hangs in it.
 *
 * @param group The id of the group's leader.
 * @returns Something to be disposed of when nobody waits for the effect any more.
 */
export function breakGroup(group: number): Disposable {
  return callInWorker("GenerateConsoleCtrlEvent", [CTRL.BREAK_EVENT, group]);
}
