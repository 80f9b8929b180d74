/**
 * The processes in a job.
 *
 * @module
 */
import { ERROR, JOBOBJECTINFOCLASS, PROCESS } from "../ffi/constants.ts";
import { check, failure, Win32Error } from "../ffi/error.ts";
import { OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { struct } from "../ffi/struct.ts";
import { describe, readUint32 } from "../values/options.ts";
import type { Container } from "../process/start/launch.ts";
import { STRUCTS } from "../ffi/structs.ts";

const LIST = struct(STRUCTS, "JOBOBJECT_BASIC_PROCESS_ID_LIST");
/** The size of one id in the list; the structure itself contains the first one. */
const ID_SIZE = BigUint64Array.BYTES_PER_ELEMENT;
const HEADER_SIZE = LIST.size - ID_SIZE;
/** Extra room for processes that join between two queries. */
const SLACK = 16;

/**
 * Lists the processes of a job and of the jobs inside it.
 *
 * @param job The job's handle, with the right to query.
 * @param label The job's name for messages.
 * @returns Their ids, in the system's order.
 * @throws {Win32Error} If the system refuses.
 */
export function processIds(job: bigint, label: string): number[] {
  let room = 64;
  for (;;) {
    const memory = new DataView(new ArrayBuffer(HEADER_SIZE + room * ID_SIZE));
    const code = failure(kernel32.QueryInformationJobObject(
      job,
      JOBOBJECTINFOCLASS.JobObjectBasicProcessIdList,
      memory,
      memory.byteLength,
      null,
    ));
    const list = LIST.decode(memory);
    if (code === ERROR.SUCCESS) {
      const ids = new BigUint64Array(memory.buffer, HEADER_SIZE, list.NumberOfProcessIdsInList);
      return Array.from(ids, Number);
    }
    if (code !== ERROR.MORE_DATA) {
      throw new Win32Error(
        code,
        "QueryInformationJobObject",
        `Cannot list the processes of ${label}`,
      );
    }
    // The job may have grown since, so it is queried again until all ids fit.
    room = Math.max(2 * room, list.NumberOfAssignedProcesses + SLACK);
  }
}

/**
 * Opens a process by its id.
 *
 * @param pid The id.
 * @param rights The access rights, as few as possible.
 * @param action The action, for the error message.
 * @returns Its handle.
 * @throws {TypeError} If `pid` is not a number.
 * @throws {RangeError} If `pid` is not a process id.
 * @throws {Win32Error} If there is no such process (ERROR_INVALID_PARAMETER) or it may not be opened.
 */
export function openProcess(pid: number, rights: number, action: string): OwnedHandle {
  const id = readUint32(pid, "pid", action);
  const handle = check(kernel32.OpenProcess(rights, 0, id), "OpenProcess", action);
  return new OwnedHandle(handle, `process ${pid}`);
}

/**
 * Puts a process into a job.
 *
 * @param job The job's handle, with the right to assign.
 * @param process The process's handle, with PROCESS_SET_QUOTA and PROCESS_TERMINATE.
 * @param action The action, for the error message.
 * @throws {Win32Error} If the system refuses.
 */
export function assignHandle(job: bigint, process: bigint, action: string): void {
  check(kernel32.AssignProcessToJobObject(job, process), "AssignProcessToJobObject", action);
}

/**
 * Puts a process into a job by its id, opening it with the fewest rights needed.
 *
 * @param job The job's handle, with the right to assign.
 * @param pid The process's id.
 * @param label The job's name for messages.
 * @throws {TypeError} If `pid` is not a number.
 * @throws {RangeError} If `pid` is not a process id.
 * @throws {Win32Error} If there is no such process, or the system refuses.
 */
export function assignProcess(job: bigint, pid: number, label: string): void {
  const action = `Cannot assign process ${describe(pid)} to ${label}`;
  using process = openProcess(pid, PROCESS.SET_QUOTA | PROCESS.TERMINATE, action);
  assignHandle(job, process.value, action);
}

/**
 * Returns whether a process is in a job or in a job inside it, by its handle.
 *
 * @param job The job's handle, with the right to query.
 * @param process The process's handle, with PROCESS_QUERY_LIMITED_INFORMATION.
 * @param label The job's name for messages.
 * @returns Whether it is.
 * @throws {Win32Error} If the system refuses.
 */
export function containsHandle(job: bigint, process: bigint, label: string): boolean {
  const result = new Int32Array(1);
  let code = failure(kernel32.IsProcessInJob(process, job, result));
  if (code === ERROR.ACCESS_DENIED) {
    // Wine requires more than the right that Windows does.
    using copy = withQueryRight(process);
    if (copy !== undefined) code = failure(kernel32.IsProcessInJob(copy.value, job, result));
  }
  if (code !== ERROR.SUCCESS) {
    const action = `Cannot find out whether a process is in ${label}`;
    throw new Win32Error(code, "IsProcessInJob", action);
  }
  return result[0] !== 0;
}

/** A copy of a process's handle with PROCESS_QUERY_INFORMATION; `undefined` if that is refused. */
function withQueryRight(process: bigint): OwnedHandle | undefined {
  const copy = new BigUint64Array(1);
  const self = kernel32.GetCurrentProcess();
  const rights = PROCESS.QUERY_INFORMATION;
  if (!kernel32.DuplicateHandle(self, process, self, copy, rights, 0, 0)) return undefined;
  return new OwnedHandle(copy[0]!, "a process");
}

/**
 * Returns whether a process is in a job or in a job inside it, by its id.
 *
 * @param job The job's handle, with the right to query.
 * @param pid The process's id. If there is no such process, the result is `false`.
 * @param label The job's name for messages.
 * @returns Whether it is.
 * @throws {TypeError} If `pid` is not a number.
 * @throws {RangeError} If `pid` is not a process id.
 * @throws {Win32Error} If the process may not be opened.
 */
export function containsProcess(job: bigint, pid: number, label: string): boolean {
  const action = `Cannot find out whether process ${describe(pid)} is in ${label}`;
  try {
    using process = openProcess(pid, PROCESS.QUERY_LIMITED_INFORMATION, action);
    return containsHandle(job, process.value, label);
  } catch (error) {
    if (error instanceof Win32Error && error.code === ERROR.INVALID_PARAMETER) return false;
    throw error;
  }
}

/**
 * Wraps a job so that a process can be started in it.
 *
 * @param handle The job's handle, with the rights to assign and to query.
 * @param label The job's name for messages.
 * @returns The job in the form that a start needs.
 */
export function jobContainer(handle: bigint, label: string): Container {
  return {
    handle,
    assign: (process) => assignHandle(handle, process, `Cannot assign a new process to ${label}`),
    contains: (process) => containsHandle(handle, process, label),
  };
}
