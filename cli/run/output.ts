/**
 * The output of a run's command: where it goes, how much there is, and its way through jobbox if
 * it has a cap.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import { shown } from "../../values/shown.ts";
import type { RecordedOutput } from "../report/record.ts";
import type { Io, OutputFile, Sink } from "../terminal/io.ts";
import { reasonOf } from "../text/message.ts";
import { STANDARD_STREAM } from "./files.ts";
import { type Destination, OutputMeter } from "./output_meter.ts";
import type { RunPlan } from "./plan.ts";
import type { Supervisor } from "./supervisor.ts";
import type { ChildProcess } from "../../mod.ts";

/** How long to wait for output that is still on its way when the tree is gone, in ms. */
const DRAIN_TIME = 2000;

/** How long a reader of ours may be idle when the run was ended, in ms. */
export const READER_PATIENCE = 200;

/** Time between two checks of output on its way, in ms. */
const LOOK = 100;

/** The byte that ends a line. */
const LINE_FEED = "\n".charCodeAt(0);

/** A stream of the command that jobbox can pass on. */
export type OutputStream = "stdout" | "stderr";

/** The command's streams that are passed on. */
export type PumpedChild = Pick<ChildProcess, OutputStream>;

/**
 * Names the command's streams that go through jobbox: those under a cap, and a stdout that the record
 * follows, so that the end of its last line is known. A terminal is not taken from the command:
 * there a blank line before the record does no harm.
 *
 * @param plan The run.
 * @param io Tells whether stdout is a terminal.
 * @returns The streams for which the command has pipes.
 */
export function pipedStreams(plan: RunPlan, io: Pick<Io, "isTerminal">): readonly OutputStream[] {
  const { json, maxOutput, meta, reports, stderrToStdout, stdio } = plan;
  if (maxOutput !== undefined) return stderrToStdout ? ["stdout"] : ["stdout", "stderr"];
  const endsOnStdout = json || [meta, ...reports.map(({ path }) => path)].includes(STANDARD_STREAM);
  return endsOnStdout && stdio.stdout === undefined && !io.isTerminal("stdout") ? ["stdout"] : [];
}

/** The command's output. */
export class RunOutput implements Disposable {
  readonly #plan: RunPlan;
  readonly #io: Io;
  readonly #files: { readonly stdout?: OutputFile; readonly stderr?: OutputFile } = {};
  readonly #opened = new DisposableStack();
  readonly #stop = new AbortController();
  /** Bytes that the files had before. */
  readonly #sizes = { stdout: 0, stderr: 0 };
  #meter: OutputMeter | undefined;
  #pumps: Promise<unknown> = Promise.resolve();
  #lastByte: number | undefined;
  /** The command's streams that go through jobbox. */
  readonly piped: readonly OutputStream[];
  #isCut = false;

