/**
 * Win32 as Microsoft spells it: tables of structures, constants and prototypes, and the code that
 * turns them into calls. For callers who need a function that `JobObject` does not wrap. Importing
 * it does nothing and needs no permission.
 *
 * @example Read a job's accounting with the raw tables
 * ```ts
 * import { JOBOBJECTINFOCLASS, kernel32, struct, STRUCTS } from "@jobbox/jobobject/ffi";
 *
 * const accounting = struct(STRUCTS, "JOBOBJECT_BASIC_ACCOUNTING_INFORMATION");
 * const memory = accounting.allocate();
 * const job = kernel32.CreateJobObjectW(null, null);
 * kernel32.QueryInformationJobObject(
 *   job,
 *   JOBOBJECTINFOCLASS.JobObjectBasicAccountingInformation,
 *   memory,
 *   accounting.size,
 *   null,
 * );
 * console.log(accounting.decode(memory).TotalProcesses);
 * ```
 *
 * @module
 */
export * from "./constants.ts";
export { check, errorSymbol, failure, Win32Error } from "./error.ts";
export { BLOCKING_FUNCTIONS, FUNCTIONS } from "./functions.ts";
export { AlreadyClosedError, type Handle, INVALID_HANDLE_VALUE, OwnedHandle } from "./handle.ts";
export { advapi32, kernel32, ntdll, ole32, preload, user32, userenv, ws2_32 } from "./library.ts";
export type { Library } from "./library_types.ts";
export { struct } from "./struct.ts";
export type { FieldLayout, StructCodec, StructInput, StructValue } from "./struct_types.ts";
export { STRUCTS } from "./structs.ts";
export { decodeWide, encodeWide } from "./strings.ts";
export { UnsupportedPlatformError } from "./unsupported_platform.ts";
