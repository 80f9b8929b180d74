/**
 * Runs of the tool that are killed at random moments.
 *
 * @module
 */
import "./bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { snapshotProcesses } from "../../process/query/snapshot.ts";
import { CHILD, jobbox, JOBBOX_PROGRAM, jobboxArgs, uniqueName } from "./jobbox_process.ts";
import { Random } from "./random.ts";

/** Processes of the tree. */
const TREE = 20;

/** What is left of a tree after this time, in ms, survives. */
const GONE = 60_000;

/** The longest time from the chosen stage of the tree to the kill, in ms. */
const LONGEST = 200;

/** What the kills met. */
export interface KillResult {
  readonly kills: number;
  /** Runs whose tree had begun. */
  readonly trees: number;
  /** Whole lines of events. */
  readonly lines: number;
}

/** How many processes run a program of this file name. */
function countRunning(image: string): number {
  return [...snapshotProcesses().values()].filter((each) => each.image === image).length;
}

async function untilRunning(image: string, least: number): Promise<void> {
  const end = performance.now() + GONE;
  while (countRunning(image) < least) {
    if (performance.now() > end) throw new Error(`${countRunning(image)} of ${least} run`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function untilGone(image: string): Promise<void> {
  const end = performance.now() + GONE;
  while (countRunning(image) > 0) {
    // The kernel has no event for the end of processes that are not ours.
    if (performance.now() > end) throw new Error(`${countRunning(image)} of the tree survive`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * Kills runs.
 *
 * @param kills How many.
 * @param seed When.
 * @throws {Error} If a process survives, a line is not whole, or the next run does not start.
 */
export async function killAtRandom(
  { kills, seed }: { readonly kills: number; readonly seed: number },
): Promise<KillResult> {
  const random = new Random(seed);
  const folder = Deno.makeTempDirSync();
  // A file name of its own: other children may run at the same time.
  const image = `prey-${Deno.pid}-${seed}.exe`;
  const program = `${folder}\\${image}`;
  const [events, report, name] = [`${folder}\\e.ndjson`, `${folder}\\r.json`, uniqueName()];
  const options = ["--events", events, "--report", report, "--name", name, "--quiet"];
  let [trees, lines] = [0, 0];
  try {
    Deno.copyFileSync(CHILD, program);
    for (let i = 0; i < kills; i++) {
      const command = ["spawn", String(TREE - 1), "--", "sleepforever", ";", "sleepforever"];
      const run = new Deno.Command(JOBBOX_PROGRAM, {
        args: jobboxArgs(["run", ...options, "--", program, ...command]),
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      // At any stage: before the tree, while it grows, and when it is whole.
      await untilRunning(image, random.int(TREE + 1));
      await new Promise((resolve) => setTimeout(resolve, random.int(LONGEST)));
      if (countRunning(image) > 0) trees++;
      run.kill("SIGKILL");
      await run.status;
      await untilGone(image);
      lines += wholeLines(events);
    }
    const { code, err } = await jobbox(["run", ...options, "--", program, "exit", "7"]);
    assertEquals([code, err], [7, ""], "the next run");
    assertEquals(JSON.parse(Deno.readTextFileSync(report)).exitCode, 7);
    return { kills, trees, lines };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The lines of a file, each of which must be a whole object. */
function wholeLines(path: string): number {
  let text = "";
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (text === "") return 0;
  assert(text.endsWith("\n"), `the last line is not whole: ${text.slice(-200)}`);
  const lines = text.trimEnd().split("\n");
  for (const line of lines) assertEquals(typeof JSON.parse(line), "object", line);
  return lines.length;
}
