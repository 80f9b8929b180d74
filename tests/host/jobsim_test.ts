/**
 * Runs jobsim's own tests, which are written in C against Windows' headers, on plain Wine.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { runDeno } from "../helpers/deno_process.ts";
import { buildNative, jobsimTestTarget, nativeTargets } from "../../tools/host/native.ts";
import { PROJECT } from "../../tools/host/project.ts";

const BUILD = `${PROJECT}/tools/host/build`;

async function runTests(
  t: Deno.TestContext,
  { args, env }: { readonly args: readonly string[]; readonly env: Record<string, string> },
): Promise<void> {
  await buildNative([...nativeTargets(PROJECT), jobsimTestTarget(PROJECT)]);
  const { code, stdout, stderr } = await runDeno(
    ["run", "-A", `${PROJECT}/tools/host/wine.ts`, `${BUILD}/jobsim_test.exe`, ...args],
    { env, deadlineMs: 10 * 60_000 },
  );
  const lines = stdout.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const results = lines.filter((line) => /^(not )?ok /.test(line));
  for (const line of results) {
    await t.step(line.replace(/^(not )?ok /, ""), () => assert(line.startsWith("ok "), line));
  }
  const passed = results.filter((line) => line.startsWith("ok ")).length;
  // Its own last line must agree, or it ended in the middle.
  assertEquals(lines.at(-1), `${passed} passed, ${results.length - passed} failed`, stderr);
  assertEquals(code, results.length > passed ? 1 : 0);
  assert(passed > 0);
}

Deno.test("jobsim: passes its own tests", (t) => runTests(t, { args: [], env: {} }));

Deno.test("jobsim: passes those of ends on its other model", async (t) => {
  const dll = `Z:${BUILD}/jobsim.dll`.replaceAll("/", "\\");
  await runTests(t, { args: [dll, "ends:"], env: { JOBSIM_ENDS: "finished" } });
});
