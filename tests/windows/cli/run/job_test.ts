import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { parseArgs } from "../../../../cli/args/args.ts";
import {
  createRunJob,
  findProgram,
  spawnOptions,
  superviseChild,
  superviseJob,
} from "../../../../cli/run/job.ts";
import { readRunPlan, RUN_OPTIONS, type RunPlan } from "../../../../cli/run/plan.ts";
import { FakeIo } from "../../../helpers/fake_io.ts";
import { CHILD, uniqueName } from "../../../helpers/jobbox_process.ts";

function plan(...tokens: string[]): RunPlan {
  return readRunPlan(parseArgs(tokens, RUN_OPTIONS, { stopEarly: true }), new FakeIo());
}

Deno.test("createRunJob: the job ends with jobbox and has its limits", () => {
  const name = uniqueName();
  using job = createRunJob(plan("--name", name, "--memory", "64M", "--notify-read", "1M", "x"));
  assertEquals(job.name, name);
  assertEquals(job.limits(), { jobMemory: 67108864, killOnClose: true });
  assertEquals(job.notificationLimits(), { readBytes: 1048576 });
  assertThrows(() => createRunJob(plan("--name", name, "x")), Error, "another job has the name");
});

Deno.test("spawnOptions: streams go to files or through jobbox", () => {
  const some = plan("--stdin", "in", "--stdout", "out", "x", "a");
  assertEquals(spawnOptions(some, false), {
    args: ["a"],
    stdin: { path: "in" },
    stdout: { path: "out" },
    stderr: "inherit",
    newProcessGroup: true,
  });
  const one = spawnOptions(plan("--stdout", "log", "--stderr", ".\\LOG", "x"), false);
  assertEquals([one.stdout, one.stderr], [
    { path: "log", append: true },
    { path: ".\\LOG", append: true },
  ]);
  const { stdout, stderr } = spawnOptions(some, true);
  assertEquals([stdout, stderr], ["piped", "piped"]);
});

Deno.test("superviseJob and superviseChild: events from before the start to the signal, and the code", async () => {
  using job = createRunJob(plan(CHILD, "exit", "6"));
  const watched = superviseJob(job);
  const stop = new AbortController();
  const types: string[] = [];
  const listening = (async () => {
    for await (const { type } of watched.events(stop.signal)) {
      types.push(type);
      if (type === "activeProcessZero") stop.abort();
    }
  })();
  const some = plan(CHILD, "exit", "6");
  using child = superviseChild(job.spawn(some.command, spawnOptions(some, false)));
  assertEquals(await child.code, 6);
  await watched.wait();
  await listening;
  assertEquals(types, ["newProcess", "exitProcess", "activeProcessZero"]);
  assertEquals(watched.stats()?.processes, { total: 1, active: 0, terminated: 0 });
});

Deno.test("findProgram: the full path, or why it would not start", () => {
  assertEquals(findProgram(plan("cmd")).executable.toLowerCase(), "c:\\windows\\system32\\cmd.exe");
  const missing = findProgram(plan("no-such-program"));
  assertEquals([missing.executable, missing.failure?.verdict], ["no-such-program", "notFound"]);
});
