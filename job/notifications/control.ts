/**
 * Sets and reads the notification limits of one job, and reads which ones were crossed.
 *
 * The newer classes 33 and 34 are used if the system has them, otherwise 12 and 13, never a
 * mixture. All limits of a job are in one structure, so changing one writes all. The system counts
 * a limit of user time from the moment of the write, so an unchanged one is written with its
 * remaining time.
 *
 * @module
 */
import { JOB_OBJECT_LIMIT } from "../../ffi/constants.ts";
import { Win32Error } from "../../ffi/error.ts";
import type { Handle } from "../../ffi/handle.ts";
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";
import { LimitNotAppliedError } from "../errors.ts";
import { describe, snapshot } from "../../values/options.ts";
import {
  decodeLimitViolation,
  decodeNotificationLimits,
  fromClass12,
  fromClass13,
  fromClass33,
  fromClass34,
  toClass12,
} from "./codec.ts";
import type {
  LimitViolation,
  NotificationLimitName,
  NotificationLimits,
} from "./notification_limits.ts";
import {
  checkNotificationLimits,
  NOTIFICATION_NAMES,
  notificationRow,
  type NotificationValues,
} from "./table.ts";
import { infoClass, isMissing, missing, query, tryQuery, trySet } from "../info_class.ts";

const CLASS_12 = infoClass(
  "JobObjectNotificationLimitInformation",
  "JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION",
);
const CLASS_13 = infoClass(
  "JobObjectLimitViolationInformation",
  "JOBOBJECT_LIMIT_VIOLATION_INFORMATION",
);
const CLASS_33 = infoClass(
  "JobObjectNotificationLimitInformation2",
  "JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION_2",
);
const CLASS_34 = infoClass(
  "JobObjectLimitViolationInformation2",
  "JOBOBJECT_LIMIT_VIOLATION_INFORMATION_2",
);
const ACCOUNTING = infoClass(
  "JobObjectBasicAccountingInformation",
  "JOBOBJECT_BASIC_ACCOUNTING_INFORMATION",
);

const { JOB_TIME } = JOB_OBJECT_LIMIT;

/** The limits that are set, and the class in which the system stores them. */
interface Current {
  readonly values: NotificationValues;
  readonly since: 12 | 33;
}

/** A limit of user time as it was requested. */
interface UserTime {
  /** Ticks since it was set. */
  readonly given: bigint;
  /** Ticks since the job's beginning. */
  readonly end: bigint;
  /** The value that the system reports for it. */
  readonly found: bigint;
}

/** The notification limits of one job; a part of {@linkcode JobObject}. */
export class NotificationControl {
  readonly #handle: () => Handle;
  readonly #label: string;
  #userTime: UserTime | undefined;

  /**
   * Creates the notification limits part of a job.
   *
   * @param handle Returns the job's handle, or throws if it is closed.
   * @param label The job's name for messages.
   */
  constructor(handle: () => Handle, label: string) {
    this.#handle = handle;
    this.#label = label;
  }

