/**
 * What the samples of a record take of a processor.
 *
 * @module
 */
import { Recorder } from "../cli/report/recorder.ts";
import { JobObject } from "../mod.ts";
import { perCall, type Spread, spreadOf } from "./measure.ts";
import type { Programs } from "./programs.ts";

/** What work takes of a processor while it goes on. */
export interface MeasuredLoad {
  /** Its name. */
  readonly name: string;
  /** The work in words. */
  readonly work: string;
  /** How many rounds were measured. */
  readonly rounds: number;
  /** Nanoseconds of one time. */
  readonly time: Spread;
  /** Percent of one processor. */
  readonly share: Spread;
  /** The most that is aimed at. */
  readonly aim: number;
}

const SAMPLES = 500;
const PER_SECOND = 10;

/**
 * Measures what a run does for each sample: it asks the job and keeps the values. The time is that
 * of a clock, so waiting for the system counts as work.
 *
 * @param programs The child, which sleeps.
 * @param rounds How many rounds.
 * @returns The share of ten samples a second.
 */
export async function measureSamples(programs: Programs, rounds: number): Promise<MeasuredLoad> {
  await using job = JobObject.create({ killOnClose: true });
  job.spawn(programs.child, {
    args: ["sleepforever"],
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  });
  const recorder = new Recorder({
    toolVersion: "0",
    machine: { name: "bench", processors: navigator.hardwareConcurrency },
    command: { executable: programs.child, args: ["sleepforever"], cwd: "C:\\" },
    job: { limits: {}, notificationLimits: {}, ownLimits: {} },
    startedAt: new Date(),
  });
  let at = 0;
  const times: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const time = perCall(SAMPLES, () => {
      recorder.sample(job.stats(), at);
      at += 1000 / PER_SECOND;
    });
    if (round >= 0) times.push(time);
  }
  return {
    name: "samples",
    work: "a run's own samples, ten a second",
    rounds,
    time: spreadOf(times),
    share: spreadOf(times.map((time) => 100 * PER_SECOND * time / 1e9)),
    aim: 1,
  };
}
