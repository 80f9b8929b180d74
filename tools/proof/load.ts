/**
 * Many short processes in many jobs at once, and 2,000 jobs:
 * `deno task load [--jobs N] [--processes N] [--seed S]`
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { JobObject } from "../../mod.ts";
import { runLoad } from "../../tests/helpers/load.ts";
import { countHandles } from "../../tests/helpers/open_handles.ts";
import { TREATMENTS } from "../../tests/helpers/unreliable_port.ts";
import { positiveInteger, print } from "./trial.ts";

/** A `wait()` may be this much late, in ms. */
const LATE = 1_000;

const JOBS = 2_000;

function manyJobs(): string {
  JobObject.create().close();
  const before = countHandles(8192);
  const jobs = Array.from(
    { length: JOBS },
    (_, at) => JobObject.create({ limits: { activeProcesses: 1 + at } }),
  );
  const wrong = jobs.filter((job, at) => job.limits().activeProcesses !== 1 + at).length;
  for (const job of jobs) job.close();
  return `${JOBS} jobs: ${wrong} with wrong limits, ${countHandles(8192) - before} handles left`;
}

if (import.meta.main) {
  const args = parseArgs(Deno.args, { string: ["jobs", "processes", "seed"] });
  const jobs = positiveInteger("--jobs", args.jobs, 20);
  const all = positiveInteger("--processes", args.processes, 5_000);
  const seed = positiveInteger("--seed", args.seed, 1);
  const processes = Math.ceil(all / jobs);
  print(`load: ${jobs} jobs, ${processes} processes each, seed ${seed}`);
  let failed = false;
  for (const treatment of TREATMENTS) {
    const { spoilt, latest } = await runLoad({ jobs, processes, treatment, seed });
    failed ||= latest > LATE;
    print(
      `messages ${treatment}: every end told, ${spoilt} spoilt, wait() at most ${latest} ms late`,
    );
  }
  print(manyJobs());
  print(failed ? "failed: a wait() was late" : "passed");
  Deno.exitCode = failed ? 1 : 0;
}
