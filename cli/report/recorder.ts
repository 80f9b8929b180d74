/**
 * Builds the run record from what is reported to it; asks nothing and has no clock.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import type { Verdict } from "../exit_code.ts";
import { type ProcessInfo, ProcessTable } from "./process_table.ts";
import {
  type RecordedChild,
  type RecordedCommand,
  type RecordedHit,
  type RecordedIo,
  type RecordedJob,
  type RecordedLimit,
  type RecordedMachine,
  type RecordedOutput,
  type RecordedSample,
  RUN_RECORD_SCHEMA,
  RUN_RECORD_VERSION,
  type RunRecord,
  type StoppedBy,
} from "./record.ts";
import type { RecordedIsolation } from "./isolation.ts";
import type { RecordedLimitChange } from "./limit_changes.ts";
import { limitOfHit } from "./limit_value.ts";
import { type SampledStats, SampleSeries } from "./samples.ts";
import type { Crossing, JobNotification } from "../../mod.ts";
import { describeExitCode } from "../windows.ts";

/** What is known about a run when it begins. */
export interface RunStart {
  /** The tool's version. */
  readonly toolVersion: string;
  /** The machine that runs it. */
  readonly machine: RecordedMachine;
  /** The labels of the run; absent if it has none. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The command. */
  readonly command: RecordedCommand;
  /** The job; `limits` and `notificationLimits` as {@linkcode toJsonObject} makes them. */
  readonly job: RecordedJob;
  /** When the command is started. */
  readonly startedAt: Date;
  /** Milliseconds between two samples at first; default 100. */
  readonly sampleInterval?: number;
}

/** Statistics at the end of a run; every `JobStats` is one. */
export interface FinalStats extends SampledStats {
  /** Page faults. */
  readonly pageFaults: number;
  /** Counts of processes. */
  readonly processes: {
    readonly total: number;
    readonly active: number;
    readonly terminated: number;
  };
  /** Commit memory in bytes. */
  readonly memory: {
    readonly current?: number | undefined;
    readonly peak?: number | undefined;
    readonly peakProcess?: number | undefined;
  };
  /** Reads and writes. */
  readonly io?: RecordedIo | undefined;
}

/** What is known about a run when it is over. */
export interface RunOutcome {
  /** How it ended. */
  readonly verdict: Verdict;
  /** The limit that ended it. */
  readonly limit?: RecordedLimit | undefined;
  /** Which rung ended it. */
  readonly stoppedBy?: StoppedBy | undefined;
  /** The exit code of jobbox itself. */
  readonly exitCode: number;
  /** The command's process; absent when it was never started. */
  readonly child?: RecordedChild | undefined;
  /** When it was over. */
  readonly endedAt: Date;
  /** Milliseconds of wall time, by a clock that never goes back. */
  readonly wall: number;
  /** The job's statistics; absent if there never was a job or it could not be read. */
  readonly stats?: FinalStats | undefined;
  /** What was written, when it went through jobbox. */
  readonly output?: RecordedOutput | undefined;
  /** What it was started without. */
  readonly isolation?: RecordedIsolation | undefined;
  /** Limits that were changed during the run. */
  readonly limitChanges?: readonly RecordedLimitChange[] | undefined;
  /** What went wrong. */
  readonly error?: string | undefined;
}

/** The most hits in a record; later ones are only counted. */
const MOST_HITS = 1000;

/**
 * Returns the limits that a notification reports as reached.
 *
 * @param event A notification of the job.
 * @param at When it came, in milliseconds since the start.
 * @returns One hit for each limit; none for a notification about something else.
 */
