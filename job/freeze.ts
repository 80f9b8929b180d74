/**
 * Suspends and resumes a job's processes.
 *
 * @module
 */
import { JOB_OBJECT_OPERATION } from "../ffi/constants.ts";
import type { Handle } from "../ffi/handle.ts";
import { infoClass, set } from "./info_class.ts";

const FREEZE = infoClass("JobObjectFreezeInformation", "JOBOBJECT_FREEZE_INFORMATION");

/**
 * Suspends or resumes all threads of all processes of a job. Win32: `JobObjectFreezeInformation`,
 * not documented by Microsoft. Frozen processes can still be ended.
 *
 * @param job The job's handle.
 * @param frozen Whether to suspend them.
 * @param label The job's name for messages.
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
