import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { CanaryJob } from "../../../../cli/doctor/trial.ts";
import { LIMIT_TRIALS } from "../../../../cli/doctor/limit_canaries.ts";
import { ERROR } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import type { LimitName } from "../../../../job/limits/table.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

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

Deno.test("LIMIT_TRIALS: every listed limit has its canary", () => {
  const withCanary = Object.entries(LIMIT_TRIALS)
    .filter(([, trials]) => trials.some(({ canary }) => canary)).map(([name]) => name);
  assertEquals(withCanary.sort(), Object.keys(FOUND).sort());
});

/** Tries the limit of a canary while each start fails with a code. */
async function whileStartsFail(name: "jobMemory" | "activeProcesses", code: number) {
  const canary = LIMIT_TRIALS[name]![0]!.canary!;
  await using canaries = new CanaryJob();
  // The limit of processes is met by a second one.
  let starts = name === "activeProcesses" ? 1 : 0;
  using _refused = substituteKernel("CreateProcessW", (real) => (...args) => {
    if (starts-- > 0) return real(...args);
    kernel32.SetLastError(code);
    return 0;
  });
  return await canary(canaries);
}

Deno.test("LIMIT_TRIALS: a start that the limit refuses is its effect, any other refusal is not", async () => {
  const { NOT_ENOUGH_QUOTA, COMMITMENT_LIMIT, FILE_NOT_FOUND, ACCESS_DENIED } = ERROR;
  for (const code of [NOT_ENOUGH_QUOTA, COMMITMENT_LIMIT]) {
    assertEquals((await whileStartsFail("jobMemory", code)).status, "works");
  }
  assertEquals((await whileStartsFail("activeProcesses", NOT_ENOUGH_QUOTA)).status, "works");
  for (const code of [FILE_NOT_FOUND, ACCESS_DENIED, ERROR.SUCCESS]) {
    for (const name of ["jobMemory", "activeProcesses"] as const) {
      const error = await assertRejects(() => whileStartsFail(name, code), Win32Error);
      assertEquals(error.api, "CreateProcessW");
    }
  }
  await assertRejects(() => whileStartsFail("activeProcesses", COMMITMENT_LIMIT), Win32Error);
});

Deno.test("LIMIT_TRIALS: an end that no limit gives is not its effect", async () => {
  for (const name of ["jobMemory", "jobUserTime"] as const) {
    await using canaries = new CanaryJob();
    // It ends by itself, at once.
    canaries.idle = canaries.spin = () => canaries.leaf();
    const { status, detail } = await LIMIT_TRIALS[name]![0]!.canary!(canaries);
    assertEquals(status, "failed", detail);
  }
});
