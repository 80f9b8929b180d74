/**
 * The boxes that Windows shows for errors which a program leaves to it.
 *
 * @module
 */
import { ERROR_MODE } from "../ffi/constants.ts";
import { kernel32 } from "../ffi/library.ts";

/**
 * Keeps Windows from showing a box for a missing DLL, a drive that is not ready, or a file that is
 * not found: the call fails instead. It holds for this process and for what it starts meanwhile,
 * since a process inherits the mode; only its parent can set it before the program's first
 * instruction. Boxes of crash reporting are not meant: a debugger may depend on them.
 *
 * @returns What puts the mode back as it was.
 */
export function withoutErrorDialogs(): Disposable {
  const before = kernel32.GetErrorMode();
  kernel32.SetErrorMode(
    before | ERROR_MODE.SEM_FAILCRITICALERRORS | ERROR_MODE.SEM_NOOPENFILEERRORBOX,
  );
  return { [Symbol.dispose]: () => void kernel32.SetErrorMode(before) };
}
