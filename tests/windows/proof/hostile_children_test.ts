/**
 * Commands that do too much of everything, or undo what they were given: the limit holds, and the
 * record says what happened.
 */
import { assert, assertEquals } from "@std/assert";
import { PRIORITY_CLASS } from "../../../ffi/constants.ts";
import type { RunRecord } from "../../../cli/report/record.ts";
import { JobObject } from "../../../job/job_object.ts";
import eventSchema from "../../../schemas/event.schema.json" with { type: "json" };
import recordSchema from "../../../schemas/run-record.schema.json" with { type: "json" };
import { endJob, nextMessage, trial, uniqueName, until, within } from "../../helpers/job_trials.ts";
import { jobbox, type JobboxResult } from "../../helpers/jobbox_process.ts";
import { schemaFaults } from "../../helpers/json_schema.ts";
import { NamedEvent } from "../../helpers/named_event.ts";
import { Folder } from "../../helpers/reported_run.ts";

const STORM = "tests/children/build/storm.exe";
const STORM_URL = new URL("../../children/build/storm.exe", import.meta.url);

const QUIET = { stdin: "null", stdout: "null", stderr: "null" } as const;

interface Hostile extends JobboxResult {
  readonly record: RunRecord;
}

/** Valid UTF-8, or an error. */
function textOf(path: string): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(Deno.readFileSync(path));
}

/** Runs a command under the tool; its record and each event fit their schemas. */
async function runHostile(
  options: readonly string[],
  command: readonly string[],
): Promise<Hostile> {
  using folder = new Folder();
  const files = ["--report", folder.file("r.json"), "--events", folder.file("e")];
  const result = await jobbox(["run", ...files, ...options, "--", ...command]);
  const record = JSON.parse(textOf(folder.file("r.json")));
  const lines = textOf(folder.file("e"));
  assert(lines.endsWith("\n"), lines.slice(-80));
  const events = lines.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(schemaFaults(record, recordSchema), []);
  for (const event of events) assertEquals(schemaFaults(event, eventSchema), []);
  assertEquals(record.exitCode, result.code);
  return { ...result, record };
}

/** Reads lines of a storm until every member of the job has tried to start all of its copies. */
async function settled(job: JobObject, stdout: ReadableStream<Uint8Array>): Promise<number[]> {
  const reader = stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const tried = [...text.matchAll(/tried (\d+)\s/g)].map(([, pid]) => Number(pid));
      const pids = job.pids();
      if (tried.length > 0 && pids.every((pid) => tried.includes(pid))) return pids;
      const { value, done } = await within(reader.read(), "the storm's end");
      assertEquals(done, false, text);
      text += value;
    }
  } finally {
    await reader.cancel();
  }
}

Deno.test(
  "fork storm: the process limit holds for a tree in which each starts others, and all of it ends",
  trial(async () => {
    using held = new NamedEvent();
    await using job = JobObject.create({
      notifications: true,
      killOnClose: true,
      limits: { activeProcesses: 6 },
    });
    const args = ["bomb", "3", "4", held.name];
    const child = job.spawn(STORM_URL, { ...QUIET, stdout: "piped", args });
    for (let refused = 0; refused < 10; refused++) await nextMessage(job, "activeProcessLimit");
    // jobsim, which is not in the children, ends those over the limit a moment after their start.
    const pids = await settled(job, child.stdout);
    assertEquals(pids.length, 6);
    await until(() => job.stats().processes.active, (active) => active === 6);
    assert(pids.includes(child.pid));
    await endJob(job);
    assertEquals([job.pids(), job.stats().processes.active], [[], 0]);
  }),
);

Deno.test(
  "fork storm: a job that is disposed while processes are being started has none left",
  trial(async () => {
    for (let born = 3; born < 8; born++) {
      using held = new NamedEvent();
      const job = JobObject.create({
        name: uniqueName("born"),
        notifications: true,
        killOnClose: true,
      });
      using other = JobObject.open(job.name!);
      job.spawn(STORM_URL, { ...QUIET, args: ["bomb", "2", "6", held.name] });
      await until(() => job.stats().processes.total, (total) => total >= born);
      await within(job[Symbol.asyncDispose](), "the storm's end");
      assertEquals([other.pids(), other.stats().processes.active], [[], 0]);
    }
  }),
);

Deno.test("fork storm: jobbox ends it at the limit, and says so", async () => {
  using held = new NamedEvent();
  const { code, record } = await runHostile(
    ["--processes", "6", "--on-limit", "kill"],
    [STORM, "bomb", "1", "6", held.name],
  );
  const { verdict, limit, processes, limitHitCounts, processTable } = record;
  assertEquals([code, verdict], [143, "processes"]);
  assertEquals([limit?.name, limit?.limit, limit?.unit], ["activeProcesses", 6, "processes"]);
  assertEquals([processes.active, processTable.length], [0, 6]);
  assertEquals(limitHitCounts, { activeProcessLimit: 1 });
  assertEquals(processTable.filter(({ end }) => end === undefined), []);
});

