/**
 * Reads and writes the I/O rate of a job, which has separate functions.
 *
 * @module
 */
import { ERROR } from "../../ffi/constants.ts";
import { failure } from "../../ffi/error.ts";
import type { Handle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";
import type { Answer } from "../info_class.ts";
import type { IoRateControl } from "./row.ts";

const IO = struct(STRUCTS, "JOBOBJECT_IO_RATE_CONTROL_INFORMATION");

const IO_QUERY = "QueryIoRateControlInformationJobObject";
/** The function that sets it. */
export const IO_SET = "SetIoRateControlInformationJobObject";

/** No I/O rate. */
export const NO_IO: IoRateControl = IO.decode(IO.allocate());

/** Converts the error of a missing function into a refusal like the others. */
function optional<T>(call: () => T, lacking: T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof UnsupportedPlatformError) return lacking;
    throw error;
  }
}

/**
 * Reads the I/O rate.
 *
 * @param job The job's handle.
 * @returns The rate of all volumes, or the refusal.
 */
export function readIo(job: Handle): Answer<IoRateControl> {
  const blocks = new BigUint64Array(1);
  const count = new Uint32Array(1);
  const code = optional(
    () => failure(kernel32.QueryIoRateControlInformationJobObject(job, null, blocks, count)),
    ERROR.PROC_NOT_FOUND,
  );
  if (code !== 0) return { ok: false, code, api: IO_QUERY };
  const address = blocks[0]!;
  if (address === 0n) return { ok: true, value: NO_IO };
  try {
    if (count[0] === 0) return { ok: true, value: NO_IO };
    // The first block is for all volumes; the others are for single volumes, which this module
    // never sets.
    const memory = IO.allocate();
    kernel32.RtlMoveMemory(memory, address, BigInt(IO.size));
    return { ok: true, value: { ...IO.decode(memory), VolumeName: 0n } };
  } finally {
    kernel32.FreeMemoryJobObject(address);
  }
}

/**
 * Writes the I/O rate.
 *
 * @param job The job's handle.
 * @param value The rate.
 * @returns 0 or the value of `GetLastError`.
 */
export function writeIo(job: Handle, value: IoRateControl): number {
  const memory = IO.encode({ ...value, BaseIoSize: 0, VolumeName: 0n });
  return optional(
    () => failure(kernel32.SetIoRateControlInformationJobObject(job, memory)),
    ERROR.PROC_NOT_FOUND,
  );
}
