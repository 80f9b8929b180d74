/**
 * The dialogs that Windows shows for errors that a program does not handle.
 *
 * @module
 */
import { ERROR_MODE } from "../ffi/constants.ts";
import { kernel32 } from "../ffi/library.ts";

/**
 * Keeps Windows from showing a dialog for a missing DLL, a drive that is not ready, or a missing
 * file: the call fails instead. This applies to this process and to every process it starts in the
 * meantime, since a process inherits the mode; only its parent can set it before the program's
 * first instruction. Crash reporting dialogs are not affected: a debugger may depend on them.
 *
 * @returns An object that restores the previous mode when disposed.
 */
export function withoutErrorDialogs(): Disposable {
  const before = kernel32.GetErrorMode();
  kernel32.SetErrorMode(
    before | ERROR_MODE.SEM_FAILCRITICALERRORS | ERROR_MODE.SEM_NOOPENFILEERRORBOX,
  );
  return { [Symbol.dispose]: () => void kernel32.SetErrorMode(before) };
}
