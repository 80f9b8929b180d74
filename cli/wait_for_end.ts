/**
 * The wait for the processes of a job that was terminated.
 *
 * @module
 */
import type { Io } from "./terminal/io.ts";
import type { JobObject } from "../mod.ts";

/** How long the processes may take to end, in ms. */
const DEADLINE = 10_000;
/** Time between two terminations, in ms. */
const AGAIN = 500;

/**
 * Waits until every process of a terminated job is gone. A process that was being started may join
 * after the termination, so it is repeated.
 *
 * @param job The job.
 * @param io The clock.
 * @param options The exit code of the termination, and what the message calls the job, such as
 * `" of job \"build\""`; empty for no name.
 * @throws {Error} If some still run after ten seconds, or the system refuses to end them.
 */
export async function waitForEnd(
  job: Pick<JobObject, "terminate" | "wait">,
  io: Pick<Io, "after">,
  { exitCode, name = "" }: { readonly exitCode: number; readonly name?: string },
): Promise<void> {
  const late = new AbortController();
  const cancel = io.after(DEADLINE, () => {
    const what = `Cannot end every process${name}`;
    late.abort(new Error(`${what}: some did not end within ${DEADLINE / 1000} s`));
  });
  let cancelAgain = (): void => {};
  const again = (): void => {
    try {
      job.terminate(exitCode);
      cancelAgain = io.after(AGAIN, again);
    } catch (error) {
      late.abort(error);
    }
  };
  cancelAgain = io.after(AGAIN, again);
  try {
    await job.wait({ signal: late.signal });
  } finally {
    cancel();
    cancelAgain();
  }
}
