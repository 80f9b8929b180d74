/**
 * `jobbox stats`: what a job has used, once or repeatedly.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { type Command, JSON_OPTION } from "../args/command.ts";
import type { Io } from "../terminal/io.ts";
import { lookAgain, nameArgument, withNamedJob } from "../named_job.ts";
import { showCount, showJson, showSize, showText, showTime } from "../text/display.ts";
import { showLimits, type ShownLimit } from "../text/limit_text.ts";
import { fit, renderTable } from "../text/table.ts";
import { UsageError } from "../args/usage_error.ts";
import { repeat } from "../terminal/watch_loop.ts";
import { type ListedProcess, renderProcesses, withCommandLines } from "./ps.ts";
import { parseDuration } from "../../values/duration.ts";
import { fromCommandLine, Settings } from "../args/settings.ts";
import type { JobObject, JobStats, ProcessEntry } from "../../mod.ts";

/** The request to `jobbox stats`. */
export interface StatsValue {
  /** The job's name. */
  readonly name: string;
  /** Whether to print JSON. */
  readonly json: boolean;
  /** Milliseconds between two readings; absent for a single one. */
  readonly interval?: number;
}

const DEFAULT_INTERVAL = 1000;

/** Columns left free: a console that does not know the erasing sequence prints it as letters. */
const SLACK = 4;

/**
 * Writes statistics for people.
 *
 * @param stats The statistics.
 * @param cpuPercent Share of the machine since the last reading; absent at the first.
 * @returns Lines without line ends.
 */
export function renderStats(stats: JobStats, cpuPercent?: number): string[] {
  const { io, memory, processes } = stats;
  const cpu = `${showTime(stats.userTime)} user, ${showTime(stats.kernelTime)} kernel` +
    (cpuPercent === undefined ? "" : `, ${cpuPercent.toFixed(1)} % of the machine now`);
  const current = memory.current === undefined ? "" : `${showSize(memory.current)} now, `;
  return renderTable([{ title: "" }, { title: "" }], [
    [
      "processes",
      `${processes.active} now, ${processes.total} in all, ${processes.terminated} ended by limits`,
    ],
    ["cpu", cpu],
    [
      "memory",
      `${current}${showSize(memory.peak)} at most, ${
        showSize(memory.peakProcess)
      } at most in one process`,
    ],
    ["read", moved(io?.readBytes, io?.readOperations)],
    ["written", moved(io?.writeBytes, io?.writeOperations)],
    ["page faults", showCount(stats.pageFaults)],
  ]).slice(1);
}

function moved(bytes: number | undefined, operations: number | undefined): string {
  return bytes === undefined || operations === undefined
    ? "not known"
    : `${showSize(bytes)} in ${showCount(operations)} operations`;
}

/** One reading of a job. */
interface Look {
  readonly stats: JobStats;
  readonly processes: readonly ListedProcess[];
  /** `undefined` if they could not be read. */
  readonly limits: readonly ShownLimit[] | undefined;
}

/** The totals that are shown even on a low terminal: processes, processor, memory. */
const LEAST_TOTALS = 3;

/** The time of day on this machine's clock. */
function clockTime(now: number): string {
  const date = new Date(now);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0")).join(":");
}

/**
 * Writes limits for people.
 *
 * @param limits The limits; `undefined` if they could not be read.
 * @returns One line without its end; none if there are no limits.
 */
export function renderLimits(limits: readonly ShownLimit[] | undefined): string[] {
  if (limits === undefined) return ["limits       not known"];
  if (limits.length === 0) return [];
  const text = limits.map(({ option, value }) => value === "on" ? option : `${option} ${value}`);
  return [`limits       ${text.join(", ")}`];
}

/** The limits of a job, if they can be read: an error must not end the view. */
function limitsOf(job: JobObject): ShownLimit[] | undefined {
  try {
    return showLimits(job.limits(), job.notificationLimits());
  } catch {
    return undefined;
  }
}

/** The memory that a process has committed; processes that cannot be asked come last. */
function memoryOf({ usage }: ProcessEntry): number {
  return usage?.memory?.commit ?? -1;
}

