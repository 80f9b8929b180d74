/**
 * `jobbox ps`: the processes of a job.
 *
 * @module
 */
import { type Command, JSON_OPTION } from "../args/command.ts";
import { WatchedProcess } from "../report/process_query.ts";
import { processName } from "../text/process_name.ts";
import { nameArgument, withNamedJob } from "../named_job.ts";
import { showJson, showSize, showTime } from "../text/display.ts";
import { type Column, renderTable } from "../text/table.ts";
import type { ProcessEntry } from "../../mod.ts";

/** The request to `jobbox ps`. */
export interface PsValue {
  /** The job's name. */
  readonly name: string;
  /** Whether to print JSON. */
  readonly json: boolean;
}

/** A process of a job with its command line. */
export interface ListedProcess extends ProcessEntry {
  /** Its command line; absent if the system does not report it. */
  readonly commandLine?: string | undefined;
}

/** How far apart two readings of one start can be, in ms. */
const SAME_START = 1;

/**
 * Adds the command lines of processes.
 *
 * @param processes The processes.
 * @returns The same, each with its command line if the system reports it.
 */
export function withCommandLines(processes: readonly ProcessEntry[]): ListedProcess[] {
  return processes.map((entry) => {
    const { pid, usage } = entry;
    const process = usage === undefined ? undefined : WatchedProcess.open(pid);
    if (process === undefined) return entry;
    try {
      const apart = Math.abs((process.start() ?? 0) - usage!.startTime.getTime());
      const commandLine = process.commandLine();
      // The id may belong to another process already.
      return apart > SAME_START || commandLine === undefined ? entry : { ...entry, commandLine };
    } finally {
      process.close();
    }
  });
}

const COLUMNS: readonly Column[] = [
  { title: "PID", right: true },
  { title: "PARENT", right: true },
  { title: "AGE", right: true },
  { title: "CPU", right: true },
  { title: "MEMORY", right: true },
  { title: "PEAK", right: true },
  { title: "COMMAND" },
];

/**
 * Writes processes as a table for people.
 *
 * @param processes The processes.
 * @param options Milliseconds since 1970, for their ages, and the terminal's width.
 * @returns Lines without line ends.
 */
export function renderProcesses(
  processes: readonly ListedProcess[],
  { now, width }: { readonly now: number; readonly width: number },
): string[] {
  return renderTable(
    COLUMNS,
    processes.map(({ pid, parentPid, image, usage, commandLine }) => [
      String(pid),
      String(parentPid),
      ...usage === undefined ? ["-", "-", "-", "-"] : [
        showTime(Math.max(0, now - usage.startTime.getTime())),
        showTime(usage.userTime + usage.kernelTime),
        usage.memory === undefined ? "-" : showSize(usage.memory.commit),
        usage.memory === undefined ? "-" : showSize(usage.memory.peakCommit),
      ],
      // The whole path is in the JSON.
      processName({ pid, image: image.slice(image.lastIndexOf("\\") + 1), commandLine }),
    ]),
    { width },
  );
}

/** `jobbox ps`. */
export const psCommand: Command<PsValue> = {
  spec: {
    name: "ps",
    summary: "list the processes of a job",
    usage: "[OPTION…] NAME",
    example: "jobbox ps build",
    options: [JSON_OPTION],
  },
  parse: (args) => ({
    name: nameArgument(args),
    json: args.options.some(({ name }) => name === "json"),
  }),
  execute: ({ name, json }, io) => {
    const processes = withCommandLines(withNamedJob(name, (job) => job.processes()));
    if (json) io.stdout.write(`${showJson(processes)}\n`);
    else {
      // Output to a file or a program is never cut.
      const width = io.isTerminal("stdout") ? io.columns() : Infinity;
      io.stdout.write(`${renderProcesses(processes, { now: io.now(), width }).join("\n")}\n`);
    }
    return Promise.resolve(0);
  },
};
