import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { RunOutcome, RunStart } from "../../../cli/report/recorder.ts";
import { readRunPlan, RUN_OPTIONS, type RunPlan } from "../../../cli/run/plan.ts";
import { RunReports } from "../../../cli/run/reports.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { FakeIo, settle } from "../../helpers/fake_io.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

const START: RunStart = {
  toolVersion: "1.2.3",
  machine: { processors: 8 },
  command: { executable: "x.exe", args: [], cwd: "C:\\" },
  job: { limits: {}, notificationLimits: {} },
  startedAt: new Date(0),
};

const OUTCOME: RunOutcome = {
  verdict: "timeout",
  limit: { name: "wallTime", limit: 500, measured: 501, unit: "ms" },
  stoppedBy: "terminate",
  exitCode: 124,
  child: { pid: 4, code: 1 },
  endedAt: new Date(501),
  wall: 501,
};

function plan(io: FakeIo, ...options: string[]): RunPlan {
  return readRunPlan(parseArgs([...options, "--", "x"], RUN_OPTIONS, { stopEarly: true }), io);
}

async function finished(io: FakeIo, ...options: string[]): Promise<void> {
  using reports = new RunReports(plan(io, ...options), io);
  reports.start(START);
  reports.reached({ verdict: "timeout", limit: OUTCOME.limit! }, 501);
  await reports.finish(OUTCOME);
}

Deno.test("RunReports: writes each form to its file", async () => {
  const io = new FakeIo();
  await finished(io, "--report", "r.json", "--report", "r.HTML", "--meta", "m", "--events", "e");
  assertEquals(JSON.parse(io.files.get("r.json")!).verdict, "timeout");
  assertStringIncludes(io.files.get("r.HTML")!.toLowerCase(), "<!doctype html>");
  assertStringIncludes(io.files.get("m")!, "status:TO\n");
  const events = io.files.get("e")!.trimEnd().split("\n").map((line) => JSON.parse(line).type);
  assertEquals(events, ["start", "wallTime", "end"]);
});

Deno.test("RunReports: five lines on stderr if a limit ended the run, none with --quiet", async () => {
  const io = new FakeIo();
  await finished(io);
  assertEquals(io.err.trimEnd().split("\n").length, 5);
  const quiet = new FakeIo();
  await finished(quiet, "--quiet");
  assertEquals(quiet.err, "");
});

Deno.test("RunReports: no summary of a command that ended by itself", async () => {
  const io = new FakeIo();
  using reports = new RunReports(plan(io), io);
  reports.start(START);
  await reports.finish({ ...OUTCOME, verdict: "exited" });
  assertEquals([io.out, io.err], ["", ""]);
});

Deno.test("RunReports: the record is one line on stdout with --json", async () => {
  const io = new FakeIo();
  await finished(io, "--json", "--quiet");
  assertEquals(io.out.split("\n").length, 2);
  assertEquals(JSON.parse(io.out).exitCode, 124);
});

Deno.test("RunReports: the whole record is made only if it is needed", () => {
  const io = new FakeIo();
  const wants = (...options: string[]): boolean => {
    using reports = new RunReports(plan(io, ...options), io);
    return reports.wantsRecord;
  };
  assertEquals([wants(), wants("--json"), wants("--meta", "m"), wants("--events", "e")], [
    false,
    true,
    true,
    true,
  ]);
});

Deno.test("RunReports: a file that cannot be created is refused, and the others are unchanged", () => {
  const io = new FakeIo();
  let open = 0;
  const make = io.holdFile.bind(io);
  io.holdFile = (path) => {
    open++;
    return make(path);
  };
  io.files.set("old.json", "old");
  const refused = plan(io, "--report", "old.json", "--meta", "missing/m", "--events", "e");
  const error = assertThrows(() => new RunReports(refused, io), UsageError);
  assertStringIncludes(error.message, '--meta: Cannot write "missing/m": ');
  assertEquals([open, [...io.files]], [0, [["old.json", "old"]]]);
});

Deno.test("RunReports: a report that cannot be written at the end is reported, and the rest is written", async () => {
  const io = new FakeIo();
  io.badFiles.set("r.json", new Error("disk full"));
  await finished(io, "--quiet", "--report", "r.json", "--meta", "m");
  assertEquals(io.err, 'jobbox: Cannot write "r.json": disk full\n');
  assert(io.files.get("m")! !== "");
});