export function limitHits(event: JobNotification, at: number): RecordedHit[] {
  const { type } = event;
  switch (type) {
    case "endOfJobTime":
    case "activeProcessLimit":
      return [{ at, type }];
    case "endOfProcessTime":
    case "processMemoryLimit":
    case "jobMemoryLimit":
    case "jobCycleTimeLimit":
      return [{ at, type, pid: event.pid }];
    case "notificationLimit": {
      const { pid, violation } = event;
      const base = { at, type, pid };
      if (violation.violated.length === 0) return [base];
      return violation.violated.map((name) => ({ ...base, name, ...measures(violation[name]) }));
    }
    case "newProcess":
    case "exitProcess":
    case "abnormalExitProcess":
    case "activeProcessZero":
    case "siloTerminated":
    case "unknown":
      return [];
    default:
      return type satisfies never;
  }
}

/** The limit and the measured value of one soft limit, if they are reported. */
function measures(
  crossing: Crossing<number | string> | undefined,
): { limit?: number | string; measured?: number | string } {
  const { limit, measured } = crossing ?? {};
  return {
    ...defined({ limit, measured }),
  };
}

/** Collects one run. */
export class Recorder {
  readonly #start: RunStart;
  readonly #series: SampleSeries;
  readonly #table = new ProcessTable();
  readonly #hits: RecordedHit[] = [];
  readonly #counts = new Map<string, number>();
  #lastStats: FinalStats | undefined;

