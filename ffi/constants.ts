/**
 * Constants of the Windows headers, in groups. A constant's C name is the group's name, an
 * underscore, and its own name (`JOB_OBJECT_LIMIT.JOB_TIME` is `JOB_OBJECT_LIMIT_JOB_TIME`), unless
 * the group's comment says that its keys are the C names. `tests/abi/` compares every value with
 * the headers.
 *
 * @module
 */

/**
 * `JOBOBJECTINFOCLASS` (winnt.h and, from 18 on where it says "Reserved", phnt); keys are C names.
 *
 * @example
 * ```ts
 * import { JOBOBJECTINFOCLASS, kernel32 } from "@jobbox/jobobject/ffi";
 *
 * const clearPeak = (job: bigint): number =>
 *   kernel32.SetInformationJobObject(
 *     job,
 *     JOBOBJECTINFOCLASS.JobObjectClearPeakJobMemoryUsed,
 *     null,
 *     0,
 *   );
 * ```
 */
export const JOBOBJECTINFOCLASS = {
  JobObjectBasicAccountingInformation: 1,
  JobObjectBasicLimitInformation: 2,
  JobObjectBasicProcessIdList: 3,
  JobObjectBasicUIRestrictions: 4,
  JobObjectEndOfJobTimeInformation: 6,
  JobObjectAssociateCompletionPortInformation: 7,
  JobObjectBasicAndIoAccountingInformation: 8,
  JobObjectExtendedLimitInformation: 9,
  JobObjectGroupInformation: 11,
  JobObjectNotificationLimitInformation: 12,
  JobObjectLimitViolationInformation: 13,
  JobObjectGroupInformationEx: 14,
  JobObjectCpuRateControlInformation: 15,
  JobObjectFreezeInformation: 18,
  JobObjectClearPeakJobMemoryUsed: 27,
  JobObjectMemoryUsageInformation: 28,
  JobObjectNetRateControlInformation: 32,
  JobObjectNotificationLimitInformation2: 33,
  JobObjectLimitViolationInformation2: 34,
  JobObjectIoAttribution: 42,
} as const;

/**
 * Limit flags (winnt.h): of class 2 and 9, and from `JOB_MEMORY_LOW` on of class 12 and 33.
 *
 * @example
 * ```ts
 * import { JOB_OBJECT_LIMIT } from "@jobbox/jobobject/ffi";
 *
 * const flags: number = JOB_OBJECT_LIMIT.KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT.JOB_MEMORY;
 * ```
 */
export const JOB_OBJECT_LIMIT = {
  WORKINGSET: 0x1,
  PROCESS_TIME: 0x2,
  JOB_TIME: 0x4,
  ACTIVE_PROCESS: 0x8,
  AFFINITY: 0x10,
  PRIORITY_CLASS: 0x20,
  PRESERVE_JOB_TIME: 0x40,
  SCHEDULING_CLASS: 0x80,
  PROCESS_MEMORY: 0x100,
  JOB_MEMORY: 0x200,
  JOB_MEMORY_HIGH: 0x200,
  DIE_ON_UNHANDLED_EXCEPTION: 0x400,
  BREAKAWAY_OK: 0x800,
  SILENT_BREAKAWAY_OK: 0x1000,
  KILL_ON_JOB_CLOSE: 0x2000,
  SUBSET_AFFINITY: 0x4000,
  JOB_MEMORY_LOW: 0x8000,
  JOB_READ_BYTES: 0x10000,
  JOB_WRITE_BYTES: 0x20000,
  RATE_CONTROL: 0x40000,
  CPU_RATE_CONTROL: 0x40000,
  IO_RATE_CONTROL: 0x80000,
  NET_RATE_CONTROL: 0x100000,
} as const;

/**
 * Messages that a job posts to its completion port (winnt.h).
 *
 * @example
 * ```ts
 * import { JOB_OBJECT_MSG } from "@jobbox/jobobject/ffi";
 *
 * const isEmpty = (message: number): boolean =>
 *   message === JOB_OBJECT_MSG.ACTIVE_PROCESS_ZERO;
 * ```
 */
