/**
 * Converts notification limits between the program's form and the structures of classes 12, 13, 33
 * and 34. Pure.
 *
 * @module
 */
import type { StructInput, StructValue } from "../../ffi/struct_types.ts";
import type { STRUCTS } from "../../ffi/structs.ts";
import type {
  LimitViolation,
  NotificationLimitName,
  NotificationLimits,
} from "./notification_limits.ts";
import {
  NOTIFICATION_NAMES,
  notificationRow,
  type NotificationValues,
  type ViolationValues,
} from "./table.ts";

type Struct<N extends keyof typeof STRUCTS> = StructValue<typeof STRUCTS, N>;

/** Class 12. */
export type Notification12 = Struct<"JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION">;
/** Class 33. */
export type Notification33 = Struct<"JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION_2">;
/** Class 13. */
export type Violation13 = Struct<"JOBOBJECT_LIMIT_VIOLATION_INFORMATION">;
/** Class 34. */
export type Violation34 = Struct<"JOBOBJECT_LIMIT_VIOLATION_INFORMATION_2">;

/**
 * Returns class 33 without the aliases of its fields, so that it can be encoded again.
 *
 * @param struct The decoded structure.
 * @returns Its fields, each once.
 */
export function fromClass33(struct: Notification33): NotificationValues {
  const {
    JobMemoryLimit: _a,
    RateControlTolerance: _b,
    RateControlToleranceInterval: _c,
    ...rest
  } = struct;
  return rest;
}

/**
 * Converts class 12 to class 33.
 *
 * @param struct The decoded structure.
 * @returns The fields of class 33; those that class 12 lacks are 0.
 */
export function fromClass12(struct: Notification12): NotificationValues {
  return {
    IoReadBytesLimit: struct.IoReadBytesLimit,
    IoWriteBytesLimit: struct.IoWriteBytesLimit,
    PerJobUserTimeLimit: struct.PerJobUserTimeLimit,
    JobHighMemoryLimit: struct.JobMemoryLimit,
    CpuRateControlTolerance: struct.RateControlTolerance,
    CpuRateControlToleranceInterval: struct.RateControlToleranceInterval,
    LimitFlags: struct.LimitFlags,
    IoRateControlTolerance: 0,
    JobLowMemoryLimit: 0n,
    IoRateControlToleranceInterval: 0,
    NetRateControlTolerance: 0,
    NetRateControlToleranceInterval: 0,
  };
}

/**
 * Converts class 33 to class 12.
 *
 * @param values The fields of class 33; those that class 12 lacks must not be set.
 * @returns The fields of class 12.
 */
export function toClass12(values: NotificationValues): StructInput<Notification12> {
  return {
    IoReadBytesLimit: values.IoReadBytesLimit,
    IoWriteBytesLimit: values.IoWriteBytesLimit,
    PerJobUserTimeLimit: values.PerJobUserTimeLimit,
    JobMemoryLimit: values.JobHighMemoryLimit,
    RateControlTolerance: values.CpuRateControlTolerance,
    RateControlToleranceInterval: values.CpuRateControlToleranceInterval,
    LimitFlags: values.LimitFlags,
  };
}

/**
 * Returns class 34 without the aliases of its fields.
 *
 * @param struct The decoded structure.
 * @returns Its fields, each once.
 */
export function fromClass34(struct: Violation34): ViolationValues {
  const { JobMemoryLimit: _a, RateControlTolerance: _b, RateControlToleranceLimit: _c, ...rest } =
    struct;
  return rest;
}

/**
 * Converts class 13 to class 34.
 *
 * @param struct The decoded structure.
 * @returns The fields of class 34; those that class 13 lacks are 0.
 */
export function fromClass13(struct: Violation13): ViolationValues {
  return {
    LimitFlags: struct.LimitFlags,
    ViolationLimitFlags: struct.ViolationLimitFlags,
    IoReadBytes: struct.IoReadBytes,
    IoReadBytesLimit: struct.IoReadBytesLimit,
    IoWriteBytes: struct.IoWriteBytes,
    IoWriteBytesLimit: struct.IoWriteBytesLimit,
    PerJobUserTime: struct.PerJobUserTime,
    PerJobUserTimeLimit: struct.PerJobUserTimeLimit,
    JobMemory: struct.JobMemory,
    JobHighMemoryLimit: struct.JobMemoryLimit,
    CpuRateControlTolerance: struct.RateControlTolerance,
    CpuRateControlToleranceLimit: struct.RateControlToleranceLimit,
    JobLowMemoryLimit: 0n,
    IoRateControlTolerance: 0,
    IoRateControlToleranceLimit: 0,
    NetRateControlTolerance: 0,
    NetRateControlToleranceLimit: 0,
  };
}

/**
 * Decodes the notification limits that are set.
 *
 * @param values The fields of class 33.
 * @returns Each limit that is set.
 */
export function decodeNotificationLimits(values: NotificationValues): NotificationLimits {
  const limits: Partial<Record<NotificationLimitName, unknown>> = {};
  for (const name of NOTIFICATION_NAMES) {
    const value = notificationRow(name).decode(values);
    if (value !== undefined) limits[name] = value;
  }
  return limits as NotificationLimits;
}

/**
 * Decodes a report of crossed limits.
 *
 * @param values The fields of class 34.
 * @returns The crossed limits, with their values.
 */
export function decodeLimitViolation(values: ViolationValues): LimitViolation {
  const violated = NOTIFICATION_NAMES.filter(
    (name) => (values.ViolationLimitFlags & notificationRow(name).flag) !== 0,
  );
  const numbers = violated.map((name) => [name, notificationRow(name).crossing(values)]);
  return { violated, ...Object.fromEntries(numbers) };
}
