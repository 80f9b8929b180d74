/**
 * The version of Windows, and of Wine if it replaces Windows, for a bug report.
 *
 * @module
 */
import { kernel32, ntdll, struct, STRUCTS } from "../windows.ts";
import { UnsupportedPlatformError } from "../../mod.ts";

const VERSION = struct(STRUCTS, "RTL_OSVERSIONINFOW");

/** The longest version of Wine that is read, in bytes. */
const WINE_VERSION_MAX = 64;

/**
 * Asks Wine for its version, with a function that only its ntdll.dll has.
 *
 * @returns Such as `"10.0"`; `undefined` on Windows.
 */
export function wineVersion(): string | undefined {
  try {
    const text = ntdll.wine_get_version();
    if (text === 0n) return undefined;
    let version = "";
    const byte = new Uint8Array(1);
    for (let at = 0n; at < WINE_VERSION_MAX; at++) {
      kernel32.RtlMoveMemory(byte, text + at, 1n);
      if (byte[0] === 0) break;
      version += String.fromCharCode(byte[0]!);
    }
    return version;
  } catch (error) {
    if (error instanceof UnsupportedPlatformError) return undefined;
    throw error;
  }
}

/**
 * Asks Windows for its version with `RtlGetVersion`, whose result does not depend on a manifest.
 *
 * @returns Such as `"10.0.22631"`; `undefined` if the system does not report it.
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
