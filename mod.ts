/**
 * Windows job objects for Deno: run a program and everything it starts inside limits, end the whole
 * tree at once, and find out what it used.
 *
 * - **Nothing is left running.** A child is in the job before its first instruction, and so is
 *   everything it starts. With `killOnClose` the kernel ends them all when the last handle closes,
 *   even if this program crashes. `await using` ends them and waits until they are gone.
 * - **A limit is either in force or an error.** Limits exist for memory, processor time and rate,
 *   process count, processors, priority, I/O, network and user interface. Each is read back after
 *   it is set.
 * - **Every exit has a reason.** `status.endedBy` distinguishes a program that exited by itself
 *   from one that was stopped, timed out or reached a limit. A program that was ended is never a
 *   `success`.
 * - **`spawn()` has the shape of `Deno.Command`**: the same options, streams and status, plus files
 *   as streams, raw arguments, priority, process groups and a graceful `stop()`.
 * - **Numbers and messages are typed.** Statistics have one unit each, soft limits report their
 *   violations, and every message that Windows posts about a job has a type.
 * - **No dependency and one permission**: `--allow-ffi=C:\Windows\System32\kernel32.dll`; only
 *   `userHandleGrantAccess()` and limits that need a privilege require one more library. Importing
 *   the module does nothing, on any system.
 *
 * It needs Deno on Windows 10 or newer; elsewhere the first call throws `UnsupportedPlatformError`.
 * A job is not a security boundary: a program in it can read the user's files and open sockets. All
 * effects were tested under Wine with a stand-in for the kernel's job objects, and none on real
 * Windows yet.
 *
 * @example Run a program that cannot outlive this one, in 512 MiB
 * ```ts no-assert
 * import { JobObject } from "@jobbox/jobobject";
 *
 * if (Deno.build.os === "windows") {
 *   await using job = JobObject.create({ killOnClose: true, limits: { jobMemory: 512 * 1024 ** 2 } });
 *   const child = job.spawn("cmd", { args: ["/c", "echo hello"], stdout: "piped" });
 *   console.log(await child.stdout.text(), (await child.status).code);
 *   await job.wait();
 * }
 * ```
 *
 * @module
 */
export { Win32Error } from "./ffi/error.ts";
export { AlreadyClosedError } from "./ffi/handle.ts";
export { UnsupportedPlatformError } from "./ffi/unsupported_platform.ts";
export type {
  CpuLimit,
  CpuNotify,
  CpuRange,
  CpuWeight,
  HardCap,
  HardCapCpus,
  SoftCap,
} from "./job/limits/cpu_limit.ts";
export { type IsolationGate, IsolationNotAppliedError } from "./isolation/errors.ts";
export type {
  Container,
  ContainerNetwork,
  Isolation,
  Mitigation,
  SpawnOptions,
} from "./isolation/isolation.ts";
export { LimitNotAppliedError, NotRegisteredError } from "./job/errors.ts";
export { JobObject } from "./job/job_object.ts";
export type { JobAccess } from "./job/kernel_job.ts";
export type { CreateOptions, OpenOptions, WaitOptions } from "./job/options.ts";
export type {
  EndOfJobTime,
  GroupAffinity,
  Limits,
  LimitsInForce,
  UiLimit,
  WorkingSet,
} from "./job/limits/limits.ts";
export type { LimitEvidence, LimitReached, ReachableLimit } from "./job/limits/reached.ts";
export type * from "./job/notifications/notification_limits.ts";
export type {
  JobNotification,
  JobNotificationType,
  MsgAllProcessesExited,
  PlainNotificationType,
  ProcessNotificationType,
} from "./job/messages/notification.ts";
export type { ProcessEntry } from "./job/member_table.ts";
export {
  CPU_LIMIT_MAX,
  CPU_LIMIT_MIN,
  CPU_WEIGHT_MAX,
  CPU_WEIGHT_MIN,
  CpuRateControlType,
  type JobLimits,
  type ResourceLimits,
} from "./job/resource_limits.ts";
export type {
  IoAttributionStats,
  IoStats,
  JobMemoryStats,
  JobStats,
  MemoryStats,
  ProcessCounts,
  ProcessorStats,
  StorageStats,
} from "./job/stats/stats.ts";
export {
  ChildProcess,
  type EndedBy,
  type EndingLimit,
  type ProcessEnd,
  type ProcessOutput,
  type ProcessStatus,
} from "./process/child_process.ts";
export { ProcessReadableStream } from "./process/io/child_streams.ts";
export type { StopOptions, StopResult } from "./process/stop.ts";
export type { IsolationInForce, RestrictionInForce } from "./process/start/birth.ts";
export type { PriorityClass } from "./process/start/priority.ts";
export type { ProcessIo, ProcessMemory } from "./process/query/process_query.ts";
export type { ProcessUsage } from "./process/query/process_usage.ts";
export type { ProgramOptions } from "./process/start/program.ts";
export type { SpawnOptions as ProcessOptions } from "./process/spawn_options.ts";
export type { Stdio, StdioFile, StdioHandle } from "./process/start/stdio.ts";
