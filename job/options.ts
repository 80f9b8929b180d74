/**
 * Reads the options for creating, opening and waiting for a job.
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
 * Options for creating a job.
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
   * A name with which other processes can open the job: up to 260 UTF-16 units, case-sensitive, in
   * the namespace of the session unless it begins with `Global\`. If absent or empty, the job has
   * no name.
   */
  name?: string;
  /**
   * Opens the job if one with this name already exists; without it an existing job is an error.
   *
   * @default {false}
   */
  openExisting?: boolean;
  /**
   * Keeps every message from the job's creation on for the first reader, which is the first call of
   * `pollNotification()` or `notifications()`. After that no copy is kept. Without this option
   * `pollNotification()` is refused, and `notifications()` returns the messages from its call on.
   *
   * @default {false}
   */
  notifications?: boolean;
  /**
   * Ends all processes of the job when its last handle is closed.
   *
   * @default {false}
   */
  killOnClose?: boolean;
  /**
   * Limits that are in force before the first process starts.
   *
   * @default {{}}
   */
  limits?: Limits;
}

/**
 * Options for opening a job.
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
   * The required rights. A call without its right fails with ERROR_ACCESS_DENIED. `spawn()` needs
   * `assign` and `query`; `notifications()` needs `set` and `query`.
   *
   * @default {["assign", "set", "query", "terminate"]}
   */
  access?: readonly JobAccess[];
}

/**
 * Options for waiting.
 *
 * @example
 * ```ts
 * import type { WaitOptions } from "@jobbox/jobobject";
 *
 * const options: WaitOptions = { signal: AbortSignal.timeout(10_000) };
 * ```
 */
export interface WaitOptions {
  /** Stops waiting when aborted; the call then throws the signal's reason. */
  signal?: AbortSignal;
}

const OPEN: Readers<OpenOptions> = { access: readArray<JobAccess>(readWord(JOB_ACCESS)) };

const WAIT: Readers<WaitOptions> = { signal: readSignal };

/**
 * Reads the arguments of `JobObject.open()`.
 *
 * @param name The name.
 * @param given The options.
 * @returns Both, with the defaults filled in.
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
 * @param action The action, beginning with "Cannot".
 * @returns The options.
 * @throws {TypeError} If one is unknown or of the wrong type.
 */
export function readWaitOptions(given: WaitOptions, action: string): WaitOptions {
  return readOptions(given, WAIT, { action });
}
