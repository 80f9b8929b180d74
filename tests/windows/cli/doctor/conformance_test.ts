/**
 * What the kernel does of what Windows promises: on jobsim exactly what is kept in
 * `tests/expected/conformance/`, on Windows whatever it is.
 */
import { assertConformance } from "../../../helpers/conformance_run.ts";
import { JOBSIM } from "../../../helpers/job_trials.ts";

Deno.test("jobbox doctor --conformance: each promise has the recorded verdict", async () => {
  const kernel = Deno.env.get("JOBSIM_ENDS") === "finished"
    ? "jobsim-finished"
    : "jobsim-requested";
  await assertConformance(JOBSIM ? kernel : undefined);
});