export const JOB_OBJECT_MSG = {
  END_OF_JOB_TIME: 1,
  END_OF_PROCESS_TIME: 2,
  ACTIVE_PROCESS_LIMIT: 3,
  ACTIVE_PROCESS_ZERO: 4,
  NEW_PROCESS: 6,
  EXIT_PROCESS: 7,
  ABNORMAL_EXIT_PROCESS: 8,
  PROCESS_MEMORY_LIMIT: 9,
  JOB_MEMORY_LIMIT: 10,
  NOTIFICATION_LIMIT: 11,
  JOB_CYCLE_TIME_LIMIT: 12,
  SILO_TERMINATED: 13,
} as const;

/**
 * What happens at the end of the job's user time (winnt.h); keys are C names without `JOB_OBJECT_`.
 *
 * @example
 * ```ts
 * import { JOB_OBJECT } from "@jobbox/jobobject/ffi";
 *
 * const action = (terminate: boolean): number =>
 *   terminate ? JOB_OBJECT.TERMINATE_AT_END_OF_JOB : JOB_OBJECT.POST_AT_END_OF_JOB;
 * ```
 */
export const JOB_OBJECT = {
  TERMINATE_AT_END_OF_JOB: 0,
  POST_AT_END_OF_JOB: 1,
} as const;

/**
 * User-interface limits (winnt.h); `IME` and `INJECTION` exist on newer builds only.
 *
 * @example
 * ```ts
 * import { JOB_OBJECT_UILIMIT } from "@jobbox/jobobject/ffi";
 *
 * const noClipboard: number = JOB_OBJECT_UILIMIT.READCLIPBOARD | JOB_OBJECT_UILIMIT.WRITECLIPBOARD;
 * ```
 */
export const JOB_OBJECT_UILIMIT = {
  HANDLES: 0x1,
  READCLIPBOARD: 0x2,
  WRITECLIPBOARD: 0x4,
  SYSTEMPARAMETERS: 0x8,
  DISPLAYSETTINGS: 0x10,
  GLOBALATOMS: 0x20,
  DESKTOP: 0x40,
  EXITWINDOWS: 0x80,
  IME: 0x100,
  INJECTION: 0x200,
} as const;

/**
 * Access rights of a job object (winnt.h); keys are C names without `JOB_OBJECT_`.
 *
 * @example
 * ```ts
 * import { encodeWide, JOB_OBJECT_ACCESS, kernel32 } from "@jobbox/jobobject/ffi";
 *
 * const openToQuery = (name: string): bigint =>
 *   kernel32.OpenJobObjectW(JOB_OBJECT_ACCESS.QUERY, 0, encodeWide(name));
 * ```
 */
export const JOB_OBJECT_ACCESS = {
  ASSIGN_PROCESS: 0x1,
  SET_ATTRIBUTES: 0x2,
  QUERY: 0x4,
  TERMINATE: 0x8,
} as const;

/**
 * Standard access rights (winnt.h); keys are C names.
 *
 * @example
 * ```ts
 * import { STANDARD_RIGHTS } from "@jobbox/jobobject/ffi";
 *
 * const value: number = STANDARD_RIGHTS.SYNCHRONIZE;
 * ```
 */
export const STANDARD_RIGHTS = {
  SYNCHRONIZE: 0x100000,
  GENERIC_READ: 0x80000000,
  GENERIC_WRITE: 0x40000000,
} as const;

/**
 * Flags of class 15 (winnt.h).
 *
 * @example
 * ```ts
 * import { JOB_OBJECT_CPU_RATE_CONTROL } from "@jobbox/jobobject/ffi";
 *
 * const cap: number = JOB_OBJECT_CPU_RATE_CONTROL.ENABLE | JOB_OBJECT_CPU_RATE_CONTROL.HARD_CAP;
 * ```
 */
export const JOB_OBJECT_CPU_RATE_CONTROL = {
  ENABLE: 0x1,
  WEIGHT_BASED: 0x2,
  HARD_CAP: 0x4,
  NOTIFY: 0x8,
  MIN_MAX_RATE: 0x10,
} as const;

/**
 * Flags of class 32 (winnt.h).
 *
 * @example
 * ```ts
 * import { JOB_OBJECT_NET_RATE_CONTROL } from "@jobbox/jobobject/ffi";
 *
 * const value: number = JOB_OBJECT_NET_RATE_CONTROL.ENABLE;
 * ```
 */
