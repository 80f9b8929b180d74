/**
 * The run record: the limits of one run of a command, its use of resources, and how it ended.
 *
 * A record is plain JSON. Times are milliseconds, sizes bytes, rates percent; what is not known is
 * absent, never 0 or null.
 *
 * @module
 */
import type { RecordedIsolation } from "./isolation.ts";
import type { JsonObject } from "../text/json.ts";
import type { Verdict } from "../exit_code.ts";
import type { RecordedLimitChange } from "./limit_changes.ts";
import type { EndedBy, IoStats } from "../../mod.ts";

/** The name that every record of this version carries; `schemas/run-record.schema.json` has it as its `$id`. */
export const RUN_RECORD_SCHEMA = "urn:jobbox:run-record:1" as const;

/** The version of the record's form: it grows when a reader of the previous form could misread it. */
export const RUN_RECORD_VERSION = 1 as const;

/**
 * Which rung ended the run: the command `self`, CTRL_BREAK and the time to react to it, the
 * termination of the job by jobbox, or the `kernel` at one of its own limits.
 */
export type StoppedBy = "self" | "break" | "terminate" | "kernel";

/** The machine that ran it, as far as it is known. */
export interface RecordedMachine {
  /** Its name in the network, without a domain; absent if the system does not report it. */
  readonly name?: string;
  /** Its logical processors. */
  readonly processors: number;
}

/** The command as it was started. */
export interface RecordedCommand {
  /** The program's full path; as written if it was not found. */
  readonly executable: string;
  /** The arguments after the program's name. */
  readonly args: readonly string[];
  /** The folder it was started in, in full. */
  readonly cwd: string;
}

/** The job and its limits. */
export interface RecordedJob {
  /** The job's name; absent for a job without one. */
  readonly name?: string;
  /** The limits in force, by their names in the programming interface; masks are `"0x…"` strings. */
  readonly limits: JsonObject;
  /** The soft limits in force, likewise. */
  readonly notificationLimits: JsonObject;
  /** The limits that jobbox itself enforces: `wallTime` in milliseconds, `outputSize` in bytes. */
  readonly ownLimits?: JsonObject;
}

/** The unit of the numbers of a limit. */
export type RecordedUnit = "bytes" | "ms" | "processes" | "percent" | "tolerance";

/** The limit that ended a run. */
export interface RecordedLimit {
  /** Its name, as in `job.limits`, `job.notificationLimits` or `job.ownLimits`. */
  readonly name: string;
  /** Its value; for a rate, the tolerance's name. */
  readonly limit: number | string;
  /** What was measured when it ended the run; absent if the system does not report it. */
  readonly measured?: number | string;
  /** The unit of both. */
  readonly unit: RecordedUnit;
}

/** The command's own process. */
export interface RecordedChild {
  /** Its process id; absent when it was never started. */
  readonly pid?: number;
  /** Its exit code, an unsigned 32-bit number; absent when it is not known. */
  readonly code?: number;
  /** The code's name, such as `STATUS_ACCESS_VIOLATION`; absent if it has none. */
  readonly codeName?: string;
  /** What ended it, as far as jobbox knows; absent when it was never started. */
  readonly endedBy?: EndedBy;
}

/** The time of the run and its duration. */
export interface RecordedTimes {
  /** When the command was started: ISO 8601, UTC. */
  readonly start: string;
  /** When the run was over: ISO 8601, UTC. */
  readonly end: string;
  /** Wall time in milliseconds, by a clock that never goes back. */
  readonly wall: number;
  /** User time of all processes in milliseconds; absent if nothing ran or the system does not report it. */
  readonly user?: number;
  /** Kernel time of all processes in milliseconds, likewise. */
  readonly kernel?: number;
}

/** Commit memory in bytes. */
export interface RecordedMemory {
  /** The peak of all processes together; absent if the system does not report it. */
  readonly peakJob?: number;
  /** The peak of a single process; absent if the system does not report it. */
  readonly peakProcess?: number;
}

/** What all processes read and wrote; counts, and bytes. */
export type RecordedIo = IoStats;

/** Counts of processes. */
export interface RecordedCounts {
  /** Processes that ever were in the job. */
  readonly total: number;
  /** Processes still running at the end; more than 0 only when the tree was not waited for. Absent if the system does not report it. */
  readonly active?: number;
  /** Processes that the kernel ended at a limit; absent if the system does not report it. */
  readonly terminated?: number;
  /** The most processes seen running at the same time. */
  readonly peakActive: number;
}

/**
 * How much the command wrote, if known: output that went through jobbox, or that has its own
 * file.
 */
export interface RecordedOutput {
  /** Bytes written to the standard output. */
  readonly stdoutBytes?: number;
  /** Bytes written to the standard error. */
  readonly stderrBytes?: number;
}

