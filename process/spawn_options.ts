/**
 * Options of a start. Types only.
 *
 * @module
 */
import type { PriorityClass } from "./start/priority.ts";
import type { ProgramOptions } from "./start/program.ts";
import type { Stdio } from "./start/stdio.ts";

/**
 * How to start a process: the options of `Deno.Command`, plus those that a sandbox needs.
 *
 * @example
 * ```ts
 * import type { SpawnOptions } from "@jobbox/jobobject";
 *
 * const options: SpawnOptions = { args: ["build.js"], stdout: "piped", stderr: { path: "err.txt" } };
 * ```
 */
export interface SpawnOptions extends ProgramOptions {
  /**
   * Standard input.
   *
   * @default {"inherit"}
   */
  stdin?: Stdio;
  /**
   * Standard output.
   *
   * @default {"inherit"}
   */
  stdout?: Stdio;
  /**
   * Standard error; `"stdout"` sends it to the same place as the standard output, in order.
   *
   * @default {"inherit"}
   */
  stderr?: Stdio | "stdout";
  /**
   * Ends the process with exit code 1 when aborted. Its `status.endedBy` is then `"abort"`, or
   * `"timeout"` for an `AbortSignal.timeout()`. If it is already aborted, nothing is started.
   */
  signal?: AbortSignal;
  /**
   * Makes it the leader of a new process group, which receives CTRL_BREAK but not Ctrl-C. `stop()`
   * needs this to ask the process to end.
   *
   * @default {false}
   */
  newProcessGroup?: boolean;
  /**
   * Gives it its own console without a visible window.
   *
   * @default {false}
   */
  noWindow?: boolean;
  /**
   * Gives it its own console window.
   *
   * @default {false}
   */
  newConsole?: boolean;
  /**
   * Gives it no console, and its own process group.
   *
   * @default {false}
   */
  detached?: boolean;
  /**
   * Leaves it suspended until `resume()`.
   *
   * @default {false}
   */
  suspended?: boolean;
  /** Its priority class; the job's limit overrides it. By default it has this program's. */
  priority?: PriorityClass;
  /**
   * Makes another process its parent; it inherits that process's job, token and console.
   *
   * @default {Deno.pid}
   */
  parentPid?: number;
  /**
   * How long `output()` keeps reading after the process has ended, in ms; if it gives up,
   * `truncated` is `true`.
   *
   * @default {2000}
   */
  drainTimeout?: number;
}

/** A program to start. */
export interface WantedStart {
  /** The program's name or path. */
  readonly command: string | URL;
  /** How. */
  readonly options: SpawnOptions;
}
