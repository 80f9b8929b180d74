/**
 * UTF-16 strings as Windows reads and writes them.
 *
 * @module
 */

/**
 * Encodes a string as UTF-16 with a NUL at its end. Lone surrogates are kept.
 *
 * @example
 * ```ts
 * import { encodeWide, kernel32 } from "@jobbox/jobobject/ffi";
 *
 * const job = kernel32.CreateJobObjectW(null, encodeWide("build"));
 * kernel32.CloseHandle(job);
 * ```
 *
 * @param text The string.
 * @param what A name for the string, for the error message.
 * @returns Memory of `text.length + 1` units.
 * @throws {TypeError} If it holds a NUL: Windows would cut it there.
 */
export function encodeWide(text: string, what = "a string"): Uint16Array<ArrayBuffer> {
  if (text.includes("\0")) {
    throw new TypeError(`Cannot pass ${what} to Windows: it holds a NUL at ${text.indexOf("\0")}`);
  }
  const units = new Uint16Array(text.length + 1);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return units;
}

/**
 * Decodes UTF-16 up to the first NUL.
 *
 * @example
 * ```ts
 * import { decodeWide, encodeWide } from "@jobbox/jobobject/ffi";
 *
 * console.log(decodeWide(encodeWide("build")));
 * ```
 *
 * @param units Memory that holds the text.
 * @param length The highest number of units to read; all of them if absent.
 * @returns The text.
 */
export function decodeWide(units: Uint16Array, length: number = units.length): string {
  const end = units.subarray(0, length).indexOf(0);
  const last = end < 0 ? length : end;
  let text = "";
  // One call takes a bounded number of arguments.
  for (let at = 0; at < last; at += 8192) {
    text += String.fromCharCode(...units.subarray(at, Math.min(last, at + 8192)));
  }
  return text;
}
