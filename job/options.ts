/**
 * How a job is made, opened, named and waited for.
 *
 * @module
 */
import { shown } from "../process/start/shown.ts";
import { ERROR, JOB_OBJECT_ACCESS, STANDARD_RIGHTS } from "../ffi/constants.ts";
import { Win32Error } from "../ffi/error.ts";
import { encodeWide } from "../ffi/strings.ts";
import type { Limits } from "./limits/limits.ts";

/** How to make a job. */
export interface CreateOptions {
  /**
   * A name under which other processes can open the job: up to 260 UTF-16 units, case-sensitive, in
   * the namespace of the session unless it begins with `Global\`. Absent or empty: no name.
   */
  name?: string;
  /** Takes a job that has the name already; `false` when absent: that is an error. */
  openExisting?: boolean;
  /**
   * Keeps every message from the creation on for whoever takes messages first, by
   * `pollNotification()` or by `notifications()`; then no copy is kept. `false` when absent:
   * `pollNotification()` is refused, and `notifications()` gives the messages from its call on.
   */
  notifications?: boolean;
  /** Ends all its processes when the last handle is closed; `false` when absent. */
  killOnClose?: boolean;
  /** Limits that are in force before the first process; none when absent. */
  limits?: Limits;
}

/** A right to a job. */
export type JobAccess = "assign" | "set" | "query" | "terminate";

/** How to open a job. */
export interface OpenOptions {
  /**
   * The rights that are needed; all four when absent. A call without its right fails with
   * ERROR_ACCESS_DENIED; `spawn()` needs `assign` and `query`, `notifications()` `set` and `query`.
   */
  access?: readonly JobAccess[];
}

/** How to wait. */
export interface WaitOptions {
  /** Gives up waiting, with its reason. */
  signal?: AbortSignal;
}

const RIGHTS: { readonly [A in JobAccess]: number } = {
  assign: JOB_OBJECT_ACCESS.ASSIGN_PROCESS,
  set: JOB_OBJECT_ACCESS.SET_ATTRIBUTES,
  query: JOB_OBJECT_ACCESS.QUERY,
  terminate: JOB_OBJECT_ACCESS.TERMINATE,
};

/**
 * The keys of {@linkcode CreateOptions}: a limit beside `limits`, or a misspelt `killOnClose`, must not be a job without it.
 */
export const CREATE_KEYS: readonly (keyof CreateOptions)[] = [
  "name",
  "openExisting",
  "notifications",
  "killOnClose",
  "limits",
];

/** `MAX_PATH`: the longest name that Microsoft's page on CreateJobObjectW allows. */
const NAME_MAX = 260;

/**
 * Gives the access rights of an opened job.
 *
 * @param access The rights that are needed; all when absent.
 * @param action What is being done, for the error.
 * @returns The bits.
 * @throws {TypeError} If a right is unknown.
 */
export function accessRights(access: readonly JobAccess[] | undefined, action: string): number {
  let rights: number = STANDARD_RIGHTS.SYNCHRONIZE;
  for (const right of access ?? (Object.keys(RIGHTS) as JobAccess[])) {
    if (!Object.hasOwn(RIGHTS, right)) {
      throw new TypeError(
        `${action}: access must be of ${Object.keys(RIGHTS).join(", ")}, got ${right}`,
      );
    }
    rights |= RIGHTS[right];
  }
  return rights;
}

/**
 * Tells what to call a job in messages.
 *
 * @param name Its name; `undefined` for none.
 * @returns Such as `job "build"`.
 */
export function jobLabel(name: string | undefined): string {
  return name === undefined ? "a job" : `job ${shown(name)}`;
}

/**
 * Encodes a job's name for the system.
 *
 * @param name The name.
 * @param api The function that it is for.
 * @param action What is being done, for the error.
 * @returns UTF-16 with a NUL.
 * @throws {TypeError} If it holds a NUL.
 * @throws {Win32Error} If it is too long.
 */
export function encodeName(name: string, api: string, action: string): Uint16Array<ArrayBuffer> {
  // Some systems take longer names; asking for the same everywhere keeps a name portable.
  if (name.length > NAME_MAX) throw new Win32Error(ERROR.FILENAME_EXCED_RANGE, api, action);
  return encodeWide(name, "a job's name");
}
