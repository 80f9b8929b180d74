/**
 * What a run leaves behind: files of several forms, the record on stdout, the summary.
 *
 * @module
 */
import type { Io, OutputFile } from "../terminal/io.ts";
import { EventStream } from "../report/event_stream.ts";
import { renderHtml } from "../report/html/page.ts";
import { renderMeta } from "../report/meta.ts";
import { ProcessObserver } from "../report/process_observer.ts";
import type { RecordedLimit, RunRecord } from "../report/record.ts";
import {
  type FinalStats,
  type RecordableEvent,
  Recorder,
  type RunOutcome,
  type RunStart,
} from "../report/recorder.ts";
import { renderSummary } from "../report/summary.ts";
import { showJson } from "../text/display.ts";
import { messageOf, writeMessage } from "../text/message.ts";
import type { Verdict } from "../exit_code.ts";
import type { RunPlan } from "./plan.ts";
import { UsageError } from "../args/usage_error.ts";

/** Where a record goes when the run is over. */
interface Report {
  readonly path: string;
  readonly render: (record: RunRecord) => string;
}

/** Verdicts that are told in five lines: a limit ended the run. */
const SUMMARIZED: ReadonlySet<Verdict> = new Set([
  "timeout",
  "memory",
  "cpuTime",
  "processes",
  "outputSize",
  "notification",
]);

function renderJson(record: RunRecord): string {
  return `${showJson(record, 2)}\n`;
}

/** The files, the recorder and the stream of events of one run. */
export class RunReports implements Disposable {
  readonly #io: Io;
  readonly #plan: RunPlan;
  readonly #reports: readonly Report[];
  readonly #eventsFile: OutputFile | undefined;
  readonly #events: EventStream | undefined;
  readonly #encoder = new TextEncoder();
  #recorder: Recorder | undefined;
  #observer: ProcessObserver | undefined;

  /**
   * Tries every file that the run will write, so that one that cannot be written is found before
   * anything starts or is changed. The file of events is held from here on; the others are written
   * as a whole when the run is over.
   *
   * @param plan The run.
   * @param io The files.
   * @throws {UsageError} If a file cannot be written.
   */
  constructor(plan: RunPlan, io: Io) {
    this.#io = io;
    this.#plan = plan;
    const attempt = <T>(option: string, path: string, action: (path: string) => T): T => {
      try {
        return action(path);
      } catch (cause) {
        throw new UsageError(`Option --${option}: Cannot write ${path}: ${messageOf(cause)}`, {
          cause,
        });
      }
    };
    const { events, meta, reports } = plan;
    this.#reports = [
      ...reports.map(({ path, form }) => ({
        path,
        render: form === "json" ? renderJson : renderHtml,
      })),
      ...meta === undefined ? [] : [{ path: meta, render: renderMeta }],
    ];
    const replaceable = (path: string): void => io.checkReplaceable(path);
    for (const { path } of reports) attempt("report", path, replaceable);
    if (meta !== undefined) attempt("meta", meta, replaceable);
    this.#eventsFile = events === undefined
      ? undefined
      : attempt("events", events, (path) => io.holdFile(path));
    this.#events = this.#eventsFile &&
      new EventStream((line) => this.#eventsFile!.write(this.#encoder.encode(line)));
  }

  /** Whether anybody wants the whole record: the state over time, and every process. */
  get wantsRecord(): boolean {
    return this.#reports.length > 0 || this.#events !== undefined || this.#plan.json;
  }

  /**
   * Begins the record.
   *
   * @param start What is known when the run begins.
   */
  start(start: RunStart): void {
    this.#recorder = new Recorder(start);
    if (this.wantsRecord) this.#observer = new ProcessObserver(this.#recorder, start.startedAt);
    this.#eventsFile?.empty();
    this.#events?.start(start);
  }

  /**
   * Takes a notification of the job.
   *
   * @param event The notification.
   * @param at When it came, in milliseconds since the start.
   */
  event(event: RecordableEvent, at: number): void {
    this.#recorder?.event(event, at);
    this.#observer?.event(event, at);
    this.#events?.event(event, at);
  }

  /**
   * Takes a sample.
   *
   * @param stats The job's statistics.
   * @param at When they were read, in milliseconds since the start.
   * @returns Milliseconds until another one is wanted.
   */
  sample(stats: FinalStats, at: number): number {
    this.#recorder?.sample(stats, at);
    this.#events?.sample(stats, at);
    return this.#recorder?.sampleInterval ?? 1000;
  }

  /**
   * Takes a limit that jobbox itself keeps and found reached.
   *
   * @param type Which, such as `"wallTime"`.
   * @param at When, in milliseconds since the start.
   * @param values The limit and what was measured.
   */
  hit(type: string, at: number, values: Pick<RecordedLimit, "limit" | "measured">): void {
    const { limit, measured } = values;
    const hit = { at, type, limit, ...measured === undefined ? {} : { measured } };
    this.#recorder?.hit(hit);
    this.#events?.hit(hit);
  }

  /**
   * Ends the record and writes it to where it is wanted. A file that cannot be written is told and
   * changes nothing else.
   *
   * @param outcome What is known when the run is over.
   */
  finish(outcome: RunOutcome): void {
    if (this.#recorder === undefined) return;
    this.#observer?.finish(outcome.wall);
    const record = this.#recorder.finish(outcome);
    const write = (what: string, action: () => void): void => {
      try {
        action();
      } catch (error) {
        writeMessage(this.#io, `Cannot write ${what}: ${messageOf(error)}`);
      }
    };
    if (this.#events !== undefined) write("the events", () => this.#events?.end(record));
    for (const { path, render } of this.#reports) {
      write(path, () => {
        const aside = this.#io.replaceFile(path, this.#encoder.encode(render(record)));
        if (aside !== undefined) {
          writeMessage(this.#io, `What stood at ${path} could not be replaced: it is in ${aside}`);
        }
      });
    }
    if (!this.#plan.quiet && SUMMARIZED.has(record.verdict)) {
      this.#io.stderr.write(renderSummary(record));
    }
    if (this.#plan.json) this.#io.stdout.write(`${showJson(record)}\n`);
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    this.#eventsFile?.close();
    this.#observer?.[Symbol.dispose]();
  }
}
