/**
 * Many jobs through two execution points whose daemons are killed at random, and the cost of the box:
 * `deno run -A tools/pool/trial.ts [JOBS] [SEED]`; 200 jobs take about half an hour on two cores.
 *
 * @module
 */
import { buildNative, nativeTargets } from "../host/native.ts";
import { PROJECT } from "../host/project.ts";
import { Random } from "../../tests/helpers/random.ts";
import { submitLines } from "./config.ts";
import { unexplainedHolds } from "./holds.ts";
import { type Ad, Pool, STATUS } from "./pool.ts";

/** A kind of job: its arguments and extra lines, and the exit code that shows that it was done. */
const KINDS: readonly (readonly [args: string, code: number, lines?: string])[] = [
  ["exit 0", 0],
  ["exit 3", 3],
  ["spawn 2 -- sleepforever ; exit 7", 7],
  ["alloc 800000000 sleepforever", 137],
  ["sleepforever", 124, "+JobboxTimeout = 2"],
  ["write 3000000 sleepforever", 153, "+JobboxMaxOutput = 1"],
  ["sleep 1000 exit 9", 9],
];

/** Longer than any number of jobs takes. */
const LONG_MS = 3 * 60 * 60 * 1000;

/** The middle of the time between two kills. */
const KILL_MS = 15_000;

/** How often the cost of the box is measured, each way. */
const MEASURES = 5;

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function head(pool: Pool): string {
  const program = `${PROJECT}/tests/children/build/child.exe`;
  return submitLines(program, { folder: pool.folder, record: "$(Cluster).$(Process)" });
}

/** Kills a daemon of an execution point, or what runs a job there; returns what it was. */
function killOne(pool: Pool, random: Random): string | undefined {
  const daemons = pool.processes().filter(({ name }) =>
    name === "condor_startd" || name === "condor_starter"
  );
  if (daemons.length === 0) return undefined;
  const victim = random.pick(daemons);
  try {
    Deno.kill(victim.pid, "SIGKILL");
    return victim.name;
  } catch {
    // It has just ended.
    return undefined;
  }
}

function hasRecord(pool: Pool, name: string): boolean {
  try {
    return JSON.parse(Deno.readTextFileSync(`${pool.folder}/${name}.json`)).verdict !== undefined;
  } catch {
    return false;
  }
}

async function killJobs(pool: Pool, count: number, seed: number): Promise<boolean> {
  const random = new Random(seed);
  const kinds = random.list(count, count, () => random.int(KINDS.length));
  const jobs = kinds.map((kind) => {
    const [args, , line = ""] = KINDS[kind]!;
    const undo = line === "" ? "" : `${line.split(" ")[0]} = undefined\n`;
    return `arguments = "${args}"\n${line}\nqueue\n${undo}`;
  });
  const began = performance.now();
  const cluster = await pool.submit(head(pool) + jobs.join(""));
  const kills: Record<string, number> = {};
  let timer: ReturnType<typeof setTimeout>;
  const kill = (): void => {
    const name = killOne(pool, random);
    if (name !== undefined) kills[name] = (kills[name] ?? 0) + 1;
    timer = setTimeout(kill, KILL_MS / 2 + random.int(KILL_MS));
  };
  timer = setTimeout(kill, KILL_MS);
  const isOver = ({ JobStatus }: Ad): boolean =>
    JobStatus === STATUS.completed || JobStatus === STATUS.held;
  const ads = await pool.untilJobs(cluster, LONG_MS, (all) => all.every(isOver));
  clearTimeout(timer);
  const seconds = (performance.now() - began) / 1000;

  const done = ads.filter(({ JobStatus }) => JobStatus === STATUS.completed);
  const held = ads.filter(({ JobStatus }) => JobStatus === STATUS.held);
  const wrong = done.filter(({ ExitCode, ProcId }) =>
    ExitCode !== KINDS[kinds[Number(ProcId)]!]![1]
  );
  const lacking = done.filter(({ ProcId }) => !hasRecord(pool, `${cluster}.${ProcId}`));
  const starts = ads.reduce((sum, { NumJobStarts }) => sum + Number(NumJobStarts), 0);
  const again = ads.filter(({ NumJobStarts }) => Number(NumJobStarts) > 1).length;
  print(
    `${count} jobs in ${
      seconds.toFixed(0)
    } s, seed ${seed}: ${done.length} done, ${held.length} held`,
  );
  print(`killed: ${JSON.stringify(kills)}; ${starts} starts, ${again} jobs more than once`);
  for (const { HoldReason, ProcId } of held) print(`held ${ProcId}: ${HoldReason}`);
  for (const { ExitCode, ProcId } of wrong) print(`WRONG CODE ${ProcId}: ${ExitCode}`);
  for (const { ExitCode, ProcId } of lacking) print(`NO RECORD ${ProcId}: code ${ExitCode}`);
  const twice = pool.startedTwice();
  print(`${done.length - lacking.length} records; twice at once: ${twice.length}`);
  const isClean = await pool.until(
    "the end of every process",
    120_000,
    () => Promise.resolve(pool.jobProcesses().length === 0 ? true : undefined),
  ).catch(() => false);
  print(`processes left: ${pool.jobProcesses().length}`);
  const unexplained = unexplainedHolds(held, Object.values(kills).reduce((a, b) => a + b, 0));
  for (const { ProcId } of unexplained) print(`HELD WITHOUT A KILL THAT EXPLAINS IT ${ProcId}`);
  return isClean && wrong.length + lacking.length + twice.length + unexplained.length === 0;
}

/** Runs a job of one second with and without the box, by turns. */
async function measure(pool: Pool): Promise<void> {
  const times: Record<"boxed" | "plain", number[]> = { boxed: [], plain: [] };
  for (let round = 0; round < MEASURES; round++) {
    for (const way of ["boxed", "plain"] as const) {
      const cluster = await pool.submit(
        `${head(pool)}environment = ${way === "plain" ? "JOBBOX_TEST_PLAIN=1" : ""}\n` +
          `arguments = "sleep 1000"\nqueue\n`,
      );
      await pool.untilJobs(cluster, LONG_MS, (all) => all[0]?.JobStatus === STATUS.completed);
      const { begin, end = NaN } = pool.starts().find(({ job }) => job === `${cluster}.0`)!;
      times[way].push(end - begin);
    }
  }
  for (const [way, all] of Object.entries(times)) {
    const sorted = all.toSorted((a, b) => a - b);
    print(`a job of 1 s, ${way}: ${sorted.map((time) => time.toFixed(2)).join(" ")} s`);
  }
}

if (import.meta.main) {
  await buildNative(nativeTargets(PROJECT));
  const [count = "200", seed = "1"] = Deno.args;
  await using pool = await Pool.start();
  const isRight = await killJobs(pool, Number(count), Number(seed));
  await measure(pool);
  Deno.exitCode = isRight ? 0 : 1;
}
