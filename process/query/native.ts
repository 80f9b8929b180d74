/**
 * The process information that only ntdll.dll gives: the command line and the parent.
 *
 * @module
 */
import { PROCESSINFOCLASS } from "../../ffi/constants.ts";
import { dllPath } from "../../ffi/dll.ts";
import { ntdll } from "../../ffi/library.ts";
import { decodeWide } from "../../ffi/strings.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";

const HEADER = struct(STRUCTS, "UNICODE_STRING");
const BASIC = struct(STRUCTS, "PROCESS_BASIC_INFORMATION");

/** Room for a command line, in UTF-16 units: for most of them, and for any that Windows accepts. */
const ROOMS = [1_024, 32_768];

type Memory = Uint16Array<ArrayBuffer> | DataView<ArrayBuffer>;

/**
 * Reads an information class. Returns the number of bytes; `undefined` if the system does not
 * report it.
 */
function query(process: bigint, infoClass: number, memory: Memory): number | undefined {
  const length = new Uint32Array(1);
  try {
    const status = ntdll.NtQueryInformationProcess(
      process,
      infoClass,
      memory,
      memory.byteLength,
      length,
    );
    return status < 0 ? undefined : length[0]!;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    if (error instanceof UnsupportedPlatformError) return undefined;
    throw error;
  }
}

/**
 * Reads the command line of a process with the class ProcessCommandLineInformation of
 * `NtQueryInformationProcess`, which Windows has had since 8.1.
 *
 * @param process Its handle, with PROCESS_QUERY_LIMITED_INFORMATION.
 * @returns The line that the process was started with; `undefined` if the system does not report
 * it: the process is being created or has ended, or there is no permission for ntdll.dll.
 */
export function commandLine(process: bigint): string | undefined {
  for (const room of ROOMS) {
    const memory = new Uint16Array(HEADER.size / 2 + room);
    const came = query(process, PROCESSINFOCLASS.ProcessCommandLineInformation, memory);
    if (came === undefined) continue;
    const { Length } = HEADER.decode(new DataView(memory.buffer));
    const units = Length / 2;
    if (units === 0 || HEADER.size + Length > came) return undefined;
    // The text follows its header directly.
    return decodeWide(memory.subarray(HEADER.size / 2), units);
  }
  return undefined;
}

/**
 * Returns whether this program may call ntdll.dll without a prompt for the permission.
 *
 * @returns Whether it may.
 */
export function mayQueryNative(): boolean {
  const path = dllPath("ntdll", "NtQueryInformationProcess");
  return Deno.permissions.querySync({ name: "ffi", path }).state === "granted";
}

/**
 * Reads the parent of a process with the class ProcessBasicInformation. This also works for a
 * process that has ended.
 *
 * @param process Its handle, with PROCESS_QUERY_LIMITED_INFORMATION.
 * @returns The id of the process that started it, which may have ended since; `undefined` if the
 * system does not report it, or without permission for ntdll.dll.
 */
export function parentPid(process: bigint): number | undefined {
  const memory = BASIC.allocate();
  const came = query(process, PROCESSINFOCLASS.ProcessBasicInformation, memory);
  if (came === undefined || came < BASIC.size) return undefined;
  return Number(BASIC.decode(memory).InheritedFromUniqueProcessId);
}
