/**
 * The guarantee that consumers learn of an empty job: Windows does not promise the message, so the
 * accounting is checked at intervals while one of them waits.
 *
 * @module
 */
import type { StructValue } from "../../ffi/struct_types.ts";
import type { STRUCTS } from "../../ffi/structs.ts";

/** Time between two looks, in ms. A lost message is noticed at the second look that misses it. */
const SWEEP = 400;

/** The process counts of the accounting. */
export type Counts = Pick<
  StructValue<typeof STRUCTS, "JOBOBJECT_BASIC_ACCOUNTING_INFORMATION">,
  "ActiveProcesses" | "TotalProcesses"
>;

/** The parts of a job's events that the sweep needs. */
export interface SweptEvents {
  /** The counts; `undefined` if the job is closed or may not be queried. */
  readonly counts: () => Counts | undefined;
  /** Called when the job is empty and no message reported it. */
  readonly empty: () => void;
  /** Called with the error of a failed query. */
  readonly failed: (error: unknown) => void;
}

/** Watches one job for being empty. */
export class EmptySweep {
  readonly #events: SweptEvents;
  /** The job's total process count when consumers were last told that it is empty. */
  #told = 0;
  /** Its total process count when a look last found it empty. */
  #seen = 0;
  #waiting = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /**
   * For `JobEvents`.
   *
   * @param events The job's events.
   */
  constructor(events: SweptEvents) {
    this.#events = events;
  }

  /** How many processes the job has had if none is left; otherwise 0. */
  emptied(): number {
    const counts = this.#events.counts();
    return counts?.ActiveProcesses === 0 ? counts.TotalProcesses : 0;
  }

  /** Remembers the process count for which the message was delivered. */
  told(): void {
    this.#told = this.emptied() || this.#told;
  }

  /**
   * Changes how many consumers wait; while there are any, the job is checked.
   *
   * @param more 1 or -1.
   */
  wait(more: number): void {
    this.#waiting += more;
    if (this.#waiting === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else {
      this.#timer ??= setInterval(() => this.look(), SWEEP);
    }
  }

  /** Looks once; reports an empty job if two looks found it empty and no message came. */
  look(): void {
    try {
      const total = this.emptied();
      if (total === 0 || total === this.#told) return;
      // The message may still be on its way.
      if (total !== this.#seen) {
        this.#seen = total;
        return;
      }
      this.#told = total;
      this.#events.empty();
    } catch (error) {
      this.#events.failed(error);
    }
  }
}
