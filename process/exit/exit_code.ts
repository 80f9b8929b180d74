/**
 * What the exit code of a Windows process means.
 *
 * Pure.
 *
 * @module
 */

import { ExitError, type ExitErrorName, NtStatus, type NtStatusName } from "./status_codes.ts";

/** An exit code and its meaning. */
export interface ExitCodeDescription {
  /** The code as an unsigned 32-bit number. */
  code: number;
  /** Its name in Microsoft's headers, such as `STATUS_ACCESS_VIOLATION`; absent if it has none. */
  symbol?: NtStatusName | ExitErrorName;
  /** One phrase for people, in lower case and without a period. */
  text: string;
}

type Known = NtStatusName | ExitErrorName;

const TEXTS: Readonly<Record<Known, string>> = {
  STATUS_GUARD_PAGE_VIOLATION: "touched a guard page",
  STATUS_DATATYPE_MISALIGNMENT: "read or wrote misaligned data",
  STATUS_BREAKPOINT: "ran into a breakpoint without a debugger, as failed checks do",
  STATUS_SINGLE_STEP: "was stepped without a debugger",
  STATUS_UNSUCCESSFUL: "failed for a reason that the system does not name",
  STATUS_ACCESS_VIOLATION: "read or wrote memory that it may not (access violation)",
  STATUS_IN_PAGE_ERROR: "a page of memory could not be read in, such as when a drive goes away",
  STATUS_INVALID_HANDLE: "used an invalid handle",
  STATUS_INVALID_PARAMETER: "gave the system an invalid parameter",
  STATUS_NO_MEMORY: "got no memory, perhaps because of a memory limit",
  STATUS_ILLEGAL_INSTRUCTION: "ran an illegal instruction",
  STATUS_NONCONTINUABLE_EXCEPTION: "went on after an exception that cannot be continued",
  STATUS_INVALID_DISPOSITION: "an exception handler gave an invalid answer",
  STATUS_QUOTA_EXCEEDED: "exceeded a quota, as when a job's limit ends a process",
  STATUS_INVALID_IMAGE_FORMAT: "a program file or DLL is damaged or for another processor",
  STATUS_ARRAY_BOUNDS_EXCEEDED: "exceeded the bounds of an array",
  STATUS_FLOAT_DENORMAL_OPERAND: "floating point: denormal operand",
  STATUS_FLOAT_DIVIDE_BY_ZERO: "floating point: division by zero",
  STATUS_FLOAT_INEXACT_RESULT: "floating point: inexact result",
  STATUS_FLOAT_INVALID_OPERATION: "floating point: invalid operation",
  STATUS_FLOAT_OVERFLOW: "floating point: overflow",
  STATUS_FLOAT_STACK_CHECK: "floating point: stack overflow or underflow",
  STATUS_FLOAT_UNDERFLOW: "floating point: underflow",
  STATUS_INTEGER_DIVIDE_BY_ZERO: "divided an integer by zero",
  STATUS_INTEGER_OVERFLOW: "overflowed an integer",
  STATUS_PRIVILEGED_INSTRUCTION: "ran a privileged instruction",
  STATUS_INSUFFICIENT_RESOURCES: "the system had not enough resources",
  STATUS_STACK_OVERFLOW: "overflowed its stack",
  STATUS_COMMITMENT_LIMIT: "reached a limit of committed memory, of its job or of the machine",
  STATUS_DLL_NOT_FOUND: "a DLL that it needs was not found",
  STATUS_ORDINAL_NOT_FOUND: "a DLL lacks a function that it needs (by number)",
  STATUS_ENTRYPOINT_NOT_FOUND: "a DLL lacks a function that it needs (by name)",
  STATUS_CONTROL_C_EXIT: "ended by Ctrl-C, Ctrl-Break or the closing of its console",
  STATUS_DLL_INIT_FAILED: "a DLL failed to start, perhaps for lack of memory or of a desktop",
  STATUS_UNHANDLED_EXCEPTION: "an exception was not handled",
  STATUS_FLOAT_MULTIPLE_FAULTS: "floating point: several faults",
  STATUS_FLOAT_MULTIPLE_TRAPS: "floating point: several traps",
  STATUS_REG_NAT_CONSUMPTION: "used a register that held no value",
  STATUS_HEAP_CORRUPTION: "damaged its heap",
  STATUS_STACK_BUFFER_OVERRUN:
    "ended itself at once (fail fast), as abort() and failed security checks do",
  STATUS_INVALID_CRUNTIME_PARAMETER: "gave the C runtime an invalid parameter",
  STATUS_ASSERTION_FAILURE: "an assertion failed",
  STATUS_FATAL_APP_EXIT: "ended itself after a fatal error",
  STILL_ACTIVE: "ended with 259, the value that Windows also shows for a process that still runs",
  ERROR_NOT_ENOUGH_QUOTA: "ended for want of quota, as when a job's limit ends a process",
};

// Codes with a known meaning but no name in a header: cmd.exe's own, and the exceptions of two
// runtimes.
const UNNAMED: ReadonlyMap<number, string> = new Map([
  [0, "ended well"],
  [9009, "cmd.exe did not find the command"],
  [0xE06D7363, "a C++ exception was not handled"],
  [0xE0434352, "a .NET exception was not handled"],
]);

const SYMBOLS: ReadonlyMap<number, Known> = new Map(
  Object.entries({ ...NtStatus, ...ExitError }).map(([name, code]) => [code, name as Known]),
);

/**
 * Converts an exit code to the unsigned 32-bit number that Windows stores.
 *
 * `Deno.Command` reports the same code as a signed number: -1073741819 there is 0xC0000005 here.
 *
 * @param code The code, signed or unsigned.
 * @returns The code from 0 to 4294967295.
 * @throws {RangeError} If it is not an integer of 32 bits.
 */
export function toUnsigned(code: number): number {
  if (!Number.isInteger(code) || code < -(2 ** 31) || code >= 2 ** 32) {
    throw new RangeError(
      `Cannot read exit code: expected a whole number from -2147483648 to 4294967295, got ${code}`,
    );
  }
  return code >>> 0;
}

/**
 * Describes an exit code.
 *
 * An exit code is chosen by the process or by whoever ended it, so any program may return any of
 * these itself.
 *
 * @param code The code, signed or unsigned.
 * @returns The code, its name if it has one, and a phrase for people.
 * @throws {RangeError} If it is not an integer of 32 bits.
 */
export function describeExitCode(code: number): ExitCodeDescription {
  const unsigned = toUnsigned(code);
  const symbol = SYMBOLS.get(unsigned);
  if (symbol !== undefined) return { code: unsigned, symbol, text: TEXTS[symbol] };
  // Error statuses have the top bit set. In hex, one without a name differs visibly from a
  // program's small code.
  const hex = unsigned >= 0x80000000 ? ` (0x${unsigned.toString(16).toUpperCase()})` : "";
  return {
    code: unsigned,
    text: UNNAMED.get(unsigned) ?? `ended with exit code ${unsigned}${hex}`,
  };
}