Deno.test("output storm: the cap holds to the byte for a tree that writes to both streams", async () => {
  using begun = new NamedEvent();
  const { code, bytes, err, record } = await runHostile(
    ["--max-output", "300k", "--quiet"],
    [STORM, "flood", "3", begun.name],
  );
  assertEquals([code, record.verdict], [153, "outputSize"]);
  // A NUL is one byte in each of them. What was written beyond the cap is counted, not handed on.
  assertEquals(bytes.length + err.length, 300 * 1024);
  const { stdoutBytes = 0, stderrBytes = 0 } = record.output!;
  assert(stdoutBytes >= bytes.length && stderrBytes >= err.length);
  const measured = Number(record.limit?.measured);
  assert(measured > 300 * 1024 && measured <= stdoutBytes + stderrBytes, String(measured));
  const { name, limit, unit } = record.limit!;
  assertEquals([name, limit, unit], ["outputSize", 300 * 1024, "bytes"]);
  assertEquals(record.processes.active, 0);
});

Deno.test(
  "closed handles: a process without a handle has its code, and its limit",
  trial(async () => {
    await using job = JobObject.create({ notifications: true, killOnClose: true });
    const piped = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
    const child = job.spawn(STORM_URL, { ...piped, args: ["closeall", "7"] });
    const { code, stdout, stderr } = await within(child.output(), "a child without handles");
    assertEquals([code, stdout.length, stderr.length], [7, 0, 0]);
    job.setLimits({ processUserTime: 300 });
    const spinner = job.spawn(STORM_URL, { ...QUIET, args: ["closeallspin"] });
    assertEquals((await nextMessage(job, "endOfProcessTime")).pid, spinner.pid);
    assertEquals((await within(spinner.status, "the spinner's end")).code, 1816);
  }),
);

Deno.test("closed handles: what jobbox counts as the command's end is its end", async () => {
  const { code, record } = await runHostile(["--max-output", "1M"], [STORM, "closeall", "7"]);
  assertEquals([code, record.verdict, record.child.code], [7, "exited", 7]);
  assertEquals(record.processTable.map(({ code }) => code), [7]);
});

Deno.test(
  "priority games: class and processors are the job's again, for itself and its child",
  trial(async () => {
    await using job = JobObject.create({
      killOnClose: true,
      limits: { priorityClass: "idle", affinity: 1n },
    });
    const child = job.spawn(STORM_URL, { ...QUIET, stdout: "piped", args: ["games"] });
    const { code, stdout } = await within(child.output(), "the games");
    const left = `0x${PRIORITY_CLASS.IDLE_PRIORITY_CLASS.toString(16)} 0x1`;
    assertEquals(
      [code, new TextDecoder().decode(stdout).trim().split(/\r?\n/)],
      [0, [`itself ${left}`, `its child ${left}`]],
    );
    const { priorityClass, affinity } = job.limits();
    assertEquals([priorityClass, affinity], ["idle", 1n]);
  }),
);

Deno.test("renamed image: the process stays in its job, and a copy by another name is counted", async () => {
  using folder = new Folder();
  const [first, second, third] = ["invoice\u202efdp.exe", "deno.exe", "jobbox.exe"];
  Deno.copyFileSync(STORM, folder.file(first));
  const { code, err, record } = await runHostile(
    ["--processes", "2"],
    [folder.file(first), "rename", folder.file(second), folder.file(third), "9"],
  );
  assertEquals([code, record.verdict, record.processes.total], [9, "exited", 2]);
  assert(!err.includes("\u202e"), err);
  const [parent, copy] = record.processTable;
  assertEquals([copy?.image, copy?.code, copy?.parentPid], [third, 9, parent?.pid]);
  // The system may tell a renamed image by its old name.
  assert([first, second].includes(parent?.image ?? ""), parent?.image);
});

Deno.test("32,767 units: the record has the beginning of the line, and is whole", async () => {
  const { code, record } = await runHostile(["--processes", "2"], [STORM, "long", "5"]);
  assertEquals([code, record.verdict, record.processes.total], [5, "exited", 2]);
  const line = record.processTable.find(({ code, parentPid }) =>
    code === 5 && parentPid === record.child.pid
  )?.commandLine;
  assert(line !== undefined, JSON.stringify(record.processTable));
  assert(line.startsWith("storm closeall 5 ") && line.endsWith("…"), line.slice(0, 100));
  assert(line.length <= 2049, String(line.length));
});

Deno.test("invalid UTF-16: arguments and variables of a policy arrive, and the record is UTF-8", async () => {
  using folder = new Folder();
  const half = "a\ud83d\u202e\ude00b";
  const policy = {
    command: ["tests/children/build/child.exe", "argv", half],
    env: { HALF: half },
  };
  Deno.writeTextFileSync(folder.file("p.json"), JSON.stringify(policy));
  const { code, out, record } = await runHostile(["--policy", folder.file("p.json")], []);
  assertEquals(code, 0);
  for (const line of out.trim().split(/\r?\n/)) assertEquals(JSON.parse(line).argv.at(-1), half);
  assertEquals(record.command.args, ["argv", half]);
  assert(record.processTable[0]?.commandLine?.includes(half));
});
