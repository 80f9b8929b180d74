/**
 * Proves that closing a job ends its processes, on a system that takes `KILL_ON_JOB_CLOSE` and does
 * not give it back: a process that never runs an instruction is put into a job of its own, the job is
 * closed, and the process must end. Without this proof no program could make a job there that ends
 * with it; no other limit is taken for one in force without being given back.
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

/** How a canary is tried. */
export interface CanaryOptions {
  /** The limit flags of its job. */
  readonly flags: number;
  /** Milliseconds that it may take to end. */
  readonly deadline: number;
}

let proven: boolean | undefined;

/**
 * Finds out, once in this process, whether closing a job ends its processes: by a process that
 * never runs an instruction.
 *
 * @returns `true` when it was ended.
 */
export function killOnCloseWorks(): boolean {
  proven ??= endsWithJob({ flags: JOB_OBJECT_LIMIT.KILL_ON_JOB_CLOSE, deadline: 5000 });
  return proven;
}

/**
 * Puts a process that never runs an instruction into a job of its own, and closes the job.
 *
 * @param options The job's flags, and how long to wait.
 * @returns Whether the process ended; `false` too where none could be started.
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
    // Ends it where the job did not; the call fails where the job did.
    kernel32.TerminateProcess(process.value, 1);
    thread.close();
  }
}
