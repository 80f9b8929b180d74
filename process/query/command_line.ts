/**
 * The command line of a running process.
 *
 * @module
 */
import { PROCESSINFOCLASS } from "../../ffi/constants.ts";
import { ntdll } from "../../ffi/library.ts";
import { decodeWide } from "../../ffi/strings.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";

const HEADER = struct(STRUCTS, "UNICODE_STRING");

/** The longest command line that Windows starts a process with, in UTF-16 units. */
const LONGEST = 32_767;

/**
 * Asks a process for its command line, by the class ProcessCommandLineInformation of
 * `NtQueryInformationProcess`, which Windows has since 8.1.
 *
 * @param process Its handle, with PROCESS_QUERY_LIMITED_INFORMATION.
 * @returns The line as the process was given it; `undefined` where the system does not tell: a
 * process that is being made or has ended, or no permission for ntdll.dll.
 */
export function commandLine(process: bigint): string | undefined {
  const memory = new Uint16Array(HEADER.size / 2 + LONGEST + 1);
  const length = new Uint32Array(1);
  const { ProcessCommandLineInformation } = PROCESSINFOCLASS;
  try {
    const status = ntdll.NtQueryInformationProcess(
      process,
      ProcessCommandLineInformation,
      memory,
      memory.byteLength,
      length,
    );
    if (status < 0) return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    if (error instanceof UnsupportedPlatformError) return undefined;
    throw error;
  }
  const { Length } = HEADER.decode(new DataView(memory.buffer));
  const units = Length / 2;
  if (units === 0 || HEADER.size + Length > length[0]!) return undefined;
  // The text stands directly after its header.
  return decodeWide(memory.subarray(HEADER.size / 2), units);
}
