/**
 * Replaces `ffi/dll.ts` under Wine: the job-object functions come from jobsim.
 *
 * The host puts it there by an import map when it starts Deno. The product itself has no switch
 * that redirects a DLL, because that would be a hijack in a sandbox tool.
 *
 * @module
 */

// Mapped to this file for every other module, but itself for this one.
import { dllPath as systemDllPath } from "../../ffi/dll.ts";
import { JOBSIM_PATH } from "./jobsim_path.ts";

export * from "../../ffi/dll.ts";

/**
 * The functions that jobsim exports instead of the system: those of job objects, and those that
 * must know about them.
 */
const SIMULATED: ReadonlySet<string> = new Set([
  "CreateJobObjectW",
  "OpenJobObjectW",
  "AssignProcessToJobObject",
  "TerminateJobObject",
  "SetInformationJobObject",
  "QueryInformationJobObject",
  "IsProcessInJob",
  "SetIoRateControlInformationJobObject",
  "QueryIoRateControlInformationJobObject",
  "FreeMemoryJobObject",
  "CreateProcessW",
  "CreateProcessAsUserW",
  "GetProcessTimes",
  "NtQueryInformationProcess",
  "CloseHandle",
  "WaitForSingleObject",
  "UserHandleGrantAccess",
  "SetPriorityClass",
  "SetProcessAffinityMask",
]);

/**
 * Returns the absolute path of the DLL that exports a function.
 *
 * @param dll The DLL's name without its extension.
 * @param symbol The function's name.
 * @returns jobsim's path for a function that it simulates, otherwise the system's.
 */
export function dllPath(dll: string, symbol: string): string {
  return SIMULATED.has(symbol) ? JOBSIM_PATH : systemDllPath(dll, symbol);
}
