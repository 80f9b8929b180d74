/**
 * The output of a run: files of several forms, the record on stdout, messages, the
 * summary. While the command runs, nothing here waits for a disk or a reader.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { shown } from "../../values/shown.ts";
import type { Io, OutputFile, Sink } from "../terminal/io.ts";
import { EventStream } from "../report/event_stream.ts";
import { renderHtml } from "../report/html/page.ts";
import { renderMeta } from "../report/meta.ts";
import { ProcessObserver } from "../report/process_observer.ts";
import type { ProcessInfo } from "../report/process_table.ts";
import type { RunRecord } from "../report/record.ts";
import { type FinalStats, Recorder, type RunOutcome, type RunStart } from "../report/recorder.ts";
import { renderSummary } from "../report/summary.ts";
import { showJson } from "../text/display.ts";
import { reasonOf, writeMessage } from "../text/message.ts";
import { LIMIT_VERDICTS, type Verdict } from "../exit_code.ts";
import type { EndReason } from "./end_reason.ts";
import { STANDARD_STREAM } from "./files.ts";
import { closingMessages, leftMessage, waitingMessage } from "./messages.ts";
import { addToMetrics } from "./metrics.ts";
import type { RunPlan } from "./plan.ts";
import type { RunStatus } from "./status.ts";
import { UsageError } from "../args/usage_error.ts";
import type { JobNotification, ProcessEntry } from "../../mod.ts";

/** Where a record goes when the run is over. */
interface Report {
  readonly path: string;
  readonly render: (record: RunRecord) => string;
}

/** Facts about the end of a run that are printed but not recorded. */
export interface RunAside {
  /** Whether CTRL_BREAK could not be sent. */
  readonly unasked?: boolean;
  /** Whether stdout may be in the middle of a line. */
  readonly leavesLineOpen?: boolean;
  /** Whether a reader of the command's output was given up before it had taken all. */
  readonly isCut?: boolean;
}

/** Verdicts with a summary of five lines: neither the command nor its user ended the run. */
const SUMMARIZED: ReadonlySet<Verdict> = new Set([...LIMIT_VERDICTS, "killed"]);

/** Bytes of events that may wait for a slow disk; further events are left out. */
const MOST_PENDING = 2 ** 24;

/** When a process with unknown facts at its start is asked again, each in ms after the last. */
const ASK_AFTER = [1, 2, 4, 8, 16, 32] as const;

function renderJson(record: RunRecord): string {
  return `${showJson(record, 2)}\n`;
}

/** The files, the recorder and the stream of events of one run. */
export class RunReports implements Disposable {
  readonly #io: Io;
  readonly #plan: RunPlan;
  readonly #status: Pick<RunStatus, "clear"> | undefined;
  readonly #failed = Promise.withResolvers<unknown>();
  readonly #reports: readonly Report[];
  readonly #eventsFile: OutputFile | undefined;
  readonly #eventsSink: Sink | undefined;
  readonly #events: EventStream | undefined;
  #recorder: Recorder | undefined;
  #observer: ProcessObserver | undefined;
  /** The observer's findings about the event that is being written. */
  #facts: ProcessInfo[] | undefined;
  #missedEvents = 0;
  #isAsking = false;
  #cancelAsking = (): void => {};

