/**
 * Windows job objects for Deno: process trees that cannot escape, cannot outlive their owner, stay
 * inside their limits, and leave a record of what happened.
 *
 * Needs Windows 10 or newer and `--allow-ffi=C:\Windows\System32\kernel32.dll`; importing it does
 * nothing on any system and needs no permission.
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
export type { PriorityClass } from "./process/start/priority.ts";
export type { ProcessIo, ProcessMemory } from "./process/query/process_query.ts";
export type { ProcessUsage } from "./process/query/process_usage.ts";
export type { ProgramOptions } from "./process/start/program.ts";
export type { SpawnOptions } from "./process/spawn_options.ts";
export type { Stdio, StdioFile, StdioHandle } from "./process/start/stdio.ts";