export const JOB_OBJECT_NET_RATE_CONTROL = {
  ENABLE: 0x1,
  MAX_BANDWIDTH: 0x2,
  DSCP_TAG: 0x4,
} as const;

/**
 * Flags of `SetIoRateControlInformationJobObject` (winnt.h).
 *
 * @example
 * ```ts
 * import { JOB_OBJECT_IO_RATE_CONTROL } from "@jobbox/jobobject/ffi";
 *
 * const value: number = JOB_OBJECT_IO_RATE_CONTROL.ENABLE;
 * ```
 */
export const JOB_OBJECT_IO_RATE_CONTROL = {
  ENABLE: 0x1,
} as const;

/**
 * Flags of class 42 (winnt.h).
 *
 * @example
 * ```ts
 * import { JOBOBJECT_IO_ATTRIBUTION_CONTROL } from "@jobbox/jobobject/ffi";
 *
 * const value: number = JOBOBJECT_IO_ATTRIBUTION_CONTROL.ENABLE;
 * ```
 */
export const JOBOBJECT_IO_ATTRIBUTION_CONTROL = {
  ENABLE: 0x1,
  DISABLE: 0x2,
} as const;

/**
 * `JOBOBJECT_RATE_CONTROL_TOLERANCE` (winnt.h); keys are C names.
 *
 * @example
 * ```ts
 * import { JOBOBJECT_RATE_CONTROL_TOLERANCE } from "@jobbox/jobobject/ffi";
 *
 * const value: number = JOBOBJECT_RATE_CONTROL_TOLERANCE.ToleranceLow;
 * ```
 */
export const JOBOBJECT_RATE_CONTROL_TOLERANCE = {
  ToleranceLow: 1,
  ToleranceMedium: 2,
  ToleranceHigh: 3,
} as const;

/**
 * `JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL` (winnt.h); keys are C names.
 *
 * @example
 * ```ts
 * import { JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL } from "@jobbox/jobobject/ffi";
 *
 * const value: number = JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL.ToleranceIntervalShort;
 * ```
 */
export const JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL = {
  ToleranceIntervalShort: 1,
  ToleranceIntervalMedium: 2,
  ToleranceIntervalLong: 3,
} as const;

/**
 * Flags of class 18: which parts of the structure are valid (phnt).
 *
 * @example
 * ```ts
 * import { JOB_OBJECT_OPERATION } from "@jobbox/jobobject/ffi";
 *
 * const value: number = JOB_OBJECT_OPERATION.FREEZE;
 * ```
 */
export const JOB_OBJECT_OPERATION = {
  FREEZE: 0x1,
} as const;

/**
 * `PROCESSINFOCLASS` (ntpsapi.h of phnt); keys are C names.
 *
 * @example
 * ```ts
 * import { PROCESSINFOCLASS } from "@jobbox/jobobject/ffi";
 *
 * const value: number = PROCESSINFOCLASS.ProcessBasicInformation;
 * ```
 */
export const PROCESSINFOCLASS = {
  ProcessBasicInformation: 0,
  ProcessDefaultHardErrorMode: 12,
  ProcessCommandLineInformation: 60,
} as const;

/**
 * Access rights of a process (winnt.h).
 *
 * @example
 * ```ts
 * import { PROCESS } from "@jobbox/jobobject/ffi";
 *
 * const value: number = PROCESS.TERMINATE;
 * ```
 */
export const PROCESS = {
  TERMINATE: 0x1,
  DUP_HANDLE: 0x40,
  CREATE_PROCESS: 0x80,
  SET_QUOTA: 0x100,
  QUERY_INFORMATION: 0x400,
  QUERY_LIMITED_INFORMATION: 0x1000,
} as const;

/**
 * Priority classes (WinBase.h); keys are C names.
 *
 * @example
 * ```ts
 * import { PRIORITY_CLASS } from "@jobbox/jobobject/ffi";
 *
 * const value: number = PRIORITY_CLASS.NORMAL_PRIORITY_CLASS;
 * ```
 */
export const PRIORITY_CLASS = {
  NORMAL_PRIORITY_CLASS: 0x20,
  IDLE_PRIORITY_CLASS: 0x40,
  HIGH_PRIORITY_CLASS: 0x80,
  REALTIME_PRIORITY_CLASS: 0x100,
  BELOW_NORMAL_PRIORITY_CLASS: 0x4000,
  ABOVE_NORMAL_PRIORITY_CLASS: 0x8000,
} as const;

