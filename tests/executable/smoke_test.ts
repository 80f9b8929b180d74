/**
 * What a user relies on, tried with the executable as it is shipped.
 */
import { assertEquals } from "@std/assert";
import { attempt, TRIALS } from "../../release/smoke.ts";
import config from "../../deno.json" with { type: "json" };
import { EXECUTABLE, EXECUTABLE_DENO } from "../helpers/executable.ts";
import { runDeno } from "../helpers/deno_process.ts";
import { typablePath } from "../helpers/typable_path.ts";

for (const trial of TRIALS) {
  Deno.test(`jobbox.exe: ${trial.name}`, async () => {
    assertEquals(await attempt([typablePath(EXECUTABLE)], trial), undefined);
  });
}

Deno.test("jobbox.exe: reports its version and sources", async () => {
  const { stdout } = await runDeno(["--version", "--json"], { program: EXECUTABLE });
  const { v8, build, ...rest } = JSON.parse(stdout);
  assertEquals(rest, {
    ...{ name: "jobbox", version: config.version, deno: EXECUTABLE_DENO },
    target: "x86_64-pc-windows-msvc",
  });
  assertEquals([build.kind, /^[\da-f]{12}$/.test(build.sources)], ["compiled", true]);
  assertEquals(/^\d+\.\d+\.\d+/.test(v8), true);
});

Deno.test("jobbox.exe: what looks like a flag of Deno is an argument like any other", async () => {
  const { code, stderr } = await runDeno(["--allow-all", "run"], { program: EXECUTABLE });
  assertEquals([code, stderr.includes("Unknown option --allow-all")], [125, true]);
});

Deno.test("jobbox.exe: has only its three permissions, whatever the environment says", async () => {
  const env = { DENO_V8_FLAGS: "--help", DENO_NO_PROMPT: "0", NODE_OPTIONS: "--help" };
  const { code, stdout, stderr } = await runDeno(["run", "--", "cmd", "/c", "exit 7"], {
    program: EXECUTABLE,
    env,
  });
  assertEquals([code, stdout, stderr], [7, "", ""]);
});
