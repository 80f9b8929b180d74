/**
 * The rounds of `startup.ts`, within Windows.
 *
 * @module
 */
import { PROCESS } from "../ffi/constants.ts";
import { openProcess } from "../job/membership.ts";
import { processMemory } from "../process/query/process_query.ts";
import type { StartupPrograms } from "./startup.ts";

/** One program, and what it is compared with. */
interface Row {
  readonly name: string;
  readonly command: readonly string[];
  readonly baseline?: string;
  /** The most that it may take, as a multiple of its baseline. */
  readonly aim?: number;
}

const programs: StartupPrograms = JSON.parse(Deno.args[0]!);
const { jobbox, bundle, child, empty, oneLine, rounds } = programs;
const report = Deno.makeTempFileSync({ suffix: ".json" });
const exit = [child, "exit", "0"];
const denoRun = [Deno.execPath(), "run", "--no-check", "--no-config", "-A"];

const ROWS: readonly Row[] = [
  { name: "C: child", command: exit },
  { name: "C: starts a child", command: [child, "spawnwait", "1", "--", "exit", "0"] },
  { name: "empty program", command: [empty] },
  {
    name: "jobbox --version",
    command: [jobbox, "--version"],
    baseline: "empty program",
    aim: 1.05,
  },
  { name: "one line", command: [oneLine, ...exit] },
  {
    name: "jobbox run",
    command: [jobbox, "run", "--", ...exit],
    baseline: "one line",
    aim: 1.15,
  },
  {
    name: "jobbox run --report",
    command: [jobbox, "run", "--report", report, "--", ...exit],
    baseline: "one line",
    aim: 1.3,
  },
  { name: "deno run: empty", command: [...denoRun, programs.emptySource] },
  {
    name: "deno run: jobbox --version",
    command: [...denoRun, bundle, "--version"],
    baseline: "deno run: empty",
  },
  { name: "deno run: one line", command: [...denoRun, programs.oneLineSource, ...exit] },
  {
    name: "deno run: jobbox run",
    command: [...denoRun, bundle, "run", "--", ...exit],
    baseline: "deno run: one line",
    aim: 1.5,
  },
];

async function milliseconds([program, ...args]: readonly string[]): Promise<number> {
  const begin = performance.now();
  const { code } = await new Deno.Command(program!, {
    args,
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).spawn().status;
  const took = performance.now() - begin;
  if (code !== 0) {
    throw new Error(`Cannot measure ${program} ${args.join(" ")}: it ended with ${code}`);
  }
  return took;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)]!;
}

function print(...columns: readonly string[]): void {
  const line = columns.map((text, index) => index === 0 ? text.padEnd(28) : text.padStart(14));
  Deno.stdout.writeSync(new TextEncoder().encode(`${line.join("").trimEnd()}\n`));
}

const times = new Map<string, number[]>(ROWS.map(({ name }) => [name, []]));
for (let round = -1; round < rounds; round++) {
  for (const { name, command } of ROWS) {
    const took = await milliseconds(command);
    // The first round fills the caches of code.
    if (round >= 0) times.get(name)!.push(took);
  }
}

print("start", "median ms", "quartiles", "x baseline", "quartiles", "aim");
for (const { name, baseline, aim } of ROWS) {
  const own = times.get(name)!;
  const spread = (values: readonly number[], digits: number): string =>
    [0.25, 0.75].map((share) => quantile(values, share).toFixed(digits)).join("-");
  const ratios = own.map((ms, round) => ms / (times.get(baseline ?? name)!)[round]!);
  print(
    name,
    quantile(own, 0.5).toFixed(0),
    spread(own, 0),
    ...baseline === undefined ? [] : [quantile(ratios, 0.5).toFixed(2), spread(ratios, 2)],
    ...aim === undefined ? [] : [`<= ${aim}`],
  );
}

/** What a program takes while it waits for a child. */
async function memoryOf([program, ...args]: readonly string[]): Promise<[number, number]> {
  const process = new Deno.Command(program!, {
    args,
    ...{ stdin: "piped", stdout: "piped", stderr: "null" },
  }).spawn();
  try {
    const reader = process.stdout.getReader();
    if ((await reader.read()).done) throw new Error(`Cannot measure ${program}: it has ended`);
    // What it does after the start of its child is done as well.
    await new Promise((resolve) => setTimeout(resolve, 500));
    using handle = openProcess(process.pid, PROCESS.QUERY_INFORMATION, "Cannot measure");
    const memory = processMemory(handle.value)!;
    return [memory.commit, memory.peakCommit];
  } finally {
    process.kill();
    await process.stdin.close().catch(() => {});
    await process.stdout.cancel().catch(() => {});
    await process.status;
  }
}

const waiting = [child, "print", "ready", "sleepforever"];
const MEMORY: readonly Row[] = [
  { name: "C: starts a child", command: [child, "spawnwait", "1", "--", ...waiting.slice(1)] },
  { name: "one line", command: [oneLine, ...waiting] },
  { name: "jobbox run", command: [jobbox, "run", "--", ...waiting] },
  { name: "jobbox run --report", command: [jobbox, "run", "--report", report, "--", ...waiting] },
];
print("");
print("memory (commit, MB)", "now", "peak");
for (const { name, command } of MEMORY) {
  const samples: [number, number][] = [];
  for (let round = 0; round < 3; round++) samples.push(await memoryOf(command));
  const median = (index: 0 | 1): string =>
    (quantile(samples.map((sample) => sample[index]), 0.5) / 1e6).toFixed(1);
  print(name, median(0), median(1));
}
Deno.removeSync(report);
