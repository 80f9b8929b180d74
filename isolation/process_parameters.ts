/**
 * Reads from a process's memory the environment and the desktop that it was created with.
 *
 * @module
 */
import { ERROR, PLACE, PROCESSINFOCLASS } from "../ffi/constants.ts";
import { check, Win32Error } from "../ffi/error.ts";
import { kernel32, ntdll } from "../ffi/library.ts";
import { decodeWide } from "../ffi/strings.ts";
import { struct } from "../ffi/struct.ts";
import { STRUCTS } from "../ffi/structs.ts";
import {
  decodeEnvironmentBlock,
  type EnvironmentEntry,
} from "../process/start/environment_block.ts";

const BASIC = struct(STRUCTS, "PROCESS_BASIC_INFORMATION");
const STRING = struct(STRUCTS, "UNICODE_STRING");

const POINTER = BigUint64Array.BYTES_PER_ELEMENT;

/** More than any environment that is used in practice. */
const ENVIRONMENT_MAX = 64 * 2 ** 20;

function read(process: bigint, address: bigint, length: number): DataView<ArrayBuffer> {
  const memory = new Uint8Array(length);
  const came = new BigUint64Array(1);
  const action = "Cannot read the parameters of a process";
  check(
    kernel32.ReadProcessMemory(process, address, memory, BigInt(length), came),
    "ReadProcessMemory",
    action,
  );
  if (came[0] !== BigInt(length)) {
    throw new Win32Error(ERROR.INVALID_DATA, "ReadProcessMemory", action);
  }
  return new DataView(memory.buffer);
}

function pointer(process: bigint, address: bigint): bigint {
  return new BigUint64Array(read(process, address, POINTER).buffer)[0]!;
}

/** Returns the address of a process's parameters. */
function parameters(process: bigint): bigint {
  const memory = BASIC.allocate();
  const action = "Cannot find the parameters of a process";
  const status = ntdll.NtQueryInformationProcess(
    process,
    PROCESSINFOCLASS.ProcessBasicInformation,
    memory,
    BASIC.size,
    new Uint32Array(1),
  );
  if (status < 0) throw new Win32Error(ERROR.INVALID_DATA, "NtQueryInformationProcess", action);
  const { PebBaseAddress } = BASIC.decode(memory);
  return pointer(process, PebBaseAddress + BigInt(PLACE.PEB_ProcessParameters));
}

/**
 * Reads the environment of a suspended process.
 *
 * @param process Its handle, with the rights to query it and to read its memory.
 * @returns The variables.
 * @throws {Win32Error} If the system refuses to read it.
 * @throws {Deno.errors.NotCapable} If `--allow-ffi` does not cover ntdll.dll.
 */
export function environmentOfProcess(process: bigint): EnvironmentEntry[] {
  const base = parameters(process);
  const size = Number(pointer(process, base + BigInt(PLACE.EnvironmentSize)));
  if (size === 0 || size > ENVIRONMENT_MAX) {
    throw new Win32Error(ERROR.INVALID_DATA, "ReadProcessMemory", "Cannot read an environment");
  }
  const block = read(process, pointer(process, base + BigInt(PLACE.Environment)), size);
  return decodeEnvironmentBlock(new Uint16Array(block.buffer, 0, Math.floor(size / 2)));
}

/**
 * Reads the name of the desktop of a suspended process.
 *
 * @param process Its handle, with the rights to query it and to read its memory.
 * @returns The name, such as `"WinSta0\\default"`; empty for its parent's.
 * @throws {Win32Error} If the system refuses to read it.
 */
export function desktopOfProcess(process: bigint): string {
  const base = parameters(process) + BigInt(PLACE.DesktopInfo);
  const { Buffer, Length } = STRING.decode(read(process, base, STRING.size));
  if (Length === 0) return "";
  return decodeWide(new Uint16Array(read(process, Buffer, Length).buffer));
}
