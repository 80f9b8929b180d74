/**
 * The tool on a Wine without jobsim: what the system does not keep is refused, the rest works.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { jobbox } from "../../helpers/jobbox_process.ts";

Deno.test("jobbox run: a system without statistics still runs commands", async () => {
  const { code, out, err } = await jobbox(["run", "--", "cmd", "/c", "echo hello& exit 7"]);
  assertEquals([code, out, err], [7, "hello\r\n", ""]);
});

Deno.test("jobbox run: a limit that is accepted but not in force is refused, and nothing starts", async () => {
  const { code, out, err } = await jobbox(["run", "--memory", "64M", "--", "cmd", "/c", "echo x"]);
  assertEquals([code, out], [125, ""]);
  assertStringIncludes(err, "Cannot set jobMemory");
  assertStringIncludes(err, "jobbox doctor");
});

Deno.test("jobbox run: --explain shows that refusal before a run", async () => {
  const { code, out } = await jobbox(["run", "--explain", "--memory", "64M", "--", "cmd"]);
  assertEquals(code, 125);
  assertStringIncludes(out, "refused here: Cannot set jobMemory");
});
