/**
 * Many jobs with many short processes at once, whose every end must be told.
 *
 * @module
 */
import "./bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { Win32Error } from "../../ffi/error.ts";
import { JobObject } from "../../job/job_object.ts";
import { exitWatch } from "../../process/exit/exit_watch.ts";
import { completionPort } from "../../process/io/completion_port.ts";
import { hasEnded, watchProcess } from "./process_watch.ts";
import { startChild, within } from "./job_trials.ts";
import { Random } from "./random.ts";
import { type Treatment, unreliablePort } from "./unreliable_port.ts";

/** A hang, in ms. */
const HANG = 300_000;

/** How many children of a job run at the same time. */
const AT_ONCE = 3;

/** What a load did. */
export interface LoadResult {
  /** Processes that were started, and whose ends were told. */
  readonly processes: number;
  /** Messages that were lost, late or repeated. */
  readonly spoilt: number;
  /** How much later than the last process's end a `wait()` was over at most, in ms. */
  readonly latest: number;
  /** How long this program's event loop was held up at once at most, in ms. */
  readonly held: number;
}

/** How much. */
export interface Load {
  readonly jobs: number;
  /** Processes of each job. */
  readonly processes: number;
  readonly treatment: Treatment;
  readonly seed: number;
}

/**
 * Runs the jobs.
 *
 * @param load How much.
 * @throws {Error} If an end is not told, is told wrongly, or `wait()` is over too early.
 */
export async function runLoad({ jobs, processes, treatment, seed }: Load): Promise<LoadResult> {
  const random = new Random(seed);
  using port = unreliablePort(treatment, random);
  using loop = watchLoop();
  // A start holds the program up, so that ends are told between two of them.
  let turns: Promise<void> = Promise.resolve();
  const turn = (): Promise<void> =>
    turns = turns.then(() => new Promise((resolve) => setTimeout(resolve)));
  const latest = await Promise.all(
    Array.from({ length: jobs }, () => oneJob(processes, { random, turn })),
  );
  await within(completionPort.idle(), "the port's rest", { deadline: HANG });
  assertEquals([completionPort.refs, completionPort.weakRefs, exitWatch.size], [0, 0, 0]);
  return {
    processes: jobs * processes,
    spoilt: port.spoilt,
    latest: Math.max(...latest),
    held: loop.held,
  };
}

/** Time between two looks at the clock, in ms. */
const TICK = 20;

/** Measures how long the event loop is held up, until it is disposed of. */
function watchLoop(): { readonly held: number } & Disposable {
  let held = 0;
  let before = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    held = Math.max(held, Math.round(now - before - TICK));
    before = now;
  }, TICK);
  return {
    get held() {
      return held;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

async function oneJob(
  processes: number,
  { random, turn }: { readonly random: Random; readonly turn: () => Promise<void> },
): Promise<number> {
  using job = JobObject.create({ killOnClose: true });
  let left = processes;
  let last = 0;
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      await turn();
      const code = random.int(250);
      const child = startChild(job, `exit ${code}`);
      const { code: found, usage, success } = await within(child.status, "an end", {
        deadline: HANG,
      });
      assertEquals([found, success], [code, code === 0]);
      last = Math.max(last, usage?.endTime?.getTime() ?? 0);
    }
  };
  const lanes = Array.from({ length: AT_ONCE }, lane);
  // One wait that begins while there is work, and is over when that work is.
  {
    using handles = new DisposableStack();
    const running = job.pids().flatMap((pid) => {
      try {
        return [handles.use(watchProcess(pid))];
      } catch (error) {
        // It has ended.
        if (!(error instanceof Win32Error)) throw error;
        return [];
      }
    });
    await within(job.wait(), "the job's end", { deadline: HANG });
    for (const each of running) assert(hasEnded(each), "a wait that was over too early");
  }
  await Promise.all(lanes);
  await within(job.wait(), "the job's end", { deadline: HANG });
  const over = Date.now();
  const { total, active } = job.stats().processes;
  assertEquals({ total, active }, { total: processes, active: 0 });
  assert(over >= last, "a wait that was over before the last end");
  return over - last;
}
