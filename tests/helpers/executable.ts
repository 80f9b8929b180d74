/**
 * The compiled tool, as the ring of it hands it to its tests.
 *
 * @module
 */
import { CREATION_FLAGS, WAIT } from "../../ffi/constants.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";

function named(variable: string): string {
  const value = Deno.env.get(variable);
  if (value) return value;
  throw new Error(
    `Cannot find the compiled tool: ${variable} is not set; run deno task test executable`,
  );
}

/**
 * The tool as it is shipped; under Wine it meets a kernel without limits. `jobbox_process.ts` has the
 * one with jobsim.
 */
export const EXECUTABLE = named("JOBBOX_TEST_EXECUTABLE");

/** The version of Deno in it. */
export const EXECUTABLE_DENO = named("JOBBOX_TEST_EXECUTABLE_DENO");

/** The child program, as any folder finds it. */
export const CHILD = `${Deno.cwd()}\\tests\\children\\build\\child.exe`;

/** Whether this is Wine, which shows the processes of its Linux. */
export const IS_WINE = isFolder("Z:\\proc\\self");

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

const STARTUP = struct(STRUCTS, "STARTUPINFOW");
const INFORMATION = struct(STRUCTS, "PROCESS_INFORMATION");

/**
 * Runs a command line with no variable, no console and no standard handle, as a service may.
 *
 * @param line The command line.
 * @returns Its exit code.
 */
export function runWithNothing(line: string): number {
  const information = INFORMATION.allocate();
  const flags = CREATION_FLAGS.DETACHED_PROCESS | CREATION_FLAGS.CREATE_UNICODE_ENVIRONMENT;
  const startup = STARTUP.encode({ cb: STARTUP.size });
  const environment = new Uint16Array(2);
  const started = kernel32.CreateProcessW(
    ...[null, encodeWide(line), null, null, 0, flags, environment, null] as const,
    startup,
    information,
  );
  if (!started) throw new Error(`Cannot start ${line}: error ${kernel32.GetLastError()}`);
  const { hProcess, hThread } = INFORMATION.decode(information);
  try {
    if (kernel32.WaitForSingleObject(hProcess, 60_000) !== WAIT.WAIT_OBJECT_0) {
      throw new Error(`Cannot wait longer for ${line}`);
    }
    const code = new Uint32Array(1);
    kernel32.GetExitCodeProcess(hProcess, code);
    return code[0]!;
  } finally {
    for (const handle of [hThread, hProcess]) kernel32.CloseHandle(handle);
  }
}
