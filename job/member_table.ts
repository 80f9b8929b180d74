/**
 * The processes of a job, each with what it has used.
 *
 * @module
 */
import { ERROR, PROCESS } from "../ffi/constants.ts";
import { Win32Error } from "../ffi/error.ts";
import { processImage } from "../process/query/process_query.ts";
import { type ProcessUsage, processUsage } from "../process/query/process_usage.ts";
import { type SnapshotEntry, snapshotProcesses } from "../process/query/snapshot.ts";
import { containsHandle, openProcess, processIds } from "./membership.ts";

/**
 * A process of a job.
 *
 * @example
 * ```ts
 * import type { ProcessEntry } from "@jobbox/jobobject";
 *
 * const say = ({ pid, image }: ProcessEntry): string => `${pid} ${image}`;
 * ```
 */
export interface ProcessEntry {
  /** Its id. */
  readonly pid: number;
  /** The id of the process that started it, which may have ended since. */
  readonly parentPid: number;
  /** Its program: the full path, or only the file name if the system does not report more. */
  readonly image: string;
  /** What it has used; `undefined` if this program has no access to the process. */
  readonly usage: ProcessUsage | undefined;
}

/**
 * Lists the processes of a job and of the jobs inside it. A process that ends in the meantime is
 * left out.
 *
 * @param job The job's handle, with the right to query.
 * @param label The job's name for messages.
 * @returns The processes, in the order of the system's list.
 * @throws {Win32Error} If the system refuses to list them.
 */
export function processTable(job: bigint, label: string): ProcessEntry[] {
  const pids = processIds(job, label);
  const all = snapshotProcesses();
  return pids.flatMap((pid) => {
    const entry = all.get(pid);
    return entry === undefined ? [] : ask(entry, job, label);
  });
}

function ask(entry: SnapshotEntry, job: bigint, label: string): ProcessEntry[] {
  try {
    const rights = PROCESS.QUERY_LIMITED_INFORMATION;
    using process = openProcess(entry.pid, rights, `Cannot ask process ${entry.pid}`);
    // Since the list was made, the id may have been reused by another process.
    if (!containsHandle(job, process.value, label)) return [];
    return [{
      ...entry,
      image: processImage(process.value) ?? entry.image,
      usage: processUsage(process.value),
    }];
  } catch (error) {
    if (!(error instanceof Win32Error)) throw error;
    // The process no longer exists.
    if (error.code === ERROR.INVALID_PARAMETER) return [];
    return [{ ...entry, usage: undefined }];
  }
}
