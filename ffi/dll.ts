/**
 * The location of the system's DLLs.
 *
 * The path is absolute and fixed here. A bare name would be looked up next to the program or in the
 * current folder, and an environment variable would let whoever sets it choose which DLL a sandbox
 * tool loads. The scoped permission names the same path.
 *
 * @module
 */

/** The folder in which Windows must be installed. */
export const WINDOWS_DIRECTORY = "C:\\Windows";

/** The folder of the system's DLLs, with a separator at its end. */
export const SYSTEM_DIRECTORY: string = `${WINDOWS_DIRECTORY}\\System32\\`;

/**
 * Returns the absolute path of the DLL that exports a function.
 *
 * @param dll The DLL's name without its extension.
 * @param _symbol The function's name.
 * @returns The path, as `--allow-ffi` takes it.
 */
export function dllPath(dll: string, _symbol: string): string {
  return `${SYSTEM_DIRECTORY}${dll}.dll`;
}
