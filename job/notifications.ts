/**
 * The messages of a job as typed values. Pure and total: what Windows may add comes as `unknown`.
 *
 * @module
 */
import { JOB_OBJECT_MSG } from "../ffi/constants.ts";
import type { LimitViolation } from "./notification_limits.ts";

/**
 * A message of a job. The names are those of `JOB_OBJECT_MSG_…`; a `pid` is of the process that
 * the message is about, and may be used again for another one by the time the message is read.
 *
 * Windows guarantees the delivery of `notificationLimit` only. See Microsoft's page on
 * JOBOBJECT_ASSOCIATE_COMPLETION_PORT.
 */
export type JobNotification =
  /** The job's user time is used up, and the job's action is to post; the limit is lifted. */
  | { readonly type: "endOfJobTime" }
  /** A process used up its user time and is being ended. */
  | { readonly type: "endOfProcessTime"; readonly pid: number }
  /** A process more than allowed was to be started or assigned. */
  | { readonly type: "activeProcessLimit" }
  /** The last process of the job ended; more may be started. */
  | { readonly type: "activeProcessZero" }
  /** A process is in the job, or was when the listening began. */
  | { readonly type: "newProcess"; readonly pid: number }
  /** A process ended, with whatever exit code. */
  | { readonly type: "exitProcess"; readonly pid: number }
  /** A process ended by an exception that nothing handled, or by Ctrl-C. */
  | { readonly type: "abnormalExitProcess"; readonly pid: number }
  /** A process asked for more memory than one may have; it did not get it. */
  | { readonly type: "processMemoryLimit"; readonly pid: number }
  /** A process asked for more memory than the job may have; it did not get it. */
  | { readonly type: "jobMemoryLimit"; readonly pid: number }
  /** A notification limit was passed; the processes go on running. */
  | {
    readonly type: "notificationLimit";
    readonly pid: number;
    /** Which limits, with their values and what was measured. */
    readonly violation: LimitViolation;
  }
  /** The job's limit of processor cycles was reached (not documented by Microsoft). */
  | { readonly type: "jobCycleTimeLimit"; readonly pid: number }
  /** The silo ended (not documented by Microsoft). */
  | { readonly type: "siloTerminated"; readonly pid: number }
  /** A message that this version does not know. */
  | { readonly type: "unknown"; readonly code: number; readonly value: bigint };

/** The seed's name for {@linkcode JobNotification}'s `activeProcessZero`. */
export type MsgAllProcessesExited = Extract<JobNotification, { type: "activeProcessZero" }>;

/** The type of a message. */
export type NotificationType = JobNotification["type"];

/**
 * Decodes a message of a job's completion port.
 *
 * @param code The message: the packet's number of bytes.
 * @param value The packet's third value: a process id, or 0.
 * @param violation Asks for the violation; called for `notificationLimit` only, and once.
 * @returns The message.
 */
export function decodeNotification(
  code: number,
  value: bigint,
  { violation }: { violation: () => LimitViolation },
): JobNotification {
  const pid = Number(BigInt.asUintN(32, value));
  switch (code) {
    case JOB_OBJECT_MSG.END_OF_JOB_TIME:
      return { type: "endOfJobTime" };
    case JOB_OBJECT_MSG.END_OF_PROCESS_TIME:
      return { type: "endOfProcessTime", pid };
    case JOB_OBJECT_MSG.ACTIVE_PROCESS_LIMIT:
      return { type: "activeProcessLimit" };
    case JOB_OBJECT_MSG.ACTIVE_PROCESS_ZERO:
      return { type: "activeProcessZero" };
    case JOB_OBJECT_MSG.NEW_PROCESS:
      return { type: "newProcess", pid };
    case JOB_OBJECT_MSG.EXIT_PROCESS:
      return { type: "exitProcess", pid };
    case JOB_OBJECT_MSG.ABNORMAL_EXIT_PROCESS:
      return { type: "abnormalExitProcess", pid };
    case JOB_OBJECT_MSG.PROCESS_MEMORY_LIMIT:
      return { type: "processMemoryLimit", pid };
    case JOB_OBJECT_MSG.JOB_MEMORY_LIMIT:
      return { type: "jobMemoryLimit", pid };
    case JOB_OBJECT_MSG.NOTIFICATION_LIMIT:
      return { type: "notificationLimit", pid, violation: violation() };
    case JOB_OBJECT_MSG.JOB_CYCLE_TIME_LIMIT:
      return { type: "jobCycleTimeLimit", pid };
    case JOB_OBJECT_MSG.SILO_TERMINATED:
      return { type: "siloTerminated", pid };
    default:
      return { type: "unknown", code, value };
  }
}
