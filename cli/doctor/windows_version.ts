/**
 * The version of Windows, for a report of a fault.
 *
 * @module
 */
import { ntdll, struct, STRUCTS } from "../windows.ts";
import { UnsupportedPlatformError } from "../../mod.ts";

const VERSION = struct(STRUCTS, "RTL_OSVERSIONINFOW");

/**
 * Asks Windows for its version, by `RtlGetVersion`, which no manifest makes older.
 *
 * @returns Such as `"10.0.22631"`; `undefined` where the system does not tell.
 */
export function windowsVersion(): string | undefined {
  try {
    const memory = VERSION.encode({ dwOSVersionInfoSize: VERSION.size });
    if (ntdll.RtlGetVersion(memory) !== 0) return undefined;
    const { dwMajorVersion, dwMinorVersion, dwBuildNumber } = VERSION.decode(memory);
    return `${dwMajorVersion}.${dwMinorVersion}.${dwBuildNumber}`;
  } catch (error) {
    if (error instanceof UnsupportedPlatformError) return undefined;
    throw error;
  }
}
