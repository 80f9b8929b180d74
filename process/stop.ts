/**
 * Arguments, results and the grace period of `stop()`, and the argument of `kill()`. Pure.
 *
 * @module
 */
import { readMilliseconds } from "../values/milliseconds.ts";
import { describe, type Readers, readOptions, readUint32 } from "../values/options.ts";

/**
 * Options of {@linkcode ChildProcess.stop}.
 *
 * @example
 * ```ts
 * import type { StopOptions } from "@jobbox/jobobject";
 *
 * const options: StopOptions = { grace: 2_000, exitCode: 3 };
 * ```
 */
export interface StopOptions {
  /**
   * How long the process has to exit by itself after CTRL_BREAK, in ms.
   *
   * @default {5000}
   */
  grace?: number;
  /**
   * Exit code if the process must be terminated, unsigned 32 bits.
   *
   * @default {1}
   */
  exitCode?: number;
}

/**
 * The result of {@linkcode ChildProcess.stop}.
 *
 * @example
 * ```ts
 * import type { StopResult } from "@jobbox/jobobject";
 *
 * const wasHard = (result: StopResult): boolean => result === "killed";
 * ```
 */
export type StopResult =
  /** The process had already ended. */
  | "exited"
  /** It exited within the grace period after CTRL_BREAK. */
  | "asked"
  /** It was terminated. */
  | "killed";

const STOP: Readers<StopOptions> = { grace: readMilliseconds, exitCode: readUint32 };

/**
 * Reads the options of `stop()`.
 *
 * @param options What the caller gave.
 * @param action What is being done, beginning with "Cannot".
 * @returns The options.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 * @throws {RangeError} If a number is out of range.
 */
export function readStop(
  options: StopOptions,
  action: string,
): StopOptions {
  return readOptions(options, STOP, { action });
}

/** The signals that `kill()` accepts. On Windows each of them ends the process. */
const KILLING: readonly Deno.Signal[] = ["SIGTERM", "SIGKILL", "SIGINT", "SIGQUIT", "SIGABRT"];

/**
 * Refuses a signal that would not end the process.
 *
 * @param signal What the caller gave.
 * @param action What is being done, beginning with "Cannot".
 * @throws {TypeError} If it is another signal.
 */
export function checkKill(signal: Deno.Signal, action: string): void {
  if (KILLING.includes(signal)) return;
  const wanted = `one of ${KILLING.join(", ")}`;
  throw new TypeError(`${action}: signal must be ${wanted}, got ${describe(signal)}`);
}

/**
 * Waits until a promise has settled, for a limited time.
 *
 * @param settled The promise, which never rejects.
 * @param ms The longest wait.
 */
export async function settledWithin(settled: Promise<unknown>, ms: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, ms);
  await Promise.race([settled, late.promise]);
  clearTimeout(timer);
}
