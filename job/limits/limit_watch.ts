/**
 * Watches which limits of one job are reached.
 *
 * @module
 */
import { Win32Error } from "../../ffi/error.ts";
import { AlreadyClosedError } from "../../ffi/handle.ts";
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";
import type { EndingLimit } from "../../process/exit/ended_by.ts";
import type { ProcessEnd } from "../../process/exit/exit_status.ts";
import type { JobStats } from "../stats/stats.ts";
import type { LimitsInForce } from "./limits.ts";
import { type LimitReached, LimitsTold, type Measured } from "./reached.ts";

/** The parts of a job that the watch needs. */
export interface LimitSource {
  /** The limits in force. */
  readonly limits: () => LimitsInForce;
  /** Returns the statistics. */
  readonly stats: () => JobStats;
  /** Resolves when every message that has arrived so far has been processed. */
  readonly settled: () => Promise<void>;
}

/** Watches which limits of one job are reached. */
export class LimitWatch {
  readonly #source: LimitSource;
  readonly #told = new LimitsTold();

  /**
   * Starts watching.
   *
   * @param source The job.
   */
  constructor(source: LimitSource) {
    this.#source = source;
  }

  /**
   * Takes a message of the job.
   *
   * @param code Its number.
   * @param value The value that came with it.
   */
  message(code: number, value: bigint): void {
    this.#told.message(code, value);
  }

  /**
   * Lists the limits that were reached so far.
   *
   * @returns Each of them once.
   * @throws {Win32Error} If the system refuses.
   * @throws {AlreadyClosedError} If the job was closed.
   */
  async reached(): Promise<LimitReached[]> {
    const limits = this.#source.limits();
    if (limits.unknownReason !== undefined) throw limits.unknownReason;
    await this.#source.settled();
    return this.#told.reached(limits, this.#measure());
  }

  /**
   * Returns the limit because of which the system ended a process.
   *
   * @param pid Its id.
   * @param end How it ended.
   * @returns The limit; `undefined` for none, or if the job can no longer be queried.
   */
  endingLimit(pid: number, { code, usage }: ProcessEnd): EndingLimit | undefined {
    try {
      return this.#told.endingLimit(
        { pid, code, userTime: usage?.userTime },
        () => ({ limits: this.#source.limits(), measured: this.#measure() }),
      );
    } catch (error) {
      if (error instanceof AlreadyClosedError || error instanceof Win32Error) return undefined;
      throw error;
    }
  }

  #measure(): Measured {
    try {
      const { memory, periodUserTime, processes } = this.#source.stats();
      return {
        periodUserTime,
        peakMemory: memory.peak,
        peakProcessMemory: memory.peakProcess,
        terminated: processes.terminated,
      };
    } catch (error) {
      if (error instanceof UnsupportedPlatformError) return {};
      throw error;
    }
  }
}
