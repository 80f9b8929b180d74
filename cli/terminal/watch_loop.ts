/**
 * Doing something again and again until it is over or somebody ends it.
 *
 * @module
 */
import type { Io } from "./io.ts";

/**
 * Calls `tick` at an interval until it answers `false` or a signal comes.
 *
 * @param io The clock and the signals.
 * @param tick What to do; `false` ends the loop, and what it throws is passed on.
 * @param options Milliseconds between two calls.
 * @returns `"over"` when `tick` ended it, `"signal"` when Ctrl-C or a closing console did.
 */
export async function repeat(
  io: Pick<Io, "after" | "onSignal">,
  tick: () => boolean,
  { interval }: { readonly interval: number },
): Promise<"over" | "signal"> {
  const end = Promise.withResolvers<"over" | "signal">();
  const stopListening = io.onSignal(() => end.resolve("signal"));
  let cancel = (): void => {};
  const turn = (): void => {
    try {
      if (tick()) cancel = io.after(interval, turn);
      else end.resolve("over");
    } catch (error) {
      end.reject(error);
    }
  };
  turn();
  try {
    return await end.promise;
  } finally {
    cancel();
    stopListening();
  }
}
