/**
 * The events of a run as lines of JSON, as they happen.
 *
 * Each event is one line and one write, so what stands in the file when jobbox is killed is valid.
 *
 * @module
 */
import type { JobNotification } from "../../job/messages/notification.ts";
import type { RunStart } from "./recorder.ts";
import { type JsonObject, type RecordedHit, type RunRecord, toJsonObject } from "./record.ts";
import type { SampledStats } from "./samples.ts";
import { showJson } from "../text/display.ts";

/** The name that the first line of every stream carries; `schemas/event.schema.json` has it as its `$id`. */
export const EVENT_SCHEMA = "urn:jobbox:event:1" as const;

/** Writes one line at a time. */
export class EventStream {
  readonly #write: (line: string) => void;
  #count = 0;

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
   * Writes the first line: what is run, under which limits.
   *
   * @param run What is known when the run begins.
   */
  start(run: RunStart): void {
    this.#line("start", 0, {
      schema: EVENT_SCHEMA,
      version: 1,
      time: run.startedAt.toISOString(),
      tool: { name: "jobbox", version: run.toolVersion },
      command: toJsonObject(run.command),
      job: toJsonObject(run.job),
    });
  }

  /**
   * Writes a notification of the job.
   *
   * @param event The notification.
   * @param at When it came, in milliseconds since the start.
   */
  event(event: JobNotification, at: number): void {
    const { type, ...rest } = event;
    this.#line(type, at, toJsonObject(rest));
  }

  /**
   * Writes the state at one time.
   *
   * @param stats The job's statistics.
   * @param at When they were read, in milliseconds since the start.
   */
  sample(stats: SampledStats, at: number): void {
    this.#line("sample", at, {
      ...(stats.memory.current === undefined ? {} : { memory: stats.memory.current }),
      userMs: stats.userTime,
      kernelMs: stats.kernelTime,
      processes: stats.processes.active,
      readBytes: stats.io.readBytes,
      writeBytes: stats.io.writeBytes,
    });
  }

  /**
   * Writes that a limit was reached which jobbox itself keeps.
   *
   * @param hit What was reached.
   */
  hit(hit: RecordedHit): void {
    const { at: _, type: __, ...rest } = hit;
    this.#line(hit.type, hit.at, toJsonObject(rest));
  }

  /**
   * Writes the last line: how the run ended.
   *
   * @param record The record of the run.
   */
  end(record: RunRecord): void {
    this.#line("end", record.times.wall, {
      time: record.times.end,
      verdict: record.verdict,
      ...(record.limit === undefined ? {} : { limit: toJsonObject(record.limit) }),
      ...(record.stoppedBy === undefined ? {} : { stoppedBy: record.stoppedBy }),
      exitCode: record.exitCode,
      child: toJsonObject(record.child),
      ...(record.error === undefined ? {} : { error: record.error }),
    });
  }

  #line(type: string, at: number, rest: JsonObject): void {
    // `seq` lets a reader see that a line is missing.
    const event = { seq: this.#count++, type, at: Math.round(at * 1000) / 1000, ...rest };
    this.#write(`${showJson(event)}\n`);
  }
}
