import "../../helpers/bound_kernel.ts";
import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import {
  CHILD,
  JOBBOX_PROGRAM,
  jobboxArgs,
  startJobbox,
  uniqueName,
} from "../../helpers/jobbox_process.ts";
import { Folder } from "../../helpers/reported_run.ts";

/** How much later than its limit a run may be over, in milliseconds. */
const SLACK = 500;

function start(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(JOBBOX_PROGRAM, {
    args: jobboxArgs(args),
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  }).spawn();
}

/** Runs the tool with a reader that takes the first piece and goes, as `head` does. */
async function toHead(...args: string[]): Promise<{ code: number; first: string; err: string }> {
  const tool = start(...args);
  const reader = tool.stdout.getReader();
  const { value = new Uint8Array() } = await reader.read();
  await reader.cancel();
  const [{ code }, err] = await Promise.all([tool.status, tool.stderr.text()]);
  return { code: code >>> 0, first: new TextDecoder().decode(value), err };
}

Deno.test("jobbox run: a reader that never reads does not move the wall time", async () => {
  const walls = [];
  // A machine may stand still for a moment, but not in each run.
  for (let attempt = 0; attempt < 5; attempt++) {
    using folder = new Folder();
    const tool = start(
      ...["run", "--max-output", "100M", "--timeout", "1s", "--report", folder.file("r.json")],
      ...["--", CHILD, "write", "50000000", "sleepforever"],
    );
    const [{ code }, err] = await Promise.all([tool.status, tool.stderr.text()]);
    assertEquals(code, 124);
    const { times, verdict } = folder.record();
    assertEquals(verdict, "timeout");
    assertStringIncludes(err, "The reader of the output stopped reading");
    await tool.stdout.cancel();
    walls.push(times.wall);
    if (times.wall < 1000 + SLACK) break;
  }
  assertLess(Math.min(...walls), 1000 + SLACK);
});

Deno.test("jobbox run: the command's exit code is kept when its reader is gone", async () => {
  // The child ends with 13 when a write fails, and writes more than a pipe holds.
  const command = ["--", CHILD, "write", "5000000", "exit", "7"];
  for (const options of [[], ["--max-output", "10M"]]) {
    const { code, err } = await toHead("run", ...options, ...command);
    assertEquals([code, err], [13, ""], options.join(" "));
  }
  const own = await toHead("run", "--max-output", "10M", "--", CHILD, "write", "1", "exit", "7");
  assertEquals([own.code, own.first.length, own.err], [7, 1, ""]);
});

Deno.test("jobbox run --json: a reader that leaves before the record changes nothing", async () => {
  const command = [CHILD, "write", "1", "sleep", "300", "exit", "7"];
  const { code, err, first } = await toHead("run", "--json", "--", ...command);
  assertEquals([code, first.length, err], [7, 1, ""]);
});

Deno.test("jobbox stats --watch --json: ends with success when its reader leaves", async () => {
  const name = uniqueName();
  const command = [CHILD, "print", "ready\n", "sleepforever"];
  await using run = startJobbox(["run", "--name", name, "--", ...command]);
  await run.line("ready");
  const watch = ["stats", "--watch", "--json", "--interval", "10ms", name];
  const { code, err, first } = await toHead(...watch);
  assertEquals([code, err], [0, ""]);
  assertEquals(JSON.parse(first.split("\n")[0]!).processes.active, 1);
});
