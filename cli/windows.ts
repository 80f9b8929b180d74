/**
 * The tool's only import from the floors below `mod.ts`: functions that a run, a record and the doctor
 * need and `mod.ts` does not offer. Besides it the tool imports `mod.ts`, `values/` and the
 * tables of limits.
 *
 * @module
 */
export {
  ERROR,
  JOB_OBJECT_LIMIT,
  JOBOBJECTINFOCLASS,
  PROCESS,
  STANDARD_RIGHTS,
} from "../ffi/constants.ts";
export { check, failure } from "../ffi/error.ts";
export { OwnedHandle } from "../ffi/handle.ts";
export { kernel32, ntdll } from "../ffi/library.ts";
export { struct } from "../ffi/struct.ts";
export { STRUCTS } from "../ffi/structs.ts";
export { fullFolder } from "../isolation/folder_rights.ts";
export { isolate } from "../isolation/isolate.ts";
export { breakGroup } from "../process/console_break.ts";
export { withoutErrorDialogs } from "../process/error_mode.ts";
export { describeExitCode } from "../process/exit/exit_code.ts";
export { NtStatus } from "../process/exit/status_codes.ts";
export { fileIdentity } from "../process/io/file_identity.ts";
export { HeldFile } from "../process/io/held_file.ts";
export { commandLine, parentPid } from "../process/query/native.ts";
export {
  exitCode,
  hasEnded,
  processImage,
  processMemory,
  type ProcessTimes,
  processTimes,
} from "../process/query/process_query.ts";
export { currentEnvironment } from "../process/start/environment.ts";
export { checkVariable, variableKey } from "../process/start/environment_block.ts";
export { kindOf, ownFolder, runFolder } from "../process/start/folder.ts";
export { launch } from "../process/start/launch.ts";
export { ownCommandLine } from "../process/start/own_command_line.ts";
export { prepareProgram, systemDirectory } from "../process/start/program.ts";
export { hasFolder, hasStream, namesDevice } from "../process/start/windows_path.ts";
export { MACHINE, machineName, processorCount } from "../job/machine.ts";
export { assignHandle, containsHandle, openProcess } from "../job/membership.ts";
export { rehearse } from "../job/rehearsal.ts";
export { rawTail } from "../process/start/command_line.ts";
