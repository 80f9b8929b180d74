/**
 * The processes of a run, by the job's notifications and by what was found out about each.
 *
 * The system may give an ended process's id to a new one, and facts about a process can come
 * late. So a row is found by its id from the latest row backwards, and a start opens a new row when
 * the latest of that id has ended.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import type { RecordedProcess } from "./record.ts";
import { describeExitCode } from "../windows.ts";

/** Facts about a process; absent ones are left as they were. */
export interface ProcessInfo {
  /** Its process id. */
  readonly pid: number;
  /** The id of the process that started it. */
  readonly parentPid?: number | undefined;
  /** Its program's file name. */
  readonly image?: string | undefined;
  /** When it was started, in milliseconds since the run's start. */
  readonly start?: number | undefined;
  /** When it ended, in milliseconds since the run's start. */
  readonly end?: number | undefined;
  /** Its exit code, unsigned. */
  readonly code?: number | undefined;
  /** Its command line. */
  readonly commandLine?: string | undefined;
  /** Processor time in user mode, in milliseconds. */
  readonly user?: number | undefined;
  /** Processor time in kernel mode, in milliseconds. */
  readonly kernel?: number | undefined;
  /** Its peak commit, in bytes. */
  readonly peakMemory?: number | undefined;
  /** Whether it is the command's own process: then the first row of that id is meant. */
  readonly leader?: boolean;
}

/** The most rows; further processes are only counted. */
const MOST_ROWS = 10_000;

interface Row {
  pid: number;
  parentPid?: number;
  image?: string;
  commandLine?: string;
  start: number;
  end?: number;
  code?: number;
  user?: number;
  kernel?: number;
  peakMemory?: number;
}

/** Keeps one row per process. */
export class ProcessTable {
  readonly #rows: Row[] = [];
  readonly #latest = new Map<number, Row>();
  readonly #first = new Map<number, Row>();
  #omitted = 0;
  #running = 0;
  #peakActive = 0;
  #peakRunning = 0;

  /** How many processes were seen but have no row. */
  get omitted(): number {
    return this.#omitted;
  }

  /** How many processes were seen. */
  get total(): number {
    return this.#rows.length + this.#omitted;
  }

  /**
   * The most processes that ran at the same time: by the counts of the job, or by the overlap of rows.
   * If rows are left out, the notifications count instead.
   */
  get peakActive(): number {
    const overlap = this.#omitted > 0 ? this.#peakRunning : this.#overlap();
    return Math.max(this.#peakActive, overlap);
  }

  #overlap(): number {
    const changes = this.#rows.flatMap(({ start, end }) => [
      { at: start, by: 1 },
      ...(end === undefined ? [] : [{ at: end, by: -1 }]),
    ]).sort((a, b) => a.at - b.at || b.by - a.by);
    let [running, most] = [0, 0];
    for (const { by } of changes) most = Math.max(most, running += by);
    return most;
  }

  /**
   * Records a count of running processes that was read from the job.
   *
   * @param count Running processes.
   */
  sawActive(count: number): void {
    this.#peakActive = Math.max(this.#peakActive, count);
  }

  /**
   * A process has started.
   *
   * @param info What is known of it.
   * @param at When that was reported, in milliseconds since the run's start.
   */
  started(info: ProcessInfo, at: number): void {
    const row = this.#latest.get(info.pid);
    if (row && row.end === undefined) fill(row, info);
    else this.#open(info, at);
  }

  /**
   * A process has ended.
   *
   * @param info What is known of it.
   * @param at When that was reported, in milliseconds since the run's start.
   */
  ended(info: ProcessInfo, at: number): void {
    const row = this.#latest.get(info.pid) ?? this.#open(info, at);
    fill(row, info);
    // The process's own end time is more exact than the time of the notification.
    if (row.end === undefined || info.end !== undefined) this.#close(row, info.end ?? at);
  }

  /**
   * Something was found out about a process.
   *
   * @param info What it is.
   * @param at When it was found out, in milliseconds since the run's start.
   */
  learned(info: ProcessInfo, at: number): void {
    const known = info.leader ? this.#first.get(info.pid) : this.#latest.get(info.pid);
    const row = known ?? this.#open(info, info.start ?? at);
    fill(row, info);
    if (info.end !== undefined) this.#close(row, info.end);
  }

  /**
   * No process is left: every row without an end gets this one.
   *
   * @param at When that was found out, in milliseconds since the run's start.
   */
  allEnded(at: number): void {
    for (const row of this.#rows) if (row.end === undefined) this.#close(row, at);
  }

  /**
   * The rows so far.
   *
   * @returns One row per process, in the order of their start.
   */
  list(): RecordedProcess[] {
    const rows = this.#rows.map((row) => {
      const symbol = row.code === undefined ? undefined : describeExitCode(row.code).symbol;
      return { ...row, ...defined({ codeName: symbol }) };
    });
    return rows.sort((a, b) => a.start - b.start);
  }

  #open(info: ProcessInfo, at: number): Row {
    const row: Row = { pid: info.pid, start: Math.max(0, info.start ?? at) };
    fill(row, info);
    this.#latest.set(info.pid, row);
    if (this.#rows.length < MOST_ROWS) this.#rows.push(row);
    else this.#omitted++;
    if (!this.#first.has(info.pid)) this.#first.set(info.pid, row);
    this.#running++;
    this.#peakRunning = Math.max(this.#peakRunning, this.#running);
    return row;
  }

  #close(row: Row, end: number): void {
    if (row.end === undefined) this.#running--;
    row.end = Math.max(end, row.start);
  }
}

function fill(row: Row, info: ProcessInfo): void {
  if (info.parentPid !== undefined) row.parentPid = info.parentPid;
  if (info.image !== undefined) row.image = info.image;
  if (info.commandLine !== undefined) row.commandLine = info.commandLine;
  if (info.user !== undefined) row.user = info.user;
  if (info.kernel !== undefined) row.kernel = info.kernel;
  if (info.peakMemory !== undefined) row.peakMemory = info.peakMemory;
  if (info.start !== undefined) row.start = Math.max(0, info.start);
  if (info.code !== undefined) row.code = info.code;
}
