/**
 * A loop at an interval, until it is over or a signal ends it.
 *
 * @module
 */
import type { Io } from "./io.ts";
import { settleSink } from "./sink.ts";

/** How long a reader may be idle before a loop that a signal ended gives it up, in ms. */
const PATIENCE = 200;

/**
 * Calls `tick` at an interval until it returns `false`, a signal comes, or stdout has no reader any
 * more. While stdout's reader has not taken what is written, no tick is made.
 *
 * @param io The clock, the signals and stdout.
 * @param tick What to do; `false` ends the loop, and its errors are passed on.
 * @param options Milliseconds between two calls.
 * @returns `"over"` when `tick` or the reader ended it, `"signal"` when Ctrl-C or a closing console did.
 */
export async function repeat(
  io: Pick<Io, "after" | "onSignal" | "stdout">,
  tick: () => boolean,
  { interval }: { readonly interval: number },
): Promise<"over" | "signal"> {
  const end = Promise.withResolvers<"over" | "signal">();
  const stopListening = io.onSignal(() => end.resolve("signal"));
  let cancel = (): void => {};
  const turn = (): void => {
    try {
      if (io.stdout.isGone) end.resolve("over");
      else if (io.stdout.pending > 0 || tick()) cancel = io.after(interval, turn);
      else end.resolve("over");
    } catch (error) {
      end.reject(error);
    }
  };
  turn();
  try {
    const how = await end.promise;
    if (how === "signal") await settleSink(io.stdout, io, PATIENCE);
    return how;
  } finally {
    cancel();
    stopListening();
  }
}
