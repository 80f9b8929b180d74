/**
 * Limits that are reported but not enforced, and their reports, in the form that programs use.
 * Pure.
 *
 * @module
 */

/**
 * The part of an interval during which a rate may be exceeded: 20, 40 or 60 percent.
 *
 * @example
 * ```ts
 * import type { Tolerance } from "@jobbox/jobobject";
 *
 * const patient: Tolerance = "high";
 * ```
 */
export type Tolerance = "low" | "medium" | "high";

/**
 * The interval over which a rate is measured: 10 seconds, 1 minute or 10 minutes.
 *
 * @example
 * ```ts
 * import type { ToleranceInterval } from "@jobbox/jobobject";
 *
 * const wide: ToleranceInterval = "long";
 * ```
 */
export type ToleranceInterval = "short" | "medium" | "long";

/**
 * When exceeding a rate is reported.
 *
 * @example
 * ```ts
 * import type { RateTolerance } from "@jobbox/jobobject";
 *
 * const rate: RateTolerance = { tolerance: "low", interval: "short" };
 * ```
 */
export interface RateTolerance {
  /**
   * The part of the interval during which the rate may be exceeded: `"low"` 20 %, `"medium"` 40 %,
   * `"high"` 60 %. Win32: `JOBOBJECT_RATE_CONTROL_TOLERANCE`.
   *
   * @default {"high"}
   */
  readonly tolerance?: Tolerance;
  /**
   * The interval: `"short"` 10 seconds, `"medium"` 1 minute, `"long"` 10 minutes. Win32:
   * `JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL`.
   *
   * @default {"short"}
   */
  readonly interval?: ToleranceInterval;
}

/**
 * Limits that are only reported, by a `notificationLimit` message: the processes keep running and
 * can continue to allocate, read and write. In `setNotificationLimits()` a missing key leaves its
 * limit unchanged, a value sets it, and `null` removes it. See Microsoft's pages on
 * `JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION` and `JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION_2`.
 *
 * @example
 * ```ts
 * import type { NotificationLimits } from "@jobbox/jobobject";
 *
 * const limits: NotificationLimits = { jobMemory: 256 * 1024 ** 2, jobUserTime: 10_000 };
 * ```
 */
export interface NotificationLimits {
  /**
   * Bytes that all processes together have committed, 1 or more.
   * Win32: `JOB_OBJECT_LIMIT_JOB_MEMORY`.
   */
  jobMemory?: number | null;
  /**
   * Bytes that all processes together have committed, 1 or more; falling below it is reported.
   * Needs Windows 10. Win32: `JOB_OBJECT_LIMIT_JOB_MEMORY_LOW`.
   */
  jobMemoryLow?: number | null;
  /**
   * Bytes that all processes together have read, files, pipes and sockets alike, 1 or more.
   * Win32: `JOB_OBJECT_LIMIT_JOB_READ_BYTES`.
   */
  readBytes?: number | null;
  /**
   * Bytes that all processes together have written, files, pipes and sockets alike, 1 or more.
   * Win32: `JOB_OBJECT_LIMIT_JOB_WRITE_BYTES`.
   */
  writeBytes?: number | null;
  /**
   * Milliseconds of user time of all processes together, in steps of 0.0001, *beyond what they had
   * used when it is set*: if 5 minutes are used and the limit is 1 minute, the report comes at 6.
   * Win32: `JOB_OBJECT_LIMIT_JOB_TIME`.
   */
  jobUserTime?: number | null;
  /**
   * Exceeding {@linkcode Limits.cpu}, which must have `notify: true`. `{}` means high tolerance
   * over a short interval. Win32: `JOB_OBJECT_LIMIT_CPU_RATE_CONTROL`.
   */
  cpuRate?: RateTolerance | null;
  /**
   * Exceeding the I/O limits. Needs Windows 10. Win32: `JOB_OBJECT_LIMIT_IO_RATE_CONTROL`.
   */
  ioRate?: RateTolerance | null;
  /**
   * Exceeding {@linkcode Limits.netBandwidth}. Needs Windows 10. Win32:
   * `JOB_OBJECT_LIMIT_NET_RATE_CONTROL`.
   */
  netRate?: RateTolerance | null;
}

/**
 * The key of a notification limit.
 *
 * @example
 * ```ts
 * import type { NotificationLimitName } from "@jobbox/jobobject";
 *
 * const watched: NotificationLimitName[] = ["jobMemory", "readBytes"];
 * ```
 */
export type NotificationLimitName = keyof NotificationLimits;

/**
 * A limit that was crossed, with both values from the time of the message.
 *
 * @example
 * ```ts
 * import type { Crossing } from "@jobbox/jobobject";
 *
 * const excess = ({ limit, measured }: Crossing<number>): number => measured - limit;
 * ```
 */
export interface Crossing<V> {
  /** The limit; for `jobUserTime` including the time used before it was set. */
  readonly limit: V;
  /** The measured value. */
  readonly measured: V;
}

/**
 * The notification limits that were crossed since the last report. See Microsoft's pages on
 * `JOBOBJECT_LIMIT_VIOLATION_INFORMATION` and `JOBOBJECT_LIMIT_VIOLATION_INFORMATION_2`.
 *
 * @example
 * ```ts
 * import type { LimitViolation } from "@jobbox/jobobject";
 *
 * const isOfMemory = ({ violated }: LimitViolation): boolean => violated.includes("jobMemory");
 * ```
 */
export interface LimitViolation {
  /** The names of the crossed limits; each also has its own key. */
  readonly violated: readonly NotificationLimitName[];
  /** Bytes. */
  readonly jobMemory?: Crossing<number>;
  /** Bytes. */
  readonly jobMemoryLow?: Crossing<number>;
  /** Bytes. */
  readonly readBytes?: Crossing<number>;
  /** Bytes. */
  readonly writeBytes?: Crossing<number>;
  /** Milliseconds of user time since the job began. */
  readonly jobUserTime?: Crossing<number>;
  /**
   * The part of the interval during which the processor rate was allowed to be exceeded, and was.
   */
  readonly cpuRate?: Crossing<Tolerance>;
  /** Like `cpuRate`, for input and output. */
  readonly ioRate?: Crossing<Tolerance>;
  /** Like `cpuRate`, for the network. */
  readonly netRate?: Crossing<Tolerance>;
}