/**
 * Process creation flags (WinBase.h); keys are C names.
 *
 * @example
 * ```ts
 * import { CREATION_FLAGS } from "@jobbox/jobobject/ffi";
 *
 * const value: number = CREATION_FLAGS.CREATE_SUSPENDED;
 * ```
 */
export const CREATION_FLAGS = {
  CREATE_SUSPENDED: 0x4,
  DETACHED_PROCESS: 0x8,
  CREATE_NEW_CONSOLE: 0x10,
  CREATE_NEW_PROCESS_GROUP: 0x200,
  CREATE_UNICODE_ENVIRONMENT: 0x400,
  EXTENDED_STARTUPINFO_PRESENT: 0x80000,
  CREATE_BREAKAWAY_FROM_JOB: 0x1000000,
  CREATE_NO_WINDOW: 0x8000000,
} as const;

/**
 * `STARTUPINFOW.dwFlags` (WinBase.h).
 *
 * @example
 * ```ts
 * import { STARTF } from "@jobbox/jobobject/ffi";
 *
 * const value: number = STARTF.USESTDHANDLES;
 * ```
 */
export const STARTF = {
  USESTDHANDLES: 0x100,
} as const;

/**
 * Attributes of a process at its creation (WinBase.h).
 *
 * @example
 * ```ts
 * import { PROC_THREAD_ATTRIBUTE } from "@jobbox/jobobject/ffi";
 *
 * const value: number = PROC_THREAD_ATTRIBUTE.PARENT_PROCESS;
 * ```
 */
export const PROC_THREAD_ATTRIBUTE = {
  PARENT_PROCESS: 0x20000,
  HANDLE_LIST: 0x20002,
  JOB_LIST: 0x2000d,
} as const;

/**
 * Standard device numbers (winbase.h), as the DWORD that `GetStdHandle` takes.
 *
 * @example
 * ```ts
 * import { kernel32, STD } from "@jobbox/jobobject/ffi";
 *
 * const stdout = (): bigint => kernel32.GetStdHandle(STD.OUTPUT_HANDLE);
 * ```
 */
export const STD = {
  INPUT_HANDLE: 0xfffffff6,
  OUTPUT_HANDLE: 0xfffffff5,
  ERROR_HANDLE: 0xfffffff4,
} as const;

/**
 * Results and limits of waits (WinBase.h); keys are C names.
 *
 * @example
 * ```ts
 * import { kernel32, WAIT } from "@jobbox/jobobject/ffi";
 *
 * const hasEnded = (process: bigint): boolean =>
 *   kernel32.WaitForSingleObject(process, 0) === WAIT.WAIT_OBJECT_0;
 * ```
 */
export const WAIT = {
  WAIT_OBJECT_0: 0,
  WAIT_ABANDONED: 128,
  WAIT_TIMEOUT: 258,
  WAIT_FAILED: 0xffffffff,
  INFINITE: 0xffffffff,
} as const;

/**
 * Files and named pipes (winnt.h, fileapi.h, WinBase.h); keys are C names.
 *
 * @example
 * ```ts
 * import { FILE } from "@jobbox/jobobject/ffi";
 *
 * const value: number = FILE.FILE_SHARE_READ;
 * ```
 */
export const FILE = {
  FILE_SHARE_READ: 0x1,
  FILE_SHARE_WRITE: 0x2,
  FILE_SHARE_DELETE: 0x4,
  CREATE_NEW: 1,
  CREATE_ALWAYS: 2,
  OPEN_EXISTING: 3,
  OPEN_ALWAYS: 4,
  FILE_APPEND_DATA: 0x4,
  FILE_READ_ATTRIBUTES: 0x80,
  FILE_WRITE_ATTRIBUTES: 0x100,
  FILE_ATTRIBUTE_NORMAL: 0x80,
  FILE_ATTRIBUTE_DIRECTORY: 0x10,
  INVALID_FILE_ATTRIBUTES: 0xffffffff,
  FILE_FLAG_OVERLAPPED: 0x40000000,
  FILE_FLAG_BACKUP_SEMANTICS: 0x2000000,
  FILE_TYPE_DISK: 0x1,
  FILE_FLAG_FIRST_PIPE_INSTANCE: 0x80000,
  PIPE_ACCESS_INBOUND: 0x1,
  PIPE_ACCESS_OUTBOUND: 0x2,
  PIPE_REJECT_REMOTE_CLIENTS: 0x8,
  FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: 0x1,
  FILE_TYPE_UNKNOWN: 0x0,
} as const;

