/**
 * Timers that do not keep the program alive.
 *
 * @module
 */

/** What `setTimeout` gives. */
export type Timer = ReturnType<typeof setTimeout>;

/**
 * Calls a function after a while, if the program lives so long.
 *
 * @param call The function.
 * @param milliseconds How long.
 * @returns The timer, to be cleared.
 */
export function setQuietTimeout(call: () => void, milliseconds: number): Timer {
  const timer = setTimeout(call, milliseconds);
  // A number or an object, by the version of Deno. The object's own number is of no use: given
  // that, Deno 2.9 does nothing, and the program lives on.
  Deno.unrefTimer(timer as unknown as number);
  return timer;
}
