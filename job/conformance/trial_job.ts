/**
 * The job of a trial: each call returns its error code.
 *
 * @module
 */
import { ERROR, JOB_OBJECT_LIMIT, JOBOBJECTINFOCLASS, WAIT } from "../../ffi/constants.ts";
import { check, failure } from "../../ffi/error.ts";
import type { Handle, OwnedHandle } from "../../ffi/handle.ts";
import { kernel32 } from "../../ffi/library.ts";
import { struct } from "../../ffi/struct.ts";
import type { StructInput, StructValue } from "../../ffi/struct_types.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { type InfoClass, infoClass, tryQuery, trySet } from "../info_class.ts";
import type { TrialPort } from "./trial_port.ts";
import type { TrialProcess } from "./trial_room.ts";

/** The information classes that trials use. */
export const CLASSES = {
  accounting: infoClass(
    "JobObjectBasicAccountingInformation",
    "JOBOBJECT_BASIC_ACCOUNTING_INFORMATION",
  ),
  basic: infoClass("JobObjectBasicLimitInformation", "JOBOBJECT_BASIC_LIMIT_INFORMATION"),
  ui: infoClass("JobObjectBasicUIRestrictions", "JOBOBJECT_BASIC_UI_RESTRICTIONS"),
  endOfTime: infoClass(
    "JobObjectEndOfJobTimeInformation",
    "JOBOBJECT_END_OF_JOB_TIME_INFORMATION",
  ),
  port: infoClass(
    "JobObjectAssociateCompletionPortInformation",
    "JOBOBJECT_ASSOCIATE_COMPLETION_PORT",
  ),
  extended: infoClass("JobObjectExtendedLimitInformation", "JOBOBJECT_EXTENDED_LIMIT_INFORMATION"),
  notify: infoClass(
    "JobObjectNotificationLimitInformation",
    "JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION",
  ),
  violation: infoClass(
    "JobObjectLimitViolationInformation",
    "JOBOBJECT_LIMIT_VIOLATION_INFORMATION",
  ),
  cpu: infoClass("JobObjectCpuRateControlInformation", "JOBOBJECT_CPU_RATE_CONTROL_INFORMATION"),
  net: infoClass("JobObjectNetRateControlInformation", "JOBOBJECT_NET_RATE_CONTROL_INFORMATION"),
  freeze: infoClass("JobObjectFreezeInformation", "JOBOBJECT_FREEZE_INFORMATION"),
  groups: infoClass("JobObjectGroupInformationEx", "GROUP_AFFINITY"),
} as const;

type Basic = StructInput<StructValue<typeof STRUCTS, "JOBOBJECT_BASIC_LIMIT_INFORMATION">>;

const LIST = struct(STRUCTS, "JOBOBJECT_BASIC_PROCESS_ID_LIST");

const ACTION = "Cannot make a trial";

/** Limits of a trial's job. */
export interface TrialLimits {
  /** The flags; nothing is added to them. */
  readonly flags: number;
  /** The other fields of the basic structure. */
  readonly basic?: Basic;
  /** Bytes that a process can commit. */
  readonly processMemory?: number;
  /** Bytes that all can commit. */
  readonly jobMemory?: number;
}

/** A job of a trial. */
export class TrialJob implements Disposable {
  readonly #handle: OwnedHandle;

  /** Takes a handle over. */
  constructor(handle: OwnedHandle) {
    this.#handle = handle;
  }

  /** Its handle. */
  get value(): Handle {
    return this.#handle.value;
  }

  /** Puts a process into it; 0, or the error code. */
  assign(process: TrialProcess): number {
    return failure(kernel32.AssignProcessToJobObject(this.value, process.handle.value));
  }

  /** Ends its processes; 0, or the error code. */
  terminate(code = 7): number {
    return failure(kernel32.TerminateJobObject(this.value, code));
  }

  /** Whether a process is in it, or in a job inside it. */
  contains(process: TrialProcess): boolean {
    const result = new Int32Array(1);
    check(
      kernel32.IsProcessInJob(process.handle.value, this.value, result),
      "IsProcessInJob",
      ACTION,
    );
    return result[0] !== 0;
  }

  /** Whether it is signaled. */
  signaled(ms = 0): boolean {
    return kernel32.WaitForSingleObject(this.value, ms) === WAIT.WAIT_OBJECT_0;
  }

  /** Gives it a port; 0, or the error code. */
  listen(port: TrialPort | undefined, key = 1n): number {
    return this.set(CLASSES.port, { CompletionKey: key, CompletionPort: port?.value ?? 0n });
  }

  /** Writes a class; 0, or the error code. */
  set<V>(info: InfoClass<V>, value: StructInput<V>): number {
    return trySet(this.value, info, value);
  }

  /**
   * Reads a class.
   *
   * @throws {Win32Error} If the system refuses.
   */
  get<V>(info: InfoClass<V>): V {
    const answer = tryQuery(this.value, info);
    if (answer.ok) return answer.value;
    kernel32.SetLastError(answer.code);
    check(0, answer.api, ACTION);
    throw new TypeError(ACTION);
  }

  /** Sets limits by class 9; 0, or the error code. */
  limit({ basic = {}, flags, jobMemory = 0, processMemory = 0 }: TrialLimits): number {
    return this.set(CLASSES.extended, {
      BasicLimitInformation: { ...basic, LimitFlags: flags },
      ProcessMemoryLimit: BigInt(processMemory),
      JobMemoryLimit: BigInt(jobMemory),
    });
  }

  /** Sets limits by class 9, with kill-on-close; 0, or the error code. */
  limitAlso(limits: TrialLimits): number {
    return this.limit({ ...limits, flags: limits.flags | JOB_OBJECT_LIMIT.KILL_ON_JOB_CLOSE });
  }

  /** What it counts. */
  accounting(): StructValue<typeof STRUCTS, "JOBOBJECT_BASIC_ACCOUNTING_INFORMATION"> {
    return this.get(CLASSES.accounting);
  }

  /** Its list of ids, asked for with room for some. */
  list(room: number): { code: number; assigned: number; listed: number; ids: number[] } {
    const size = BigUint64Array.BYTES_PER_ELEMENT;
    const head = LIST.size - size;
    const memory = new DataView(new ArrayBuffer(head + Math.max(1, room) * size));
    const code = failure(kernel32.QueryInformationJobObject(
      this.value,
      JOBOBJECTINFOCLASS.JobObjectBasicProcessIdList,
      memory,
      head + room * size,
      null,
    ));
    if (code !== 0 && code !== ERROR.MORE_DATA) return { code, assigned: 0, listed: 0, ids: [] };
    const { NumberOfAssignedProcesses, NumberOfProcessIdsInList } = LIST.decode(memory);
    const fit = Math.min(room, NumberOfProcessIdsInList);
    const ids = Array.from(new BigUint64Array(memory.buffer, head, fit), Number);
    return { code, assigned: NumberOfAssignedProcesses, listed: NumberOfProcessIdsInList, ids };
  }

  /** Closes our handle; the second time does nothing. */
  close(): void {
    this.#handle.close();
  }

  /** Closes our handle. */
  [Symbol.dispose](): void {
    this.close();
  }
}