/** One process of the run. */
export interface RecordedProcess {
  /** Its process id. The system may use one id several times. */
  readonly pid: number;
  /** The id of the process that started it; absent when it ended too soon to be asked. */
  readonly parentPid?: number;
  /** Its program's file name; absent when it ended too soon to be asked. */
  readonly image?: string;
  /** Its command line; what is longer than 2048 characters ends with "…". Absent if it is not reported. */
  readonly commandLine?: string;
  /** Processor time in user mode, in milliseconds; absent while it runs, or if it is not reported. */
  readonly user?: number;
  /** Processor time in kernel mode, likewise. */
  readonly kernel?: number;
  /** The highest commit memory seen, in bytes; absent if it is not reported. */
  readonly peakMemory?: number;
  /** When it was first seen, in milliseconds since the start. */
  readonly start: number;
  /** When it ended, in milliseconds since the start; absent while it runs. */
  readonly end?: number;
  /** Its exit code, unsigned; absent when it is not known. */
  readonly code?: number;
  /** The code's name, such as `STATUS_ACCESS_VIOLATION`; absent if it has none. */
  readonly codeName?: string;
}

/** One time that a limit was reached. */
export interface RecordedHit {
  /** When, in milliseconds since the start. */
  readonly at: number;
  /** The notification's type, such as `processMemoryLimit`; for soft limits `notificationLimit`. */
  readonly type: string;
  /** The process that reached it; absent if it is the whole job. */
  readonly pid?: number;
  /** The limit's name; absent if the type already says it. */
  readonly name?: string;
  /** The limit's value, for a rate the tolerance's name; absent if it was not reported. */
  readonly limit?: number | string;
  /** What was measured; absent if it was not reported. */
  readonly measured?: number | string;
}

/** The state at one time. Between two samples, `memory` and `processes` are the most that was seen. */
export interface RecordedSample {
  /** When, in milliseconds since the start. */
  readonly at: number;
  /** Commit memory of all processes in bytes; absent if the system does not report it. */
  readonly memory?: number;
  /** Share of the whole machine's processors since the sample before, 0 to 100. */
  readonly cpuPercent: number;
  /** User time so far in milliseconds. */
  readonly userMs: number;
  /** Kernel time so far in milliseconds. */
  readonly kernelMs: number;
  /** Running processes. */
  readonly processes: number;
  /** Bytes read so far; absent if the system does not report it. */
  readonly readBytes?: number;
  /** Bytes written so far, likewise. */
  readonly writeBytes?: number;
}

/** The record of one run. */
export interface RunRecord {
  /** The record's form. */
  readonly schema: typeof RUN_RECORD_SCHEMA;
  /** The form's version. */
  readonly version: typeof RUN_RECORD_VERSION;
  /** What made the record. */
  readonly tool: { readonly name: "jobbox"; readonly version: string };
  /** The machine that ran it. */
  readonly machine: RecordedMachine;
  /** The labels of the run; absent if it has none. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The command. */
  readonly command: RecordedCommand;
  /** The job. */
  readonly job: RecordedJob;
  /** How the run ended. */
  readonly verdict: Verdict;
  /** The limit that ended it; absent if none did. */
  readonly limit?: RecordedLimit;
  /** Which rung ended it; absent when nothing was started. */
  readonly stoppedBy?: StoppedBy;
  /** The exit code of jobbox itself. */
  readonly exitCode: number;
  /** The command's process. */
  readonly child: RecordedChild;
  /** Times. */
  readonly times: RecordedTimes;
  /** Peaks of memory. */
  readonly memory: RecordedMemory;
  /** Reads and writes; absent if nothing ran or the system does not count them. */
  readonly io?: RecordedIo;
  /** Page faults of all processes, likewise. */
  readonly pageFaults?: number;
  /** Counts of processes. */
  readonly processes: RecordedCounts;
  /** How much was written; absent when it did not go through jobbox. */
  readonly output?: RecordedOutput;
  /** Limits that differ between the start and the end; absent if none does. */
  readonly limitChanges?: readonly RecordedLimitChange[];
  /** What it was started without; absent when nothing of it was asked for. */
  readonly isolation?: RecordedIsolation;
  /** Every process, in the order of their start; the first ten thousand. */
  readonly processTable: readonly RecordedProcess[];
  /** How many processes are left out of `processTable`. */
  readonly processTableOmitted: number;
  /** Limits reached, in order; the first thousand. */
  readonly limitHits: readonly RecordedHit[];
  /** How often each type of limit was reached, including hits left out of `limitHits`. */
  readonly limitHitCounts: { readonly [type: string]: number };
  /** The state over time: at most about a thousand samples, however long the run. */
  readonly samples: readonly RecordedSample[];
  /** Milliseconds between two samples: doubled each time there were too many samples. */
  readonly sampleInterval: number;
  /** What went wrong, for the verdicts `notFound`, `cannotExecute` and `failed`. */
  readonly error?: string;
}
