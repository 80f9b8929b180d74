import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { DenoProcess } from "../../helpers/deno_process.ts";
import { CHILD, jobbox, startJobbox, uniqueName } from "../../helpers/jobbox_process.ts";

/** A job of another process, with two processes in it. */
async function start(name: string, ...options: string[]): Promise<DenoProcess> {
  const run = startJobbox([
    ...["run", "--name", name, ...options, "--"],
    ...[CHILD, "spawn", "1", "--", "sleepforever", ";", "print", "ready\n", "sleepforever"],
  ]);
  await run.line("ready");
  return run;
}

async function answer(...args: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await jobbox(args);
  assertEquals([code, err], [0, ""], args.join(" "));
  return JSON.parse(out);
}

Deno.test("jobbox ps: lists the processes of another process's job", async () => {
  const name = uniqueName();
  await using _run = await start(name);
  const processes = (await answer("ps", "--json", name)) as unknown as {
    pid: number;
    parentPid: number;
    image: string;
  }[];
  assertEquals(processes.length, 2);
  const [leader, child] = processes;
  assertEquals(child?.parentPid, leader?.pid);
  assert(leader?.image.endsWith("child.exe"));
  const { out } = await jobbox(["ps", name]);
  assertEquals(out.trimEnd().split("\n").length, 3);
  assertStringIncludes(out, "child.exe");
});

Deno.test("jobbox limits: shows, sets and removes limits, and keeps the others", async () => {
  const name = uniqueName();
  await using _run = await start(name, "--memory", "256M", "--processes", "5");
  const before = await answer("limits", "--json", name);
  assertEquals(before, {
    limits: { jobMemory: 268435456, activeProcesses: 5, killOnClose: true },
    notificationLimits: {},
  });
  const after = await answer(
    ...["limits", "--json", "--memory", "none", "--cpu-weight", "3", "--notify-read", "1M", name],
  );
  assertEquals(after, {
    limits: { activeProcesses: 5, cpu: { weight: 3 }, killOnClose: true },
    notificationLimits: { readBytes: 1048576 },
  });
  const { out } = await jobbox(["limits", name]);
  for (const text of ["--processes", "--cpu-weight", "--notify-read"]) {
    assertStringIncludes(out, text);
  }
  assert(!out.includes("--memory "), out);
});

Deno.test("jobbox stats: shows what was used, once and until the job is over", async () => {
  const name = uniqueName();
  await using run = await start(name);
  const stats = (await answer("stats", "--json", name)) as { processes?: { active: number } };
  assertEquals(stats.processes?.active, 2);
  const { out } = await jobbox(["stats", name]);
  assertStringIncludes(out, "2 now, 2 in all");
  await using watch = startJobbox(["stats", "--watch", "--json", "--interval", "100ms", name]);
  const first = JSON.parse(await watch.line("{"));
  assertEquals(first.processes.active, 2);
  await jobbox(["kill", name]);
  await run.end();
  assertEquals((await watch.end()).code, 0);
});

Deno.test("jobbox events: reports processes until the job is empty", async () => {
  const name = uniqueName();
  await using run = await start(name);
  await using events = startJobbox(["events", "--interval", "20ms", name]);
  const pids = [];
  for (let i = 0; i < 2; i++) pids.push(JSON.parse(await events.line("newProcess")).pid);
  await jobbox(["kill", name]);
  await run.end();
  const { code, stdout, stderr } = await events.end();
  assertEquals([code, stderr], [0, ""]);
  const rest = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(rest.filter(({ type }) => type === "exitProcess").map(({ pid }) => pid), pids);
  assertEquals(rest.at(-1).type, "activeProcessZero");
});

Deno.test("jobbox freeze and thaw: a counting process stops and continues", async () => {
  const name = uniqueName();
  const file = Deno.makeTempFileSync();
  await using run = startJobbox(["run", "--name", name, "--", CHILD, "count", file]);
  const read = (): number => Number(Deno.readTextFileSync(file));
  const until = async (reached: () => boolean): Promise<void> => {
    const deadline = performance.now() + 120_000;
    while (!reached()) {
      assert(performance.now() < deadline, "the counter goes on in time");
      // Another read of the job, since nothing reports changes of a counter.
      await jobbox(["ps", name]);
    }
  };
  await until(() => read() > 0);
  assertEquals(await answer("freeze", "--json", name), { name, frozen: true });
  const frozen = read();
  await jobbox(["ps", name]);
  assertEquals(read(), frozen);
  assertEquals(await answer("thaw", "--json", name), { name, frozen: false });
  await until(() => read() > frozen);
  await jobbox(["kill", name]);
  await run.end();
  Deno.removeSync(file);
});

Deno.test("jobbox kill: with any exit code the run is killed", async () => {
  const name = uniqueName();
  await using run = await start(name);
  const { pids } = await answer("kill", "--json", "--exit-code", "9", name);
  assertEquals((pids as number[]).length, 2);
  assertEquals((await run.end()).code, 143);
});

Deno.test("jobbox kill: a tree that is ended after its command's own end is not a success", async () => {
  const name = uniqueName();
  await using run = startJobbox([
    ...["run", "--name", name, "--"],
    ...[CHILD, "spawn", "1", "--", "sleepforever", ";", "exit", "0"],
  ]);
  await run.line("spawned");
  const deadline = performance.now() + 120_000;
  while (Object.keys(await answer("ps", "--json", name)).length > 1) {
    assert(performance.now() < deadline, "the command ends in time");
  }
  assertEquals((await jobbox(["kill", name])).code, 0);
  assertEquals((await run.end()).code, 143);
});

Deno.test("named jobs: an unknown name is an error with advice", async () => {
  for (const verb of ["ps", "stats", "limits", "events", "freeze", "thaw", "kill"]) {
    const { code, out, err } = await jobbox([verb, "no-such-job"]);
    assertEquals([code, out], [125, ""], verb);
    assertStringIncludes(err, "ERROR_FILE_NOT_FOUND (2): this session has no job with this name");
  }
});
