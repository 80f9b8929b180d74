/**
 * Timers that do not keep the program alive.
 *
 * @module
 */

/** The type that `setTimeout` returns. */
export type Timer = ReturnType<typeof setTimeout>;

let areLoaded = false;

/**
 * Uses a timer once. At the first one Deno loads its timers, and runs all pending microtasks in the
 * middle of that call. After this, setting a timer runs no other code.
 */
export function loadTimers(): void {
  if (areLoaded) return;
  areLoaded = true;
  clearTimeout(setTimeout(() => {}, 0));
}

/**
 * Calls a function after some time, if the program still runs then.
 *
 * @param call The function.
 * @param milliseconds How long.
 * @returns The timer, to be cleared.
 */
export function setQuietTimeout(call: () => void, milliseconds: number): Timer {
  const timer = setTimeout(call, milliseconds);
  // A number or an object, depending on the version of Deno. Pass the object itself: Deno 2.9
  // ignores its number, and then the timer keeps the program alive.
  Deno.unrefTimer(timer as unknown as number);
  return timer;
}
