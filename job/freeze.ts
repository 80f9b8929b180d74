/**
 * Stopping a job's processes for a while, and opening exceptions of its desktop limits.
 *
 * @module
 */
import { JOB_OBJECT_OPERATION } from "../ffi/constants.ts";
import { check } from "../ffi/error.ts";
import type { Handle } from "../ffi/handle.ts";
import { user32 } from "../ffi/library.ts";
import { readBigint, readBoolean } from "../process/options.ts";
import { infoClass, set } from "./info_class.ts";

const FREEZE = infoClass("JobObjectFreezeInformation", "JOBOBJECT_FREEZE_INFORMATION");

/**
 * Stops or resumes all threads of all processes of a job. Win32: `JobObjectFreezeInformation`, not
 * documented by Microsoft. Frozen processes can be ended.
 *
 * @param job The job's handle.
 * @param options `frozen`: whether they stop; `label`: what to call the job in messages.
 * @throws {UnsupportedPlatformError} If the system cannot, as Wine without help.
 * @throws {Win32Error} If the system refuses.
 */
export function setFrozen(
  job: Handle,
  { frozen, label }: { frozen: boolean; label: string },
): void {
  set(job, {
    info: FREEZE,
    value: { Flags: JOB_OBJECT_OPERATION.FREEZE, Freeze: frozen ? 1 : 0 },
    action: `Cannot ${frozen ? "freeze" : "thaw"} ${label}`,
  });
}

/** What {@linkcode grantUserHandle} is told. */
export interface GrantOptions {
  /** A window, menu, hook or other USER handle of a process outside of the job. */
  readonly userHandle: bigint;
  /** Whether the job may use it. */
  readonly grant: boolean;
  /** What to call the job in messages. */
  readonly label: string;
}

/**
 * Lets a job with the `"handles"` desktop limit use a handle of somebody else, or no more. See
 * Microsoft's page on UserHandleGrantAccess.
 *
 * @param job The job's handle.
 * @param options The handle, and whether it is granted.
 * @throws {TypeError} If the handle is no bigint.
 * @throws {Win32Error} If the system refuses.
 * @throws {Deno.errors.NotCapable} If `--allow-ffi` does not cover user32.dll.
 */
export function grantUserHandle(job: Handle, { userHandle, grant, label }: GrantOptions): void {
  const action = `Cannot ${grant ? "grant" : "revoke"} a user handle ${
    grant ? "to" : "of"
  } ${label}`;
  readBigint(userHandle, "userHandle", action);
  readBoolean(grant, "grant", action);
  check(
    user32.UserHandleGrantAccess(userHandle, job, grant ? 1 : 0),
    "UserHandleGrantAccess",
    action,
  );
}
