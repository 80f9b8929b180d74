/**
 * What can be set on a job and asked of it: the half of {@linkcode JobObject} that needs nothing
 * but the job's handle.
 *
 * @module
 */
import type { Handle } from "../ffi/handle.ts";
import { grantUserHandle, setFrozen } from "./freeze.ts";
import { LimitControl } from "./limits/control.ts";
import type { CpuRateControlType, JobLimits, Limits, LimitsInForce } from "./limits/limits.ts";
import { NotificationControl } from "./notifications/control.ts";
import type { LimitViolation, NotificationLimits } from "./notifications/notification_limits.ts";
import { type ProcessEntry, processTable } from "./member_table.ts";
import { cpuLimitOf, ioLimitOf, memoryLimitOf, resourceLimitsOf } from "./seed_limits.ts";
import { Statistics } from "./stats/read.ts";
import type { JobStats, MemoryStats, ProcessorStats, StorageStats } from "./stats/stats.ts";

/** The limits, notification limits and statistics of a job. Made as a {@linkcode JobObject} only. */
export abstract class JobControls {
  readonly #handle: () => Handle;
  readonly #label: string;
  readonly #limits: LimitControl;
  readonly #notifications: NotificationControl;
  readonly #statistics: Statistics;

  /**
   * For `JobObject`.
   *
   * @param handle Answers the job's handle, or throws when it is closed.
   * @param label What to call the job in messages.
   */
  constructor(handle: () => Handle, label: string) {
    this.#handle = handle;
    this.#label = label;
    this.#limits = new LimitControl(handle, label);
    this.#notifications = new NotificationControl(handle, label);
    this.#statistics = new Statistics(handle, label);
  }

  /**
   * Reads the limits that are in force.
   *
   * @returns A key for each of them; `unknown` where the system did not say all.
   * @throws {Win32Error} If the system refuses them all, as without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  limits(): LimitsInForce {
    return this.#limits.limits();
  }

  /**
   * Sets, changes and lifts limits; those that are not named stay as they are. On any failure all
   * limits are as before.
   *
   * @param limits An absent key leaves what stands, a value sets, `null` lifts.
   * @throws {TypeError} If a limit is unknown, of the wrong type, or contradicts another one.
   * @throws {RangeError} If a value is out of range.
   * @throws {LimitNotAppliedError} If the system accepted a limit and does not have it.
   * @throws {UnsupportedPlatformError} If the system does not know a limit.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setLimits(limits: Limits): void {
    this.#limits.setLimits(limits);
  }

  /**
   * Reads the notification limits that are set.
   *
   * @returns A key for each of them; none where the system does not know any.
   * @throws {Win32Error} If the system refuses, as without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  notificationLimits(): NotificationLimits {
    return this.#notifications.notificationLimits();
  }

  /**
   * Sets, changes and lifts notification limits; those that are not named stay as they are. When
   * one is passed the job posts `notificationLimit`; its processes go on running.
   *
   * @param limits An absent key leaves what stands, a value sets, `null` lifts.
   * @throws {TypeError} If a limit is unknown or of the wrong type.
   * @throws {RangeError} If a value is out of range.
   * @throws {LimitNotAppliedError} If the system accepted a limit and does not have it.
   * @throws {UnsupportedPlatformError} If the system does not know a limit.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setNotificationLimits(limits: NotificationLimits): void {
    this.#notifications.setNotificationLimits(limits);
  }

  /**
   * Asks which notification limits were passed since the last question. The question re-arms them,
   * and it is asked already for each `notificationLimit` message, whose `violation` is the answer:
   * this is for a job whose messages go to nobody.
   *
   * @returns What was passed, with limits and measured values.
   * @throws {UnsupportedPlatformError} If the system does not know notification limits.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  limitViolation(): LimitViolation {
    return this.#notifications.limitViolation();
  }

  /**
   * Sets limits in the seed's terms, all or none of them; absent fields leave what stands.
   *
   * @param limits Processor, memory and I/O limits.
   * @throws {TypeError} If a field is of the wrong type, or processor rate and weight are both given.
   * @throws {RangeError} If a value is out of range.
   * @throws {LimitNotAppliedError} If the system accepted a limit and does not have it.
   * @throws {UnsupportedPlatformError} If the system does not know a limit.
   * @throws {Win32Error} If the system refuses.
   */
  setResourceLimits(limits: JobLimits): void {
    this.setLimits(resourceLimitsOf(limits));
  }

