/**
 * CTRL_BREAK to a group of processes.
 *
 * The call may never return: Wine 10 hangs in it. A hung call of our own thread would stop the
 * program, and one on the blocking pool would keep it from ever ending, so a Worker makes the call
 * and is given up with it.
 *
 * @module
 */

/** A break under way; disposing of it gives up on a call that has not returned. */
class PendingBreak implements Disposable {
  readonly #worker: Worker;

  constructor(group: number) {
    this.#worker = new Worker(new URL("./console_break_worker.ts", import.meta.url).href, {
      type: "module",
    });
    this.#worker.postMessage(group);
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

/**
 * Sends CTRL_BREAK to a group. Whether it arrives is not known: the group's processes must share
 * our console.
 *
 * @param group The id of the group's leader.
 * @returns Something to be disposed of when nobody waits for the effect any more.
 */
export function breakGroup(group: number): Disposable {
  return new PendingBreak(group);
}
