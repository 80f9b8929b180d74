/**
 * The limits of a job, in the form that programs use. Pure.
 *
 * @module
 */
import type { PriorityClass } from "../../process/start/priority.ts";
import type { CpuLimit } from "./cpu_limit.ts";

/**
 * Bytes of memory that stay resident.
 *
 * @example
 * ```ts
 * import type { WorkingSet } from "@jobbox/jobobject";
 *
 * const workingSet: WorkingSet = { min: 1024 ** 2, max: 64 * 1024 ** 2 };
 * ```
 */
export interface WorkingSet {
  /** Bytes that a process keeps, at least 4096. */
  readonly min: number;
  /** Bytes that a process may have, at least `min`. */
  readonly max: number;
}

/**
 * Processors of one processor group.
 *
 * @example
 * ```ts
 * import type { GroupAffinity } from "@jobbox/jobobject";
 *
 * const firstTwo: GroupAffinity = { group: 0, mask: 0b11n };
 * ```
 */
export interface GroupAffinity {
  /** The group, 0 to 65534; machines of up to 64 processors have group 0 only. */
  readonly group: number;
  /** One bit per processor of the group; at least one bit. */
  readonly mask: bigint;
}

/**
 * What happens when {@linkcode Limits.jobUserTime} is used up.
 *
 * @example
 * ```ts
 * import type { EndOfJobTime } from "@jobbox/jobobject";
 *
 * const whenUsedUp: EndOfJobTime = "post";
 * ```
 */
export type EndOfJobTime = "terminate" | "post";

/**
 * A desktop function that is denied to a job's processes.
 *
 * @example
 * ```ts
 * import type { UiLimit } from "@jobbox/jobobject";
 *
 * const locked: UiLimit[] = ["readClipboard", "exitWindows"];
 * ```
 */
export type UiLimit =
  | "handles"
  | "readClipboard"
  | "writeClipboard"
  | "systemParameters"
  | "displaySettings"
  | "globalAtoms"
  | "desktop"
  | "exitWindows"
  | "ime"
  | "injection";

/**
 * Limits of a job. In `setLimits()` a missing key leaves the limit unchanged, a value sets it, and
 * `null` removes it; 0 is a value and does not remove the limit. In the result of `limits()` a key
 * is present if its limit is in force. For switches `false` is the same as `null`.
 *
 * Times are milliseconds of *user mode* only: a process that sleeps or works in the kernel uses
 * none. The system checks them about once a second. In nested jobs the strictest limit of the chain
 * applies for memory, times, affinity, priority and working set; the other limits come from the
 * innermost job. See Microsoft's page on `JOBOBJECT_EXTENDED_LIMIT_INFORMATION`.
 *
 * @example
 * ```ts
 * import type { Limits } from "@jobbox/jobobject";
 *
 * const limits: Limits = { jobMemory: 512 * 1024 ** 2, cpu: { hardCap: 50 }, activeProcesses: null };
 * ```
 */
