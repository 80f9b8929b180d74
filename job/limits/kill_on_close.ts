/**
 * Proves that closing a job ends its processes, on a system that accepts `KILL_ON_JOB_CLOSE` but
 * does not report it. A process that never runs an instruction is put into a separate job, the job
 * is closed, and the process must end. Without this proof no program could create such a job there.
 * No other limit counts as in force without being reported.
 *
 * @module
 */
import { CREATION_FLAGS, JOB_OBJECT_LIMIT, WAIT } from "../../ffi/constants.ts";
import { SYSTEM_DIRECTORY } from "../../ffi/dll.ts";
import { failure } from "../../ffi/error.ts";
import { OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { infoClass, trySet } from "../info_class.ts";

const EXTENDED = infoClass(
  "JobObjectExtendedLimitInformation",
  "JOBOBJECT_EXTENDED_LIMIT_INFORMATION",
);
const STARTUP = struct(STRUCTS, "STARTUPINFOW");
const PROCESS = struct(STRUCTS, "PROCESS_INFORMATION");

/** Options of a canary test. */
export interface CanaryOptions {
  /** The limit flags of its job. */
  readonly flags: number;
  /** How long it may take to end, in ms. */
  readonly deadline: number;
}

let proven: boolean | undefined;

/**
 * Tests, once in this process, whether closing a job ends its processes, using a process that never
 * runs an instruction.
 *
 * @returns `true` if it was ended.
 */
export function killOnCloseWorks(): boolean {
  proven ??= endsWithJob({ flags: JOB_OBJECT_LIMIT.KILL_ON_JOB_CLOSE, deadline: 5000 });
  return proven;
}

/**
 * Puts a process that never runs an instruction into a separate job, and closes the job.
 *
 * @param options The job's flags, and how long to wait.
 * @returns Whether the process ended; `false` also if none could be started.
 */
export function endsWithJob({ flags, deadline }: CanaryOptions): boolean {
  const program = encodeWide(`${SYSTEM_DIRECTORY}cmd.exe`);
  const memory = PROCESS.allocate();
  const created = kernel32.CreateProcessW(
    program,
    null,
    null,
    null,
    0,
    CREATION_FLAGS.CREATE_SUSPENDED | CREATION_FLAGS.CREATE_NO_WINDOW,
    null,
    null,
    STARTUP.encode({ cb: STARTUP.size }),
    memory,
  );
  if (failure(created) !== 0) return false;
  const { hProcess, hThread } = PROCESS.decode(memory);
  using thread = new OwnedHandle(hThread, "a canary's thread");
  using process = new OwnedHandle(hProcess, "a canary");
  try {
    const handle = kernel32.CreateJobObjectW(null, null);
    if (failure(handle) !== 0) return false;
    const job = new OwnedHandle(handle, "a canary's job");
    const limits = { BasicLimitInformation: { LimitFlags: flags } };
    const joined = trySet(job.value, EXTENDED, limits) === 0 &&
      failure(kernel32.AssignProcessToJobObject(job.value, process.value)) === 0;
    job.close();
    return joined &&
      kernel32.WaitForSingleObject(process.value, deadline) === WAIT.WAIT_OBJECT_0;
  } finally {
    // Ends the process if the job did not; if the job did, the call fails.
    kernel32.TerminateProcess(process.value, 1);
    thread.close();
  }
}
