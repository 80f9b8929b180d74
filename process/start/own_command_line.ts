/**
 * Reads this process's own command line from the system.
 *
 * @module
 */
import { kernel32 } from "../../ffi/library.ts";
import { decodeWide } from "../../ffi/strings.ts";

/**
 * Returns the command line that this process was started with, as one string.
 *
 * @returns The line; empty if the system returns none.
 */
export function ownCommandLine(): string {
  const line = kernel32.GetCommandLineW();
  if (line === 0n) return "";
  const units = new Uint16Array(kernel32.lstrlenW(line));
  if (units.length > 0) kernel32.RtlMoveMemory(units, line, BigInt(units.byteLength));
  return decodeWide(units);
}
