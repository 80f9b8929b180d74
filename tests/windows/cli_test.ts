import { assertEquals, assertLess } from "@std/assert";
import { jobbox, JOBBOX_PROGRAM, jobboxArgs } from "../helpers/jobbox_process.ts";

Deno.test("cli.ts: needs only its three permissions, and ends promptly", async () => {
  const timed = async (args: readonly string[]) => {
    const begin = performance.now();
    const { code, err } = await jobbox(args);
    return { code, err, took: performance.now() - begin };
  };
  const { took: least } = await timed(["--version"]);
  // Something that keeps it alive after the command would take seconds on a quiet machine too.
  const most = Math.max(5000, 10 * least);
  const times = [];
  // A machine may stand still for a moment, but not in each run.
  for (let attempt = 0; attempt < 3; attempt++) {
    const { code, err, took } = await timed(["run", "--", "cmd", "/c", "exit 7"]);
    assertEquals([code, err], [7, ""]);
    times.push(took);
    if (took < most) break;
  }
  assertLess(Math.min(...times), most);
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
