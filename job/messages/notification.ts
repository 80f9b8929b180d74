/**
 * The messages that a job posts to its completion port. Pure.
 *
 * @module
 */
import { JOB_OBJECT_MSG } from "../../ffi/constants.ts";
import type { LimitViolation } from "../notifications/notification_limits.ts";

/** A message without content, by its constant without prefix. */
const PLAIN = {
  [JOB_OBJECT_MSG.END_OF_JOB_TIME]: "endOfJobTime",
  [JOB_OBJECT_MSG.ACTIVE_PROCESS_LIMIT]: "activeProcessLimit",
  [JOB_OBJECT_MSG.ACTIVE_PROCESS_ZERO]: "activeProcessZero",
} as const satisfies { readonly [code: number]: PlainNotificationType };

/** A message about one process. */
const OF_PROCESS = {
  [JOB_OBJECT_MSG.END_OF_PROCESS_TIME]: "endOfProcessTime",
  [JOB_OBJECT_MSG.NEW_PROCESS]: "newProcess",
  [JOB_OBJECT_MSG.EXIT_PROCESS]: "exitProcess",
  [JOB_OBJECT_MSG.ABNORMAL_EXIT_PROCESS]: "abnormalExitProcess",
  [JOB_OBJECT_MSG.PROCESS_MEMORY_LIMIT]: "processMemoryLimit",
  [JOB_OBJECT_MSG.JOB_MEMORY_LIMIT]: "jobMemoryLimit",
  [JOB_OBJECT_MSG.JOB_CYCLE_TIME_LIMIT]: "jobCycleTimeLimit",
  [JOB_OBJECT_MSG.SILO_TERMINATED]: "siloTerminated",
} as const satisfies { readonly [code: number]: ProcessNotificationType };

/**
 * The messages that are about the job as a whole.
 *
 * @example
 * ```ts
 * import type { PlainNotificationType } from "@jobbox/jobobject";
 *
 * const last: PlainNotificationType = "activeProcessZero";
 * ```
 */
export type PlainNotificationType = "endOfJobTime" | "activeProcessLimit" | "activeProcessZero";

/**
 * The messages that are about one process.
 *
 * @example
 * ```ts
 * import type { ProcessNotificationType } from "@jobbox/jobobject";
 *
 * const ends: ProcessNotificationType[] = ["exitProcess", "abnormalExitProcess"];
 * ```
 */
export type ProcessNotificationType =
  | "endOfProcessTime"
  | "newProcess"
  | "exitProcess"
  | "abnormalExitProcess"
  | "processMemoryLimit"
  | "jobMemoryLimit"
  | "jobCycleTimeLimit"
  | "siloTerminated";

/**
 * What a job told. Only `notificationLimit` is guaranteed by Windows to arrive, whatever the others
 * are said to tell here; a process identifier (`pid`) may belong to another process by the time that
 * it is read. Whether limits were reached is better asked of `JobObject.limitsReached()`, how a child
 * ended of its `status`, and whether the tree is gone of `JobObject.wait()`.
 *
 * Of the processes that are ended by `JobObject.terminate()`, and probably by the closing of a job
 * with `killOnClose` and at the end of the job's time, Windows posts no `exitProcess`: only
 * `activeProcessZero`, once, when the end is requested. The processes may still be ending then.
 *
 * - `endOfJobTime`: the user time of the job is used up. With {@linkcode Limits.endOfJobTime}
 *   `"post"` the limit is gone and the processes go on. Otherwise the system has ended all of them:
 *   Microsoft's page says that it posts nothing then, and older versions of Windows post it after.
 * - `endOfProcessTime`: a process used up its user time and is being ended.
 * - `activeProcessLimit`: one process too many was refused.
 * - `activeProcessZero`: no process is left, or the end of all was requested; may come several
 *   times. `JobObject.notifications()` makes it up where the system does not post it.
 * - `newProcess`: a process joined, or was in the job when the messages began.
 * - `exitProcess`: a process ended, with any code; not one that was terminated with its job.
 * - `abnormalExitProcess`: a process ended by an exception such as an access violation, or Ctrl-C.
 * - `processMemoryLimit`, `jobMemoryLimit`: a process was refused memory.
 * - `notificationLimit`: limits of {@linkcode NotificationLimits} were crossed; the processes go on.
 *   Reading the violation let the system report again, which happened exactly once for this message.
 * - `jobCycleTimeLimit`, `siloTerminated`: named in the headers and not documented by Microsoft.
 * - `unknown`: a newer system's message, with its number and what came with it.
 *
 * @example
 * ```ts
 * import type { JobNotification } from "@jobbox/jobobject";
 *
 * async function follow(messages: AsyncIterable<JobNotification>): Promise<void> {
 *   for await (const message of messages) {
 *     if (message.type === "newProcess") console.log(message.pid);
 *     if (message.type === "activeProcessZero") break;
 *   }
 * }
 * ```
 */
export type JobNotification =
  | { readonly type: PlainNotificationType }
  | {
    readonly type: ProcessNotificationType;
    /** The process, as the system numbers it. */
    readonly pid: number;
  }
  | {
    readonly type: "notificationLimit";
    /** The process that crossed the limit; 0 if the system does not report it. */
    readonly pid: number;
    /** Which limits, and the numbers at that time. */
    readonly violation: LimitViolation;
  }
  | {
    readonly type: "unknown";
    /** The message's number. */
    readonly code: number;
    /** What came with it. */
    readonly value: bigint;
  };

/**
 * hcsshim's name for the message that no process is left.
 *
 * @example
 * ```ts
 * import type { MsgAllProcessesExited } from "@jobbox/jobobject";
 *
 * const message: MsgAllProcessesExited = { type: "activeProcessZero" };
 * ```
 */
export type MsgAllProcessesExited = { readonly type: "activeProcessZero" };

/**
 * The name of a message.
 *
 * @example
 * ```ts
 * import type { JobNotificationType } from "@jobbox/jobobject";
 *
 * const wanted: JobNotificationType[] = ["jobMemoryLimit", "notificationLimit"];
 * ```
 */
export type JobNotificationType = JobNotification["type"];

/**
 * Decodes a message. Total: whatever the system posts gives a notification.
 *
 * @param code The number in the packet's bytes field.
 * @param value What the packet has in place of an OVERLAPPED's address: mostly a process identifier.
 * @param options `violation` is called exactly once, and only for a `notificationLimit`: it reads
 * what was crossed, which lets the system report again.
 * @returns The notification.
 */
export function decodeNotification(
  code: number,
  value: bigint,
  { violation }: { violation: () => LimitViolation },
): JobNotification {
  if (Object.hasOwn(PLAIN, code)) return { type: PLAIN[code as keyof typeof PLAIN] };
  const pid = Number(BigInt.asUintN(32, value));
  if (Object.hasOwn(OF_PROCESS, code)) {
    return { type: OF_PROCESS[code as keyof typeof OF_PROCESS], pid };
  }
  if (code === JOB_OBJECT_MSG.NOTIFICATION_LIMIT) {
    return { type: "notificationLimit", pid, violation: violation() };
  }
  return { type: "unknown", code, value };
}
