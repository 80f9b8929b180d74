/**
 * Binds every function of the DLLs when it is imported. The test runner takes a library that is
 * opened within a test for a leak of that test, and ours are opened at the first call and kept: a
 * kernel test imports this file before anything else.
 */
import { advapi32, ntdll, ole32, preload, user32, userenv, ws2_32 } from "../../ffi/library.ts";

/** The functions that this system lacks. */
export const MISSING_FUNCTIONS: readonly string[] = [
  ...preload(),
  ...[ntdll, user32, advapi32, userenv, ole32, ws2_32].flatMap((dll) => preload(dll)),
];
