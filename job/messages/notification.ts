/**
 * The messages that a job posts to its completion port. Pure.
 *
 * @module
 */
import { JOB_OBJECT_MSG } from "../../ffi/constants.ts";
import type { LimitViolation } from "../notifications/notification_limits.ts";

/** The messages without content, by their constants without the prefix. */
const PLAIN = {
  [JOB_OBJECT_MSG.END_OF_JOB_TIME]: "endOfJobTime",
  [JOB_OBJECT_MSG.ACTIVE_PROCESS_LIMIT]: "activeProcessLimit",
  [JOB_OBJECT_MSG.ACTIVE_PROCESS_ZERO]: "activeProcessZero",
} as const satisfies { readonly [code: number]: PlainNotificationType };

/** The messages about one process. */
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
 * A message of a job. Windows only guarantees that `notificationLimit` arrives; any other message
 * may be missing. A process id (`pid`) may belong to another process by the time it is read. Better
 * sources are `JobObject.limitsReached()` for reached limits, a child's `status` for how it ended,
 * and `JobObject.wait()` for the end of the tree.
 *
 * For processes that `JobObject.terminate()` ends, Windows posts no `exitProcess`, only one
 * `activeProcessZero` when the end is requested. The processes may still be ending then. The same
 * probably applies to closing a job with `killOnClose` and to the end of the job's time.
 *
 * - `endOfJobTime`: the user time of the job is used up. With {@linkcode Limits.endOfJobTime}
 *   `"post"` the limit is removed and the processes keep running. Otherwise the system has ended
 *   all of them. Microsoft's page says that no message is posted then, but older versions of
 *   Windows post it afterwards.
 * - `endOfProcessTime`: a process used up its user time and is being ended.
 * - `activeProcessLimit`: one process too many was refused.
 * - `activeProcessZero`: no process is left, or the end of all was requested. It may come several
 *   times. `JobObject.notifications()` generates it if the system does not post it.
 * - `newProcess`: a process joined, or was already in the job when the messages started.
 * - `exitProcess`: a process ended, with any code; not posted for one that was terminated with its
 *   job.
 * - `abnormalExitProcess`: a process ended by an exception such as an access violation, or Ctrl-C.
 * - `processMemoryLimit`, `jobMemoryLimit`: a process was refused memory.
 * - `notificationLimit`: limits of {@linkcode NotificationLimits} were crossed; the processes keep
 *   running. The violation was read exactly once for this message, which lets the system report
 *   again.
 * - `jobCycleTimeLimit`, `siloTerminated`: defined in the headers but not documented by Microsoft.
 * - `unknown`: a message of a newer system, with its number and value.
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
    /** The id of the process. */
    readonly pid: number;
  }
  | {
    readonly type: "notificationLimit";
    /** The process that crossed the limit; 0 if the system does not report it. */
    readonly pid: number;
    /** The crossed limits, with their values at that time. */
    readonly violation: LimitViolation;
  }
  | {
    readonly type: "unknown";
    /** The message's number. */
    readonly code: number;
    /** The value that came with it. */
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
 * Decodes a message. Every possible message results in a notification.
 *
 * @param code The number in the packet's bytes field.
 * @param value The packet's value in place of an OVERLAPPED address: usually a process id.
 * @param options `violation` reads the crossed limits, which lets the system report again. It is
 * called exactly once, and only for a `notificationLimit`.
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
