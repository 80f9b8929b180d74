/**
 * A job, a command and its output that a test steers, and a watch over them.
 *
 * @module
 */
import {
  Supervisor,
  type WatchedChild,
  type WatchedJob,
  type WatchPlan,
  type WatchWorld,
} from "../../cli/run/supervisor.ts";
import type { WatchedEnd } from "../../cli/run/watched_end.ts";
import type { ProcessEntry } from "../../job/member_table.ts";
import type { JobNotification } from "../../job/messages/notification.ts";
import type { JobStats } from "../../job/stats/stats.ts";
import type { ProcessStatus } from "../../process/child_process.ts";
import { JOB_OBJECT_MSG } from "../../ffi/constants.ts";
import type { Limits } from "../../job/limits/limits.ts";
import { LimitsTold } from "../../job/limits/reached.ts";
import { defined } from "../../values/defined.ts";
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";
import { FakeIo } from "./fake_io.ts";
import { SAMPLE_STATS } from "./run_record.ts";

const STATS = {
  ...SAMPLE_STATS,
  userTime: 950,
  memory: { current: 10, peak: 70, peakProcess: 60 },
} as JobStats;

/** A job with one command, both steered by the test. */
export class FakeJob implements WatchedJob, WatchedChild {
  readonly pid = 42;
  readonly calls: string[] = [];
  readonly #end = Promise.withResolvers<Pick<ProcessStatus, "code" | "limit">>();
  readonly #told = new LimitsTold();
  readonly #gone = Promise.withResolvers<void>();
  readonly #queue: JobNotification[] = [];
  #wake = Promise.withResolvers<void>();
  #failure: unknown;
  #active = 1;
  /** Whether the system keeps statistics. */
  hasStats = true;
  /** Whether a termination is obeyed. */
  obeys = true;
  /** The limits that are in force. */
  limits: Limits = {};
  readonly status: Promise<ProcessStatus> = this.#end.promise.then((end) => end as ProcessStatus);

  async *notifications(
    { signal }: { signal?: AbortSignal } = {},
  ): AsyncGenerator<JobNotification> {
    signal?.addEventListener("abort", () => this.#wake.resolve());
    while (true) {
      for (let event = this.#queue.shift(); event; event = this.#queue.shift()) yield event;
      signal?.throwIfAborted();
      if (this.#failure !== undefined) throw this.#failure;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers<void>();
    }
  }

  post(event: JobNotification): void {
    if (event.type === "endOfProcessTime") {
      this.#told.message(JOB_OBJECT_MSG.END_OF_PROCESS_TIME, BigInt(event.pid));
    }
    this.#queue.push(event);
    this.#wake.resolve();
  }

  /** Lets the notifications fail. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wake.resolve();
  }

  /** Lets the wait for the tree fail. */
  loseTree(error: Error): void {
    this.#gone.reject(error);
  }

  wait(): Promise<void> {
    return this.#gone.promise;
  }

  terminate(exitCode = 1): void {
    this.calls.push("terminate");
    if (this.obeys) this.end(exitCode);
  }

  stats(): JobStats {
    if (!this.hasStats) throw new UnsupportedPlatformError("no statistics");
    return { ...STATS, processes: { total: 1, active: this.#active, terminated: 0 } };
  }

  processes(): ProcessEntry[] {
    return [{ pid: 43, parentPid: 42, image: "C:\\left.exe", usage: undefined }];
  }

  /** Ends the command, with the limit that a `JobObject` reports for it. */
  #endWith(code: number): void {
    const measured = { periodUserTime: STATS.userTime };
    const known = () => ({ limits: this.limits, measured });
    const end = { pid: this.pid, code, userTime: undefined };
    this.#end.resolve({ code, ...defined({ limit: this.#told.endingLimit(end, known) }) });
  }

  leaderEnds(code: number): void {
    this.#endWith(code);
  }

  /** Ends the tree without a message. */
  treeEnds(): void {
    this.#active = 0;
    this.#gone.resolve();
  }

  end(code: number): void {
    this.#active = 0;
    this.#endWith(code);
    this.#gone.resolve();
    this.post({ type: "activeProcessZero" });
  }
}

/** The output of a command: delivered, or on its way until the test lets it go. */
export class FakeOutput {
  readonly calls: string[] = [];
  readonly #delivered = Promise.withResolvers<void>();

  constructor(isDelivered = true) {
    if (isDelivered) this.deliver();
  }

  deliver(): void {
    this.#delivered.resolve();
  }

  delivered(): Promise<void> {
    return this.#delivered.promise;
  }

  cutShort(): Promise<void> {
    this.calls.push("cut short");
    return Promise.resolve();
  }
}

/** A run without limits. */
export const WATCH_PLAN: WatchPlan = {
  countFrozen: false,
  grace: 2000,
  waitTree: true,
  foreground: false,
  onLimit: "report",
  onNotify: "report",
  limits: {},
};

type Reports = WatchWorld["reports"];

const SILENT: Reports = {
  event: () => {},
  sample: () => undefined,
  reached: () => {},
  waiting: () => {},
  left: () => {},
};

/** A watch over a command that the test steers. */
export interface Watched {
  readonly io: FakeIo;
  readonly job: FakeJob;
  readonly output: FakeOutput;
  readonly supervisor: Supervisor;
  readonly result: Promise<WatchedEnd>;
}

/** What differs from a run without limits. */
export interface WatchOptions extends Partial<WatchPlan> {
  readonly reports?: Partial<Reports>;
  /** Whether the system refuses to send CTRL_BREAK. */
  readonly refuses?: boolean;
  readonly output?: FakeOutput;
  readonly killRequested?: () => boolean;
}

/** Makes a watch whose command is not started yet. */
export function supervise(io: FakeIo, job: FakeJob, options: WatchOptions = {}): Supervisor {
  const { killRequested, reports, refuses = false, output: _, ...plan } = options;
  job.limits = plan.limits ?? {};
  return new Supervisor(job, { ...WATCH_PLAN, ...plan }, {
    io,
    reports: { ...SILENT, ...reports },
    ...defined({ killRequested }),
    ask: () => {
      job.calls.push("ask");
      return !refuses;
    },
  });
}

/** Watches a command that was started. */
export function watch(options: WatchOptions = {}): Watched {
  const [io, job] = [new FakeIo(), new FakeJob()];
  const output = options.output ?? new FakeOutput();
  const supervisor = supervise(io, job, options);
  const result = supervisor.watch(job, output).finally(() => supervisor[Symbol.asyncDispose]());
  return { io, job, output, supervisor, result };
}
