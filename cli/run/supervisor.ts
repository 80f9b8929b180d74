/**
 * The watch over one running job: wall time, limits reached, signals, and the way to its end.
 *
 * Theory of operation. The first reason to end the job wins and becomes the verdict; what comes
 * later can only make the end come sooner. A graceful end asks the command's process group by
 * CTRL_BREAK and gives it the grace; what is left then is terminated with the whole job. The run is
 * over when the command has ended and its tree is gone. Notifications may still be on their way at
 * that time, and a limit reached by a command that then ended at once is told by one of them, so they
 * are waited for, but not for long: the system does not promise them.
 *
 * It knows the job, the command and the clock only by interfaces, and touches nothing else.
 *
 * @module
 */
import { ENDED_BY_JOBBOX, type Verdict } from "../exit_code.ts";
import { type EndReason, kernelReason, reasonOf, type WatchedLimits } from "./end_reason.ts";
import type { Io } from "../terminal/io.ts";
import type { StoppedBy } from "../report/record.ts";
import type { FinalStats, RecordableEvent } from "../report/recorder.ts";

/** The job, as far as the watch needs it. */
export interface SupervisedJob {
  /** The job's notifications, from before the start of the command. */
  events(signal: AbortSignal): AsyncIterable<RecordableEvent>;
  /** Resolves when no process is left. */
  wait(): Promise<void>;
  /** Ends every process. */
  terminate(exitCode: number): void;
  /** The job's statistics; `undefined` where the system keeps none. */
  stats(): FinalStats | undefined;
}

/** The command, as far as the watch needs it. */
export interface SupervisedChild {
  /** Its process id. */
  readonly pid: number;
  /** Resolves with its unsigned exit code when it ends; `undefined` if the system does not say. */
  readonly code: Promise<number | undefined>;
  /** Asks its process group to end, without waiting; calls back if the system does not pass it on. */
  askToEnd(refused: () => void): void;
}

/** What to do when a limit is reached: nothing, a graceful end, or an end at once. */
export type Reaction = "report" | "stop" | "kill";

/** How the job is watched. */
export interface SupervisorPolicy {
  /** Wall time in milliseconds; absent for none. */
  readonly timeout?: number;
  /** Milliseconds between asking and terminating; 0 terminates at once. */
  readonly grace: number;
  /** Whether what the command started is waited for; else it ends with the command. */
  readonly waitTree: boolean;
  /** What follows a limit that was reached. */
  readonly onLimit: Reaction;
  /** What follows a soft limit that was reached. */
  readonly onNotify: Reaction;
  /** The limits that are set, to say which one ended the command. */
  readonly limits: WatchedLimits;
}

/** Who listens. */
export interface SupervisorHooks {
  /** Takes each notification. */
  event?(event: RecordableEvent, at: number): void;
  /** Takes a sample; answers the milliseconds until the next one. Absent: none is taken. */
  sample?(stats: FinalStats, at: number): number;
  /** Told once, when the end begins. */
  ending?(reason: EndReason, at: number): void;
}

/** How the run ended. */
export interface SupervisedEnd {
  /** The verdict. */
  readonly verdict: Verdict;
  /** The reason, where there is one beside the command's own end. */
  readonly reason?: EndReason;
  /** Which rung ended it. */
  readonly stoppedBy: StoppedBy;
  /** The command's exit code; absent when the command could not be ended. */
  readonly code?: number;
  /** Statistics of the end; absent when the job did not answer. */
  readonly stats?: FinalStats;
  /** What could not be done. */
  readonly error?: string;
}

/** How long a terminated job may take to be gone, before it is given up. */
const STUCK_AFTER = 10_000;

/** How long to wait for notifications that were posted before the end. */
const LATE_EVENTS = 150;

type Clock = Pick<Io, "after" | "elapsed" | "onSignal">;

/** Watches one job from the start of its command to the end of its tree. */
export class Supervisor {
  readonly #job: SupervisedJob;
  readonly #policy: SupervisorPolicy;
  readonly #clock: Clock;
  readonly #hooks: SupervisorHooks;
  readonly #started: number;
  readonly #stop = new AbortController();
  readonly #cleanups: (() => void)[] = [];
  readonly #stuck = Promise.withResolvers<"stuck">();
  #lastZero = Promise.withResolvers<void>();
  #reason: EndReason | undefined;
  #rung: "none" | "break" | "terminate" = "none";
  #child: SupervisedChild | undefined;
  #treeGone = false;
  #leaderTimeUp = false;
  #failure: string | undefined;

  /**
   * Makes the watch; time counts from here.
   *
   * @param job The job.
   * @param policy How to watch it.
   * @param world The clock, the signals and who listens.
   */
  constructor(
    job: SupervisedJob,
    policy: SupervisorPolicy,
    world: { readonly clock: Clock; readonly hooks?: SupervisorHooks },
  ) {
    this.#job = job;
    this.#policy = policy;
    this.#clock = world.clock;
    this.#hooks = world.hooks ?? {};
    this.#started = this.#clock.elapsed();
  }

  /** Milliseconds since the watch was made. */
  get elapsed(): number {
    return this.#clock.elapsed() - this.#started;
  }

