import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { CanaryJob } from "../../../../cli/doctor/trial.ts";
import { LIMIT_TRIALS } from "../../../../cli/doctor/limit_canaries.ts";
import type { LimitName } from "../../../../job/limits/table.ts";

/** What the canaries must find where the limit is in force: on Windows and on Wine with jobsim. */
const FOUND: Partial<Record<LimitName, readonly string[]>> = {
  // Windows refuses the memory; jobsim can only report it.
  jobMemory: ["works", "ineffective"],
  processMemory: ["works", "ineffective"],
  jobUserTime: ["works"],
  processUserTime: ["works"],
  endOfJobTime: ["works"],
  activeProcesses: ["works"],
  // On a machine with one processor nothing can be seen.
  affinity: ["works", "kept"],
  // A machine that is too busy shows nothing.
  cpu: ["works", "kept"],
  killOnClose: ["works"],
  silentBreakaway: ["works"],
  ui: ["kept"],
};

for (const [name, [trial]] of Object.entries(LIMIT_TRIALS)) {
  const { canary, limits } = trial ?? {};
  if (!canary || !limits) continue;
  const expected = FOUND[name as LimitName];

  Deno.test(`LIMIT_TRIALS.${name}: the canary finds the limit that is set`, async () => {
    assert(expected, `what the canary of ${name} finds is not listed`);
    await using canaries = new CanaryJob({ limits });
    const { status, detail } = await canary(canaries);
    assert(expected.includes(status), `${status}: ${detail}`);
  });

  // A canary's job always ends when it is closed, and processes always start.
  if (name === "killOnClose" || name === "ui") continue;
  Deno.test(`LIMIT_TRIALS.${name}: the canary finds nothing where no limit is set`, async () => {
    await using canaries = new CanaryJob({ deadline: 1000 });
    const { status, detail } = await canary(canaries);
    assertNotEquals(status, "works", detail);
  });
}

Deno.test("LIMIT_TRIALS: every limit that a canary is listed for has one", () => {
  const withCanary = Object.entries(LIMIT_TRIALS)
    .filter(([, trials]) => trials.some(({ canary }) => canary)).map(([name]) => name);
  assertEquals(withCanary.sort(), Object.keys(FOUND).sort());
});
