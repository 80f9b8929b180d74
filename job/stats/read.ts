/**
 * Reads the statistics of one job.
 *
 * @module
 */
import {
  ERROR,
  JOBOBJECT_IO_ATTRIBUTION_CONTROL,
  JOBOBJECTINFOCLASS,
} from "../../ffi/constants.ts";
import { failure, Win32Error } from "../../ffi/error.ts";
import type { Handle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { readBoolean } from "../../values/options.ts";
import { infoClass, isMissing, missing, query, set, tryQuery } from "../info_class.ts";
import {
  decodeJobStats,
  decodeMemoryStats,
  decodeProcessorStats,
  decodeStorageStats,
  type IoAttribution,
  type JobStats,
  type MemoryStats,
  type ProcessorStats,
  type StorageStats,
} from "./stats.ts";

const ACCOUNTING = infoClass(
  "JobObjectBasicAccountingInformation",
  "JOBOBJECT_BASIC_ACCOUNTING_INFORMATION",
);
const IO_ACCOUNTING = infoClass(
  "JobObjectBasicAndIoAccountingInformation",
  "JOBOBJECT_BASIC_AND_IO_ACCOUNTING_INFORMATION",
);
const EXTENDED = infoClass(
  "JobObjectExtendedLimitInformation",
  "JOBOBJECT_EXTENDED_LIMIT_INFORMATION",
);
const MEMORY = infoClass("JobObjectMemoryUsageInformation", "JOBOBJECT_MEMORY_USAGE_INFORMATION");
const ATTRIBUTION = infoClass("JobObjectIoAttribution", "JOBOBJECT_IO_ATTRIBUTION_INFORMATION");

/** The statistics of one job; a part of {@linkcode JobObject}. */
export class Statistics {
  readonly #handle: () => Handle;
  readonly #label: string;

  /**
   * Creates the statistics part of a job.
   *
   * @param handle Returns the job's handle, or throws if it is closed.
   * @param label The job's name for messages.
   */
  constructor(handle: () => Handle, label: string) {
    this.#handle = handle;
    this.#label = label;
  }

  /**
   * Reads all statistics that the system keeps for the job.
   *
   * @returns Times in milliseconds, memory in bytes, counts.
   * @throws {UnsupportedPlatformError} If the system does not count I/O.
   * @throws {Win32Error} If the system refuses, as without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  stats(): JobStats {
    const job = this.#handle();
    const action = `Cannot read the statistics of ${this.#label}`;
    const accounting = query(job, IO_ACCOUNTING, action);
    const usage = tryQuery(job, MEMORY);
    if (!usage.ok && !isMissing(usage.code)) throw new Win32Error(usage.code, usage.api, action);
    return decodeJobStats(accounting, {
      peaks: query(job, EXTENDED, action),
      usage: usage.ok ? usage.value : undefined,
    });
  }

  /**
   * Reads the committed memory. Win32: `JobObjectMemoryUsageInformation`.
   *
   * @returns Current and peak bytes.
   * @throws {UnsupportedPlatformError} If the system is older than Windows 10.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  queryMemoryStats(): MemoryStats {
    const action = `Cannot read the memory statistics of ${this.#label}`;
    return decodeMemoryStats(query(this.#handle(), MEMORY, action));
  }

  /**
   * Reads times, page faults and process counts. Win32: `JobObjectBasicAccountingInformation`.
   *
   * @returns Milliseconds and counts.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  queryProcessorStats(): ProcessorStats {
    const action = `Cannot read the processor statistics of ${this.#label}`;
    return decodeProcessorStats(query(this.#handle(), ACCOUNTING, action));
  }

  /**
   * Reads the I/O counters, and with {@linkcode setIoTracking} the I/O that reached a disk. Win32:
   * `JobObjectBasicAndIoAccountingInformation`, `JobObjectIoAttribution`.
   *
   * @returns Operations and bytes.
   * @throws {UnsupportedPlatformError} If the system does not count I/O.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  queryStorageStats(): StorageStats {
    const job = this.#handle();
    const action = `Cannot read the storage statistics of ${this.#label}`;
    return decodeStorageStats(query(job, IO_ACCOUNTING, action), this.#attribution(job, action));
  }

  /**
   * Starts or stops counting the I/O of the job that reaches disks. Win32:
   * `JobObjectIoAttribution`, not documented by Microsoft.
   *
   * @param on Whether to count it; stopping twice does nothing.
   * @throws {UnsupportedPlatformError} If the system is older than Windows 10.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setIoTracking(on: boolean): void {
    const action = `Cannot switch the I/O tracking of ${this.#label}`;
    readBoolean(on, "on", action);
    const job = this.#handle();
    if (!on && this.#attribution(job, action) === undefined) return;
    const { ENABLE, DISABLE } = JOBOBJECT_IO_ATTRIBUTION_CONTROL;
    set(job, { info: ATTRIBUTION, value: { ControlFlags: on ? ENABLE : DISABLE }, action });
  }

  /**
   * Resets the peak of the job's memory to what is committed now; the peak of a single process
   * stays. Win32: `JobObjectClearPeakJobMemoryUsed`, not documented by Microsoft.
   *
   * @throws {UnsupportedPlatformError} If the system is older than Windows 10.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  resetPeakMemory(): void {
    const job = this.#handle();
    const name = "JobObjectClearPeakJobMemoryUsed";
    const action = `Cannot reset the peak memory of ${this.#label}`;
    const code = failure(
      kernel32.SetInformationJobObject(job, JOBOBJECTINFOCLASS[name], null, 0),
    );
    if (code === 0) return;
    const cause = new Win32Error(code, "SetInformationJobObject", action);
    throw isMissing(code) ? missing(name, action, cause) : cause;
  }

  /** The I/O that reached disks; `undefined` if tracking is off or unknown. */
  #attribution(job: Handle, action: string): IoAttribution | undefined {
    const { ENABLE } = JOBOBJECT_IO_ATTRIBUTION_CONTROL;
    // The class requires the flag in the query too.
    const answer = tryQuery(job, ATTRIBUTION, { ControlFlags: ENABLE });
    if (answer.ok) return answer.value;
    if (answer.code === ERROR.NOT_FOUND || isMissing(answer.code)) return undefined;
    throw new Win32Error(answer.code, answer.api, action);
  }
}
