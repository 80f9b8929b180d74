/**
 * Stopping a job's processes for a while.
 *
 * @module
 */
import { JOB_OBJECT_OPERATION } from "../ffi/constants.ts";
import type { Handle } from "../ffi/handle.ts";
import { infoClass, set } from "./info_class.ts";

const FREEZE = infoClass("JobObjectFreezeInformation", "JOBOBJECT_FREEZE_INFORMATION");

/**
 * Stops or resumes all threads of all processes of a job. Win32: `JobObjectFreezeInformation`, not
 * documented by Microsoft. Frozen processes can be ended.
 *
 * @param job The job's handle.
 * @param frozen Whether they stop.
 * @param label What to call the job in messages.
 * @throws {UnsupportedPlatformError} If the system does not have the class.
 * @throws {Win32Error} If the system refuses.
 */
export function setFrozen(job: Handle, frozen: boolean, label: string): void {
  set(job, {
    info: FREEZE,
    value: { Flags: JOB_OBJECT_OPERATION.FREEZE, Freeze: frozen ? 1 : 0 },
    action: `Cannot ${frozen ? "freeze" : "thaw"} ${label}`,
  });
}
