/**
 * The environment of this process, as a child would inherit it.
 *
 * @module
 */
import { ERROR } from "../../ffi/constants.ts";
import { check, Win32Error } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import { decodeWide } from "../../ffi/strings.ts";

/**
 * Reads this process's environment block from the system: no `--allow-env` is needed, and the
 * per-drive folders (`=C:`) that `Deno.env` hides are there.
 *
 * @returns Name and value of each variable, in the system's order.
 * @throws {Win32Error} If the system has no memory for the block.
 */
export function currentEnvironment(): [name: string, value: string][] {
  const block = check(
    kernel32.GetEnvironmentStringsW(),
    "GetEnvironmentStringsW",
    "Cannot read the environment",
  );
  try {
    const entries: [string, string][] = [];
    let at = block;
    for (;;) {
      const length = kernel32.lstrlenW(at);
      if (length === 0) {
        // The function's failure looks like an empty string too.
        const end = new Uint16Array(1);
        kernel32.RtlMoveMemory(end, at, BigInt(end.byteLength));
        if (end[0] === 0) return entries;
        throw new Win32Error(ERROR.SUCCESS, "lstrlenW", "Cannot read the environment");
      }
      const units = new Uint16Array(length);
      kernel32.RtlMoveMemory(units, at, BigInt(units.byteLength));
      const entry = decodeWide(units);
      // The name of a per-drive folder begins with "=".
      const split = entry.indexOf("=", 1);
      if (split > 0) entries.push([entry.slice(0, split), entry.slice(split + 1)]);
      at += BigInt(2 * (length + 1));
    }
  } finally {
    kernel32.FreeEnvironmentStringsW(block);
  }
}
