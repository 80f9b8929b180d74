/**
 * Isolated runs in a row, and what they leave.
 *
 * @module
 */
import "./bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { ISOLATION_PRESETS } from "../../isolation/table.ts";
import { JobObject } from "../../job/job_object.ts";
import { snapshotProcesses } from "../../process/query/snapshot.ts";
import { temporaryNames } from "./isolated_runs.ts";
import { CHILD, within } from "./job_trials.ts";
import { countHandles } from "./open_handles.ts";

/** How long the stand-in for the kernel may take to close its own handles, in ms. */
const CLOSING = 60_000;

/** The names in a folder; none for one that is not there. */
function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** What a run may leave, apart from handles. */
function remains(): Record<string, readonly string[]> {
  const local = Deno.env.get("LOCALAPPDATA")!;
  const images = new Set(["child.exe", "cmd.exe", "reg.exe"]);
  return {
    folders: temporaryNames(),
    journals: namesIn(`${local}\\jobbox\\acl`),
    profiles: namesIn(`${local}\\Packages`).filter((name) => name.startsWith("jobbox")),
    processes: [...snapshotProcesses().values()].map(({ image }) => image.toLowerCase())
      .filter((image) => images.has(image)),
  };
}

async function runOnce(): Promise<void> {
  await using job = JobObject.create({ killOnClose: true });
  const child = job.spawn(CHILD, {
    args: ["exit", "0"],
    stdin: "null",
    stdout: "null",
    stderr: "null",
    isolation: ISOLATION_PRESETS.user,
  });
  const { code } = await within(child.status, "the command");
  await within(job.wait(), "the end of its tree");
  const left = await within(child.isolation!.cleanup, "the cleanup");
  assertEquals([code, left], [0, []]);
}

/**
 * Runs the child program with `--isolate user`, one run after the other.
 *
 * @param runs How many.
 * @returns The handles that were open before and after.
 * @throws {Error} If a process, a folder, a journal or a profile is left, or the handles grow.
 */
export async function runInRow(
  runs: number,
): Promise<{ readonly before: number; readonly after: number }> {
  // What is loaded at the first run stays.
  await runOnce();
  const expected = remains();
  const before = countHandles();
  for (let run = 0; run < runs; run++) await runOnce();
  const end = performance.now() + CLOSING;
  let after = countHandles();
  // The kernel has no event for a handle that is closed.
  while (after > before && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    after = countHandles();
  }
  assertEquals(remains(), expected);
  // Deno's pool of threads starts and ends some meanwhile; a leak is one for each run.
  if (after - before >= Math.max(8, runs)) {
    throw new Error(`${runs} runs leave ${after - before} handles`);
  }
  return { before, after };
}