Deno.test("RunReports: the record is written when the run is over, and an older record stays until then", async () => {
  const io = new FakeIo();
  io.files.set("r.json", "old");
  io.files.set("e", "old");
  using reports = new RunReports(plan(io, "--report", "r.json", "--events", "e"), io);
  assertEquals([io.files.get("r.json"), io.files.get("e")], ["old", "old"]);
  reports.start(START);
  assertEquals(io.files.get("r.json"), "old");
  assertStringIncludes(io.files.get("e")!, '"type":"start"');
  io.files.set("r.json", "forged by the command, and longer ".repeat(1000));
  await reports.finish(OUTCOME);
  assertEquals(JSON.parse(io.files.get("r.json")!).verdict, "timeout");
});

Deno.test("RunReports: a folder that was moved aside for the record is reported", async () => {
  const io = new FakeIo();
  io.replaceFile = () => "jobbox-1.tmp";
  await finished(io, "--quiet", "--meta", "m");
  assertEquals(
    io.err,
    "jobbox: What was at m could not be replaced; it is moved to jobbox-1.tmp\n",
  );
});

Deno.test("RunReports: a disk that stalls delays only the exit", async () => {
  const io = new FakeIo();
  using reports = new RunReports(plan(io, "--events", "e", "--quiet"), io);
  io.sinks.get("e")!.isStalled = true;
  reports.start(START);
  reports.event({ type: "activeProcessZero" }, 1);
  assertEquals(io.files.get("e"), "");
  let isOver = false;
  const end = reports.finish(OUTCOME).then(() => isOver = true);
  await settle();
  assertEquals(isOver, false);
  io.sinks.get("e")!.isStalled = false;
  io.sinks.get("e")!.proceed();
  await end;
  assertEquals(io.files.get("e")!.trimEnd().split("\n").length, 3);
});

Deno.test("RunReports: events beyond the queue are left out, numbered and reported", async () => {
  const io = new FakeIo();
  using reports = new RunReports(plan(io, "--events", "e"), io);
  const sink = io.sinks.get("e")!;
  sink.isStalled = true;
  reports.start({ ...START, command: { ...START.command, args: ["x".repeat(2 ** 24)] } });
  for (const at of [1, 2]) reports.event({ type: "activeProcessZero" }, at);
  sink.isStalled = false;
  sink.proceed();
  await reports.finish({ ...OUTCOME, verdict: "exited" });
  const seqs = io.files.get("e")!.trimEnd().split("\n").map((line) => JSON.parse(line).seq);
  assertEquals(seqs, [0, 3]);
  assertEquals(io.err, 'jobbox: Cannot write 2 events to "e": it accepts them too slowly\n');
});

Deno.test("RunReports: an event that cannot be written is a failure of the run", async () => {
  const io = new FakeIo();
  using reports = new RunReports(plan(io, "--events", "e"), io);
  io.badFiles.set("e", new Error("disk full"));
  reports.start(START);
  assertEquals(String(await reports.failed), "Error: disk full");
});

Deno.test("RunReports: a message first clears the status on the terminal", async () => {
  const io = new FakeIo();
  const status = { clear: (): Promise<void> => (io.stderr.write("<clear>"), Promise.resolve()) };
  using reports = new RunReports(plan(io), io, status);
  reports.start(START);
  const left = { pid: 8, parentPid: 4, image: "C:\\left.exe", usage: undefined };
  reports.waiting([left], 5);
  assert(io.err.startsWith("<clear>jobbox: x exited with 5; waiting for 1 process"), io.err);
  io.err = "";
  reports.waiting([], 5);
  assertEquals(io.err, "");
  reports.event({ type: "jobMemoryLimit", pid: 4 }, 1);
  await reports.finish({ ...OUTCOME, verdict: "exited" });
  assertStringIncludes(io.err, "<clear>jobbox: the job reached its memory limit");
});

Deno.test("RunReports: - is stdout, after the end of the command's line", async () => {
  for (const [options, first] of [[["--report", "-"], "{"], [["--meta", "-"], "k"]] as const) {
    const io = new FakeIo();
    io.out = "half a line";
    using reports = new RunReports(plan(io, "--quiet", ...options), io);
    reports.start(START);
    await reports.finish(OUTCOME, { leavesLineOpen: true });
    assertEquals(io.out.slice(0, 13), `half a line\n${first}`);
    assertEquals(io.files.size, 0);
  }
  const live = new FakeIo();
  await finished(live, "--quiet", "--events", "-", "--stdout", "o");
  const types = live.out.trimEnd().split("\n").map((line) => JSON.parse(line).type);
  assertEquals(types, ["start", "wallTime", "end"]);
});