  /**
   * Begins a record.
   *
   * @param start What is known when the run begins.
   */
  constructor(start: RunStart) {
    this.#start = start;
    this.#series = new SampleSeries({
      processors: start.machine.processors,
      ...defined({ interval: start.sampleInterval }),
    });
  }

  /** Milliseconds until another sample is worth taking: 100 at first, more as the run gets long. */
  get sampleInterval(): number {
    return this.#series.interval;
  }

  /**
   * Records a notification of the job.
   *
   * @param event The notification.
   * @param at When it came, in milliseconds since the start.
   */
  event(event: JobNotification, at: number): void {
    const { type } = event;
    switch (type) {
      case "newProcess":
        return this.#table.started({ pid: event.pid }, at);
      case "exitProcess":
      case "abnormalExitProcess":
        return this.#table.ended({ pid: event.pid }, at);
      case "activeProcessZero":
      case "siloTerminated":
      case "unknown":
        return;
      case "endOfJobTime":
      case "endOfProcessTime":
      case "activeProcessLimit":
      case "processMemoryLimit":
      case "jobMemoryLimit":
      case "jobCycleTimeLimit":
      case "notificationLimit":
        return limitHits(event, at).forEach((hit) => this.hit(hit));
      default:
        return type satisfies never;
    }
  }

  /**
   * Adds a limit of jobbox itself that was reached (wall time, size of the output).
   *
   * @param hit What was reached.
   */
  hit(hit: RecordedHit): void {
    this.#counts.set(hit.type, (this.#counts.get(hit.type) ?? 0) + 1);
    if (this.#hits.length < MOST_HITS) this.#hits.push({ ...hit, ...this.#limitOf(hit) });
  }

  /** The limits that were changed by others: Windows itself removes a time limit that it reported as reached. */
  #changes(all: readonly RecordedLimitChange[]): Pick<RunRecord, "limitChanges"> {
    const limitChanges = all.filter(({ change, name }) =>
      !(name === "jobUserTime" && change === "lifted" && this.#counts.has("endOfJobTime"))
    );
    return limitChanges.length === 0 ? {} : { limitChanges };
  }

  /** The value of a hit's limit, if its notification does not contain it. */
  #limitOf({ limit, type }: RecordedHit): { limit?: number } {
    const name = limitOfHit(type);
    const value = name === undefined ? undefined : this.#start.job.limits[name];
    return limit === undefined && typeof value === "number" ? { limit: value } : {};
  }

  /** The hits; the one that ended the run has the value measured at the end. */
  #finishedHits(limit: RecordedLimit | undefined): RecordedHit[] {
    if (limit?.measured === undefined) return this.#hits;
    const { measured, name } = limit;
    const at = this.#hits.findIndex((hit) => (hit.name ?? limitOfHit(hit.type)) === name);
    const hit = this.#hits[at];
    if (hit === undefined || hit.measured !== undefined) return this.#hits;
    return this.#hits.with(at, { ...hit, measured });
  }

  /**
   * Adds what was found out about a process: its parent, its image, its times, its code. May come
   * before, after or without its notifications.
   *
   * @param info The process id and the known facts.
   * @param at When it was found out, in milliseconds since the start.
   */
  process(info: ProcessInfo, at: number): void {
    this.#table.learned(info, at);
  }

  /**
   * Takes a sample.
   *
   * @param stats The job's statistics.
   * @param at When they were read, in milliseconds since the start.
   */
  sample(stats: FinalStats, at: number): void {
    this.#lastStats = stats;
    this.#table.sawActive(stats.processes.active);
    this.#series.add(stats, at);
  }

  /** The latest sample's statistics; absent before the first. */
  get latest(): FinalStats | undefined {
    return this.#lastStats;
  }

  /**
   * Ends the record.
   *
   * @param outcome What is known when the run is over.
   * @returns The record.
   */
  finish(outcome: RunOutcome): RunRecord {
    const { toolVersion, machine, labels, command, job, startedAt } = this.#start;
    const stats = outcome.stats ?? this.#lastStats;
    const ran = (stats?.processes.total ?? 0) > 0;
    // A job without a process has nothing to count.
    const io = ran ? stats?.io : undefined;
    if (outcome.stats) this.sample(outcome.stats, outcome.wall);
    const { pid, code } = outcome.child ?? {};
    if (pid !== undefined && code !== undefined) {
      this.#table.learned({ pid, code, leader: true }, outcome.wall);
    }
    if (stats?.processes.active === 0) this.#table.allEnded(outcome.wall);
    const samples: readonly RecordedSample[] = ran
      ? this.#series.list({ io: io !== undefined })
      : [];
    return {
      schema: RUN_RECORD_SCHEMA,
      version: RUN_RECORD_VERSION,
      tool: { name: "jobbox", version: toolVersion },
      machine,
      ...defined({ labels }),
      command,
      job,
      verdict: outcome.verdict,
      ...defined({ limit: outcome.limit, stoppedBy: outcome.stoppedBy }),
      exitCode: outcome.exitCode,
      child: recordedChild(outcome.child ?? {}),
      times: {
        start: startedAt.toISOString(),
        end: outcome.endedAt.toISOString(),
        wall: outcome.wall,
        ...defined({
          user: ran ? stats?.userTime : undefined,
          kernel: ran ? stats?.kernelTime : undefined,
        }),
      },
      memory: {
        // No process runs without memory: 0 means that the system does not count it.
        ...defined({
          peakJob: stats?.memory.peak || undefined,
          peakProcess: stats?.memory.peakProcess || undefined,
        }),
      },
      ...defined({ io, pageFaults: stats?.pageFaults || undefined }),
      processes: {
        total: stats?.processes.total ?? this.#table.total,
        ...defined({
          active: stats?.processes.active,
          terminated: stats?.processes.terminated,
        }),
        peakActive: this.#table.peakActive,
      },
      ...defined({ output: outcome.output }),
      ...this.#changes(outcome.limitChanges ?? []),
      ...defined({ isolation: outcome.isolation }),
      processTable: this.#table.list(),
      processTableOmitted: this.#table.omitted,
      limitHits: this.#finishedHits(outcome.limit),
      limitHitCounts: Object.fromEntries(this.#counts),
      samples,
      sampleInterval: this.#series.interval,
      ...defined({ error: outcome.error }),
    };
  }
}

function recordedChild(child: RecordedChild): RecordedChild {
  const { code } = child;
  const symbol = code === undefined ? undefined : describeExitCode(code).symbol;
  return {
    ...child,
    ...defined({ codeName: symbol }),
  };
}
