/**
 * Reading the options of a job's making, opening and waiting.
 *
 * @module
 */
import {
  readArray,
  type Readers,
  readOptions,
  readSignal,
  readString,
  readWord,
} from "../values/options.ts";
import { JOB_ACCESS, type JobAccess, jobLabel } from "./kernel_job.ts";
import type { Limits } from "./limits/limits.ts";

/**
 * How to make a job.
 *
 * @example
 * ```ts
 * import type { CreateOptions } from "@jobbox/jobobject";
 *
 * const options: CreateOptions = { name: "build", killOnClose: true, limits: { activeProcesses: 20 } };
 * ```
 */
export interface CreateOptions {
  /**
   * A name under which other processes can open the job: up to 260 UTF-16 units, case-sensitive, in
   * the namespace of the session unless it begins with `Global\`. Absent or empty: no name.
   */
  name?: string;
  /**
   * Takes a job that has the name already; without it that is an error.
   *
   * @default {false}
   */
  openExisting?: boolean;
  /**
   * Keeps every message from the creation on for whoever takes messages first, by
   * `pollNotification()` or by `notifications()`; then no copy is kept. Without
   * it `pollNotification()` is refused, and `notifications()` gives the messages from its call on.
   *
   * @default {false}
   */
  notifications?: boolean;
  /**
   * Ends all its processes when the last handle is closed.
   *
   * @default {false}
   */
  killOnClose?: boolean;
  /**
   * Limits that are in force before the first process.
   *
   * @default {{}}
   */
  limits?: Limits;
}

/**
 * How to open a job.
 *
 * @example
 * ```ts
 * import type { OpenOptions } from "@jobbox/jobobject";
 *
 * const options: OpenOptions = { access: ["query"] };
 * ```
 */
export interface OpenOptions {
  /**
   * The rights that are needed. A call without its right fails with ERROR_ACCESS_DENIED; `spawn()`
   * needs `assign` and `query`, `notifications()` `set` and `query`.
   *
   * @default {["assign", "set", "query", "terminate"]}
   */
  access?: readonly JobAccess[];
}

/**
 * How to wait.
 *
 * @example
 * ```ts
 * import type { WaitOptions } from "@jobbox/jobobject";
 *
 * const options: WaitOptions = { signal: AbortSignal.timeout(10_000) };
 * ```
 */
export interface WaitOptions {
  /** Gives up waiting, with its reason. */
  signal?: AbortSignal;
}

const OPEN: Readers<OpenOptions> = { access: readArray<JobAccess>(readWord(JOB_ACCESS)) };

const WAIT: Readers<WaitOptions> = { signal: readSignal };

/**
 * Reads what `JobObject.open()` is given.
 *
 * @param name The name.
 * @param given The options.
 * @returns Both, decided.
 * @throws {TypeError} If the name is not a string or empty, or an option or right is unknown.
 */
export function readOpenOptions(
  name: string,
  given: OpenOptions,
): { readonly name: string; readonly access: readonly JobAccess[] } {
  const action = "Cannot open a job";
  const wanted = readString(name, "name", action);
  if (wanted === "") throw new TypeError(`${action}: its name is empty`);
  const { access } = readOptions(given, OPEN, { action: `Cannot open ${jobLabel(wanted)}` });
  return { name: wanted, access: access ?? JOB_ACCESS };
}

/**
 * Reads the options of a wait.
 *
 * @param given What the caller gave.
 * @param action What is being done, beginning with "Cannot".
 * @returns The options.
 * @throws {TypeError} If one is unknown or of the wrong type.
 */
export function readWaitOptions(given: WaitOptions, action: string): WaitOptions {
  return readOptions(given, WAIT, { action });
}
