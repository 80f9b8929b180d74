import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseArgs } from "../../../cli/args/settings.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { MachineFaultError } from "../../../cli/engines/engine.ts";
import { main } from "../../../cli/main.ts";
import { isMachineFault, tellEnding, tellFault } from "../../../cli/run/engine.ts";
import { readRunPlan, RUN_OPTIONS, type RunPlan } from "../../../cli/run/plan.ts";
import { RunReports } from "../../../cli/run/reports.ts";
import { Win32Error } from "../../../mod.ts";
import { FakeIo } from "../../helpers/fake_io.ts";

const ENGINE = ["--engine", "htcondor"];

const INVALID_PARAMETER = 87;

function job(files: Record<string, string> = {}): FakeIo {
  const io = new FakeIo();
  io.variables = {
    _condor_scratch_dir: "C:\\dir",
    _CONDOR_MACHINE_AD: "machine",
    _CONDOR_JOB_AD: "job",
    _CONDOR_WRAPPER_ERROR_FILE: "error",
    _CONDOR_BIN: "C:\\bin",
    _CONDOR_CHIRP_CONFIG: "chirp",
  };
  const ads = {
    machine: "Memory = 384\nCpus = 2\n",
    job: "ClusterId = 1\nJobboxProcesses = 4\nJobboxTimeout = 60\nProcId = 0\n",
  };
  for (const [path, text] of Object.entries({ ...ads, ...files })) io.files.set(path, text);
  return io;
}

function plan(tokens: readonly string[], io = job()): RunPlan {
  return readRunPlan(parseArgs(tokens, RUN_OPTIONS, { stopEarly: true }), io);
}

Deno.test("--engine: the ads give the limits of the run, and what the command leaves ends with it", () => {
  const { labels, limits, onLimit, quiet, reports, timeout, waitTree } = plan(
    [...ENGINE, "--label", "step=1", "--label", "cluster=mine", "--", "x"],
  );
  assertEquals(labels, { engine: "htcondor", cluster: "mine", proc: "0", step: "1" });
  assertEquals(limits, { jobMemory: 384 * 1024 ** 2, activeProcesses: 4, cpu: { hardCapCpus: 2 } });
  assertEquals([onLimit, quiet, timeout, waitTree], ["kill", true, 60_000, false]);
  assertEquals(reports, [{ path: "C:\\dir\\jobbox.json", form: "json", optional: true }]);
});

Deno.test("--engine: the command line and a policy win over the ads", () => {
  const given = ["--memory", "64M", "--cpu-rate", "10%", "--timeout", "none", "--wait-tree"];
  const own = plan([...ENGINE, ...given, "--no-quiet", "--report", "r.json", "x"]);
  assertEquals(own.limits, {
    jobMemory: 64 * 1024 ** 2,
    activeProcesses: 4,
    cpu: { hardCap: 10 },
  });
  assertEquals([own.timeout, own.waitTree, own.quiet], [undefined, true, false]);
  assertEquals(own.reports, [{ path: "r.json", form: "json" }]);
  const policy = JSON.stringify({ memory: "32M", processes: 2, timeout: "none" });
  const both = plan([...ENGINE, "--policy", "p", "--processes", "3", "x"], job({ p: policy }));
  assertEquals(both.limits, {
    jobMemory: 32 * 1024 ** 2,
    activeProcesses: 3,
    cpu: { hardCapCpus: 2 },
  });
  assertEquals(both.timeout, undefined);
});

Deno.test("--engine: refuses an unknown engine, and a run that the engine did not start", () => {
  assertThrows(
    () => plan(["--engine", "htcondr", "x"]),
    UsageError,
    '--engine: Unknown engine "htcondr": did you mean htcondor?',
  );
  assertThrows(
    () => plan(["--engine", "slurm", "x"]),
    UsageError,
    '--engine: Unknown engine "slurm": expected htcondor',
  );
  assertThrows(() => plan([...ENGINE, "x"], new FakeIo()), UsageError, "is not set");
});

Deno.test("--engine: a value out of range names the ad that has it", () => {
  for (
    const [line, message] of [
      ["JobboxProcesses = 1.5", "job ad: JobboxProcesses"],
      ["JobboxTimeout = -1", "job ad: JobboxTimeout"],
      ["JobboxMaxOutput = 1e300", "job ad: JobboxMaxOutput"],
    ] as const
  ) {
    assertThrows(
      () => plan([...ENGINE, "x"], job({ job: `${line}\nProcId = 0\n` })),
      UsageError,
      message,
    );
  }
});