/**
 * `DuplicateHandle` options and handle flags (winnt.h, handleapi.h); keys are C names.
 *
 * @example
 * ```ts
 * import { HANDLE } from "@jobbox/jobobject/ffi";
 *
 * const value: number = HANDLE.DUPLICATE_CLOSE_SOURCE;
 * ```
 */
export const HANDLE = {
  DUPLICATE_CLOSE_SOURCE: 0x1,
  DUPLICATE_SAME_ACCESS: 0x2,
  HANDLE_FLAG_INHERIT: 0x1,
} as const;

/**
 * `FormatMessageW` flags (WinBase.h).
 *
 * @example
 * ```ts
 * import { FORMAT_MESSAGE } from "@jobbox/jobobject/ffi";
 *
 * const value: number = FORMAT_MESSAGE.IGNORE_INSERTS;
 * ```
 */
export const FORMAT_MESSAGE = {
  IGNORE_INSERTS: 0x200,
  FROM_SYSTEM: 0x1000,
} as const;

/**
 * `LocalAlloc` flags (minwinbase.h).
 *
 * @example
 * ```ts
 * import { LMEM } from "@jobbox/jobobject/ffi";
 *
 * const value: number = LMEM.FIXED;
 * ```
 */
export const LMEM = {
  FIXED: 0x0,
  ZEROINIT: 0x40,
} as const;

/**
 * `VirtualAllocEx` (winnt.h); keys are C names.
 *
 * @example
 * ```ts
 * import { MEMORY } from "@jobbox/jobobject/ffi";
 *
 * const value: number = MEMORY.MEM_COMMIT;
 * ```
 */
export const MEMORY = { MEM_COMMIT: 0x1000, MEM_RESERVE: 0x2000, PAGE_READWRITE: 0x4 } as const;

/**
 * Console control events (wincon.h).
 *
 * @example
 * ```ts
 * import { CTRL } from "@jobbox/jobobject/ffi";
 *
 * const value: number = CTRL.C_EVENT;
 * ```
 */
export const CTRL = { C_EVENT: 0, BREAK_EVENT: 1 } as const;

/**
 * The dialogs that `SetErrorMode` suppresses (winbase.h); keys are C names.
 *
 * @example
 * ```ts
 * import { ERROR_MODE } from "@jobbox/jobobject/ffi";
 *
 * const value: number = ERROR_MODE.SEM_FAILCRITICALERRORS;
 * ```
 */
export const ERROR_MODE = { SEM_FAILCRITICALERRORS: 0x1, SEM_NOOPENFILEERRORBOX: 0x8000 } as const;

/**
 * Toolhelp snapshots (tlhelp32.h).
 *
 * @example
 * ```ts
 * import { TH32CS } from "@jobbox/jobobject/ffi";
 *
 * const value: number = TH32CS.SNAPPROCESS;
 * ```
 */
export const TH32CS = {
  SNAPPROCESS: 0x2,
} as const;

/**
 * Processor groups (winnt.h); keys are C names.
 *
 * @example
 * ```ts
 * import { PROCESSOR_GROUPS } from "@jobbox/jobobject/ffi";
 *
 * const value: number = PROCESSOR_GROUPS.ALL_PROCESSOR_GROUPS;
 * ```
 */
export const PROCESSOR_GROUPS = { ALL_PROCESSOR_GROUPS: 0xffff } as const;

/**
 * Kinds of names of a computer (`COMPUTER_NAME_FORMAT`, sysinfoapi.h); keys are C names.
 *
 * @example
 * ```ts
 * import { COMPUTER_NAME_FORMAT } from "@jobbox/jobobject/ffi";
 *
 * const value: number = COMPUTER_NAME_FORMAT.ComputerNamePhysicalDnsHostname;
 * ```
 */
export const COMPUTER_NAME_FORMAT = { ComputerNamePhysicalDnsHostname: 5 } as const;

export * from "./error_codes.ts";
export * from "./security_constants.ts";
