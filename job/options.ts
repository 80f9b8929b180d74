/**
 * Reading the options of a job's making, opening and waiting.
 *
 * @module
 */
import {
  describe,
  readArray,
  readBoolean,
  type Readers,
  readOptions,
  readSignal,
  readString,
  readWord,
} from "../values/options.ts";
import { JOB_ACCESS, type JobAccess, jobLabel } from "./kernel_job.ts";
import { MACHINE } from "./limits/control.ts";
import type { Limits } from "./limits/limits.ts";
import { checkedLimits, sealChecked } from "./limits/change.ts";

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

/** A limit beside `limits`, or a misspelt `killOnClose`, must not be a job without it. */
const CREATE: Readers<CreateOptions> = {
  name: readString,
  openExisting: readBoolean,
  notifications: readBoolean,
  killOnClose: readBoolean,
  limits: (value) => checkedLimits(value as Limits, MACHINE),
};

const OPEN: Readers<OpenOptions> = { access: readArray<JobAccess>(readWord(JOB_ACCESS)) };

const WAIT: Readers<WaitOptions> = { signal: readSignal };

/** The options of `JobObject.create()`, each decided. */
export interface WantedJob {
  /** The name; `undefined` for none. */
  readonly name: string | undefined;
  /** Whether a job that has the name will do. */
  readonly openExisting: boolean;
  /** Whether messages are kept. */
  readonly notifications: boolean;
  /** The limits, kill-on-close included. */
  readonly limits: Limits;
}

/**
 * Reads the options of `JobObject.create()`.
 *
 * @param given What the caller gave.
 * @returns What is wanted.
 * @throws {TypeError} If an option or limit is unknown or of the wrong type, or `killOnClose` is said
 * twice and differently.
 * @throws {RangeError} If a limit is out of range.
 */
export function readCreateOptions(given: CreateOptions): WantedJob {
  const action = "Cannot create a job";
  const { name, openExisting, notifications, killOnClose, limits = {} } = readOptions(
    given,
    CREATE,
    { action },
  );
  const inside = limits.killOnClose;
  if (killOnClose !== undefined && inside !== undefined && (inside ?? false) !== killOnClose) {
    throw new TypeError(
      `${action}: options.killOnClose is ${killOnClose} and options.limits.killOnClose is ` +
        `${describe(inside)}; give one of them`,
    );
  }
  return {
    name: name === "" ? undefined : name,
    openExisting: openExisting ?? false,
    notifications: notifications ?? false,
    limits: killOnClose === undefined ? limits : sealChecked({ ...limits, killOnClose }),
  };
}

/**
 * Reads what `JobObject.open()` is given.
 *
 * @param name The name.
 * @param given The options.
 * @returns Both, decided.
 * @throws {TypeError} If the name is no string or empty, or an option or right is unknown.
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