export interface Limits {
  /**
   * Bytes that one process can commit, 4096 or more, rounded down to whole pages by the system. A
   * larger request fails in the process (`VirtualAlloc` returns NULL). No process is ended, and the
   * job posts `processMemoryLimit`. Memory committed before the process joined is not checked.
   * Win32: `JOB_OBJECT_LIMIT_PROCESS_MEMORY`.
   */
  processMemory?: number | null;
  /**
   * Bytes that all processes together can commit, 4096 or more, rounded down to whole pages by the
   * system. A larger request fails in the process that makes it. No process is ended, and the job
   * posts `jobMemoryLimit`. Win32: `JOB_OBJECT_LIMIT_JOB_MEMORY`.
   */
  jobMemory?: number | null;
  /**
   * Resident bytes of each process; the system ignores requests for more. Needs the privilege
   * SeIncreaseBasePriorityPrivilege. Win32: `JOB_OBJECT_LIMIT_WORKINGSET`.
   */
  workingSet?: WorkingSet | null;
  /**
   * Milliseconds of user time that each process can use, in steps of 0.0001. A process that has
   * used them up is ended with code 1816, and the job posts `endOfProcessTime`. Win32:
   * `JOB_OBJECT_LIMIT_PROCESS_TIME`.
   */
  processUserTime?: number | null;
  /**
   * Milliseconds of user time that all processes together can use *from now on*, in steps of
   * 0.0001. Setting it restarts the clock; setting other limits does not. When the time is used up,
   * all processes are ended with code 1816 and no process can join, unless {@linkcode
   * Limits.endOfJobTime} says otherwise. Win32: `JOB_OBJECT_LIMIT_JOB_TIME`, and
   * `JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME` when other limits change.
   */
  jobUserTime?: number | null;
  /**
   * What happens when `jobUserTime` is used up: `"terminate"` ends all processes; `"post"` posts
   * `endOfJobTime`, removes the limit, and all processes keep running. A job without a completion
   * port treats `"post"` as `"terminate"`. This is a job that another program created and does not
   * listen to, or whose listener has ended. A job from `JobObject.create()` always has a port, with
   * or without `notifications`. Win32: `JOBOBJECT_END_OF_JOB_TIME_INFORMATION`.
   *
   * @default {"terminate"}
   */
  endOfJobTime?: EndOfJobTime | null;
  /**
   * How many processes can be in the job at the same time, 1 or more. An additional process is
   * ended at its creation, which fails with `ERROR_NOT_ENOUGH_QUOTA` (1816), and the job posts
   * `activeProcessLimit`. Win32: `JOB_OBJECT_LIMIT_ACTIVE_PROCESS`.
   */
  activeProcesses?: number | null;
  /**
   * The processors that processes run on, one bit each, within their processor group. Processes
   * cannot change it, except with `subsetAffinity`. Cannot be combined with `groupAffinity`. Win32:
   * `JOB_OBJECT_LIMIT_AFFINITY`.
   */
  affinity?: bigint | null;
  /**
   * Whether processes can choose among the processors of `affinity`, which must be set too. Win32:
   * `JOB_OBJECT_LIMIT_SUBSET_AFFINITY`.
   */
  subsetAffinity?: boolean | null;
  /**
   * The processors that processes run on, by processor group, each group once. Cannot be combined
   * with `affinity`. Win32: `JobObjectGroupInformationEx`.
   */
  groupAffinity?: readonly GroupAffinity[] | null;
  /**
   * The priority class of all processes; the system ignores their requests for another one.
   * Microsoft documents that it needs the privilege SeIncreaseBasePriorityPrivilege, which
   * administrators hold and which this module tries to enable. Win32:
   * `JOB_OBJECT_LIMIT_PRIORITY_CLASS`.
   */
  priorityClass?: PriorityClass | null;
  /**
   * Length of the time slices, 0 (shortest) to 9; jobs without this limit have 5. Values above 5
   * need the privilege SeIncreaseBasePriorityPrivilege. Win32: `JOB_OBJECT_LIMIT_SCHEDULING_CLASS`.
   */
  schedulingClass?: number | null;
  /**
   * Processor time per second, in exactly one of the forms of {@linkcode CpuLimit}; a new value
   * replaces the old one completely. Threads that exceed it wait for the next interval. Win32:
   * `JOBOBJECT_CPU_RATE_CONTROL_INFORMATION`.
   */
  cpu?: CpuLimit | null;
  /**
   * Outgoing network bytes per second, 1 or more; further data waits. Only one job of a nested
   * chain can have it. Win32: `JOB_OBJECT_NET_RATE_CONTROL_MAX_BANDWIDTH`.
   */
  netBandwidth?: number | null;
  /**
   * The differentiated-services mark of outgoing packets, 0 to 63.
   * Win32: `JOB_OBJECT_NET_RATE_CONTROL_DSCP_TAG`.
   */
  dscp?: number | null;
  /**
   * Bytes per second read from and written to all volumes, 1 or more; further operations wait.
   * Microsoft documents the function as unsupported since Windows 10 1607; if the system refuses
   * it, setting throws. Win32: `SetIoRateControlInformationJobObject`.
   */
  ioBandwidth?: number | null;
  /**
   * Input and output operations per second on all volumes, 1 or more; see `ioBandwidth`.
   * Win32: `SetIoRateControlInformationJobObject`.
   */
  ioIops?: number | null;
  /**
   * Whether closing the last handle of the job ends all its processes. The end of this program
   * closes its handles too. Win32: `JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE`.
   */
  killOnClose?: boolean | null;
  /**
   * Whether a process that crashes ends at once, without the dialog of Windows Error Reporting.
   * Win32: `JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION`.
   */
  dieOnUnhandledException?: boolean | null;
  /**
   * Whether a process can start another one outside of the job, with `CREATE_BREAKAWAY_FROM_JOB`.
   * Without this permission such a start fails with `ERROR_ACCESS_DENIED` (5). A permission, not a
   * limit. Win32: `JOB_OBJECT_LIMIT_BREAKAWAY_OK`.
   */
  breakaway?: boolean | null;
  /**
   * Whether every process that a process of the job starts is outside of the job. A permission, not
   * a limit. Win32: `JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK`.
   */
  silentBreakaway?: boolean | null;
  /**
   * The desktop functions denied to the processes. A new list replaces the old one, and an empty
   * list removes all. `"ime"` and `"injection"` only exist on newer builds of Windows. A job with
   * such limits cannot be nested. Win32: `JOBOBJECT_BASIC_UI_RESTRICTIONS`.
   */
  ui?: readonly UiLimit[] | null;
}

/**
 * The limits of a job as read from the system. A limit that is not set is absent. A limit that the
 * system does not report is absent too, and listed in `unknown`.
 *
 * @example
 * ```ts
 * import type { LimitsInForce } from "@jobbox/jobobject";
 *
 * const isCapped = (limits: LimitsInForce): boolean => limits.jobMemory !== undefined;
 * ```
 */
export interface LimitsInForce extends Limits {
  /**
   * The limits for which the system does not report whether they are in force. Absent if all are
   * known, so that a result of {@linkcode JobObject.limits} can be passed to `setLimits()`.
   */
  readonly unknown?: readonly (keyof Limits)[];
  /** The first refusal, a `Win32Error`. Absent if `unknown` is. */
  readonly unknownReason?: Error;
}
