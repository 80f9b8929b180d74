/**
 * The wait for the processes of a job that was terminated.
 *
 * @module
 */
import type { Io } from "./terminal/io.ts";
import type { JobObject } from "../mod.ts";

/** How long the processes may take to end, in ms. */
const DEADLINE = 10_000;

/**
 * Waits until every process of a terminated job is gone.
 *
 * @param job The job.
 * @param io The clock.
 * @param name What the message calls the job, such as `" of job \"build\""`; empty for no name.
 * @throws {Error} If some still run after ten seconds.
 */
export async function waitForEnd(
  job: Pick<JobObject, "wait">,
  io: Pick<Io, "after">,
  name = "",
): Promise<void> {
  const late = new AbortController();
  const cancel = io.after(DEADLINE, () => {
    const what = `Cannot end every process${name}`;
    late.abort(new Error(`${what}: some did not end within ${DEADLINE / 1000} s`));
  });
  try {
    await job.wait({ signal: late.signal });
  } finally {
    cancel();
  }
}
