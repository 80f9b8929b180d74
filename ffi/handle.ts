/**
 * Ownership of kernel handles.
 *
 * @module
 */
import { check } from "./error.ts";
import { kernel32 } from "./library.ts";

/**
 * A kernel handle, an opaque number.
 *
 * @example
 * ```ts
 * import { type Handle, kernel32 } from "@jobbox/jobobject/ffi";
 *
 * const closed = (handle: Handle): boolean => kernel32.CloseHandle(handle) !== 0;
 * ```
 */
export type Handle = bigint & { readonly brand: "Handle" };

/**
 * The value that `CreateFileW` and similar functions return on failure: all bits set.
 *
 * @example
 * ```ts
 * import { INVALID_HANDLE_VALUE } from "@jobbox/jobobject/ffi";
 *
 * const isFile = (result: bigint): boolean => result !== INVALID_HANDLE_VALUE;
 * ```
 */
export const INVALID_HANDLE_VALUE: Handle = 0xffff_ffff_ffff_ffffn as Handle;

/**
 * The object was closed and can no longer be used.
 *
 * @example
 * ```ts
 * import { AlreadyClosedError, JobObject } from "@jobbox/jobobject";
 *
 * const job = JobObject.create();
 * job.close();
 * try {
 *   job.pids();
 * } catch (error) {
 *   console.log(error instanceof AlreadyClosedError);
 * }
 * ```
 */
export class AlreadyClosedError extends Error {
  /** `"AlreadyClosedError"`. */
  override readonly name: string = "AlreadyClosedError";
}

/**
 * A handle that must be closed exactly once. The only caller of `CloseHandle`.
 *
 * @example
 * ```ts
 * import { kernel32, OwnedHandle } from "@jobbox/jobobject/ffi";
 *
 * using job = new OwnedHandle(kernel32.CreateJobObjectW(null, null), "a job");
 * kernel32.TerminateJobObject(job.value, 1);
 * ```
 */
export class OwnedHandle {
  #value: Handle | undefined;
  readonly #what: string;

  /**
   * Takes ownership of a handle.
   *
   * @param value The handle; only this object may close it from here on.
   * @param what What the handle refers to, for messages, such as `"job \"build\""`.
   */
  constructor(value: bigint, what: string) {
    this.#value = value as Handle;
    this.#what = what;
  }

  /**
   * The handle. Pass it on to a call; do not keep it.
   *
   * @throws {AlreadyClosedError} If it was closed.
   */
  get value(): Handle {
    if (this.#value === undefined) {
      throw new AlreadyClosedError(`Cannot use ${this.#what}: it was closed`);
    }
    return this.#value;
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#value === undefined;
  }

  /**
   * Closes the handle; the second time does nothing.
   *
   * @throws {Win32Error} If the handle was closed by other code.
   */
  close(): void {
    const value = this.#value;
    if (value === undefined) return;
    this.#value = undefined;
    check(kernel32.CloseHandle(value), "CloseHandle", `Cannot close ${this.#what}`);
  }

  /** Closes the handle at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }
}
