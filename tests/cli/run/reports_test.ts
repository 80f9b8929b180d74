import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseArgs } from "../../../cli/args/args.ts";
import type { RunOutcome, RunStart } from "../../../cli/report/recorder.ts";
import { readRunPlan, RUN_OPTIONS, type RunPlan } from "../../../cli/run/plan.ts";
import { RunReports } from "../../../cli/run/reports.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { FakeIo } from "../../helpers/fake_io.ts";

const START: RunStart = {
  toolVersion: "1.2.3",
  processors: 8,
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

function finished(io: FakeIo, ...options: string[]): void {
  using reports = new RunReports(plan(io, ...options), io);
  reports.start(START);
  reports.hit("wallTime", 501, { limit: 500, measured: 501 });
  reports.finish(OUTCOME);
}

Deno.test("RunReports: writes each form to its file", () => {
  const io = new FakeIo();
  finished(io, "--report", "r.json", "--report", "r.HTML", "--meta", "m", "--events", "e");
  assertEquals(JSON.parse(io.files.get("r.json")!).verdict, "timeout");
  assertStringIncludes(io.files.get("r.HTML")!.toLowerCase(), "<!doctype html>");
  assertStringIncludes(io.files.get("m")!, "status:TO\n");
  const events = io.files.get("e")!.trimEnd().split("\n").map((line) => JSON.parse(line).type);
  assertEquals(events, ["start", "wallTime", "end"]);
});

Deno.test("RunReports: five lines on stderr when a limit ended it, none when it is to be quiet", () => {
  const io = new FakeIo();
  finished(io);
  assertEquals(io.err.trimEnd().split("\n").length, 5);
  const quiet = new FakeIo();
  finished(quiet, "--quiet");
  assertEquals(quiet.err, "");
});

Deno.test("RunReports: no summary of a command that ended by itself", () => {
  const io = new FakeIo();
  using reports = new RunReports(plan(io), io);
  reports.start(START);
  reports.finish({ ...OUTCOME, verdict: "exited" });
  assertEquals([io.out, io.err], ["", ""]);
});

Deno.test("RunReports: the record is one line on stdout with --json", () => {
  const io = new FakeIo();
  finished(io, "--json", "--quiet");
  assertEquals(io.out.split("\n").length, 2);
  assertEquals(JSON.parse(io.out).exitCode, 124);
});

Deno.test("RunReports: the whole record is made only for who wants it", () => {
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

Deno.test("RunReports: a file that cannot be made is refused, and the others are as they were", () => {
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
  assertStringIncludes(error.message, "Option --meta: Cannot write missing/m: ");
  assertEquals([open, [...io.files]], [0, [["old.json", "old"]]]);
});

Deno.test("RunReports: a report that cannot be written at the end is told, and the rest is written", () => {
  const io = new FakeIo();
  const replace = io.replaceFile.bind(io);
  io.replaceFile = (path, bytes) => {
    if (path === "r.json") throw new Error("disk full");
    return replace(path, bytes);
  };
  finished(io, "--quiet", "--report", "r.json", "--meta", "m");
  assertEquals(io.err, "jobbox: Cannot write r.json: disk full\n");
  assert(io.files.get("m")! !== "");
});

Deno.test("RunReports: the record is there when the run is over, and an old one until then", () => {
  const io = new FakeIo();
  io.files.set("r.json", "old");
  io.files.set("e", "old");
  using reports = new RunReports(plan(io, "--report", "r.json", "--events", "e"), io);
  assertEquals([io.files.get("r.json"), io.files.get("e")], ["old", "old"]);
  reports.start(START);
  assertEquals(io.files.get("r.json"), "old");
  assertStringIncludes(io.files.get("e")!, '"type":"start"');
  io.files.set("r.json", "forged by the command, and longer ".repeat(1000));
  reports.finish(OUTCOME);
  assertEquals(JSON.parse(io.files.get("r.json")!).verdict, "timeout");
});

Deno.test("RunReports: what was moved aside for the record is told", () => {
  const io = new FakeIo();
  io.replaceFile = () => "jobbox-1.tmp";
  finished(io, "--quiet", "--meta", "m");
  assertEquals(io.err, "jobbox: What stood at m could not be replaced: it is in jobbox-1.tmp\n");
});