  /**
   * Reads the notification limits that are set.
   *
   * @returns A key for each of them; none if the system does not know notification limits.
   * @throws {Win32Error} If the system refuses, for example without the right to query.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  notificationLimits(): NotificationLimits {
    const job = this.#handle();
    try {
      const { values } = this.#read(job, `Cannot read the notification limits of ${this.#label}`);
      return decodeNotificationLimits(this.#asGiven(values));
    } catch (error) {
      if (error instanceof UnsupportedPlatformError) return {};
      throw error;
    }
  }

  /**
   * Sets, changes and removes notification limits; all others stay unchanged. The system forgets
   * crossings that were not read yet.
   *
   * @param given A missing key leaves its limit unchanged, a value sets it, `null` removes it.
   * @throws {TypeError} If a limit is unknown or of the wrong type.
   * @throws {RangeError} If a value is out of range.
   * @throws {LimitNotAppliedError} If the system accepts a limit but does not put it in force.
   * @throws {UnsupportedPlatformError} If the system does not know a limit.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  setNotificationLimits(given: NotificationLimits): void {
    // First, because a getter may close the job, and its handle value may then be reused.
    const limits = snapshot(given) as NotificationLimits;
    checkNotificationLimits(limits);
    const job = this.#handle();
    const names = NOTIFICATION_NAMES.filter((name) => limits[name] !== undefined);
    if (names.length === 0) return;
    const action = `Cannot set the notification limits ${names.join(", ")} of ${this.#label}`;
    const { values: before, since } = this.#read(job, action);
    const unknown = names.filter(
      (name) => limits[name] !== null && notificationRow(name).since > since,
    );
    if (unknown.length > 0) {
      throw new UnsupportedPlatformError(
        `${action}: this system does not have ${CLASS_33.name}, which ${unknown.join(", ")} needs`,
      );
    }
    const used = query(job, ACCOUNTING, action).TotalUserTime;
    const draft = this.#continued(before, used);
    for (const name of names) notificationRow(name).encode(limits[name] ?? undefined, draft);
    this.#write(job, { values: draft, since, action });
    const found = this.#read(job, action).values;
    const dropped = names.find((name) => !kept(name, draft, found));
    if (dropped !== undefined) {
      this.#write(job, { values: this.#continued(before, used), since, action });
      const wanted = limits[dropped] ?? undefined;
      const value = notificationRow(dropped).decode(found);
      throw new LimitNotAppliedError(
        `Cannot set the notification limit ${dropped} of ${this.#label}: the system accepted ` +
          `${describe(wanted)} and has ${value === undefined ? "none" : describe(value)}`,
        { limit: dropped, wanted, found: value },
      );
    }
    this.#remember(limits, { draft, found, used });
  }

  /**
   * Reads which notification limits were crossed, which lets the system report again: exactly
   * once for each `notificationLimit` message.
   *
   * @returns The crossed limits, with the values of that time.
   * @throws {UnsupportedPlatformError} If the system does not know notification limits.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  limitViolation(): LimitViolation {
    const job = this.#handle();
    const action = `Cannot read the crossed notification limits of ${this.#label}`;
    const newer = tryQuery(job, CLASS_34);
    if (newer.ok) return decodeLimitViolation(fromClass34(newer.value));
    if (!isMissing(newer.code)) throw new Win32Error(newer.code, newer.api, action);
    return decodeLimitViolation(fromClass13(query(job, CLASS_13, action)));
  }

  #read(job: Handle, action: string): Current {
    const newer = tryQuery(job, CLASS_33);
    if (newer.ok) return { values: fromClass33(newer.value), since: 33 };
    if (!isMissing(newer.code)) throw new Win32Error(newer.code, newer.api, action);
    return { values: fromClass12(query(job, CLASS_12, action)), since: 12 };
  }

  #write(job: Handle, { values, since, action }: Current & { action: string }): void {
    const code = since === 33
      ? trySet(job, CLASS_33, values)
      : trySet(job, CLASS_12, toClass12(values));
    if (code === 0) return;
    const cause = new Win32Error(code, "SetInformationJobObject", action);
    throw code === 1 ? missing(CLASS_33.name, action, cause) : cause;
  }

  /** The values to write again, with the remaining user time. */
  #continued(values: NotificationValues, used: bigint): NotificationValues {
    const time = this.#userTime;
    if ((values.LimitFlags & JOB_TIME) === 0 || values.PerJobUserTimeLimit !== time?.found) {
      return { ...values };
    }
    // A limit that was already crossed is reported again: the write discards unread crossings.
    const left = time.end > used ? time.end - used : 1n;
    return { ...values, PerJobUserTimeLimit: left };
  }

  #asGiven(values: NotificationValues): NotificationValues {
    const time = this.#userTime;
    return values.PerJobUserTimeLimit === time?.found
      ? { ...values, PerJobUserTimeLimit: time.given }
      : values;
  }

  #remember(limits: NotificationLimits, { draft, found, used }: Remembered): void {
    const written = draft.PerJobUserTimeLimit;
    const time = this.#userTime;
    if (limits.jobUserTime === null) this.#userTime = undefined;
    else if (limits.jobUserTime !== undefined) {
      this.#userTime = { given: written, end: used + written, found: found.PerJobUserTimeLimit };
    } else if (time !== undefined) {
      this.#userTime = { ...time, found: found.PerJobUserTimeLimit };
    }
  }
}

interface Remembered {
  readonly draft: NotificationValues;
  readonly found: NotificationValues;
  readonly used: bigint;
}

/** Whether the system has the values that were written. */
function kept(
  name: NotificationLimitName,
  draft: NotificationValues,
  found: NotificationValues,
): boolean {
  const row = notificationRow(name);
  const [wanted, value] = [row.decode(draft), row.decode(found)];
  return wanted === undefined || value === undefined ? wanted === value : row.same(wanted, value);
}
