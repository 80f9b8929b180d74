/**
 * This process's own command line, as the system keeps it.
 *
 * @module
 */
import { kernel32 } from "../../ffi/library.ts";
import { decodeWide } from "../../ffi/strings.ts";

/**
 * Reads this process's command line: the one string that it was started with.
 *
 * @returns The line; empty where the system gives none.
 */
export function ownCommandLine(): string {
  const line = kernel32.GetCommandLineW();
  if (line === 0n) return "";
  const units = new Uint16Array(kernel32.lstrlenW(line));
  if (units.length > 0) kernel32.RtlMoveMemory(units, line, BigInt(units.byteLength));
  return decodeWide(units);
}
