/**
 * What the samples of a record take of a processor.
 *
 * @module
 */
import { Recorder } from "../cli/report/recorder.ts";
import { kernel32, preload } from "../ffi/library.ts";
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

/** How many samples one round takes of the kernel, and of answers that are kept. */
const [SAMPLES, OWN_SAMPLES] = [30, 500];
const PER_SECOND = 10;

/**
 * Measures what a run does for each sample: it asks the job and keeps the values. The time is that
 * of a clock, so waiting for the system counts as work. The stand-in for the kernel takes longer
 * than a kernel would, so jobbox's own part is measured beside it, with answers that are kept.
 *
 * @param programs The child, which sleeps.
 * @param rounds How many rounds.
 * @returns The share of ten samples a second, with the kernel and without it.
 */
export async function measureSamples(programs: Programs, rounds: number): Promise<MeasuredLoad[]> {
  preload();
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
  const sample = (): void => {
    recorder.sample(job.stats(), at);
    at += 1000 / PER_SECOND;
  };
  const [whole, own]: [number[], number[]] = [[], []];
  for (let round = -1; round < rounds; round++) {
    let withKernel = 0;
    for (let i = 0; i < SAMPLES; i++) {
      // At the pace of a run: the stand-in answers again from what it has just read.
      await new Promise((resolve) => setTimeout(resolve, 1000 / PER_SECOND));
      withKernel += perCall(1, sample) / SAMPLES;
    }
    using _ = keptAnswers();
    sample();
    const without = perCall(OWN_SAMPLES, sample);
    if (round < 0) continue;
    whole.push(withKernel);
    own.push(without);
  }
  const measured = (name: string, work: string, times: readonly number[]): MeasuredLoad => ({
    name,
    work,
    rounds,
    time: spreadOf(times),
    share: spreadOf(times.map((time) => 100 * PER_SECOND * time / 1e9)),
    aim: 1,
  });
  return [
    measured("samples", "a run's own samples, ten a second", whole),
    measured("samples-own", "the same, with answers that are kept instead of the kernel's", own),
  ];
}

/** Gives each later query of a class the answer of its first one, until the result is disposed of. */
function keptAnswers(): Disposable {
  const real = kernel32.QueryInformationJobObject;
  const put = (value: typeof real): void => {
    Object.defineProperty(kernel32, "QueryInformationJobObject", { value });
  };
  const answers = new Map<number, Uint8Array<ArrayBuffer>>();
  put((job, info, memory, size, came) => {
    const { buffer, byteOffset, byteLength } = memory as DataView<ArrayBuffer>;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    const answer = answers.get(info);
    if (answer === undefined) {
      const result = real(job, info, memory, size, came);
      if (result !== 0) answers.set(info, bytes.slice());
      return result;
    }
    bytes.set(answer);
    return 1;
  });
  return { [Symbol.dispose]: () => put(real) };
}
