/**
 * CTRL_BREAK to a group of processes.
 *
 * @module
 */
import { CTRL } from "../ffi/constants.ts";
import { callInWorker } from "../ffi/worker_call.ts";

/** A break under way; disposing of it gives up on a call that has not returned. */
export interface GroupBreak extends Disposable {
  /** Resolves if the break was not sent; else never. */
  readonly refused: Promise<void>;
}

/**
 * Sends CTRL_BREAK to a group. Whether it arrives is not known: the group's processes must share
 * our console. The call may never return: Wine 10 hangs in it.
 *
 * @param group The id of the group's leader.
 * @returns Something to be disposed of when nobody waits for the effect any more.
 */
export function breakGroup(group: number): GroupBreak {
  const call = callInWorker("GenerateConsoleCtrlEvent", [CTRL.BREAK_EVENT, group]);
  const { promise: refused, resolve } = Promise.withResolvers<void>();
  // A call that could not even be made has sent nothing either.
  call.result.then((sent) => sent === 0 && resolve(), () => resolve());
  return { refused, [Symbol.dispose]: () => call[Symbol.dispose]() };
}
