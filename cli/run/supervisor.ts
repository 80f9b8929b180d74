/**
 * The watch over one running job: wall time, limits reached, signals, and the way to its end.
 *
 * Theory of operation. The first reason to end the job wins and becomes the verdict; what comes
 * later can only make the end come sooner. A graceful end asks the command's process group by
 * CTRL_BREAK and gives it the grace; what is left then is terminated with the whole job. The run is
 * over when the command has ended, its tree is gone, and its output was handed on; the verdict is
 * decided then and not before. Notifications may still be on their way at that time, and a limit
 * reached by a command that then ended at once is told by one of them, so they are waited for, but
 * not for long: the system does not promise them.
 *
 * Nothing here waits for a reader, a console or a disk: what is said and recorded is queued.
 *
 * @module
 */
import type { JobNotification } from "../../job/messages/notification.ts";
import type { JobObject } from "../../job/job_object.ts";
import type { ChildProcess } from "../../process/child_process.ts";
import type { EndedBy } from "../../process/exit/ended_by.ts";
import { breakGroup } from "../../process/console_break.ts";
import { ENDED_BY_JOBBOX, type Verdict } from "../exit_code.ts";
import { type EndReason, kernelReason, reasonOf } from "./end_reason.ts";
import { readStats } from "./job.ts";
import type { RunOutput } from "./output.ts";
import type { RunPlan } from "./plan.ts";
import type { RunReports } from "./reports.ts";
import type { Io } from "../terminal/io.ts";
import type { StoppedBy } from "../report/record.ts";
import type { FinalStats } from "../report/recorder.ts";

/** The job, as far as the watch needs it. */
export type WatchedJob = Pick<
  JobObject,
  "notifications" | "wait" | "terminate" | "stats" | "processes"
>;

/** The command, as far as the watch needs it. */
export type WatchedChild = Pick<ChildProcess, "pid" | "status">;

/** How the job is watched. */
export type WatchPlan = Pick<
  RunPlan,
  "timeout" | "grace" | "waitTree" | "onLimit" | "onNotify" | "limits"
>;

/** What the watch lives in. */
export interface WatchWorld {
  /** The clock and the signals. */
  readonly io: Pick<Io, "after" | "elapsed" | "onSignal">;
  /** Is told what happens. */
  readonly reports: Pick<RunReports, "event" | "sample" | "reached" | "waiting">;
  /** Sends CTRL_BREAK to a group; the system's when absent. */
  readonly ask?: typeof breakGroup;
}

/** How the run ended. */
export interface WatchedEnd {
  /** The verdict. */
  readonly verdict: Verdict;
  /** The reason, where there is one beside the command's own end. */
  readonly reason?: EndReason;
  /** Which step ended it. */
  readonly stoppedBy: StoppedBy;
  /** The command's exit code; absent when the command could not be ended. */
  readonly code?: number;
  /** What ended the command; absent when it could not be ended. */
  readonly endedBy?: EndedBy;
  /** Statistics of the end; absent when the job did not answer. */
  readonly stats?: FinalStats;
  /** What could not be done. */
  readonly error?: string;
}

/** How long a terminated job may take to be gone, before it is given up, in ms. */
const STUCK_AFTER = 10_000;

/** How long to wait for notifications that were posted before the end, in ms. */
const LATE_EVENTS = 150;

/** Until it is said that the command has ended and its tree has not, in ms. */
const TREE_PATIENCE = 1000;

/** Watches one job from before the start of its command to the end of its tree. */
export class Supervisor implements AsyncDisposable {
  readonly #job: WatchedJob;
  readonly #plan: WatchPlan;
  readonly #world: WatchWorld;
  readonly #started: number;
  readonly #cleanups: (() => void)[] = [];
  readonly #stop = new AbortController();
  readonly #listening: Promise<void>;
  readonly #stuck = Promise.withResolvers<"stuck">();
  readonly #ending = Promise.withResolvers<void>();
  #lastZero = Promise.withResolvers<void>();
  #reason: EndReason | undefined;
  /** What the kernel ended by itself, as far as it told. */
  #kernelReason: EndReason | undefined;
  #step: "none" | "break" | "terminate" = "none";
  #child: WatchedChild | undefined;
  #endedBy: EndedBy | undefined;
  #treeGone = false;
  #leaderTimeUp = false;
  #failure: string | undefined;

