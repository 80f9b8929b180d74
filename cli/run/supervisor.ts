/**
 * The watch over one running job: wall time, limits reached, signals, and the way to its end.
 *
 * Theory of operation. The first reason to end the job wins and becomes the verdict; what comes
 * later can only make the end come sooner (`ending.ts` has its steps). The run is over when the
 * command has ended, its tree is gone, and its output was handed on; the verdict is decided then and
 * not before. Notifications may still be on their way at that time, and a limit
 * of a command that ended right after it is reported by one of them, so they are waited for, but
 * not for long: the system does not promise them.
 *
 * Nothing here waits for a reader, a console or a disk: messages and records are queued.
 *
 * @module
 */
import { type EndReason, LOST_SIGHT, reasonOf } from "./end_reason.ts";
import { Ending, type EndingWorld } from "./ending.ts";
import { cpuTimeOf, readStats } from "./job.ts";
import type { RunOutput } from "./output.ts";
import type { RunPlan } from "./plan.ts";
import type { RunReports } from "./reports.ts";
import { WallTime } from "./wall_time.ts";
import type { Io } from "../terminal/io.ts";
import { messageOf } from "../text/message.ts";
import type { FinalStats } from "../report/recorder.ts";
import { type WatchedEnd, watchedEnd } from "./watched_end.ts";
import type { ChildProcess, JobNotification, JobObject, ProcessStatus } from "../../mod.ts";

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
  | "timeout"
  | "countFrozen"
  | "grace"
  | "waitTree"
  | "onLimit"
  | "onNotify"
  | "limits"
  | "foreground"
>;

/** The surroundings of the watch. */
export interface WatchWorld extends EndingWorld {
  /** The clock and the signals. */
  readonly io: Pick<Io, "after" | "elapsed" | "onSignal">;
  /** Is notified of what happens. */
  readonly reports: Pick<RunReports, "event" | "sample" | "reached" | "waiting" | "left">;
  /** Whether another jobbox asked for the end of the run; none does when absent. */
  readonly killRequested?: () => boolean;
  /** Whether another jobbox has frozen the tree; none has when absent. */
  readonly isFrozen?: () => boolean;
}

/** How long to wait for notifications that were posted before the end, in ms. */
const LATE_EVENTS = 150;

/** Windows ends a process 5 s after its console was closed; the record must be written before that. */
const CLOSE_GRACE = 4000;

/** Time until a message says that the command has ended but its tree has not, in ms. */
const TREE_PATIENCE = 1000;

/** Watches one job from before the start of its command to the end of its tree. */
export class Supervisor implements AsyncDisposable {
  readonly #job: WatchedJob;
  readonly #plan: WatchPlan;
  readonly #world: WatchWorld;
  #started: number;
  readonly #cleanups: (() => void)[] = [];
  readonly #stop = new AbortController();
  readonly #listening: Promise<void>;
  readonly #ending: Ending;
  readonly #ended = Promise.withResolvers<void>();
  #lastZero = Promise.withResolvers<void>();
  #reason: EndReason | undefined;
  /** What the kernel ended by itself, as far as it reported it. */
  #kernelReason: EndReason | undefined;
  #child: WatchedChild | undefined;
  /** What ended the command. */
  #childEnd: Pick<ProcessStatus, "endedBy" | "limit"> | undefined;
  /** Whether Ctrl-C came and was left to the command. */
  #interrupted = false;
  #failure: string | undefined;

  /**
   * Begins to watch before the command is started, so that the first notification is not missed and a
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
    this.#ending = new Ending(job, world);
    this.#started = world.io.elapsed();
    this.#listening = this.#listen().catch((error) => this.fail(error, LOST_SIGHT));
    this.#watchSignals();
  }

  /** Starts the clock of the run, just before the command, and returns its time. */
  begin(): number {
    return this.#started = this.#world.io.elapsed();
  }

  /** Milliseconds since the clock was started. */
  get elapsed(): number {
    return this.#world.io.elapsed() - this.#started;
  }

  /**
   * Ends the job for a reason. The first reason counts; a later call can only make the end come sooner.
   *
   * @param reason Why.
   * @param how Whether the command is asked first.
   * @param grace How long it has then, in ms; the plan's when absent.
   */
  end(reason: EndReason, how: "stop" | "kill", grace = this.#plan.grace): void {
    if (this.#reason === undefined) {
      this.#reason = reason;
      this.#world.reports.reached(reason, this.elapsed);
      this.#ended.resolve();
    }
    if (how === "kill") this.#ending.kill();
    else this.#ending.stop(grace);
  }

  /**
   * Ends the job because its output, a report or the watch failed: a job must not run unwatched.
   *
   * @param error What went wrong.
   * @param reason Whose fault it is; the job's when absent, such as that of a full disk.
   */
  fail(error: unknown, reason: EndReason = { verdict: "failed" }): void {
    this.#failure ??= messageOf(error);
    this.end(reason, "kill");
  }

