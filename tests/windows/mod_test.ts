import "../helpers/bound_kernel.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { dllPath } from "../../ffi/dll.ts";
import { runDeno } from "../helpers/deno_process.ts";
import { JOBSIM, SAME_KERNEL } from "../helpers/job_trials.ts";

/** What the README names; and jobsim, where it stands for a part of it. */
const KERNEL = ["C:\\Windows\\System32\\kernel32.dll"]
  .concat(JOBSIM ? [dllPath("kernel32", "CreateJobObjectW")] : []).join(",");

async function runScoped(
  ...permissions: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = new URL("../helpers/scoped_program.ts", import.meta.url);
  const file = decodeURIComponent(program.pathname).slice(1);
  return await runDeno(["run", "--no-prompt", "--no-check", ...SAME_KERNEL, ...permissions, file]);
}

Deno.test("mod: the permission for kernel32.dll is enough to spawn, wait and terminate", async () => {
  const { code, stdout, stderr } = await runScoped(`--allow-ffi=${KERNEL}`);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  assertEquals(JSON.parse(stdout), {
    code: 7,
    text: "hello",
    alive: 1,
    ended: 9,
    seen: ["newProcess", "exitProcess", "activeProcessZero"],
  });
});

Deno.test("mod: without that permission the first call says what is needed", async () => {
  for (const permissions of [[], ["--allow-ffi=C:\\Windows\\System32\\user32.dll"]]) {
    const { code, stderr } = await runScoped(...permissions);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "NotCapable");
    assertStringIncludes(stderr, "kernel32.dll");
  }
});
