/**
 * How cost grows with the members of a job, with jobs, and with children at once.
 *
 * @module
 */
import { JobObject } from "../mod.ts";
import type { Curve, GrowthPoint } from "./growth.ts";
import { perCall, perTurn, quantile } from "./measure.ts";

const MEMBERS = [1, 10, 100, 500, 1_000, 2_000];
const JOBS = [1, 10, 100, 1_000];
const CHILDREN = [1, 10, 100, 500, 1_000];

/** How often each size is measured. */
const TIMES = 3;
/** How many children are started before the event loop gets a turn. */
const GROUP = 20;
/** The memory that is left to the rest of the machine, in bytes. */
const SPARED = 3e9;

async function medianOf(run: () => number | Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let time = 0; time < TIMES; time++) values.push(await run());
  return Number(quantile(values, 0.5).toPrecision(4));
}

/** Whether the machine has no memory for more children, in words. */
function lacksMemory(next: number): string | undefined {
  const { available } = Deno.systemMemoryInfo();
  if (available === 0 || available > SPARED) return undefined;
  return `it stops before ${next}: less than ${SPARED / 1e9} GB of memory are free`;
}

/** Lists of a job's processes, with children that sleep. */
export async function measureMembers(child: string): Promise<Curve[]> {
  const [pids, processes]: [GrowthPoint[], GrowthPoint[]] = [[], []];
  let stopped: string | undefined;
  await using job = JobObject.create({ killOnClose: true });
  const streams = { stdin: "null", stdout: "null", stderr: "null" } as const;
  let members = 0;
  for (const size of MEMBERS) {
    stopped = lacksMemory(size);
    if (stopped !== undefined) break;
    for (; members < size; members++) {
      job.spawn(child, { args: ["sleepforever"], ...streams }).unref();
      if (members % GROUP === 0) await new Promise((resolve) => setTimeout(resolve));
    }
    if (job.pids().length !== size) throw new Error(`Cannot measure: not ${size} members`);
    pids.push({ x: size, value: await medianOf(() => perCall(10, () => job.pids())) });
    processes.push({ x: size, value: await medianOf(() => perCall(1, () => job.processes())) });
  }
  const common = { across: "members", unit: "ns", ...stopped === undefined ? {} : { stopped } };
  return [
    { name: "pids", shows: "`pids()`, one call", points: pids, ...common },
    { name: "processes", shows: "`processes()`, one call", points: processes, ...common },
  ] as Curve[];
}

/** Jobs that exist at the same time. */
export async function measureJobs(): Promise<Curve[]> {
  const [lives, messages]: [GrowthPoint[], GrowthPoint[]] = [[], []];
  for (const size of JOBS) {
    let delivered: number[] = [];
    const value = await medianOf(async () => {
      const jobs: JobObject[] = [];
      const made = perCall(size, () => {
        jobs.push(JobObject.create({ notifications: true, killOnClose: true }));
      });
      // What was already delivered is waited for, as `wait()` does it.
      delivered.push(await perTurn(20, () => jobs[0]!.wait()));
      return made + perCall(size, () => jobs.pop()!.close());
    });
    lives.push({ x: size, value });
    messages.push({ x: size, value: Number(quantile(delivered, 0.5).toPrecision(4)) });
    delivered = [];
  }
  const common = { across: "jobs", unit: "ns" } as const;
  return [
    { name: "jobs", shows: "`create` and `close` of one job", points: lives, ...common },
    { name: "job-wait", shows: "`wait()` on one empty job", points: messages, ...common },
  ];
}

/** Children at once, with three pipes each. */
export async function measureTogether(child: string): Promise<Curve[]> {
  const points: GrowthPoint[] = [];
  let stopped: string | undefined;
  await using job = JobObject.create({ killOnClose: true });
  const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  for (const size of CHILDREN) {
    stopped = lacksMemory(size);
    if (stopped !== undefined) break;
    const run = async (): Promise<number> => {
      const begin = performance.now();
      // All of them live at the same time: each reads until its input ends.
      const children = Array.from(
        { length: size },
        () => job.spawn(child, { args: ["cat"], ...pipes }),
      );
      const outputs = children.map((one) => one.output());
      await Promise.all(children.map((one) => one.stdin.close()));
      for (const { success } of await Promise.all(outputs)) {
        if (!success) throw new Error("Cannot measure: a child failed");
      }
      return (performance.now() - begin) * 1e6 / size;
    };
    const value = size < 500 ? await medianOf(run) : Number((await run()).toPrecision(4));
    points.push({ x: size, value });
  }
  return [{
    name: "children",
    shows: "children with three pipes that live at the same time, from start to end, per child",
    across: "children",
    unit: "ns",
    points,
    ...stopped === undefined ? {} : { stopped },
  }];
}