  /**
   * Watches the command to the end of its tree and of its output.
   *
   * @param child The command, which was just started in the job.
   * @param output The part of its output that goes through jobbox.
   * @returns How it ended.
   */
  async watch(
    child: WatchedChild,
    output: Pick<RunOutput, "delivered" | "cutShort">,
  ): Promise<WatchedEnd> {
    this.#child = child;
    // A command in our own group cannot be asked alone: we and our shell are in it too.
    if (!this.#plan.foreground) this.#ending.begin(child.pid);
    this.#watchTime();
    this.#watchSamples();
    const ended = child.status.then((status) => {
      this.#childEnd = status;
      return status.code ?? undefined;
    });
    const code = await Promise.race([ended, this.#ending.stuck]);
    if (!this.#plan.waitTree) this.#endTree(code === "stuck" ? undefined : code);
    else if (code !== "stuck") this.#tellOfTree(code);
    const wait = this.#job.wait().catch((error) => this.fail(error, LOST_SIGHT));
    const gone = await Promise.race([wait, this.#ending.stuck]);
    this.#ending.over();
    // No kill gives the code 0, and a tree that is not waited for is ended in any case.
    if (this.#plan.waitTree || code !== 0) this.#lookForKill();
    const late = this.#lateEvents();
    await Promise.race([output.delivered(), this.#ended.promise]);
    if (this.#reason !== undefined) await output.cutShort();
    await late;
    return this.#result(
      code === "stuck" ? undefined : code,
      code === "stuck" || gone === "stuck" ? this.#ending.whyStuck : undefined,
    );
  }

  /** Cancels every wait. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending[Symbol.dispose]();
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
      failure ??= messageOf(cause);
    }
    const { step, unasked } = this.#ending;
    return watchedEnd({
      code,
      stats,
      failure,
      step,
      unasked,
      reason: this.#reason,
      reported: this.#kernelReason,
      childEnd: this.#childEnd,
      interrupted: this.#interrupted,
      limits: this.#plan.limits,
    });
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
      if (reason !== undefined) this.end(reason, this.#gently(reaction));
    };
    const { type } = event;
    switch (type) {
      case "newProcess":
        this.#lastZero = Promise.withResolvers<void>();
        return;
      case "activeProcessZero":
        return this.#lastZero.resolve();
      case "endOfJobTime":
        // Reported although the kernel ended everything by itself, unless it was only to post.
        if (limits.endOfJobTime !== "post" && stats()?.processes.active === 0) {
          this.#kernelReason = reasonOf(event, limits, { readStats: stats });
          return;
        }
        return react(onLimit);
      case "endOfProcessTime":
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

  /** Only a command that was asked has a grace. */
  #gently(how: "stop" | "kill"): "stop" | "kill" {
    return this.#plan.foreground ? "kill" : how;
  }

  #watchSignals(): void {
    let signals = 0;
    this.#cleanups.push(this.#world.io.onSignal((signal) => {
      const grace = Math.min(this.#plan.grace, CLOSE_GRACE);
      if (signal === "close") return this.end({ verdict: "interrupted" }, "stop", grace);
      if (this.#plan.foreground) {
        this.#interrupted = true;
        return;
      }
      signals++;
      this.end({ verdict: "interrupted" }, signals > 1 ? "kill" : "stop");
    }));
  }

  #watchTime(): void {
    const { timeout } = this.#plan;
    if (timeout === undefined) return;
    const clock = new WallTime({
      io: this.#world.io,
      cpuTime: () => cpuTimeOf(this.#job),
      isFrozen: () => this.#world.isFrozen?.() ?? false,
    });
    this.#cleanups.push(() => clock[Symbol.dispose]());
    clock.start(timeout, () => {
      const measured = Math.round(clock.counted);
      const limit = { name: "wallTime", limit: timeout, measured, unit: "ms" } as const;
      this.end({ verdict: "timeout", limit }, this.#gently("stop"));
    }, { before: this.elapsed, all: this.#plan.countFrozen });
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
        this.fail(error, LOST_SIGHT);
      }
    };
    take();
    this.#cleanups.push(() => cancel());
  }

  /** Ends the processes that the command left, and names them. */
  #endTree(code: number | undefined): void {
    try {
      const { pid } = this.#child!;
      const left = this.#job.processes().filter((process) => process.pid !== pid);
      if (this.#ending.step === "none") this.#world.reports.left(left, code);
    } catch (error) {
      this.fail(error, LOST_SIGHT);
    }
    this.#ending.kill();
  }

  /** Says what is waited for when the command has ended but its tree has not. */
  #tellOfTree(code: number | undefined): void {
    this.#cleanups.push(this.#world.io.after(TREE_PATIENCE, () => {
      if (this.#ending.step === "terminate") return;
      try {
        this.#world.reports.waiting(this.#job.processes(), code);
      } catch (error) {
        this.fail(error, LOST_SIGHT);
      }
    }));
  }

  /** A kill can give any exit code, and one that came after the command's own end ended its tree. */
  #lookForKill(): void {
    try {
      if (this.#world.killRequested?.() === true) this.#kernelReason ??= { verdict: "killed" };
    } catch (error) {
      this.fail(error, LOST_SIGHT);
    }
  }

  async #lateEvents(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const cancel = this.#world.io.after(LATE_EVENTS, () => late.resolve());
    await Promise.race([this.#lastZero.promise, late.promise]);
    cancel();
  }
}