/** The live view: drawn over itself on a terminal, one line per reading elsewhere. */
class LiveView {
  readonly #io: Io;
  readonly #name: string;
  readonly #inPlace: boolean;
  #drawn = 0;
  #last: { at: number; used: number } | undefined;

  constructor(io: Io, name: string) {
    this.#io = io;
    this.#name = name;
    this.#inPlace = io.isTerminal("stdout");
  }

  /** Says that the view is complete. */
  end(): void {
    this.#io.stdout.write("The job is empty.\n");
  }

  show({ stats, processes, limits }: Look): void {
    const at = this.#io.elapsed();
    const used = stats.userTime + stats.kernelTime;
    const last = this.#last;
    const percent = last === undefined || at <= last.at
      ? undefined
      : Math.max(0, (used - last.used) / (at - last.at) / this.#io.processors()) * 100;
    this.#last = { at, used };
    if (!this.#inPlace) {
      this.#io.stdout.write(`${renderStats(stats, percent).slice(0, 3).join("  ")}\n`);
      return;
    }
    const columns = this.#io.columns() - SLACK;
    const rows = this.#io.rows() - 1;
    const byMemory = processes.toSorted((a, b) => memoryOf(b) - memoryOf(a));
    const table = ["", ...renderProcesses(byMemory, { now: this.#io.now(), width: columns })];
    const totals = [...renderStats(stats, percent), ...renderLimits(limits)];
    // On a low terminal the processes are more useful than the last totals.
    const room = Math.max(LEAST_TOTALS, rows - 1 - table.length);
    const lines = [
      `Job ${showText(this.#name)}  ${clockTime(this.#io.now())}  (Ctrl-C ends the view)`,
      ...totals.slice(0, room),
      ...table,
    ].slice(0, rows).map((line) => fit(line, columns));
    const back = this.#drawn === 0 ? "" : `\x1b[${this.#drawn}A`;
    this.#io.stdout.write(`${back}\r\x1b[J${lines.join("\n")}\n`);
    this.#drawn = lines.length;
  }
}

async function watch(value: StatsValue, interval: number, io: Io): Promise<number> {
  const view = new LiveView(io, value.name);
  let wasThere = false;
  const ask = (job: JobObject): Look => ({
    stats: job.stats(),
    processes: value.json ? [] : withCommandLines(job.processes()),
    limits: value.json ? [] : limitsOf(job),
  });
  const ending = await repeat(io, () => {
    // Opened again each time: an open handle would keep the tree alive when its jobbox is killed.
    const look = lookAgain(value.name, ask, { wasThere });
    if (look === undefined) return false;
    wasThere = true;
    if (value.json) {
      const time = new Date(io.now()).toISOString();
      io.stdout.write(`${showJson({ time, ...look.stats })}\n`);
    } else {
      view.show(look);
    }
    return look.stats.processes.active > 0;
  }, { interval });
  if (ending === "over" && !value.json) view.end();
  return 0;
}

/** `jobbox stats`. */
export const statsCommand: Command<StatsValue> = {
  spec: {
    name: "stats",
    summary: "show what a job has used",
    usage: "[OPTION…] NAME",
    example: "jobbox stats --watch build",
    options: [
      { name: "watch", short: "w", help: "repeat until the job is empty or Ctrl-C" },
      {
        name: "interval",
        value: "TIME",
        help: "time between two readings of --watch: 250ms, 2s (default 1s)",
      },
      { ...JSON_OPTION, help: "print JSON; with --watch, one object per line" },
    ],
  },
  parse: (args) => {
    const settings = new Settings(fromCommandLine(args.options));
    const interval = settings.read("interval", parseDuration);
    if (interval !== undefined && !settings.has("watch")) {
      throw new UsageError("--interval needs --watch");
    }
    return {
      name: nameArgument(args),
      json: settings.has("json"),
      ...defined({
        interval: settings.has("watch") ? interval ?? DEFAULT_INTERVAL : undefined,
      }),
    };
  },
  execute: (value, io) => {
    if (value.interval !== undefined) return watch(value, value.interval, io);
    const stats = withNamedJob(value.name, (job) => job.stats());
    io.stdout.write(
      value.json ? `${showJson(stats)}\n` : `${renderStats(stats).join("\n")}\n`,
    );
    return Promise.resolve(0);
  },
};