  /**
   * Tries every file that the run will write, so that one that cannot be written is found before
   * anything starts or is changed. The file of events is held from here on; the others are written
   * as a whole when the run is over.
   *
   * @param plan The run.
   * @param io The files and streams.
   * @param status Is cleared before anything is said.
   * @throws {UsageError} If a file cannot be written.
   */
  constructor(plan: RunPlan, io: Io, status?: Pick<RunStatus, "clear">) {
    this.#io = io;
    this.#status = status;
    this.#plan = plan;
    const attempt = <T>(option: string, path: string, action: (path: string) => T): T => {
      try {
        return action(path);
      } catch (cause) {
        throw new UsageError(`--${option}: Cannot write ${shown(path)}: ${reasonOf(cause)}`, {
          cause,
        });
      }
    };
    const { events, meta, reports } = plan;
    const replaceable = (path: string): void => {
      if (path !== STANDARD_STREAM) io.checkReplaceable(path);
    };
    const files: Report[] = [];
    for (const { form, optional, path } of reports) {
      if (optional && !this.#isWritable(path)) continue;
      if (!optional) attempt("report", path, replaceable);
      files.push({ path, render: form === "json" ? renderJson : renderHtml });
    }
    if (meta !== undefined) {
      attempt("meta", meta, replaceable);
      files.push({ path: meta, render: renderMeta });
    }
    this.#reports = files;
    this.#eventsFile = events === undefined || events === STANDARD_STREAM
      ? undefined
      : attempt("events", events, (path) => io.holdFile(path));
    this.#eventsSink = events === STANDARD_STREAM ? io.stdout : this.#eventsFile;
    this.#events = this.#eventsSink &&
      new EventStream((line) => this.#writeEvent(this.#eventsSink!, line));
  }

  /** Resolves with the error if an event cannot be written; otherwise never. */
  get failed(): Promise<unknown> {
    return this.#failed.promise;
  }

  /** Whether the whole record is needed: the state over time, and every process. */
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
    if (this.wantsRecord) {
      const listener = { process: (info: ProcessInfo, at: number) => this.#learned(info, at) };
      this.#observer = new ProcessObserver(listener, start.startedAt);
    }
    this.#eventsFile?.empty();
    this.#events?.start(start);
  }

  /**
   * Adds the command's own process, which has run no instruction yet, so that nothing about it is missed.
   *
   * @param pid Its id.
   */
  began(pid: number): void {
    this.#observer?.hold(pid);
  }

  /**
   * Records a notification of the job.
   *
   * @param event The notification.
   * @param at When it came, in milliseconds since the start.
   */
  event(event: JobNotification, at: number): void {
    this.#recorder?.event(event, at);
    const facts: ProcessInfo[] = [];
    this.#facts = facts;
    this.#observer?.event(event, at);
    this.#facts = undefined;
    this.#askNew(at);
    // A new start with the same id implies the end of the earlier process.
    for (const info of facts.slice(0, -1)) this.#events?.process(info, at);
    this.#events?.event(event, at, facts.at(-1));
  }

  /**
   * Takes a sample.
   *
   * @param stats The job's statistics.
   * @param at When they were read, in milliseconds since the start.
   * @returns Milliseconds until the next one is needed; `undefined` if none is.
   */
  sample(stats: FinalStats, at: number): number | undefined {
    if (!this.wantsRecord) return undefined;
    this.#recorder?.sample(stats, at);
    this.#observer?.sample(at);
    this.#events?.sample(stats, at);
    return this.#recorder?.sampleInterval;
  }

  /**
   * Records why the job is being ended.
   *
   * @param reason The reason. A limit that jobbox itself enforces becomes a hit, since nothing else reports it.
   * @param at When, in milliseconds since the start.
   */
  reached({ limit }: EndReason, at: number): void {
    if (limit?.name !== "wallTime" && limit?.name !== "outputSize") return;
    const { measured, name } = limit;
    const value = { limit: limit.limit, ...defined({ measured }) };
    const hit = { at, type: name, ...value };
    this.#recorder?.hit(hit);
    this.#events?.hit(hit);
  }

  /**
   * Says that the command has ended but its tree has not.
   *
   * @param processes What still runs.
   * @param code The command's exit code; `undefined` when it is not known.
   */
  waiting(processes: readonly ProcessEntry[], code: number | undefined): void {
    if (this.#plan.quiet || processes.length === 0) return;
    this.#say(waitingMessage(this.#plan.command, { code, processes }));
  }

  /**
   * Says which processes are ended with the command.
   *
   * @param processes What still runs.
   * @param code The command's exit code; `undefined` when it is not known.
   */
  left(processes: readonly ProcessEntry[], code: number | undefined): void {
    if (this.#plan.quiet || processes.length === 0) return;
    this.#say(leftMessage(this.#plan.command, { code, processes }));
  }

  /**
   * Ends the record and writes it to each destination. A file that cannot be written is reported and
   * changes nothing else.
   *
   * @param outcome What is known when the run is over.
   * @param aside Facts that are printed but not recorded.
   */
  async finish(outcome: RunOutcome, aside: RunAside = {}): Promise<void> {
    if (this.#recorder === undefined) return;
    this.#observer?.finish(outcome.wall);
    const record = this.#recorder.finish(outcome);
    if (record.error !== undefined) this.#say(record.error);
    if (!this.#plan.quiet) {
      for (const message of closingMessages(record)) this.#say(message);
      if (aside.isCut === true) {
        this.#say("The reader of the output stopped reading: the rest of the output is lost");
      }
      if (SUMMARIZED.has(record.verdict)) this.#io.stderr.write(renderSummary(record, aside));
    }
    await this.#endEvents(record);
    const onStdout = this.#plan.json ? [`${showJson(record)}\n`] : [];
    for (const { path, render } of this.#reports) {
      if (path === STANDARD_STREAM) onStdout.push(render(record));
      else this.#replace(path, render(record));
    }
    await this.#addMetrics(record);
    if (this.#missedEvents > 0) {
      this.#say(
        `Cannot write ${this.#missedEvents} events to ${
          shown(this.#plan.events ?? "")
        }: it accepts them too slowly`,
      );
    }
    // On its own line: readers take the last line.
    const lineEnd = aside.leavesLineOpen === true ? "\n" : "";
    for (const text of onStdout) this.#io.stdout.write(lineEnd + text);
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    this.#cancelAsking();
    this.#eventsFile?.close();
    this.#observer?.[Symbol.dispose]();
  }

  /** Asks processes with unknown facts a few more times, soon after their start. */
  #askNew(at: number): void {
    if (this.#isAsking || this.#observer?.hasNew !== true) return;
    this.#isAsking = true;
    const begin = this.#io.elapsed();
    const ask = ([delay, ...rest]: readonly number[]): void => {
      if (delay === undefined) {
        this.#observer?.forgetNew();
        this.#isAsking = false;
        return;
      }
      this.#cancelAsking = this.#io.after(delay, () => {
        const left = this.#observer?.askNew(at + this.#io.elapsed() - begin) === true;
        ask(left ? rest : []);
      });
    };
    ask(ASK_AFTER);
  }

  /** Writes a finding about a process, in the current line or in its own. */
  #learned(info: ProcessInfo, at: number): void {
    this.#recorder?.process(info, at);
    if (this.#facts !== undefined) this.#facts.push(info);
    // Memory changes with every sample: its peak is reported at the end.
    else if (Object.keys(info).some((name) => name !== "pid" && name !== "peakMemory")) {
      this.#events?.process(info, at);
    }
  }

  /** Says that the run goes on without a record that nobody asked for by name. */
  #isWritable(path: string): boolean {
    try {
      this.#io.checkReplaceable(path);
      return true;
    } catch (error) {
      this.#say(`Cannot write ${shown(path)}: ${reasonOf(error)}: the run goes on without it`);
      return false;
    }
  }

  #writeEvent(file: Sink, line: string): void {
    // The numbers of the lines show the gap to a reader.
    if (file.pending > MOST_PENDING) {
      this.#missedEvents++;
      return;
    }
    file.write(line).then((isTaken) => {
      if (!isTaken && file.failure !== undefined) this.#failed.resolve(file.failure);
    });
  }

  async #endEvents(record: RunRecord): Promise<void> {
    this.#events?.end(record);
    try {
      await this.#eventsSink?.flush();
    } catch (error) {
      this.#say(`Cannot write the events: ${reasonOf(error)}`);
    }
  }

  async #addMetrics(record: RunRecord): Promise<void> {
    const { metrics } = this.#plan;
    if (metrics === undefined) return;
    const message = await addToMetrics(record, metrics, this.#io);
    if (message !== undefined) this.#say(message);
  }

  #replace(path: string, text: string): void {
    try {
      const aside = this.#io.replaceFile(path, new TextEncoder().encode(text));
      if (aside !== undefined) {
        this.#say(`What was at ${path} could not be replaced; it is moved to ${aside}`);
      }
    } catch (error) {
      this.#say(`Cannot write ${shown(path)}: ${reasonOf(error)}`);
    }
  }

  #say(message: string): void {
    this.#status?.clear();
    writeMessage(this.#io, message);
  }
}