Deno.test("--engine: a fault of the machine is reported to the engine, with a record; a wrong job is not", async () => {
  const broken = job({ machine: "Memory = 3" });
  assertEquals(await main(["run", ...ENGINE, "--", "x", "a & b"], broken), 125);
  assertStringIncludes(broken.err, "Cannot read the machine ad machine: line 1: The text stops");
  assert(!broken.err.includes("--help"));
  assertStringIncludes(broken.files.get("error")!, "jobbox: --engine htcondor: Cannot read the");
  const record = JSON.parse(broken.files.get("C:\\dir\\jobbox.json")!);
  assertEquals([record.verdict, record.command.args], ["failed", ["a & b"]]);
  // What an earlier run of the job has told does not stay.
  assertEquals(broken.programs.map((words) => words.at(-1)), [
    '"failed"',
    "undefined",
    "undefined",
  ]);

  const wrong = job({ job: 'JobboxTimeout = "soon"\nProcId = 0\n' });
  assertEquals(await main(["run", ...ENGINE, "--", "x"], wrong), 125);
  assertEquals(wrong.files.has("error"), false);
  assertEquals(JSON.parse(wrong.files.get("C:\\dir\\jobbox.json")!).exitCode, 125);

  const named = job({ machine: "" });
  await main(["run", ...ENGINE, "--report", "r.json", "--", "x"], named);
  assertEquals([named.files.has("r.json"), named.files.has("C:\\dir\\jobbox.json")], [true, false]);
  assertEquals(named.files.has("error"), true);
});

Deno.test("--engine: a record that cannot be written does not stop the run", () => {
  const io = job();
  io.variables._condor_scratch_dir = "missing";
  using _reports = new RunReports(plan([...ENGINE, "x"], io), io);
  assertStringIncludes(io.err, 'Cannot write "missing\\jobbox.json"');
  assertStringIncludes(io.err, "the run goes on without it");
  const own = plan([...ENGINE, "--report", "missing.json", "x"]);
  assertThrows(() => new RunReports(own, job()), UsageError, "--report: Cannot write");
});

Deno.test("isMachineFault: a wrong command line is not the machine's fault", () => {
  const refused = new Win32Error(INVALID_PARAMETER, "SetInformationJobObject", "Cannot set it");
  const wrapped = new Error("Cannot set it", { cause: refused });
  const other = new Win32Error(5, "CreateJobObjectW", "Cannot create it");
  const ads = plan([...ENGINE, "x"]);
  const limited = plan([...ENGINE, "--affinity", "63", "x"]);
  const soft = plan([...ENGINE, "--notify-memory", "1M", "x"]);
  for (const error of [refused, wrapped, other]) {
    assertEquals(isMachineFault(error, ads), true);
    assertEquals(isMachineFault(error, limited), error === other);
    assertEquals(isMachineFault(error, soft), error === other);
    assertEquals(isMachineFault(error, plan([...ENGINE, "--name", "a", "x"])), false);
  }
});

Deno.test("tellFault: writes one line, and nothing without a file", () => {
  const io = new FakeIo();
  tellFault("error", "two\nlines", io);
  assertEquals(io.files.get("error"), "jobbox: two lines\n");
  tellFault(undefined, "x", io);
  tellFault("missing/error", "x", io);
  assertStringIncludes(io.err, "Cannot write");
});

Deno.test("tellEnding: starts the engine's programs one after the other", async () => {
  const io = job();
  const { engine } = plan([...ENGINE, "x"], io);
  await tellEnding(engine, { verdict: "timeout", limit: "wallTime", peakMemory: 1 }, io);
  const chirp = ["C:\\bin\\condor_chirp.exe", "set_job_attr_delayed"];
  assertEquals(io.programs, [
    [...chirp, "ChirpJobboxVerdict", '"timeout"'],
    [...chirp, "ChirpJobboxLimit", '"wallTime"'],
    [...chirp, "ChirpJobboxPeakMemory", "1"],
  ]);
  assertEquals(io.err, "");
  await tellEnding(undefined, { verdict: "exited" }, io);
  assertEquals(io.programs.length, 3);
});

Deno.test("tellEnding: a program that fails, hangs or is missing is reported once", async () => {
  const cases: [FakeIo["program"], string][] = [
    [() => Promise.resolve(1), "it ended with 1"],
    [() => Promise.resolve(undefined), "it took more than 10 s"],
    [() => Promise.reject(new Error("not found")), "not found"],
  ];
  for (const [program, why] of cases) {
    const io = job();
    io.program = program;
    await tellEnding(plan([...ENGINE, "x"], io).engine, { verdict: "exited", peakMemory: 1 }, io);
    assertEquals(io.programs.length, 1);
    assertStringIncludes(io.err, "Cannot tell htcondor how the run ended");
    assertStringIncludes(io.err, why);
  }
});

Deno.test("MachineFaultError: is not a usage error", () => {
  assertThrows(
    () => plan([...ENGINE, "x"], job({ machine: "" })),
    MachineFaultError,
    "it is empty",
  );
});
