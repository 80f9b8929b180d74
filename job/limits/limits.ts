/**
 * The limits of a job, as a program writes them. Pure.
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
  /** Bytes that a process may keep, at least 4096. */
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
  /** One bit a processor of the group; at least one. */
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
 * Something of the desktop that a job's processes may not do.
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
 * Limits of a job. To `setLimits` an absent key leaves what stands, a value sets it, and `null`
 * lifts it; 0 is a value and lifts nothing. From `limits()` a key is there when its limit is in
 * force. For the switches `false` is the same as `null`.
 *
 * Times are milliseconds of *user mode* only: a process that sleeps, or spins in the kernel, uses
 * none, and the system looks at them about once a second. In nested jobs the strictest of the chain
 * holds for memory, times, affinity, priority and working set; the others come from the innermost
 * job. See Microsoft's page on `JOBOBJECT_EXTENDED_LIMIT_INFORMATION`.
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
   * Bytes that one process can commit, 4096 or more, rounded down to whole pages by the system.
   * What exceeds it fails in the process (`VirtualAlloc` answers NULL); nothing is ended, and the
   * job posts `processMemoryLimit`. Memory committed before the process joined is not looked at.
   * Win32: `JOB_OBJECT_LIMIT_PROCESS_MEMORY`.
   */
  processMemory?: number | null;
  /**
   * Bytes that all processes together can commit, 4096 or more, rounded down to whole pages by the
   * system. What exceeds it fails in the process that asked; nothing is ended, and the job posts
   * `jobMemoryLimit`. Win32: `JOB_OBJECT_LIMIT_JOB_MEMORY`.
   */
  jobMemory?: number | null;
  /**
   * Resident bytes of each process; requests beyond are ignored by the system. Needs the privilege
   * SeIncreaseBasePriorityPrivilege. Win32: `JOB_OBJECT_LIMIT_WORKINGSET`.
   */
  workingSet?: WorkingSet | null;
  /**
   * Milliseconds of user time that each process has, in steps of 0.0001. The one that used them up
   * is ended with code 1816, and the job posts `endOfProcessTime`.
   * Win32: `JOB_OBJECT_LIMIT_PROCESS_TIME`.
   */
  processUserTime?: number | null;
  /**
   * Milliseconds of user time that all processes together have *from now on*, in steps of 0.0001:
   * setting it starts the clock again, setting other limits does not. Used up, all processes are
   * ended with code 1816 and none can join, or see {@linkcode Limits.endOfJobTime}.
   * Win32: `JOB_OBJECT_LIMIT_JOB_TIME`, and `JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME` when other limits
   * change.
   */
  jobUserTime?: number | null;
  /**
   * What happens when `jobUserTime` is used up: `"terminate"` ends all processes;
   * `"post"` posts `endOfJobTime`, drops the limit, and all go on. A job without a completion port
   * takes `"post"` for `"terminate"`: one that another program made and never listens to, or whose
   * listener has ended. A job of `JobObject.create()` has its port from the beginning, with and
   * without `notifications`.
   * Win32: `JOBOBJECT_END_OF_JOB_TIME_INFORMATION`.
   *
   * @default {"terminate"}
   */
  endOfJobTime?: EndOfJobTime | null;
  /**
   * How many processes can be in the job at a time, 1 or more. One too many is ended at its
   * creation, which fails with `ERROR_NOT_ENOUGH_QUOTA` (1816), and the job posts
   * `activeProcessLimit`. Win32: `JOB_OBJECT_LIMIT_ACTIVE_PROCESS`.
   */
  activeProcesses?: number | null;
  /**
   * The processors that processes run on, one bit each, of their processor group; processes cannot
   * change it, unless with `subsetAffinity`. Not together with `groupAffinity`.
   * Win32: `JOB_OBJECT_LIMIT_AFFINITY`.
   */
  affinity?: bigint | null;
  /**
   * Whether processes can choose among the processors of `affinity`, which must stand too.
   * Win32: `JOB_OBJECT_LIMIT_SUBSET_AFFINITY`.
   */
  subsetAffinity?: boolean | null;
  /**
   * The processors that processes run on, by processor group, each group once. Not together with
   * `affinity`. Win32: `JobObjectGroupInformationEx`.
   */
  groupAffinity?: readonly GroupAffinity[] | null;
  /**
   * The priority class of all processes; their own requests for another are ignored by the system.
   * Microsoft demands the privilege SeIncreaseBasePriorityPrivilege, which administrators hold and
   * which this module tries to enable. Win32: `JOB_OBJECT_LIMIT_PRIORITY_CLASS`.
   */
  priorityClass?: PriorityClass | null;
  /**
   * Length of the time slices, 0 (shortest) to 9; jobs without one have 5. Above 5 needs the
   * privilege SeIncreaseBasePriorityPrivilege. Win32: `JOB_OBJECT_LIMIT_SCHEDULING_CLASS`.
   */
  schedulingClass?: number | null;
  /**
   * Processor time per second, in exactly one of the ways of {@linkcode CpuLimit}; a new one
   * replaces the old one as a whole. Threads above it wait for the next interval.
   * Win32: `JOBOBJECT_CPU_RATE_CONTROL_INFORMATION`.
   */
  cpu?: CpuLimit | null;
  /**
   * Outgoing bytes per second, 1 or more; what exceeds it waits. One job of a nested chain can have
   * it. Win32: `JOB_OBJECT_NET_RATE_CONTROL_MAX_BANDWIDTH`.
   */
  netBandwidth?: number | null;
  /**
   * The differentiated-services mark of outgoing packets, 0 to 63.
   * Win32: `JOB_OBJECT_NET_RATE_CONTROL_DSCP_TAG`.
   */
  dscp?: number | null;
  /**
   * Bytes per second read from and written to all volumes, 1 or more; what exceeds it waits.
   * Microsoft calls the function unsupported since Windows 10 1607; where the system refuses it,
   * setting throws. Win32: `SetIoRateControlInformationJobObject`.
   */
  ioBandwidth?: number | null;
  /**
   * Input and output operations per second on all volumes, 1 or more; see `ioBandwidth`.
   * Win32: `SetIoRateControlInformationJobObject`.
   */
  ioIops?: number | null;
  /**
   * Whether closing the last handle of the job, which the end of this program does too, ends all
   * its processes. Win32: `JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE`.
   */
  killOnClose?: boolean | null;
  /**
   * Whether a crash ends its process at once, without the dialog of Windows Error Reporting.
   * Win32: `JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION`.
   */
  dieOnUnhandledException?: boolean | null;
  /**
   * Whether a process can start another one outside of the job, by `CREATE_BREAKAWAY_FROM_JOB`;
   * without it such a start fails with `ERROR_ACCESS_DENIED` (5). A permission, not a limit.
   * Win32: `JOB_OBJECT_LIMIT_BREAKAWAY_OK`.
   */
  breakaway?: boolean | null;
  /**
   * Whether all that processes start is outside of the job. A permission, not a limit.
   * Win32: `JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK`.
   */
  silentBreakaway?: boolean | null;
  /**
   * What of the desktop processes may not do; the list replaces the one before, and an empty one
   * lifts all. `"ime"` and `"injection"` exist on newer builds of Windows only. A job with such
   * limits cannot be nested. Win32: `JOBOBJECT_BASIC_UI_RESTRICTIONS`.
   */
  ui?: readonly UiLimit[] | null;
}

/**
 * The limits of a job as they were read. What was never set is absent; what the system does not say
 * is absent too, and named in `unknown`.
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
   * The limits of which the system does not say whether they are in force; absent where all are
   * known, so that a result of {@linkcode JobObject.limits} can be given to `setLimits()`.
   */
  readonly unknown?: readonly (keyof Limits)[];
  /** The first refusal, a `Win32Error`; absent without `unknown`. */
  readonly unknownReason?: Error;
}
