/**
 * `jobbox events`: the events of a job of another process, one JSON object per line.
 *
 * A job has one listener, and a job of `jobbox run` has its own. So these events are found by
 * polling: processes that came and went, and counters that the kernel keeps. Processes that live shorter
 * than the interval are not seen; `jobbox run --events` sees everything.
 *
 * @module
 */
import { showJson } from "../text/display.ts";
import { defined } from "../../values/defined.ts";
import { describeExitCode } from "../windows.ts";
import { WatchedProcess } from "../report/process_query.ts";
import { type Command, JSON_OPTION } from "../args/command.ts";
import type { Io } from "../terminal/io.ts";
import { lookAgain, nameArgument } from "../named_job.ts";
import { repeat } from "../terminal/watch_loop.ts";
import { parseDuration } from "../../values/duration.ts";
import { fromCommandLine, Settings } from "../args/settings.ts";
import type { JobObject } from "../../mod.ts";

/** The request to `jobbox events`. */
export interface EventsValue {
  /** The job's name. */
  readonly name: string;
  /** Milliseconds between two readings. */
  readonly interval: number;
}

const DEFAULT_INTERVAL = 100;

/** One reading of a job. */
export interface JobLook {
  /** The processes in it. */
  readonly pids: readonly number[];
  /** Processes that ever were in it. */
  readonly total: number;
  /** Processes that the kernel ended at a limit. */
  readonly terminated: number;
}

/** Something that happened between two readings. */
export interface FoundEvent {
  /** `newProcess`, `exitProcess`, `missedProcesses`, `terminatedByLimit` or `activeProcessZero`. */
  readonly type: string;
  /** The process. */
  readonly pid?: number;
  /** How many processes. */
  readonly count?: number;
  /** The exit code of a process, unsigned; absent if it could not be read. */
  readonly code?: number;
  /** The code's name; absent if it has none. */
  readonly codeName?: string;
}

/** How long to wait for the end of a process that has left the job, in ms. */
const ENDING_TIME = 500;

/** The most processes whose end is watched; each needs a handle. */
const MOST_WATCHED = 5000;

/** Holds the processes of a job until their ends were read, however soon they end. */
class WatchedEnds implements Disposable {
  readonly #processes = new Map<number, WatchedProcess>();

  /** Completes an event: holds a new process, or adds the exit code of one that has ended. */
  completed(event: FoundEvent): FoundEvent {
    const { pid, type } = event;
    if (pid === undefined) return event;
    const known = this.#processes.get(pid);
    if (type === "newProcess") {
      if (known === undefined && this.#processes.size < MOST_WATCHED) {
        const process = WatchedProcess.open(pid);
        if (process !== undefined) this.#processes.set(pid, process);
      }
      return event;
    }
    if (type !== "exitProcess" || known === undefined) return event;
    const code = known.endWithin(ENDING_TIME)?.code;
    this.#processes.delete(pid);
    known.close();
    if (code === undefined) return event;
    return { ...event, code, ...defined({ codeName: describeExitCode(code).symbol }) };
  }

  [Symbol.dispose](): void {
    for (const process of this.#processes.values()) process.close();
  }
}

/**
 * Finds out what happened between two readings of a job.
 *
 * @param before The previous reading; absent at the first, which reports every process.
 * @param now The current reading.
 * @returns What happened, starts before ends.
 */
export function eventsBetween(before: JobLook | undefined, now: JobLook): FoundEvent[] {
  const old = new Set(before?.pids);
  const current = new Set(now.pids);
  const started = now.pids.filter((pid) => !old.has(pid));
  const ended = [...old].filter((pid) => !current.has(pid));
  const events: FoundEvent[] = started.map((pid) => ({ type: "newProcess", pid }));
  // These came and went unseen; at the first reading they are past and not reported.
  const missed = before === undefined ? 0 : now.total - before.total - started.length;
  if (missed > 0) events.push({ type: "missedProcesses", count: missed });
  const terminated = before === undefined ? 0 : now.terminated - before.terminated;
  if (terminated > 0) events.push({ type: "terminatedByLimit", count: terminated });
  events.push(...ended.map((pid) => ({ type: "exitProcess", pid })));
  const wasEmpty = before !== undefined && before.pids.length === 0;
  if (now.pids.length === 0 && !wasEmpty) events.push({ type: "activeProcessZero" });
  return events;
}

async function follow({ name, interval }: EventsValue, io: Io): Promise<number> {
  using ends = new WatchedEnds();
  let before: JobLook | undefined;
  const look = (job: JobObject): JobLook => {
    const pids = job.pids();
    const { total, terminated } = job.stats().processes;
    return { pids, total, terminated };
  };
  await repeat(io, () => {
    // Opened again each time: an open handle would keep the tree alive when its jobbox is killed.
    const wasThere = before !== undefined;
    // A job that has ended counts as empty; its last counters are not known.
    const now = lookAgain(name, look, { wasThere }) ?? { ...before!, pids: [] };
    const time = new Date(io.now()).toISOString();
    for (const event of eventsBetween(before, now)) {
      io.stdout.write(`${showJson({ time, ...ends.completed(event) })}\n`);
    }
    before = now;
    return now.pids.length > 0;
  }, { interval });
  return 0;
}

/** `jobbox events`. */
export const eventsCommand: Command<EventsValue> = {
  spec: {
    name: "events",
    summary: "print a job's events until it is empty, one JSON object per line",
    usage: "[OPTION…] NAME",
    example: "jobbox events build",
    options: [
      {
        name: "interval",
        value: "TIME",
        help:
          "polling interval (default 100ms); processes that live shorter are counted but not listed",
      },
      { ...JSON_OPTION, help: "accepted for consistency; the output is always JSON" },
    ],
  },
  parse: (args) => ({
    name: nameArgument(args),
    interval: new Settings(fromCommandLine(args.options)).read("interval", parseDuration) ??
      DEFAULT_INTERVAL,
  }),
  execute: follow,
};
