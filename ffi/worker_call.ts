/**
 * A call that may never return.
 *
 * Made by this thread it would stop the program; on Deno's blocking pool it would hold a thread and
 * keep the program from ever ending. So a Worker makes it, and is given up with it. The Worker's
 * code is a data URL: a module of its own would need the permission to read a file, and would have
 * to be named to whoever compiles the program.
 *
 * @module
 */
import { dllPath } from "./dll.ts";
import { FUNCTIONS } from "./functions.ts";
import { proto, type Prototype } from "./types.ts";

const SOURCE = `self.onmessage = ({ data: { path, symbol, definition, args } }) => {
  Deno.dlopen(path, { [symbol]: definition }).symbols[symbol](...args);
};`;

/** A call under way; disposing of it gives up on it. */
class WorkerCall implements Disposable {
  readonly #worker: Worker;

  constructor(message: unknown) {
    this.#worker = new Worker(`data:text/javascript,${encodeURIComponent(SOURCE)}`, {
      type: "module",
    });
    // A call that cannot even be made has the same effect as one that does nothing.
    this.#worker.addEventListener("error", (event) => event.preventDefault());
    this.#worker.postMessage(message);
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

/**
 * Makes a call of kernel32.dll whose result nobody needs and that may never return.
 *
 * @param symbol The function.
 * @param args Its arguments.
 * @returns Something to be disposed of when nobody waits for the effect any more; until then it
 * keeps the program alive.
 */
export function callInWorker(
  symbol: keyof typeof FUNCTIONS.kernel32,
  args: readonly (number | bigint)[],
): Disposable {
  const definition = proto(FUNCTIONS.kernel32[symbol] as Prototype);
  return new WorkerCall({ path: dllPath("kernel32", symbol), symbol, definition, args });
}
