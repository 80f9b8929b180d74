/**
 * The processes of a job, each with what it has used.
 *
 * @module
 */
import { ERROR, PROCESS } from "../ffi/constants.ts";
import { Win32Error } from "../ffi/error.ts";
import { mayQueryNative, parentPid } from "../process/query/native.ts";
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
 * left out, or listed with its end.
 *
 * @param job The job's handle, with the right to query.
 * @param label The job's name for messages.
 * @returns The processes, in the order of the system's list.
 * @throws {Win32Error} If the system refuses to list them.
 */
export function processTable(job: bigint, label: string): ProcessEntry[] {
  const pids = processIds(job, label);
  const source: Source = { job, label, others: new Others(), parentOf: parentReader() };
  return pids.flatMap((pid) => ask(pid, source) ?? []);
}

/** What the entries of one table are made from. */
interface Source {
  readonly job: bigint;
  readonly label: string;
  readonly others: Others;
  /** Reads the parent of a process by its handle. */
  readonly parentOf: (process: bigint) => number | undefined;
}

/** Without the permission for ntdll.dll no call may ask for it: that would prompt in a terminal. */
function parentReader(): Source["parentOf"] {
  return mayQueryNative() ? parentPid : () => undefined;
}

/**
 * All processes of the system, for what the handle of a process does not tell. To list them takes
 * longer than to ask the members of a small job.
 */
class Others {
  #all: ReadonlyMap<number, SnapshotEntry> | undefined;

  get(pid: number): SnapshotEntry | undefined {
    return (this.#all ??= snapshotProcesses()).get(pid);
  }
}

/** Asks one process; `undefined` if it no longer exists, or has left its id to another one. */
function ask(pid: number, { job, label, others, parentOf }: Source): ProcessEntry | undefined {
  try {
    const rights = PROCESS.QUERY_LIMITED_INFORMATION;
    using process = openProcess(pid, rights, `Cannot ask process ${pid}`);
    // Since the list was made, the id may have been reused by another process.
    if (!containsHandle(job, process.value, label)) return undefined;
    const parent = parentOf(process.value) ?? others.get(pid)?.parentPid;
    const image = processImage(process.value) ?? others.get(pid)?.image;
    if (parent === undefined || image === undefined) return undefined;
    return { pid, parentPid: parent, image, usage: processUsage(process.value) };
  } catch (error) {
    if (!(error instanceof Win32Error)) throw error;
    if (error.code === ERROR.INVALID_PARAMETER) return undefined;
    const entry = others.get(pid);
    return entry === undefined ? undefined : { ...entry, usage: undefined };
  }
}
