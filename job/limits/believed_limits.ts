/**
 * Limits of a system that accepts class 9 and gives nothing back of it, as Wine does.
 *
 * Wine has three of its flags, and a program under Wine needs the first one: `KILL_ON_JOB_CLOSE` is
 * believed after a process that never ran an instruction proved it; the two breakaway flags are
 * permissions, which at worst are not given, and are believed. All other limits are not in force.
 *
 * @module
 */
import { CREATION_FLAGS, JOB_OBJECT_LIMIT, WAIT } from "../../ffi/constants.ts";
import { failure } from "../../ffi/error.ts";
import { OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { SYSTEM_DIRECTORY } from "../../ffi/dll.ts";
import { infoClass, trySet } from "../info_class.ts";
import type { Difference } from "./change.ts";
import type { ExtendedLimits } from "./row.ts";

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

/** What is in force of class 9 in one job though the system gives nothing back. */
export class BelievedLimits {
  #set: ExtendedLimits | undefined;

  /**
   * Fills in what the system does not give back.
   *
   * @param limits Class 9 as it was read.
   * @returns The same, or what was written where that is believed.
   */
  filledIn(limits: ExtendedLimits): ExtendedLimits {
    const isEmpty = limits.BasicLimitInformation.LimitFlags === 0;
    return isEmpty && this.#set !== undefined ? this.#set : limits;
  }

  /**
   * Remembers what was written to a system that gives nothing back, and forgets it for any other.
   *
   * @param written Class 9 as it was written.
   * @param found Class 9 as it was read back.
   */
  remember(written: ExtendedLimits, found: ExtendedLimits): void {
    this.#set = isLost(written, found) ? written : undefined;
  }
}

function isLost(written: ExtendedLimits, found: ExtendedLimits): boolean {
  const flags = written.BasicLimitInformation.LimitFlags;
  return flags !== 0 && (found.BasicLimitInformation.LimitFlags & flags) === 0;
}

/**
 * Tells whether a limit is in force though the system does not give it back.
 *
 * @param difference The limit.
 * @param written Class 9 as it was written.
 * @param found Class 9 as it was read back.
 * @returns Whether the system gives nothing back at all, and has this limit.
 */
export function isBelieved(
  { name }: Difference,
  written: ExtendedLimits,
  found: ExtendedLimits,
): boolean {
  if (!isLost(written, found)) return false;
  if (name === "breakaway" || name === "silentBreakaway") return true;
  return name === "killOnClose" && killOnCloseWorks();
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
