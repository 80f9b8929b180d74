/** Starts with fewer rights, and gates that must say no. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { IsolationNotAppliedError } from "../../isolation/errors.ts";
import type { Isolation, IsolationName } from "../../isolation/isolation.ts";
import { isolate } from "../../isolation/isolate.ts";
import { jobContainer } from "../../job/membership.ts";
import { JobObject } from "../../job/job_object.ts";
import { launch } from "../../process/start/launch.ts";
import { prepareProgram } from "../../process/start/program.ts";
import type { RestrictionInForce } from "../../process/start/birth.ts";
import { kernel32 } from "../../ffi/library.ts";
import { CHILD, uniqueName, within } from "./job_trials.ts";
import { countHandles } from "./open_handles.ts";

/** The program that tries to get away. */
export const HOSTILE: URL = new URL("../children/build/hostile.exe", import.meta.url);

/** What a run left. */
export interface IsolatedRun {
  /** What it wrote, without the last end of line. */
  readonly stdout: string;
  /** Its restrictions. */
  readonly restrictions: readonly RestrictionInForce[];
  /** What could not be tidied up. */
  readonly left: readonly string[];
}

/** Runs a program with fewer rights to its end, in a named job. */
export async function runIsolated(
  isolation: Isolation,
  args: readonly string[],
  { command = CHILD, env = {}, name = uniqueName("isolated") }: {
    readonly command?: URL | string;
    readonly env?: Record<string, string | null>;
    readonly name?: string;
  } = {},
): Promise<IsolatedRun> {
  await using job = JobObject.create({ name, killOnClose: true });
  const child = job.spawn(command, {
    args,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    isolation,
  });
  const { code, stdout } = await within(child.output(), "the isolated program");
  assertEquals(code, 0);
  await within(job.wait(), "the end of its tree");
  const { cleanup, restrictions } = child.isolation!;
  const left = await within(cleanup, "the tidying up");
  return { stdout: new TextDecoder().decode(stdout).trimEnd(), restrictions, left };
}

/** Goes through all gates, without a restriction that is asked for: one of them must say so. */
export function assertDeviationIsSeen(isolation: Isolation, row: IsolationName): void {
  const job = kernel32.CreateJobObjectW(null, null);
  let ran = false;
  try {
    const start = { command: CHILD, options: {} };
    const place = { job: { handle: job, name: undefined }, leaveOut: new Set([row]) };
    const error = assertThrows(() => {
      using recipe = isolate(isolation, start, place);
      const { birth, clearEnv, env } = recipe;
      const program = prepareProgram(CHILD, { args: ["sleepforever"], clearEnv, env });
      const container = jobContainer(job, "a job");
      launch(program, { stdio: [0n, 0n, 0n], container, birth }).process.close();
      ran = true;
    }, IsolationNotAppliedError);
    assertEquals(error.row, row);
    assert(!ran, "the command ran");
  } finally {
    kernel32.TerminateJobObject(job, 1);
    kernel32.CloseHandle(job);
  }
}

/** How often a trial is made that seems to leave a handle. */
const TRIALS = 4;

/** How long a handle may take to be closed, in ms. */
const CLOSING = 2_000;

/**
 * Asserts that a trial leaves no handle. The stand-in for the kernel closes its own some time after a
 * job is gone, so they are waited for. A thread that Deno's pool starts meanwhile keeps its own, so a
 * trial with a difference is repeated: a leak is there every time.
 */
export async function assertNothingStays(
  trial: () => void | Promise<void>,
  about: string,
): Promise<void> {
  const differences: number[] = [];
  while (differences.length < TRIALS) {
    const before = countHandles();
    await trial();
    const until = performance.now() + CLOSING;
    while (countHandles() > before && performance.now() < until) {
      await new Promise((done) => setTimeout(done, 20));
    }
    const difference = countHandles() - before;
    if (difference <= 0) return;
    differences.push(difference);
  }
  throw new Error(`Cannot repeat ${about} for ever: it leaves ${differences.join(", ")} handles`);
}

/** A start that must be refused, and leave no process, no handle and no folder. */
export async function assertRefused(isolation: Isolation): Promise<IsolationNotAppliedError> {
  using job = JobObject.create({ killOnClose: true });
  const temporary = temporaryNames();
  const attempt = (): IsolationNotAppliedError =>
    assertThrows(
      () => job.spawn(CHILD, { args: ["exit", "0"], isolation }),
      IsolationNotAppliedError,
    );
  // Whatever is loaded at the first use is not counted.
  const error = attempt();
  await assertNothingStays(() => void attempt(), "a start that is refused");
  assertEquals(job.pids(), []);
  assertEquals(temporaryNames(), temporary);
  return error;
}

/** The fresh folders that are there. */
export function temporaryNames(): string[] {
  const folder = Deno.env.get("TEMP")!;
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.startsWith("jobbox-")).sort();
}