  /**
   * Ends the job for a reason. The first reason counts; a later call can only hasten the end.
   *
   * @param reason Why.
   * @param how Whether the command is asked first.
   */
  end(reason: EndReason, how: "stop" | "kill"): void {
    if (this.#reason === undefined) {
      this.#reason = reason;
      this.#hooks.ending?.(reason, this.elapsed);
    }
    if (this.#treeGone) return;
    if (how === "kill" || this.#policy.grace === 0) this.#terminate();
    else this.#ask();
  }

  /**
   * Starts the command and watches it to the end of its tree.
   *
   * @param start Starts the command in the job; what it throws is passed on.
   * @returns How it ended.
   */
  async run(start: () => SupervisedChild): Promise<SupervisedEnd> {
    // Listening begins before the start, so that the first notification is not missed.
    const listening = this.#listen(this.#job.events(this.#stop.signal))
      .catch((error) => this.fail(error));
    try {
      // Before the start: a Ctrl-C that comes right behind it would end us by default, without a record.
      this.#watchSignals();
      this.#child = start();
      this.#watchTime();
      this.#watchSamples();
      return await this.#toTheEnd(this.#child);
    } finally {
      for (const cleanup of this.#cleanups) cleanup();
      this.#stop.abort();
      await listening;
    }
  }

  async #toTheEnd(child: SupervisedChild): Promise<SupervisedEnd> {
    const code = await Promise.race([child.code, this.#stuck.promise]);
    if (!this.#policy.waitTree) this.#terminate();
    const gone = await Promise.race([this.#job.wait(), this.#stuck.promise]);
    this.#treeGone = true;
    await this.#lateEvents();
    const error = code === "stuck" || gone === "stuck"
      ? "Cannot end every process of the job: some did not go when they were terminated"
      : undefined;
    return this.#answer(code === "stuck" ? undefined : code, error);
  }

  #answer(code: number | undefined, error: string | undefined): SupervisedEnd {
    let stats: FinalStats | undefined;
    let failure = this.#failure ?? error;
    try {
      stats = this.#job.stats();
    } catch (cause) {
      failure ??= cause instanceof Error ? cause.message : String(cause);
    }
    const kernel = this.#reason === undefined
      ? kernelReason(code, this.#policy.limits, { stats, leaderTimeUp: this.#leaderTimeUp })
      : undefined;
    const reason = this.#reason ?? kernel;
    const own = this.#reason !== undefined;
    const byKernel = kernel !== undefined && kernel.verdict !== "killed";
    const stoppedBy: StoppedBy = own && this.#rung !== "none"
      ? this.#rung
      : byKernel
      ? "kernel"
      : kernel !== undefined
      ? "terminate"
      : "self";
    return {
      verdict: reason?.verdict ?? "exited",
      stoppedBy,
      ...reason === undefined ? {} : { reason },
      ...code === undefined ? {} : { code },
      ...stats === undefined ? {} : { stats },
      ...failure === undefined ? {} : { error: failure },
    };
  }

  async #listen(events: AsyncIterable<RecordableEvent>): Promise<void> {
    for await (const event of events) {
      this.#hooks.event?.(event, this.elapsed);
      if (event.type === "newProcess") this.#lastZero = Promise.withResolvers<void>();
      if (event.type === "activeProcessZero") this.#lastZero.resolve();
      if (event.type === "endOfProcessTime" && event.pid === this.#child?.pid) {
        this.#leaderTimeUp = true;
      }
      const reaction = event.type === "notificationLimit"
        ? this.#policy.onNotify
        : this.#policy.onLimit;
      if (reaction === "report") continue;
      const reason = reasonOf(event, this.#policy.limits, { readStats: () => this.#job.stats() });
      if (reason !== undefined) this.end(reason, reaction);
    }
  }

  #watchSignals(): void {
    let signals = 0;
    this.#cleanups.push(this.#clock.onSignal((signal) => {
      signals++;
      this.end({ verdict: "interrupted" }, signals > 1 || signal === "close" ? "kill" : "stop");
    }));
  }

  #watchTime(): void {
    const { timeout } = this.#policy;
    if (timeout === undefined) return;
    this.#cleanups.push(this.#clock.after(Math.max(0, timeout - this.elapsed), () => {
      const measured = Math.round(this.elapsed);
      const limit = { name: "wallTime", limit: timeout, measured, unit: "ms" };
      this.end({ verdict: "timeout", limit }, "stop");
    }));
  }

  #watchSamples(): void {
    const { sample } = this.#hooks;
    if (sample === undefined) return;
    let cancel = (): void => {};
    const take = (): void => {
      try {
        const stats = this.#job.stats();
        if (stats === undefined) return;
        const wait = sample.call(this.#hooks, stats, this.elapsed);
        cancel = this.#clock.after(wait, take);
      } catch (error) {
        this.fail(error);
      }
    };
    take();
    this.#cleanups.push(() => cancel());
  }

  /**
   * Ends the job because the watch, or who listens to it, failed: a job that nobody watches is ended.
   *
   * @param error What went wrong.
   */
  fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error.message : String(error);
    this.end({ verdict: "failed" }, "kill");
  }

  #ask(): void {
    if (this.#rung !== "none") return;
    this.#rung = "break";
    this.#cleanups.push(this.#clock.after(this.#policy.grace, () => this.#terminate()));
    // A program without our console cannot be asked, and need not be waited for.
    this.#child?.askToEnd(() => this.#terminate());
  }

  #terminate(): void {
    if (this.#rung === "terminate" || this.#treeGone) return;
    this.#rung = "terminate";
    this.#cleanups.push(this.#clock.after(STUCK_AFTER, () => this.#stuck.resolve("stuck")));
    this.#job.terminate(ENDED_BY_JOBBOX);
  }

  async #lateEvents(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#clock.after(LATE_EVENTS, () => late.resolve());
    await Promise.race([this.#lastZero.promise, late.promise]);
    cancel();
  }
}
