/**
 * The events of a run as lines of JSON, as they happen.
 *
 * Each event is one line and one write, so that the file is valid even if jobbox is killed. `at` is
 * when jobbox learned of it, so it never falls from line to line. The times of a process by the
 * system's clock are in `start` and `end`, and may be earlier.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import type { EndLine, EndSource, ProcessLine, SampleLine, StartLine } from "./event_line.ts";
import type { ProcessInfo } from "./process_table.ts";
import type { FinalStats, RunStart } from "./recorder.ts";
import { toJsonObject } from "../text/json.ts";
import type { RecordedHit, RunRecord } from "./record.ts";
import { showJson } from "../text/display.ts";
import type { JobNotification } from "../../mod.ts";

/** The name that the first line of every stream carries; `schemas/event.schema.json` has it as its `$id`. */
export const EVENT_SCHEMA = "urn:jobbox:event:1" as const;

/** Writes one line at a time. */
export class EventStream {
  readonly #write: (line: string) => void;
  #count = 0;
  /** The time of the latest line. */
  #latest = 0;
  /** Processes whose start was reported and whose end was not. */
  readonly #running = new Set<number>();

  /**
   * Makes a stream.
   *
   * @param write Takes one whole line with its line end, and hands it to the system before it
   * returns.
   */
  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /**
   * Writes the first line: the command and its limits.
   *
   * @param run What is known when the run begins.
   */
  start(run: RunStart): void {
    const line: StartLine = {
      schema: EVENT_SCHEMA,
      version: 1,
      time: run.startedAt.toISOString(),
      tool: { name: "jobbox", version: run.toolVersion },
      machine: run.machine,
      labels: run.labels,
      command: run.command,
      job: run.job,
    };
    this.#line("start", 0, line);
  }

  /**
   * Writes a notification of the job.
   *
   * @param event The notification.
   * @param at When it came, in milliseconds since the start.
   * @param info What is known about its process already.
   */
  event(event: JobNotification, at: number, info?: ProcessInfo): void {
    this.#pair(event, at);
    const { type, ...rest } = event;
    this.#line(type, at, { ...rest, ...info });
  }

  /**
   * Writes what was found out about a process after its start was reported. Includes its end if no
   * notification reported it.
   *
   * @param info What it is.
   * @param at When it was found out, in milliseconds since the start.
   */
  process(info: ProcessInfo, at: number): void {
    const { end, pid } = info;
    if (end === undefined || !this.#running.delete(pid)) {
      this.#line("processInfo", at, info satisfies ProcessLine);
      return;
    }
    const line: ProcessLine = { ...info, source: "handle" };
    this.#line("exitProcess", at, line);
  }

  /**
   * Writes the state at one time.
   *
   * @param stats The job's statistics.
   * @param at When they were read, in milliseconds since the start.
   */
  sample(stats: FinalStats, at: number): void {
    const { io } = stats;
    const line: SampleLine = {
      memory: stats.memory.current,
      userMs: stats.userTime,
      kernelMs: stats.kernelTime,
      processes: stats.processes.active,
      readBytes: io?.readBytes,
      writeBytes: io?.writeBytes,
    };
    this.#line("sample", at, line);
  }

  /**
   * Writes that a limit of jobbox itself was reached.
   *
   * @param hit What was reached.
   */
  hit(hit: RecordedHit): void {
    const { at: _, type: __, ...rest } = hit;
    this.#line(hit.type, hit.at, rest);
  }

  /**
   * Writes the end of every process that no notification reported, such as after a termination, and
   * the last line: how the run ended. A process that is not known to have ended has no end here.
   *
   * @param record The record of the run.
   */
  end(record: RunRecord): void {
    for (const { pid, code, end } of record.processTable) {
      if (end === undefined || !this.#running.delete(pid)) continue;
      const known = code === undefined
        ? { source: "job" as const }
        : { source: "handle" as const, code, end };
      this.#ended(pid, { at: record.times.wall, ...known });
    }
    const line: EndLine = {
      time: record.times.end,
      verdict: record.verdict,
      ...defined({ limit: record.limit, stoppedBy: record.stoppedBy }),
      exitCode: record.exitCode,
      child: record.child,
      ...defined({ limitChanges: record.limitChanges, error: record.error }),
    };
    this.#line("end", record.times.wall, line);
  }

  #pair(event: JobNotification, at: number): void {
    const { type } = event;
    if (type === "exitProcess" || type === "abnormalExitProcess") this.#running.delete(event.pid);
    if (type !== "newProcess") return;
    const { pid } = event;
    // An id belongs to another process only after the end of the first.
    if (this.#running.has(pid)) this.#ended(pid, { at, source: "id" });
    this.#running.add(pid);
  }

  #ended(
    pid: number,
    { at, ...known }: { at: number; source: EndSource; code?: number; end?: number },
  ): void {
    const line: ProcessLine = { pid, ...known };
    this.#line("exitProcess", at, line);
  }

  #line(type: string, at: number, rest: object): void {
    // `seq` lets a reader see that a line is missing.
    this.#latest = Math.max(this.#latest, Math.round(at * 1000) / 1000);
    const event = { seq: this.#count++, type, at: this.#latest, ...toJsonObject(rest) };
    this.#write(`${showJson(event)}\n`);
  }
}
