import { assertEquals, assertLess } from "@std/assert";
import { jobbox, JOBBOX_PROGRAM, jobboxArgs } from "../helpers/jobbox_process.ts";

Deno.test("cli.ts: needs only its three permissions, and ends promptly", async () => {
  await jobbox(["--version"]);
  const begin = performance.now();
  const { code, err } = await jobbox(["run", "--", "cmd", "/c", "exit 7"]);
  const took = performance.now() - begin;
  assertEquals([code, err], [7, ""]);
  assertLess(took, 5000);
});

Deno.test("cli.ts: a reader that closes the pipe early is not an error", async () => {
  const child = new Deno.Command(JOBBOX_PROGRAM, {
    args: jobboxArgs(["run", "--help"]),
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await child.stdout.cancel();
  const [{ code }, err] = await Promise.all([child.status, child.stderr.text()]);
  assertEquals([code, err], [0, ""]);
});