  /**
   * Begins to watch, before the command is started: the first notification is not missed, and a
   * Ctrl-C right after the start does not end us without a record. Time counts from here.
   *
   * @param job The job.
   * @param plan How to watch it.
   * @param world The clock, the signals and the reports.
   */
  constructor(job: WatchedJob, plan: WatchPlan, world: WatchWorld) {
    this.#job = job;
    this.#plan = plan;
    this.#world = world;
    this.#started = world.io.elapsed();
    this.#listening = this.#listen().catch((error) => this.fail(error));
    this.#watchSignals();
  }

  /** Milliseconds since the watch began. */
  get elapsed(): number {
    return this.#world.io.elapsed() - this.#started;
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
      this.#world.reports.reached(reason, this.elapsed);
      this.#ending.resolve();
    }
    if (this.#treeGone) return;
    if (how === "kill" || this.#plan.grace === 0) this.#terminate();
    else this.#ask();
  }

  /**
   * Ends the job because the watch or a report failed: a job that nobody watches is ended.
   *
   * @param error What went wrong.
   */
  fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error.message : String(error);
    this.end({ verdict: "failed" }, "kill");
  }

  /**
   * Watches the command to the end of its tree and of its output.
   *
   * @param child The command, which was just started in the job.
   * @param output Its output, as far as it goes through jobbox.
   * @returns How it ended.
   */
  async watch(
    child: WatchedChild,
    output: Pick<RunOutput, "delivered" | "cutShort">,
  ): Promise<WatchedEnd> {
    this.#child = child;
    if (this.#step === "break") this.#askChild(child);
    this.#watchTime();
    this.#watchSamples();
    const ended = child.status.then(({ code, endedBy }) => {
      this.#endedBy = endedBy;
      return code ?? undefined;
    });
    const code = await Promise.race([ended, this.#stuck.promise]);
    if (!this.#plan.waitTree) this.#terminate();
    else if (code !== "stuck") this.#tellOfTree(code);
    const gone = await Promise.race([this.#job.wait(), this.#stuck.promise]);
    this.#treeGone = true;
    await Promise.race([output.delivered(), this.#ending.promise]);
    if (this.#reason !== undefined) await output.cutShort();
    await this.#lateEvents();
    const isStuck = code === "stuck" || gone === "stuck";
    return this.#result(
      code === "stuck" ? undefined : code,
      isStuck
        ? "Cannot end every process of the job: some did not go when they were terminated"
        : undefined,
    );
  }

  /** Gives up whatever is still waited for. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#stop.abort();
    await this.#listening;
  }

  #result(code: number | undefined, error: string | undefined): WatchedEnd {
    let stats: FinalStats | undefined;
    let failure = this.#failure ?? error;
    try {
      stats = readStats(this.#job);
    } catch (cause) {
      failure ??= cause instanceof Error ? cause.message : String(cause);
    }
    const { limits } = this.#plan;
    const kernel = this.#kernelReason ??
      kernelReason(code, limits, { stats, leaderTimeUp: this.#leaderTimeUp });
    const reason = this.#reason ?? kernel;
    return {
      verdict: reason?.verdict ?? "exited",
      stoppedBy: this.#stoppedBy(kernel),
      ...reason === undefined ? {} : { reason },
      ...code === undefined ? {} : { code },
      ...this.#endedBy === undefined ? {} : { endedBy: this.#endedBy },
      ...stats === undefined ? {} : { stats },
      ...failure === undefined ? {} : { error: failure },
    };
  }

  #stoppedBy(kernel: EndReason | undefined): StoppedBy {
    if (this.#reason !== undefined) return this.#step === "none" ? "self" : this.#step;
    if (kernel === undefined) return "self";
    return kernel.verdict === "killed" ? "terminate" : "kernel";
  }

  async #listen(): Promise<void> {
    const { signal } = this.#stop;
    try {
      for await (const event of this.#job.notifications({ signal })) this.#take(event);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #take(event: JobNotification): void {
    this.#world.reports.event(event, this.elapsed);
    const { limits, onLimit, onNotify } = this.#plan;
    const stats = (): FinalStats | undefined => readStats(this.#job);
    const react = (reaction: RunPlan["onLimit"]): void => {
      if (reaction === "report") return;
      const reason = reasonOf(event, limits, { readStats: stats });
      if (reason !== undefined) this.end(reason, reaction);
    };
    const { type } = event;
    switch (type) {
      case "newProcess":
        this.#lastZero = Promise.withResolvers<void>();
        return;
      case "activeProcessZero":
        return this.#lastZero.resolve();
      case "endOfJobTime":
        // Told although the kernel has ended all by itself, unless it was to post only.
        if (limits.endOfJobTime !== "post" && stats()?.processes.active === 0) {
          this.#kernelReason = reasonOf(event, limits, { readStats: stats });
          return;
        }
        return react(onLimit);
      case "endOfProcessTime":
        if (event.pid === this.#child?.pid) this.#leaderTimeUp = true;
        return react(onLimit);
      case "activeProcessLimit":
      case "processMemoryLimit":
      case "jobMemoryLimit":
        return react(onLimit);
      case "notificationLimit":
        return react(onNotify);
      case "exitProcess":
      case "abnormalExitProcess":
      case "jobCycleTimeLimit":
      case "siloTerminated":
      case "unknown":
        return;
      default:
        return type satisfies never;
    }
  }

  #after(ms: number, callback: () => void): void {
    this.#cleanups.push(this.#world.io.after(ms, callback));
  }

  #watchSignals(): void {
    let signals = 0;
    this.#cleanups.push(this.#world.io.onSignal((signal) => {
      signals++;
      this.end({ verdict: "interrupted" }, signals > 1 || signal === "close" ? "kill" : "stop");
    }));
  }

  #watchTime(): void {
    const { timeout } = this.#plan;
    if (timeout === undefined) return;
    this.#after(Math.max(0, timeout - this.elapsed), () => {
      const measured = Math.round(this.elapsed);
      const limit = { name: "wallTime", limit: timeout, measured, unit: "ms" };
      this.end({ verdict: "timeout", limit }, "stop");
    });
  }

  #watchSamples(): void {
    let cancel = (): void => {};
    const take = (): void => {
      try {
        const stats = readStats(this.#job);
        if (stats === undefined) return;
        const wait = this.#world.reports.sample(stats, this.elapsed);
        if (wait !== undefined) cancel = this.#world.io.after(wait, take);
      } catch (error) {
        this.fail(error);
      }
    };
    take();
    this.#cleanups.push(() => cancel());
  }

  /** Says what is waited for when the command has ended and its tree has not. */
  #tellOfTree(code: number | undefined): void {
    this.#after(TREE_PATIENCE, () => {
      if (this.#treeGone || this.#step === "terminate") return;
      try {
        this.#world.reports.waiting(this.#job.processes(), code);
      } catch (error) {
        this.fail(error);
      }
    });
  }

  #ask(): void {
    if (this.#step !== "none") return;
    this.#step = "break";
    this.#after(this.#plan.grace, () => this.#terminate());
    if (this.#child !== undefined) this.#askChild(this.#child);
  }

  #askChild({ pid }: WatchedChild): void {
    const sent = (this.#world.ask ?? breakGroup)(pid);
    this.#cleanups.push(() => sent[Symbol.dispose]());
    // A program without our console cannot be asked, and need not be waited for.
    sent.refused.then(() => this.#terminate());
  }

  #terminate(): void {
    if (this.#step === "terminate" || this.#treeGone) return;
    this.#step = "terminate";
    this.#after(STUCK_AFTER, () => this.#stuck.resolve("stuck"));
    this.#job.terminate(ENDED_BY_JOBBOX);
  }

  async #lateEvents(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#world.io.after(LATE_EVENTS, () => late.resolve());
    await Promise.race([this.#lastZero.promise, late.promise]);
    cancel();
  }
}
