/**
 * Many short processes in many jobs at once, and 2,000 jobs:
 * `deno task load [--jobs N] [--processes N] [--seed S] [PART…]`
 *
 * A part is what happens to the messages (`all`, `lost`, `late`, `twice`), or `jobs`.
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

const PARTS = [...TREATMENTS, "jobs"];

function pick(words: readonly string[]): readonly string[] {
  const unknown = words.find((word) => !PARTS.includes(word));
  if (unknown !== undefined) {
    throw new RangeError(`Cannot load "${unknown}": the parts are ${PARTS.join(", ")}`);
  }
  return words.length === 0 ? PARTS : words;
}

if (import.meta.main) {
  const args = parseArgs(Deno.args, { string: ["jobs", "processes", "seed"] });
  const jobs = positiveInteger("--jobs", args.jobs, 20);
  const all = positiveInteger("--processes", args.processes, 5_000);
  const seed = positiveInteger("--seed", args.seed, 1);
  const parts = pick(args._.map(String));
  const processes = Math.ceil(all / jobs);
  print(`load: ${jobs} jobs, ${processes} processes each, seed ${seed}`);
  let failed = false;
  for (const treatment of TREATMENTS.filter((each) => parts.includes(each))) {
    const start = performance.now();
    const { spoilt, latest, held } = await runLoad({ jobs, processes, treatment, seed });
    failed ||= latest > LATE;
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    print(
      `messages ${treatment}: every end told, ${spoilt} spoilt, wait() at most ${latest} ms late; ` +
        `this program was held up for ${held} ms at most (${seconds} s)`,
    );
  }
  if (parts.includes("jobs")) print(manyJobs());
  print(failed ? "failed: a wait() was late" : "passed");
  Deno.exitCode = failed ? 1 : 0;
}
