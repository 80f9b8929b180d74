/**
 * Creates and opens the kernel's job objects.
 *
 * @module
 */
import { ERROR, JOB_OBJECT_ACCESS, STANDARD_RIGHTS } from "../ffi/constants.ts";
import { check, outcome, Win32Error } from "../ffi/error.ts";
import { type Handle, OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { encodeWide } from "../ffi/strings.ts";
import { shown } from "../values/shown.ts";
import { infoClass, query } from "./info_class.ts";

/**
 * A right to a job.
 *
 * @example
 * ```ts
 * import type { JobAccess } from "@jobbox/jobobject";
 *
 * const access: JobAccess[] = ["query", "terminate"];
 * ```
 */
export type JobAccess = "assign" | "set" | "query" | "terminate";

const RIGHTS: { readonly [A in JobAccess]: number } = {
  assign: JOB_OBJECT_ACCESS.ASSIGN_PROCESS,
  set: JOB_OBJECT_ACCESS.SET_ATTRIBUTES,
  query: JOB_OBJECT_ACCESS.QUERY,
  terminate: JOB_OBJECT_ACCESS.TERMINATE,
};

/** Every right to a job. */
export const JOB_ACCESS: readonly JobAccess[] = Object.keys(RIGHTS) as JobAccess[];

/** `MAX_PATH`: the longest name that Microsoft's page on CreateJobObjectW allows. */
const NAME_MAX = 260;

const ACCOUNTING = infoClass(
  "JobObjectBasicAccountingInformation",
  "JOBOBJECT_BASIC_ACCOUNTING_INFORMATION",
);
const EXTENDED = infoClass(
  "JobObjectExtendedLimitInformation",
  "JOBOBJECT_EXTENDED_LIMIT_INFORMATION",
);

/**
 * Returns how messages call a job.
 *
 * @param name Its name; `undefined` for a job without one.
 * @returns The label, such as `job "build"`.
 */
export function jobLabel(name: string | undefined): string {
  return name === undefined ? "a job" : `job ${shown(name)}`;
}

/**
 * Removes the prefix of the default namespace from a job's name.
 *
 * @param name A job's name; `undefined` for none.
 * @returns The name without the prefix, the same for both spellings.
 */
export function bareName(name: string | undefined): string | undefined {
  return name?.replace(/^Local\\/, "");
}

/** A job of the kernel. */
export interface KernelJob {
  /** Its handle; the caller closes it. */
  readonly handle: OwnedHandle;
  /** Whether it existed before. */
  readonly existed: boolean;
}

/**
 * Creates a job.
 *
 * @param name Its name; `undefined` for none.
 * @param openExisting Whether to open a job that already has the name.
 * @returns The job.
 * @throws {Win32Error} If the name is taken by a job (ERROR_ALREADY_EXISTS) or by another kind of
 * object (ERROR_INVALID_HANDLE), is too long (ERROR_FILENAME_EXCED_RANGE), or the system refuses.
 * @throws {TypeError} If the name holds a NUL.
 */
export function createKernelJob(name: string | undefined, openExisting: boolean): KernelJob {
  const action = `Cannot create ${jobLabel(name)}`;
  const wide = name === undefined ? null : encodeName(name, "CreateJobObjectW", action);
  // Bind the function first: loading a library sets the last error.
  const { CreateJobObjectW } = kernel32;
  kernel32.SetLastError(ERROR.SUCCESS);
  const value = CreateJobObjectW(null, wide);
  const code = outcome();
  if (value === 0n) throw new Win32Error(code, "CreateJobObjectW", action);
  const handle = new OwnedHandle(value, jobLabel(name));
  try {
    // The report that the name was taken can be lost; a job that was already used is not a new one
    // either.
    const existed = code === ERROR.ALREADY_EXISTS ||
      name !== undefined && wasUsed(handle.value, action);
    if (existed && !openExisting) {
      throw new Win32Error(ERROR.ALREADY_EXISTS, "CreateJobObjectW", action);
    }
    return { handle, existed };
  } catch (error) {
    handle.close();
    throw error;
  }
}

/** Whether a job has had a process, or has a limit. */
function wasUsed(job: Handle, action: string): boolean {
  return query(job, ACCOUNTING, action).TotalProcesses > 0 ||
    query(job, EXTENDED, action).BasicLimitInformation.LimitFlags !== 0;
}

/**
 * Opens a job by its name.
 *
 * @param name Its name.
 * @param access The required rights.
 * @returns Its handle; the caller closes it.
 * @throws {Win32Error} If there is no such job (ERROR_FILE_NOT_FOUND), the name belongs to another
 * kind of object (ERROR_INVALID_HANDLE), or a right is not granted (ERROR_ACCESS_DENIED).
 * @throws {TypeError} If the name holds a NUL.
 */
export function openKernelJob(name: string, access: readonly JobAccess[]): OwnedHandle {
  const action = `Cannot open ${jobLabel(name)}`;
  const wide = encodeName(name, "OpenJobObjectW", action);
  let rights: number = STANDARD_RIGHTS.SYNCHRONIZE;
  for (const right of access) rights |= RIGHTS[right];
  const handle = check(kernel32.OpenJobObjectW(rights, 0, wide), "OpenJobObjectW", action);
  return new OwnedHandle(handle, jobLabel(name));
}

function encodeName(name: string, api: string, action: string): Uint16Array<ArrayBuffer> {
  // Some systems accept longer names; the same limit everywhere keeps names portable.
  if (name.length > NAME_MAX) throw new Win32Error(ERROR.FILENAME_EXCED_RANGE, api, action);
  return encodeWide(name, "a job's name");
}
