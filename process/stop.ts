/**
 * Options and results of `stop()`. Types only.
 *
 * @module
 */

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
