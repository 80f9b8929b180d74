/**
 * The lines of the events, as `schemas/event.schema.json` describes them. Types only.
 *
 * @module
 */
import type { ProcessInfo } from "./process_table.ts";
import type {
  RecordedChild,
  RecordedCommand,
  RecordedHit,
  RecordedJob,
  RecordedMachine,
  RunRecord,
} from "./record.ts";
import type { JobNotification } from "../../mod.ts";

/**
 * How the end of a process is known if no notification reported it: by its handle, because its id
 * belonged to another process later, or because the job was empty.
 */
export type EndSource = "handle" | "id" | "job";

/** The first line: the command and its limits. */
export interface StartLine {
  /** The schema's name. */
  readonly schema: string;
  /** The schema's version. */
  readonly version: 1;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** What made it. */
  readonly tool: { readonly name: "jobbox"; readonly version: string };
  /** The machine that runs it. */
  readonly machine: RecordedMachine;
  /** The labels of the run; absent if it has none. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The command. */
  readonly command: RecordedCommand;
  /** The job and its limits. */
  readonly job: RecordedJob;
}

/** The state at one time. */
export interface SampleLine {
  /** Commit memory of all processes in bytes; absent if the system does not report it. */
  readonly memory?: number | undefined;
  /** Processor time in user mode, in milliseconds. */
  readonly userMs: number;
  /** Processor time in kernel mode, in milliseconds. */
  readonly kernelMs: number;
  /** Running processes. */
  readonly processes: number;
  /** Bytes read; absent if they are not counted. */
  readonly readBytes?: number | undefined;
  /** Bytes written; absent if they are not counted. */
  readonly writeBytes?: number | undefined;
}

/** What is known about one process. */
export interface ProcessLine extends Omit<ProcessInfo, "leader"> {
  /** How its end is known; absent if a notification reported it. */
  readonly source?: EndSource | undefined;
}

/** The last line: how the run ended. */
export interface EndLine extends
  Pick<
    RunRecord,
    "verdict" | "limit" | "stoppedBy" | "exitCode" | "limitChanges" | "error"
  > {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** How the command ended. */
  readonly child: RecordedChild;
}

type Own<T extends JobNotification["type"]> = Omit<
  Extract<JobNotification, { readonly type: T }>,
  "type"
>;

/** What each type of line has beside its number, its type and its time. */
export interface EventLines {
  /** The first line. */
  readonly start: StartLine;
  /** The state at one time. */
  readonly sample: SampleLine;
  /** A process, as its start, a later look or its end shows it. */
  readonly process: ProcessLine;
  /** A message about one process. */
  readonly message: { readonly pid: number };
  /** A soft limit that was crossed. */
  readonly notificationLimit: Own<"notificationLimit">;
  /** A message of a newer system. */
  readonly unknown: Own<"unknown">;
  /** A limit of jobbox itself that was reached. */
  readonly hit: Omit<RecordedHit, "type" | "at">;
  /** The last line. */
  readonly end: EndLine;
}
