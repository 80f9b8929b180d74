/** Starts with fewer rights, and gates that must say no. */
import { assertEquals, assertThrows } from "@std/assert";
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
import { assertNoHandleLeft } from "./open_handles.ts";

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

/**
 * Goes through the first two gates; the command is ended before it does anything.
 *
 * @param leaveOut Restrictions that are asked for and left out.
 * @throws What a gate says.
 */
export function passGates(isolation: Isolation, ...leaveOut: readonly IsolationName[]): void {
  const job = kernel32.CreateJobObjectW(null, null);
  try {
    const start = { command: CHILD, options: {} };
    const place = { job: { handle: job, name: undefined }, leaveOut: new Set(leaveOut) };
    using recipe = isolate(isolation, start, place);
    const { birth, clearEnv, env } = recipe;
    const program = prepareProgram(CHILD, { args: ["sleepforever"], clearEnv, env });
    const container = jobContainer(job, "a job");
    launch(program, { stdio: [0n, 0n, 0n], container, birth }).process.close();
  } finally {
    kernel32.TerminateJobObject(job, 1);
    kernel32.CloseHandle(job);
  }
}

/** Goes through the gates, without a restriction that is asked for: one of them must say so. */
export function assertDeviationIsSeen(isolation: Isolation, row: IsolationName): void {
  const error = assertThrows(() => passGates(isolation, row), IsolationNotAppliedError);
  assertEquals(error.row, row);
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
  await assertNoHandleLeft(() => void attempt(), "a start that is refused", { late: true });
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
