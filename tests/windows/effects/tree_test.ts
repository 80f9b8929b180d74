/**
 * Whole trees of processes: many at once, grandchildren, and what is left of them when their owner
 * is gone.
 *
 * @module
 */
import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { JobObject } from "../../../job/job_object.ts";
import type { ChildProcess } from "../../../process/child_process.ts";
import { completionPort } from "../../../process/io/completion_port.ts";
import { filePath } from "../../helpers/file_path.ts";
import { CHILD, SAME_KERNEL, startChild, uniqueName, within } from "../../helpers/job_trials.ts";
import { countHandles } from "../../helpers/open_handles.ts";
import { hasEnded, watchProcess } from "../../helpers/process_watch.ts";

/** Within this time, in ms, nothing may be left of a tree whose owner is gone. */
const GONE = 60_000;

const PROJECT = new URL("../../../", import.meta.url);

/** The lines of a process's standard output. */
class Lines implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(child: ChildProcess) {
    this.#reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  async next(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end).trimEnd();
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const { value, done } = await within(this.#reader.read(), "a line");
      if (done) throw new Error(`Cannot read a line: the output ended with "${this.#rest}"`);
      this.#rest += value;
    }
  }

  /** The ids that the child program reports for its children, up to its word "ready". */
  async spawned(): Promise<number[]> {
    const pids: number[] = [];
    for (;;) {
      const line = await this.next();
      if (line === "ready") return pids;
      assert(line.startsWith("spawned "), line);
      pids.push(Number(line.slice("spawned ".length)));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel();
  }
}

/** Starts Deno in a job, with the kernel that this Deno has. */
function startDeno(job: JobObject, args: readonly string[]): ChildProcess {
  const [subcommand = "", ...rest] = args;
  return job.spawn(Deno.execPath(), {
    args: [subcommand, "--no-check", ...SAME_KERNEL, ...rest],
    cwd: PROJECT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  });
}

function program(code: string): readonly string[] {
  const imports = `import { JobObject } from "./mod.ts";
    import { startChild } from "./tests/helpers/job_trials.ts";`;
  return ["eval", `${imports}\n${code}`];
}

function sorted(pids: Iterable<number>): number[] {
  return [...pids].toSorted((a, b) => a - b);
}

Deno.test("JobObject: of 500 children in waves each start and end is seen, and no handle is left", async () => {
  const count = 500;
  const wave = 50;
  using job = JobObject.create({ notifications: true, killOnClose: true });
  const [started, joined, left] = [new Set<number>(), [] as number[], [] as number[]];
  const runWave = async (size: number): Promise<void> => {
    const children = Array.from({ length: size }, () => startChild(job, "exit 3"));
    for (const { pid } of children) started.add(pid);
    const ends = await within(Promise.all(children.map(({ status }) => status)), "the wave");
    assert(ends.every(({ code }) => code === 3));
    const wanted = left.length + size;
    while (left.length < wanted) {
      const message = await within(job.pollNotification(), "the wave's messages");
      if (message.type === "newProcess") joined.push(message.pid);
      if (message.type === "exitProcess") left.push(message.pid);
    }
    await completionPort.idle();
  };
  await runWave(5);
  const before = countHandles();
  for (let i = 0; i < count / wave; i++) await runWave(wave);
  assertEquals(joined.length, count + 5);
  // An id may come again in a later wave, but as often as it was started.
  assertEquals(sorted(joined), sorted(left));
  assertEquals(sorted(new Set(joined)), sorted(started));
  assertEquals(job.stats().processes, { total: count + 5, active: 0, terminated: 0 });
  await job.wait();
  assertLessOrEqual(countHandles() - before, 5);
});

Deno.test("JobObject.pids: lists all of a thousand processes once, and each start has its message", async () => {
  using job = JobObject.create({ notifications: true, killOnClose: true });
  await using leader = startChild(job, "spawn 999 -- sleepforever ; print ready sleepforever", {
    stdout: "piped",
  });
  await using lines = new Lines(leader);
  const members = sorted([leader.pid, ...await lines.spawned()]);
  assertEquals(members.length, 1_000);
  assertEquals(sorted(job.pids()), members);
  assertEquals(job.contains(members[777]!), true);
  job.terminate(6);
  await within(job.wait(), "the end of a thousand");
  assertEquals(job.pids(), []);
  const [joined, left]: [number[], number[]] = [[], []];
  for (;;) {
    const message = await within(job.pollNotification(), "the messages of a thousand");
    if (message.type === "newProcess") joined.push(message.pid);
    else if (message.type === "exitProcess") left.push(message.pid);
    else if (message.type === "activeProcessZero") break;
  }
  assertEquals(sorted(joined), members);
  // Windows reports no end of terminated processes; a system that does reports each one once.
  assertEquals(sorted(left), left.length === 0 ? [] : members);
  const { code, endedBy } = await leader.status;
  assertEquals([code, endedBy], [6, "terminate"]);
});

