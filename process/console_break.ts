/**
 * CTRL_BREAK to a group of processes. The call may never return (Wine 10 hangs in it where there is
 * a console), so it is made where a hang costs nothing: see `ffi/worker_call.ts`.
 *
 * @module
 */
import { CTRL } from "../ffi/constants.ts";
import { callInWorker } from "../ffi/worker_call.ts";

/** A break under way; disposing of it gives up on a call that has not returned. */
export interface GroupBreak extends Disposable {
  /** Resolves if the system refused the break; else never. */
  readonly refused: Promise<void>;
}

/**
 * Sends CTRL_BREAK to a group. Whether it arrives is not known: the group's processes must share
 * our console.
 *
 * @param group The id of the group's leader.
 * @returns Something to be disposed of when nobody waits for the effect any more.
 */
export function breakGroup(group: number): GroupBreak {
  const call = callInWorker("GenerateConsoleCtrlEvent", [CTRL.BREAK_EVENT, group]);
  const { promise: refused, resolve } = Promise.withResolvers<void>();
  call.result.then((sent) => sent === 0 ? resolve() : undefined, () => resolve());
  return { refused, [Symbol.dispose]: () => call[Symbol.dispose]() };
}
