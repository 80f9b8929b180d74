/**
 * The steps that end a job: the command's group is asked by CTRL_BREAK and has its grace; then the
 * rest is terminated with the whole job.
 *
 * @module
 */
import { ENDED_BY_JOBBOX } from "../exit_code.ts";
import type { Io } from "../terminal/io.ts";
import { messageOf } from "../text/message.ts";
import { breakGroup } from "../windows.ts";
import type { JobObject } from "../../mod.ts";

/** What a job is ended with. */
export interface EndingWorld {
  /** The clock. */
  readonly io: Pick<Io, "after">;
  /** Sends CTRL_BREAK to a group; the system's when absent. */
  readonly ask?: typeof breakGroup;
}

/** How long to wait for a terminated job to be empty, in ms. */
const STUCK_AFTER = 10_000;
/** Time between two terminations, in ms: a process that was being started may join after one. */
const AGAIN = 500;

/** The steps to the end of one job. */
export class Ending implements Disposable {
  readonly #job: Pick<JobObject, "terminate">;
  readonly #world: EndingWorld;
  readonly #undo = new DisposableStack();
  readonly #stuck = Promise.withResolvers<"stuck">();
  #group: number | undefined;
  #step: "none" | "break" | "terminate" = "none";
  #isGone = false;
  #isBreakRefused = false;
  #refusal: string | undefined;

  /**
   * Begins with no step.
   *
   * @param job The job.
   * @param world The clock, and what sends CTRL_BREAK.
   */
  constructor(job: Pick<JobObject, "terminate">, world: EndingWorld) {
    this.#job = job;
    this.#world = world;
  }

  /** The last step that was made. */
  get step(): "none" | "break" | "terminate" {
    return this.#step;
  }

  /** Whether the grace was not used because CTRL_BREAK could not be sent. */
  get unasked(): boolean {
    return this.#isBreakRefused && this.#step === "terminate";
  }

  /** Why processes still run, for a message. */
  get whyStuck(): string {
    const why = this.#refusal ?? "some still ran after they were terminated";
    return `Cannot end every process of the job: ${why}`;
  }

  /** Resolves if processes still run after they were terminated; otherwise never. */
  get stuck(): Promise<"stuck"> {
    return this.#stuck.promise;
  }

  /**
   * Sets the group that can be asked; it is asked at once if asking is overdue.
   *
   * @param group The id of its leader.
   */
  begin(group: number): void {
    this.#group = group;
    if (this.#step === "break") this.#ask(group);
  }

  /**
   * Asks, and terminates after the grace. If called again, only a shorter grace has an effect.
   *
   * @param grace Milliseconds; 0 terminates at once.
   */
  stop(grace: number): void {
    if (grace === 0) return this.kill();
    this.#after(grace, () => this.kill());
    if (this.#step !== "none" || this.#isGone) return;
    this.#step = "break";
    if (this.#group !== undefined) this.#ask(this.#group);
  }

  /** Terminates every process of the job, unless none is left. */
  kill(): void {
    if (this.#step === "terminate" || this.#isGone) return;
    this.#step = "terminate";
    this.#after(STUCK_AFTER, () => this.#stuck.resolve("stuck"));
    this.#terminate();
  }

  /** Records that no process is left, so that nothing more is ended. */
  over(): void {
    this.#isGone = true;
  }

  /** Cancels the remaining steps; a second call does nothing. */
  [Symbol.dispose](): void {
    this.#undo.dispose();
  }

  #terminate(): void {
    if (this.#isGone) return;
    try {
      this.#job.terminate(ENDED_BY_JOBBOX);
      this.#refusal = undefined;
    } catch (error) {
      this.#refusal = messageOf(error);
    }
    this.#after(AGAIN, () => this.#terminate());
  }

  #after(ms: number, callback: () => void): void {
    this.#undo.defer(this.#world.io.after(ms, callback));
  }

  #ask(group: number): void {
    if ((this.#world.ask ?? breakGroup)(group)) return;
    // Without a console no one can be asked, so the grace would be wasted.
    this.#isBreakRefused = true;
    this.kill();
  }
}
