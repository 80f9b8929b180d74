/**
 * Paths as they can stand at the beginning of a typed line.
 *
 * @module
 */
import { encodeWide } from "../../ffi/strings.ts";

/**
 * A path without blanks for a program, since `Deno.Command` writes a program's path without quotes
 * before raw arguments.
 *
 * @param path The path of a program that exists.
 * @returns Its short path if it has blanks and the volume keeps short names, otherwise itself.
 */
export function typablePath(path: string): string {
  if (!path.includes(" ")) return path;
  using stack = new DisposableStack();
  const kernel = Deno.dlopen("kernel32.dll", {
    GetShortPathNameW: { parameters: ["buffer", "buffer", "u32"], result: "u32" },
  });
  stack.defer(() => kernel.close());
  const short = new Uint16Array(32_767);
  const length = kernel.symbols.GetShortPathNameW(encodeWide(path), short, short.length);
  return length === 0 ? path : String.fromCharCode(...short.subarray(0, length));
}
