/** Starts with fewer rights, and gates that must say no. */
import { assertEquals, assertThrows } from "@std/assert";
import { IsolationNotAppliedError } from "../../isolation/errors.ts";
import type { Isolation, IsolationName } from "../../isolation/isolation.ts";
import { isolate } from "../../isolation/isolate.ts";
import { jobContainer, openProcess } from "../../job/membership.ts";
import { JobObject } from "../../job/job_object.ts";
import { launch } from "../../process/start/launch.ts";
import { prepareProgram } from "../../process/start/program.ts";
import type { RestrictionInForce } from "../../process/start/birth.ts";
import { STANDARD_RIGHTS, WAIT } from "../../ffi/constants.ts";
import type { OwnedHandle } from "../../ffi/handle.ts";
import { advapi32, kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { struct } from "../../ffi/struct.ts";
import { STRUCTS } from "../../ffi/structs.ts";
import { CHILD, uniqueName, within } from "./job_trials.ts";
import { assertNoHandleLeft } from "./open_handles.ts";
import { substituteFunction } from "./substituted_kernel.ts";

const PROCESS_INFORMATION = struct(STRUCTS, "PROCESS_INFORMATION");
const { SYNCHRONIZE } = STANDARD_RIGHTS;

/** How long a process that was ended may take, in ms. */
const ENDING = 60_000;

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

/** The processes that are born with fewer rights until it is disposed of. */
class Births implements Disposable {
  readonly #born: OwnedHandle[] = [];
  readonly #counting = substituteFunction(
    advapi32,
    "CreateProcessAsUserW",
    (real) => (...args) => {
      const result = real(...args);
      const { dwProcessId } = PROCESS_INFORMATION.decode(args.at(-1) as DataView);
      if (result !== 0) this.#born.push(openProcess(dwProcessId, SYNCHRONIZE, "Cannot watch"));
      return result;
    },
  );

  /** Asserts that all have ended, or are about to. */
  assertEnded(): void {
    for (const { value } of this.#born) {
      const result = kernel32.WaitForSingleObject(value, ENDING);
      assertEquals(result, WAIT.WAIT_OBJECT_0, "a process of a refused start goes on");
    }
  }

  [Symbol.dispose](): void {
    this.#counting[Symbol.dispose]();
    for (const handle of this.#born) handle.close();
  }
}

/**
 * Goes through the first two gates; the command is ended before it does anything.
 *
 * @param leaveOut Restrictions that are asked for and left out.
 * @throws What a gate says; {AssertionError} if a process is left then.
 */
export function passGates(isolation: Isolation, ...leaveOut: readonly IsolationName[]): void {
  const name = uniqueName("gates");
  const job = kernel32.CreateJobObjectW(null, encodeWide(name));
  using births = new Births();
  try {
    const start = { command: CHILD, options: {} };
    const place = { job: { handle: job, name }, leaveOut: new Set(leaveOut) };
    using recipe = isolate(isolation, start, place);
    const { birth, clearEnv, env } = recipe;
    const program = prepareProgram(CHILD, { args: ["sleepforever"], clearEnv, env });
    const container = jobContainer(job, "a job");
    launch(program, { stdio: [0n, 0n, 0n], container, birth }).process.close();
  } catch (error) {
    births.assertEnded();
    throw error;
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
