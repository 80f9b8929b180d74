/**
 * A call that may never return.
 *
 * Made by this thread it would stop the program; on Deno's blocking pool it would hold a thread and
 * keep the program from ever ending. So a Worker makes it, and is given up with it. Two things make
 * that work. The Worker's code is text: a module of its own would need the permission to read a
 * file, and would have to be named to whoever compiles the program. And it is a Worker of
 * `node:worker_threads`, since only those can be unref'd: measured, a program with a hung Worker of
 * the web kind never ends by itself, not even when that was terminated.
 *
 * @module
 */
import { dllPath } from "./dll.ts";
import { FUNCTIONS } from "./functions.ts";
import { proto, type Prototype } from "./types.ts";

const SOURCE = `const { parentPort, workerData } = require("node:worker_threads");
const { path, symbol, definition, args } = workerData;
parentPort.postMessage(Deno.dlopen(path, { [symbol]: definition }).symbols[symbol](...args));`;

/** What of `node:worker_threads` is used. */
interface WorkerThreads {
  readonly Worker: new (source: string, options: { eval: true; workerData: unknown }) => {
    on(event: "message", listener: (result: unknown) => void): void;
    on(event: "error", listener: (error: unknown) => void): void;
    unref(): void;
    terminate(): Promise<number>;
  };
}

/** Loaded at the first call only: importing it costs each program that never needs it. */
function workerThreads(): WorkerThreads {
  const { process } = globalThis as unknown as {
    process: { getBuiltinModule(name: string): WorkerThreads };
  };
  return process.getBuiltinModule("node:worker_threads");
}

/** A call under way; disposing of it gives up on it. */
export interface PendingCall extends Disposable {
  /** What the function returns; never settles if it never does, nor keeps the program alive. */
  readonly result: Promise<unknown>;
}

class WorkerCall implements PendingCall {
  readonly result: Promise<unknown>;
  readonly #worker: InstanceType<WorkerThreads["Worker"]>;

  constructor(workerData: unknown) {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.result = promise;
    this.#worker = new (workerThreads().Worker)(SOURCE, { eval: true, workerData });
    this.#worker.on("message", resolve);
    this.#worker.on("error", reject);
    this.#worker.unref();
  }

  [Symbol.dispose](): void {
    // Settles when the call returns, which may be never.
    void this.#worker.terminate();
  }
}

/**
 * Makes a call of kernel32.dll that may never return.
 *
 * @param symbol The function.
 * @param args Its arguments.
 * @returns The call; to be disposed of when nobody waits for it any more.
 */
export function callInWorker(
  symbol: keyof typeof FUNCTIONS.kernel32,
  args: readonly (number | bigint)[],
): PendingCall {
  const definition = proto(FUNCTIONS.kernel32[symbol] as Prototype);
  return new WorkerCall({ path: dllPath("kernel32", symbol), symbol, definition, args });
}
