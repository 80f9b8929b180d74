/**
 * Canaries: small child processes in a separate job that show the effect of a limit.
 *
 * All of them are `cmd.exe`, which every Windows has: it is idle while it waits for input, and it
 * spins in an endless loop.
 *
 * @module
 */
import { deadline } from "@std/async/deadline";
import { showCode } from "../text/display.ts";
import type { CheckAnswer } from "./check.ts";
import {
  type ChildProcess,
  type JobNotification,
  type JobNotificationType,
  JobObject,
  LimitNotAppliedError,
  type Limits,
  type NotificationLimits,
  UnsupportedPlatformError,
  Win32Error,
} from "../../mod.ts";
import { describeExitCode } from "../windows.ts";

/** The default for how long a canary may take to reach its limit, in ms. */
export const DEADLINE = 4000;

/** The exit code of canaries that are ended. */
const CANARY_CODE = 1;

/** What a canary's job is made with. */
export interface CanaryOptions {
  /** Limits. */
  readonly limits?: Limits;
  /** Soft limits. */
  readonly soft?: NotificationLimits;
  /** How long canaries may take to reach a limit, in ms; 4000 when absent. */
  readonly deadline?: number;
}

/** A job for canaries; disposing of it ends every process in it. */
export class CanaryJob implements AsyncDisposable {
  /** The job. */
  readonly job: JobObject;
  /** How long canaries may take to reach a limit, in ms. */
  readonly deadline: number;
  readonly #seen: JobNotification[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #children: ChildProcess[] = [];
  readonly #listening: Promise<void>;
  /** Resolves when no one waits for a message any more. */
  readonly #over = Promise.withResolvers<void>();

  /**
   * Makes the job.
   *
   * @param options What is set on it.
   * @throws {LimitNotAppliedError} If the system accepted a limit but does not apply it.
   * @throws {UnsupportedPlatformError} If the system does not support a limit.
   * @throws {Win32Error} If the system refuses.
   */
  constructor({ limits, soft, deadline = DEADLINE }: CanaryOptions = {}) {
    this.deadline = deadline;
    this.job = JobObject.create({ killOnClose: true });
    try {
      if (limits) this.job.setLimits(limits);
      if (soft) this.job.setNotificationLimits(soft);
      this.#listening = this.#listen();
    } catch (error) {
      this.job.close();
      throw error;
    }
  }

  /**
   * Starts a canary that waits for input.
   *
   * @param options `suspended`: whether it never runs an instruction.
   * @returns The process; its stdin is piped.
   */
  idle(options: { suspended?: boolean } = {}): ChildProcess {
    return this.#start(["/d", "/q", "/k"], options.suspended ?? false);
  }

  /**
   * Starts a canary that keeps one processor busy.
   *
   * @returns The process.
   */
  spin(): ChildProcess {
    return this.#start(["/d", "/q", "/c", "for /l %i in (1,0,2) do @rem"], false);
  }

  /**
   * Starts a canary that ends at once.
   *
   * @returns The process.
   */
  leaf(): ChildProcess {
    return this.#start(["/d", "/q", "/c", "exit 0"], false);
  }

  /**
   * Starts a canary that starts another one and ends with it.
   *
   * @returns The process.
   */
  parent(): ChildProcess {
    return this.#start(["/d", "/q", "/c", "cmd.exe /d /q /c exit 0"], false);
  }

  /**
   * Waits for a message of the job; one that came before counts.
   *
   * @param types The messages, any of them.
   * @param ms The longest wait, in ms.
   * @returns The message; `undefined` when none came.
   */
  async message(
    types: readonly JobNotificationType[],
    ms: number = this.deadline,
  ): Promise<JobNotification | undefined> {
    const find = (): JobNotification | undefined =>
      this.#seen.find(({ type }) => types.includes(type));
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (find()) resolve();
    };
    this.#waiting.add(look);
    look();
    await within(Promise.race([promise, this.#over.promise]), ms);
    this.#waiting.delete(look);
    return find();
  }

  /**
   * Waits until no canary is left, and counts the processes.
   *
   * @returns How many were in the job; some systems add one that serves the console.
   */
  async familySize(): Promise<number> {
    await this.message(["activeProcessZero"]);
    return this.#seen.filter(({ type }) => type === "newProcess").length;
  }

  /** Processor time of all canaries so far, in milliseconds. */
  cpuTime(): number {
    const { userTime, kernelTime } = this.job.stats();
    return userTime + kernelTime;
  }

  /** Ends the canaries and closes the job. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.resolve();
    if (!this.job.closed) {
      this.job.terminate(CANARY_CODE);
      await within(this.job.wait(), DEADLINE);
      this.job.close();
    }
    // Their pipes are closed with them.
    for (const child of this.#children) await within(child[Symbol.asyncDispose](), DEADLINE);
    await this.#listening;
  }

  async #listen(): Promise<void> {
    for await (const message of this.job.notifications()) {
      this.#seen.push(message);
      for (const look of this.#waiting) look();
    }
  }

  #start(args: string[], suspended: boolean): ChildProcess {
    const child = this.job.spawn("cmd.exe", {
      args,
      windowsRawArguments: true,
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      noWindow: true,
      suspended,
    });
    this.#children.push(child);
    return child;
  }
}

/**
 * Waits for something with a deadline.
 *
 * @param promise What is waited for.
 * @param ms The longest wait, in ms.
 * @returns Its value; `undefined` after the deadline.
 */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  try {
    return await deadline(promise, ms);
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") return undefined;
    throw error;
  }
}

/**
 * Explains an error of a limit.
 *
 * @param error The error thrown when the limit was set.
 * @returns The answer.
 * @throws The error itself, if it is about something else.
 */
export function refusalAnswer(error: unknown): CheckAnswer {
  if (error instanceof LimitNotAppliedError) {
    return { status: "ineffective", detail: "the system accepts it but does not apply it" };
  }
  if (error instanceof UnsupportedPlatformError) {
    return { status: "refused", detail: error.message.replace(/^Cannot [^:]*: /, "") };
  }
  if (error instanceof Win32Error) {
    return { status: "refused", detail: `${error.api}: ${error.codeName} (${error.code})` };
  }
  throw error;
}

/**
 * Shows how a canary ended.
 *
 * @param code Its exit code.
 * @returns Such as `"code 1816 ERROR_NOT_ENOUGH_QUOTA"`.
 */
export function endOf(code: number | null): string {
  if (code === null) return "an unknown code";
  return `code ${showCode(code, describeExitCode(code).symbol)}`;
}
