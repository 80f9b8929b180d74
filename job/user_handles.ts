/**
 * Exceptions to the desktop limits of a job.
 *
 * @module
 */
import { check } from "../ffi/error.ts";
import type { Handle } from "../ffi/handle.ts";
import { user32 } from "../ffi/library.ts";
import { readBigint, readBoolean } from "../values/options.ts";

/** Options of {@linkcode grantUserHandle}. */
export interface GrantOptions {
  /** A window, menu, hook or other USER handle of a process outside of the job. */
  readonly userHandle: bigint;
  /** Whether the job may use it. */
  readonly grant: boolean;
  /** The job's name for messages. */
  readonly label: string;
}

/**
 * Allows a job with the `"handles"` desktop limit to use a handle of another process, or revokes
 * that. See Microsoft's page on UserHandleGrantAccess.
 *
 * @param job The job's handle.
 * @param options The handle, and whether to grant it.
 * @throws {TypeError} If the handle is not a bigint, or `grant` is not a boolean.
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