Deno.test("JobObject: a process that cmd's start leaves running is in the job, and ends with it", async () => {
  const job = JobObject.create({ notifications: true, killOnClose: true });
  const cmd = job.spawn("cmd", {
    args: [
      "/d",
      "/c",
      "start",
      "",
      "/b",
      filePath(CHILD),
      "sleepforever",
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  assertEquals((await within(cmd.status, "cmd's end")).code, 0);
  const [grandchild, ...rest] = job.pids();
  assertEquals(rest, []);
  using process = watchProcess(grandchild!);
  assert(job.processes()[0]!.image.toLowerCase().endsWith("child.exe"));
  assert(!hasEnded(process));
  job.close();
  assert(hasEnded(process, GONE));
});

/** A program that owns a tree of three processes and reports their ids. */
const OWNER = program(`
  const job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "spawn 1 -- sleepforever ; print ready sleepforever", {
    stdout: "piped",
  });
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    if (text.includes("ready")) break;
  }
  console.log("tree " + JSON.stringify(job.pids()));
  await job.wait();`);

Deno.test("JobObject: ending the owner from outside ends its tree", async () => {
  using outer = JobObject.create({ killOnClose: true });
  await using owner = startDeno(outer, OWNER);
  await using lines = new Lines(owner);
  const tree: number[] = JSON.parse((await lines.next()).replace(/^tree /, ""));
  assertEquals(tree.length, 2);
  using stack = new DisposableStack();
  const processes = tree.map((pid) => stack.use(watchProcess(pid)));
  assert(processes.every((process) => !hasEnded(process)));
  owner.kill();
  await within(outer.wait(), "the end of all that the owner started", { deadline: GONE });
  assert(processes.every((process) => hasEnded(process, GONE)));
  assertEquals(outer.pids(), []);
});

Deno.test("jobbox run: ending it from outside ends its tree", async () => {
  using outer = JobObject.create({ killOnClose: true });
  await using jobbox = startDeno(outer, [
    ...[
      "run",
      "--no-prompt",
      "--allow-ffi",
      "--allow-read",
      "--allow-write",
      "cli.ts",
      "run",
      "--",
    ],
    ...[filePath(CHILD)],
    ..."spawn 1 -- sleepforever ; print ready sleepforever".split(" "),
  ]);
  await using lines = new Lines(jobbox);
  const [grandchild, ...rest] = await lines.spawned();
  assertEquals(rest, []);
  using process = watchProcess(grandchild!);
  assert(outer.pids().includes(grandchild!));
  jobbox.kill();
  await within(outer.wait(), "the end of all that jobbox started", { deadline: GONE });
  assert(hasEnded(process, GONE));
  assertEquals(outer.pids(), []);
});

Deno.test("JobObject.open: another process's job can be listed and terminated", async () => {
  const name = uniqueName("shared");
  using outer = JobObject.create({ killOnClose: true });
  await using owner = startDeno(
    outer,
    program(`
      const job = JobObject.create({ name: ${JSON.stringify(name)}, killOnClose: true });
      const children = [startChild(job, "sleepforever"), startChild(job, "sleepforever")];
      console.log(JSON.stringify(children.map(({ pid }) => pid)));
      const ends = await Promise.all(children.map(({ status }) => status));
      await job.wait();
      console.log(JSON.stringify(ends.map(({ code }) => code)));`),
  );
  await using lines = new Lines(owner);
  const children: number[] = JSON.parse(await lines.next());
  {
    using job = JobObject.open(name);
    assertEquals(sorted(job.pids()), sorted(children));
    assert(job.contains(children[1]!));
    job.terminate(42);
    await within(job.wait(), "the other process's job");
    assertEquals(job.pids(), []);
  }
  assertEquals(JSON.parse(await lines.next()), [42, 42]);
  assertEquals((await within(owner.status, "the other process's end")).code, 0);
});
