/**
 * Runs jobsim's own tests, which are written in C against Windows' headers, on plain Wine.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { runDeno } from "../helpers/deno_process.ts";
import { buildNative, jobsimTestTarget, nativeTargets } from "../../tools/host/native.ts";
import { PROJECT } from "../../tools/host/project.ts";

const PROGRAM = `${PROJECT}/tools/host/build/jobsim_test.exe`;

Deno.test("jobsim: passes its own tests", async (t) => {
  await buildNative([...nativeTargets(PROJECT), jobsimTestTarget(PROJECT)]);
  const { code, stdout, stderr } = await runDeno(
    ["run", "-A", `${PROJECT}/tools/host/wine.ts`, PROGRAM],
    { deadlineMs: 10 * 60_000 },
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
});
