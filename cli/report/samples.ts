/**
 * Samples over time in bounded memory.
 *
 * The run's length is not known in advance. So all buckets have one width, and when there are
 * too many, each pair of neighbours becomes one and the width doubles: a run of a second and one of a
 * month both give a few hundred samples. A merge keeps the later times and counters, which only
 * grow, and the higher memory and process count, so that no peak is lost.
 *
 * @module
 */
import { defined } from "../../values/defined.ts";
import type { RecordedSample } from "./record.ts";

/** The values read from the job for one sample: a part of the job's statistics. */
export interface SampledStats {
  /** User time so far in milliseconds. */
  readonly userTime: number;
  /** Kernel time so far in milliseconds. */
  readonly kernelTime: number;
  /** Counts of processes. */
  readonly processes: { readonly active: number };
  /** Commit memory in bytes; `current` is absent if the system does not report it. */
  readonly memory: { readonly current?: number | undefined };
  /** Bytes read and written so far; absent if the system does not count them. */
  readonly io?: { readonly readBytes: number; readonly writeBytes: number } | undefined;
}

interface Bucket {
  at: number;
  memory: number | undefined;
  userMs: number;
  kernelMs: number;
  processes: number;
  readBytes: number | undefined;
  writeBytes: number | undefined;
}

/** Keeps samples of a run of any length. */
export class SampleSeries {
  readonly #processors: number;
  readonly #capacity: number;
  #interval: number;
  #buckets: Bucket[] = [];

  /**
   * Makes an empty series.
   *
   * @param options `processors`: the machine's logical processors, for the percentages; `interval`:
   * milliseconds between two samples at first (default 100); `capacity`: the most samples kept
   * (even, default 1000).
   */
  constructor(options: { processors: number; interval?: number; capacity?: number }) {
    this.#processors = Math.max(1, options.processors);
    this.#interval = options.interval ?? 100;
    this.#capacity = options.capacity ?? 1000;
  }

  /** Milliseconds between two samples at present; reading the job more often gains nothing. */
  get interval(): number {
    return this.#interval;
  }

  /**
   * Takes one sample.
   *
   * @param stats The job's statistics.
   * @param at Milliseconds since the start; not before the previous sample.
   */
  add(stats: SampledStats, at: number): void {
    const sample: Bucket = {
      at,
      memory: stats.memory.current,
      userMs: stats.userTime,
      kernelMs: stats.kernelTime,
      processes: stats.processes.active,
      readBytes: stats.io?.readBytes,
      writeBytes: stats.io?.writeBytes,
    };
    const last = this.#buckets.at(-1);
    if (last && this.#slot(last.at) === this.#slot(at)) {
      merge(last, sample);
      return;
    }
    this.#buckets.push(sample);
    while (this.#buckets.length > this.#capacity) this.#halve();
  }

  /**
   * The samples so far.
   *
   * @param options Whether reads and writes were measured; otherwise samples have none.
   * @returns Samples in order of time.
   */
  list({ io = true }: { readonly io?: boolean } = {}): RecordedSample[] {
    const result: RecordedSample[] = [];
    let before = { at: 0, busy: 0 };
    for (const bucket of this.#buckets) {
      const busy = bucket.userMs + bucket.kernelMs;
      const span = (bucket.at - before.at) * this.#processors;
      // The two clocks are read one after the other: short spans can give a little over 100.
      const share = span > 0 ? Math.max(0, Math.min(100, (100 * (busy - before.busy)) / span)) : 0;
      result.push({
        at: round(bucket.at),
        ...defined({
          memory: bucket.memory,
          readBytes: io ? bucket.readBytes : undefined,
          writeBytes: io ? bucket.writeBytes : undefined,
        }),
        cpuPercent: Math.round(share * 100) / 100,
        userMs: round(bucket.userMs),
        kernelMs: round(bucket.kernelMs),
        processes: bucket.processes,
      });
      before = { at: bucket.at, busy };
    }
    return result;
  }

  #slot(at: number): number {
    return Math.floor(at / this.#interval);
  }

  #halve(): void {
    this.#interval *= 2;
    const kept: Bucket[] = [];
    for (const bucket of this.#buckets) {
      const last = kept.at(-1);
      if (last && this.#slot(last.at) === this.#slot(bucket.at)) merge(last, bucket);
      else kept.push(bucket);
    }
    this.#buckets = kept;
  }
}

/** Merges the later sample into the earlier one's bucket. */
function merge(into: Bucket, later: Bucket): void {
  into.at = later.at;
  into.userMs = later.userMs;
  into.kernelMs = later.kernelMs;
  into.readBytes = later.readBytes;
  into.writeBytes = later.writeBytes;
  into.processes = Math.max(into.processes, later.processes);
  if (later.memory !== undefined) into.memory = Math.max(into.memory ?? 0, later.memory);
}

/** Milliseconds to the microsecond: the clocks are not more precise. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
