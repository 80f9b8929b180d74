/**
 * The executable under the name of an engine.
 */
import "../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { runDeno } from "../helpers/deno_process.ts";
import { CHILD, EXECUTABLE } from "../helpers/executable.ts";
import { Folder } from "../helpers/reported_run.ts";

Deno.test("jobbox-htcondor.exe: takes a command and no options", async () => {
  using folder = new Folder();
  const program = folder.file("jobbox-htcondor.exe");
  Deno.copyFileSync(EXECUTABLE, program);
  const run = async (...args: string[]) => {
    const { code, stderr } = await runDeno(args, { program });
    return [code, stderr.includes("_CONDOR_SCRATCH_DIR is not set")];
  };
  // No option of its own: all that is known of each is that it is no job of HTCondor.
  assertEquals(await run("--version"), [125, true]);
  assertEquals(await run(CHILD, "exit", "0"), [125, true]);
});
