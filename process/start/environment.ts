/**
 * Reads the environment of this process, as a child would inherit it.
 *
 * @module
 */
import { ERROR } from "../../ffi/constants.ts";
import { check, Win32Error } from "../../ffi/error.ts";
import { kernel32 } from "../../ffi/library.ts";
import { decodeEnvironmentBlock, type EnvironmentEntry } from "./environment_block.ts";

/**
 * Reads this process's environment block from the system. This needs no `--allow-env`, and includes
 * the per-drive folders (`=C:`) that `Deno.env` hides.
 *
 * @returns Name and value of each variable, in the system's order.
 * @throws {Win32Error} If the system has no memory for the block.
 */
export function currentEnvironment(): EnvironmentEntry[] {
  const action = "Cannot read the environment";
  const block = check(kernel32.GetEnvironmentStringsW(), "GetEnvironmentStringsW", action);
  try {
    let units = 0;
    for (let length = -1; length !== 0;) {
      length = kernel32.lstrlenW(block + BigInt(2 * units));
      units += length + 1;
    }
    const copy = new Uint16Array(units);
    kernel32.RtlMoveMemory(copy, block, BigInt(copy.byteLength));
    // A failure of the function looks like the empty string at the end.
    if (copy[units - 1] !== 0) throw new Win32Error(ERROR.SUCCESS, "lstrlenW", action);
    return decodeEnvironmentBlock(copy);
  } finally {
    kernel32.FreeEnvironmentStringsW(block);
  }
}
