/**
 * Typed errors for failed calls.
 *
 * @module
 */
import { ERROR, FORMAT_MESSAGE, WAIT } from "./constants.ts";
import { kernel32 } from "./library.ts";
import { decodeWide } from "./strings.ts";

const SYMBOLS: ReadonlyMap<number, string> = new Map([
  ...Object.entries(ERROR).map(([name, code]) => [code, `ERROR_${name}`] as const),
  // The only wait code that GetLastError also returns; its name has no ERROR_ prefix.
  [WAIT.WAIT_TIMEOUT, "WAIT_TIMEOUT"],
]);

/**
 * Returns the name that Microsoft's headers give an error code.
 *
 * @example
 * ```ts
 * import { errorSymbol } from "@jobbox/jobobject/ffi";
 *
 * console.log(errorSymbol(5)); // ERROR_ACCESS_DENIED
 * ```
 *
 * @param code A Win32 error code.
 * @returns The name, such as `"ERROR_ACCESS_DENIED"`, or `"error 1234"` for an unknown code.
 */
export function errorSymbol(code: number): string {
  return SYMBOLS.get(code) ?? `error ${code}`;
}

/** The system's message for an error code, in the user's language. */
function systemText(code: number): string {
  // The system's text for ERROR_GEN_FAILURE is about a device; here the code means "no reason
  // given".
  if (code === ERROR.GEN_FAILURE) return "";
  const buffer = new Uint16Array(512);
  const length = kernel32.FormatMessageW(
    FORMAT_MESSAGE.FROM_SYSTEM | FORMAT_MESSAGE.IGNORE_INSERTS,
    0n,
    code,
    0,
    buffer,
    buffer.length,
    0n,
  );
  return decodeWide(buffer, length).trim();
}

/**
 * A Win32 function failed.
 *
 * @example
 * ```ts
 * import { JobObject, Win32Error } from "@jobbox/jobobject";
 *
 * try {
 *   using _job = JobObject.open("build");
 * } catch (error) {
 *   if (!(error instanceof Win32Error)) throw error;
 *   console.log(error.codeName, error.api);
 * }
 * ```
 */
export class Win32Error extends Error {
  /** `"Win32Error"`. */
  override readonly name: string = "Win32Error";
  /**
   * The value of `GetLastError`, unsigned; 31 (ERROR_GEN_FAILURE) if it gave no reason. Never 0.
   */
  readonly code: number;
  /** The code's name in Microsoft's headers, such as `"ERROR_ACCESS_DENIED"`. */
  readonly codeName: string;
  /** The function that failed, such as `"AssignProcessToJobObject"`. */
  readonly api: string;

  /**
   * Creates the error for a failed call.
   *
   * @param code The value of `GetLastError`; 0, and what is none, becomes 31, ERROR_GEN_FAILURE.
   * @param api The function that failed.
   * @param action The action that failed, beginning with "Cannot".
   * @param options `cause`: the error that came before this one.
   */
  constructor(code: number, api: string, action: string, options?: ErrorOptions) {
    const known = reason(code);
    const codeName = errorSymbol(known);
    const unknown = known === ERROR.GEN_FAILURE ? ", an unknown error" : "";
    super(`${action}: ${api} failed with ${codeName} (${known})${unknown}`, options);
    this.code = known;
    this.codeName = codeName;
    this.api = api;
  }

  /**
   * Returns the system's own message for the code.
   *
   * @returns The message in the user's language; empty if the system has none.
   * @throws {UnsupportedPlatformError} If this is not Windows.
   */
  systemMessage(): string {
    return systemText(this.code);
  }
}

/** The reason why a call failed. Never 0, which would mean success, and always a number of 32 bits. */
function reason(code: number): number {
  return Number.isInteger(code) && code > 0 && code < 2 ** 32 ? code : ERROR.GEN_FAILURE;
}

/**
 * Returns the result unless it means failure (0, that is FALSE or NULL); then it throws. Call it
 * immediately after the function: the next call may overwrite the last error.
 *
 * @example
 * ```ts
 * import { check, kernel32 } from "@jobbox/jobobject/ffi";
 *
 * const id = check(kernel32.GetCurrentProcessId(), "GetCurrentProcessId", "Cannot get our id");
 * console.log(id);
 * ```
 *
 * @param result What the function returned.
 * @param api The function's name.
 * @param action The action for the message, beginning with "Cannot".
 * @returns `result`.
 * @throws {Win32Error} If `result` is 0.
 */
export function check<T extends number | bigint>(result: T, api: string, action: string): T {
  // Loose on purpose: both 0 and 0n.
  if (!result) throw new Win32Error(kernel32.GetLastError(), api, action);
  return result;
}

/**
 * Returns the reason for a failure that the caller expects and handles itself. Call it immediately
 * after the function.
 *
 * @example
 * ```ts
 * import { ERROR, errorSymbol, failure, kernel32 } from "@jobbox/jobobject/ffi";
 *
 * const code = failure(kernel32.CloseHandle(0n));
 * if (code !== ERROR.SUCCESS) console.log(errorSymbol(code));
 * ```
 *
 * @param result What the function returned.
 * @returns 0 if it succeeded, otherwise the value of `GetLastError`. If that is 0, returns 31
 * (ERROR_GEN_FAILURE): some functions fail without a reason, and another call on the thread can
 * erase it.
 */
export function failure(result: number | bigint): number {
  return result ? ERROR.SUCCESS : reason(kernel32.GetLastError());
}

/**
 * Returns the extra information that a successful call leaves in the last error, such as that an
 * object already existed. Use it only for such a call, immediately after it, with `SetLastError(0)`
 * before it: most calls leave the value alone when they succeed. The value can be lost, so 0 proves
 * nothing.
 *
 * @returns The value of `GetLastError`.
 */
export function outcome(): number {
  return kernel32.GetLastError();
}