  /**
   * Opens the files that jobbox itself writes, without changing them.
   *
   * @param plan The run.
   * @param io The files and streams.
   * @throws {Error} If a file cannot be written.
   */
  constructor(plan: RunPlan, io: Io) {
    this.#plan = plan;
    this.#io = io;
    this.piped = pipedStreams(plan, io);
    using opened = new DisposableStack();
    const { append } = plan;
    const open = (name: OutputStream): OutputFile | undefined => {
      const path = plan.stdio[name];
      if (path === undefined) return undefined;
      this.#sizes[name] = append ? io.fileSize(path) ?? 0 : 0;
      if (!this.piped.includes(name)) return undefined;
      return this.#attempt(name, () => opened.use(io.holdFile(path, { append })));
    };
    const stdout = open("stdout");
    const stderr = plan.sharesOutput ? stdout : open("stderr");
    this.#files = {
      ...defined({ stdout, stderr }),
    };
    this.#opened.use(opened.move());
  }

  /** Whether our stdout may be in the middle of a line. */
  get leavesLineOpen(): boolean {
    if (this.#plan.stdio.stdout !== undefined) return false;
    // What the command writes directly is not known.
    if (this.#meter === undefined) return true;
    return this.#lastByte !== undefined && this.#lastByte !== LINE_FEED;
  }

  /** Whether a reader did not take all of it and was given up. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** How much was written, if known. */
  get counts(): RecordedOutput | undefined {
    if (this.#meter !== undefined && this.#plan.maxOutput !== undefined) {
      const { stdoutBytes, stderrBytes } = this.#meter;
      return { stdoutBytes, stderrBytes };
    }
    // In a shared file, it is not known which stream wrote what.
    if (this.#plan.sharesOutput) return undefined;
    const stdoutBytes = this.#meter?.stdoutBytes ?? this.#written("stdout");
    const stderrBytes = this.#written("stderr");
    if (stdoutBytes === undefined && stderrBytes === undefined) return undefined;
    return {
      ...defined({ stdoutBytes, stderrBytes }),
    };
  }

  /**
   * Begins to pass on the output that goes through jobbox: empties its files and fills them.
   *
   * @param child The command, already started; nothing was emptied before.
   * @param watch Is notified when the cap is exceeded or a file cannot be written.
   * @param beforeWrite Makes room on a terminal.
   */
  pump(
    child: PumpedChild,
    watch: Pick<Supervisor, "end" | "fail">,
    beforeWrite: () => Promise<unknown>,
  ): void {
    if (this.piped.length === 0) return;
    const { maxOutput: limit = Infinity } = this.#plan;
    const meter = new OutputMeter({
      limit,
      elapsed: () => this.#io.elapsed(),
      exceeded: (measured) => {
        const reached = { name: "outputSize", limit, measured, unit: "bytes" } as const;
        watch.end({ verdict: "outputSize", limit: reached }, "kill");
      },
    });
    this.#meter = meter;
    try {
      for (const name of this.piped) {
        this.#attempt(name, () => this.#files[name]?.empty());
      }
    } catch (error) {
      watch.fail(error);
    }
    const { signal } = this.#stop;
    this.#pumps = Promise.all(
      this.piped.map((name) => {
        const destination = this.#destination(name, beforeWrite);
        return meter.pump(name, child[name], { destination, signal });
      }),
    ).catch((error) => watch.fail(error));
  }

  /**
   * Waits until all of it is passed on, however long its reader takes. A process that left the job
   * may keep the pipes open; its further output is waited for no longer than two seconds.
   */
  async delivered(): Promise<void> {
    let left = DRAIN_TIME;
    await this.#untilPumped((meter) => {
      const look = left > 0 ? LOOK : 0;
      if (!meter.waitsForReader) left -= LOOK;
      return look;
    });
  }

  /**
   * Waits as {@linkcode delivered} does, but only as long as the reader takes something. A reader
   * that stalled before the run was ended does not get the time again.
   */
  async cutShort(): Promise<void> {
    const begin = this.#io.elapsed();
    await this.#untilPumped((meter) => {
      // The last part of a pipe is read only after the end of the tree.
      const since = meter.waitsForReader ? meter.movedAt : Math.max(begin, meter.movedAt);
      const until = Math.min(since + READER_PATIENCE, begin + DRAIN_TIME);
      return until - this.#io.elapsed();
    });
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    this.#opened.dispose();
  }

  /** Bytes that the command wrote to its file; `undefined` if that is not known. */
  #written(name: OutputStream): number | undefined {
    const path = this.#plan.stdio[name];
    const size = path === undefined ? undefined : this.#io.fileSize(path);
    // A file that was made smaller since shows nothing.
    return size === undefined || size < this.#sizes[name] ? undefined : size - this.#sizes[name];
  }

  /** Waits for the pumps, and stops them when `patience` runs out. */
  async #untilPumped(patience: (meter: OutputMeter) => number): Promise<void> {
    const meter = this.#meter;
    if (meter === undefined) return;
    let cancel = (): void => {};
    const look = (): void => {
      const left = patience(meter);
      if (left > 0) {
        cancel = this.#io.after(left, look);
        return;
      }
      this.#isCut = meter.waitsForReader;
      this.#stop.abort();
    };
    look();
    await this.#pumps;
    cancel();
  }

  /** Does something with a stream's file; an error names its option. */
  #attempt<T>(name: OutputStream, action: () => T): T {
    try {
      return action();
    } catch (cause) {
      const path = shown(this.#plan.stdio[name] ?? "");
      throw new Error(`--${name}: Cannot write ${path}: ${reasonOf(cause)}`, { cause });
    }
  }

  #destination(name: OutputStream, beforeWrite: () => Promise<unknown>): Destination {
    const file = this.#files[name];
    const sink: Sink = file ?? this.#io[name];
    const isShared = file === undefined && this.#io.isTerminal(name);
    return async (bytes) => {
      if (isShared) await beforeWrite();
      if (sink === this.#io.stdout) this.#lastByte = bytes.at(-1);
      if (await sink.write(bytes)) return true;
      // A missing reader is not a failure; a full disk is.
      if (sink.failure !== undefined) throw sink.failure;
      return false;
    };
  }
}
