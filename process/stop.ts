/**
 * How a process is stopped. Types only.
 *
 * @module
 */

/**
 * How {@linkcode ChildProcess.stop} goes about it.
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
   * Time for the process to end by itself after CTRL_BREAK, in ms.
   *
   * @default {5000}
   */
  grace?: number;
  /**
   * Exit code of a process that has to be ended, unsigned 32 bits.
   *
   * @default {1}
   */
  exitCode?: number;
}

/**
 * What came of {@linkcode ChildProcess.stop}.
 *
 * @example
 * ```ts
 * import type { StopResult } from "@jobbox/jobobject";
 *
 * const wasHard = (result: StopResult): boolean => result === "killed";
 * ```
 */
export type StopResult =
  /** The process had ended already. */
  | "exited"
  /** It ended within its grace after CTRL_BREAK. */
  | "asked"
  /** It was terminated. */
  | "killed";
