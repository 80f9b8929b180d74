import { assertEquals, assertStringIncludes } from "@std/assert";
import { recordRefusal } from "../../../cli/run/refusal.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { FakeIo } from "../../helpers/fake_io.ts";

const WRONG = new UsageError("what is wrong");

async function refused(...tokens: string[]): Promise<FakeIo> {
  const io = new FakeIo();
  io.files.set("p.json", "the policy");
  await recordRefusal(tokens, WRONG, io, { keepsFiles: false });
  return io;
}

Deno.test("recordRefusal: writes the record where --report asks for it, whatever else is wrong", async () => {
  for (
    const tokens of [
      ["--report", "r.json", "--timeout", "5", "--", "x", "--report", "not.json"],
      ["--memroy=1M", "--report=r.json", "x", "--report", "not.json"],
      ["--timeout", "5", "-q", "--report", "r.json"],
    ]
  ) {
    const { files } = await refused(...tokens);
    assertEquals([...files.keys()], ["p.json", "r.json"], tokens.join(" "));
    const { error, exitCode, verdict } = JSON.parse(files.get("r.json")!);
    assertEquals([verdict, exitCode, error], ["failed", 125, "what is wrong"]);
  }
});

Deno.test("recordRefusal: has the command as far as it can be read, in each form", async () => {
  const { files } = await refused("--report", "r.json", "--report", "r.html", "--", "node", "a b");
  const { args, executable } = JSON.parse(files.get("r.json")!).command;
  assertEquals([executable, args], ["node", ["a b"]]);
  assertStringIncludes(files.get("r.html")!.toLowerCase(), "<!doctype html>");
});

Deno.test("recordRefusal: writes no file that another option names, and none with --explain", async () => {
  const { files } = await refused(
    "--policy",
    "p.json",
    "--report",
    ".\\P.JSON",
    "--memory",
    "1",
    "x",
  );
  assertEquals([...files], [["p.json", "the policy"]]);
  assertEquals((await refused("--explain", "--report", "r.json")).files.size, 1);
  assertEquals((await refused("--report", "r.txt")).files.size, 1);
  assertEquals((await refused("--report", "missing/r.json")).files.size, 1);
  assertEquals((await refused("--report")).files.size, 1);
});

Deno.test("recordRefusal: writes to stdout if asked to", async () => {
  for (const tokens of [["--json"], ["--report", "-"]]) {
    assertEquals(JSON.parse((await refused(...tokens)).out).verdict, "failed");
  }
});

Deno.test("recordRefusal: stdout gets the record once, in the form of --json if both are given", async () => {
  for (const tokens of [["--json", "--report", "-"], ["--report", "-", "--json"], ["--json"]]) {
    const { out } = await refused(...tokens, "--", "x");
    assertEquals([JSON.parse(out).error, out.split("\n").length], ["what is wrong", 2]);
  }
  assertEquals(JSON.parse((await refused("--report", "-", "--report", "-")).out).verdict, "failed");
});

Deno.test("recordRefusal: another name of an option takes its value too", async () => {
  const { files } = await refused("--env-from", "vars", "--report", "r.json", "--", "x");
  assertEquals(JSON.parse(files.get("r.json")!).command.executable, "x");
  assertEquals((await refused("--env-from", "r.json", "--report", "r.json")).files.size, 1);
});

Deno.test("recordRefusal: has the machine, and the labels if they can be read", async () => {
  const record = async (...tokens: string[]) =>
    JSON.parse((await refused("--report", "r.json", ...tokens)).files.get("r.json")!);
  const { labels, machine } = await record("--label", "team=a", "--label=n=1", "--memory", "x");
  assertEquals([labels, machine], [{ team: "a", n: "1" }, { name: "worker-7", processors: 8 }]);
  assertEquals((await record("--label", "2=a")).labels, undefined);
});

Deno.test("recordRefusal: if what the arguments name cannot be used, files that exist are kept", async () => {
  const io = new FakeIo();
  io.files.set("old.json", "old");
  const tokens = ["--report", "old.json", "--report", "new.json", "--events", "missing/e", "x"];
  await recordRefusal(tokens, WRONG, io, { keepsFiles: true });
  assertEquals(io.files.get("old.json"), "old");
  assertEquals(JSON.parse(io.files.get("new.json")!).error, "what is wrong");
});

Deno.test("recordRefusal: the engine is told that the run failed, without a limit and a peak", async () => {
  const tell = async (variables: Record<string, string>, ...tokens: string[]) => {
    const io = new FakeIo();
    io.variables = variables;
    await recordRefusal(tokens, WRONG, io, { keepsFiles: false });
    return io.programs;
  };
  const job = { _CONDOR_BIN: "C:\\bin", _CONDOR_CHIRP_CONFIG: "chirp" };
  const chirp = ["C:\\bin\\condor_chirp.exe", "set_job_attr_delayed"];
  const told = await tell(job, "--engine", "htcondor", "--memory", "1", "--", "x");
  assertEquals(told, [
    [...chirp, "ChirpJobboxVerdict", '"failed"'],
    [...chirp, "ChirpJobboxLimit", "undefined"],
    [...chirp, "ChirpJobboxPeakMemory", "undefined"],
  ]);
  assertEquals(await tell({}, "--engine", "htcondor", "x"), []);
  assertEquals(await tell(job, "--engine", "slurm", "x"), []);
  assertEquals(await tell(job, "--memory", "1", "x"), []);
  assertEquals(await tell(job, "--engine", "htcondor", "--explain", "x"), []);
});