  /**
   * Limits the processor time: a hard cap or a weight, of which a job has one.
   *
   * @param type `RateBased` or `WeightBased`.
   * @param value For a rate 1 to 10000 hundredths of a percent of the machine, for a weight 1 to 9.
   * @throws {TypeError} If the type is unknown.
   * @throws {RangeError} If the value is out of range.
   * @throws {LimitNotAppliedError} If the system accepted the limit and does not have it.
   * @throws {UnsupportedPlatformError} If the system does not know the limit.
   * @throws {Win32Error} If the system refuses.
   */
  setCpuLimit(type: CpuRateControlType, value: number): void {
    this.setLimits(cpuLimitOf(type, value));
  }

  /**
   * Limits the memory that all processes together can commit.
   *
   * @param bytes The limit, 4096 or more; `setLimits({ jobMemory: null })` lifts it.
   * @throws {TypeError} If the value is no number.
   * @throws {RangeError} If the value is out of range.
   * @throws {LimitNotAppliedError} If the system accepted the limit and does not have it.
   * @throws {Win32Error} If the system refuses.
   */
  setMemoryLimit(bytes: number): void {
    this.setLimits(memoryLimitOf(bytes));
  }

  /**
   * Limits reads and writes of disks.
   *
   * @param maxBandwidth Bytes a second; 0 for no limit.
   * @param maxIops Operations a second; 0 for no limit.
   * @throws {RangeError} If a value is out of range.
   * @throws {UnsupportedPlatformError} If the system has no such limit, as most since 2016.
   * @throws {Win32Error} If the system refuses.
   */
  setIoLimit(maxBandwidth: number, maxIops: number): void {
    this.setLimits(ioLimitOf(maxBandwidth, maxIops));
  }

  /**
   * Reads the committed memory. Win32: `JobObjectMemoryUsageInformation`.
   *
   * @returns Bytes now and at most.
   * @throws {UnsupportedPlatformError} If the system is older than Windows 10.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  queryMemoryStats(): MemoryStats {
    return this.#statistics.queryMemoryStats();
  }

  /**
   * Reads times, page faults and process counts. Win32: `JobObjectBasicAccountingInformation`.
   *
   * @returns Milliseconds and counts.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  queryProcessorStats(): ProcessorStats {
    return this.#statistics.queryProcessorStats();
  }

  /**
   * Reads the I/O counters, and with {@linkcode setIoTracking} what reached a disk.
   *
   * @returns Operations and bytes.
   * @throws {UnsupportedPlatformError} If the system does not count I/O, as Wine without help.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  queryStorageStats(): StorageStats {
    return this.#statistics.queryStorageStats();
  }

  /**
   * Begins or ends the counting of what reaches a disk. Win32: `JobObjectIoAttribution`.
   *
   * @param on Whether it is counted.
   * @throws {UnsupportedPlatformError} If the system is older than Windows 10.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setIoTracking(on: boolean): void {
    this.#statistics.setIoTracking(on);
  }

  /**
   * Reads all that the system counts for the job.
   *
   * @returns Times in milliseconds, memory in bytes, counts.
   * @throws {UnsupportedPlatformError} If the system does not count I/O, as Wine without help.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  stats(): JobStats {
    return this.#statistics.stats();
  }

  /**
   * Lets the job's peak of committed memory begin anew.
   *
   * @throws {UnsupportedPlatformError} If the system cannot.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  resetPeakMemory(): void {
    this.#statistics.resetPeakMemory();
  }

  /**
   * Lists the processes in the job and in jobs inside it, each with what it has used. One that ends
   * meanwhile is left out.
   *
   * @returns The processes.
   * @throws {Win32Error} If the system refuses to list them.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  processes(): ProcessEntry[] {
    return processTable(this.#handle(), this.#label);
  }

  /**
   * Stops all threads of all processes of the job; they can still be ended.
   *
   * @throws {UnsupportedPlatformError} If the system cannot.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  freeze(): void {
    setFrozen(this.#handle(), { frozen: true, label: this.#label });
  }

  /**
   * Lets the processes of a frozen job go on.
   *
   * @throws {UnsupportedPlatformError} If the system cannot.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  thaw(): void {
    setFrozen(this.#handle(), { frozen: false, label: this.#label });
  }

  /**
   * Lets a job with the `"handles"` desktop limit use a window, menu or hook of somebody else.
   *
   * @param userHandle The USER handle.
   * @param grant Whether it may; `true` when absent.
   * @throws {Win32Error} If the system refuses.
   * @throws {Deno.errors.NotCapable} If `--allow-ffi` does not cover user32.dll.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  userHandleGrantAccess(userHandle: bigint, grant = true): void {
    grantUserHandle(this.#handle(), { userHandle, grant, label: this.#label });
  }
}
