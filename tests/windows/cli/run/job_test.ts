import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { JOBOBJECTINFOCLASS } from "../../../../ffi/constants.ts";
import { UnsupportedPlatformError } from "../../../../ffi/unsupported_platform.ts";
import { checkOutputs, createRunJob, findProgram, readStats } from "../../../../cli/run/job.ts";
import { readRunPlan, RUN_OPTIONS, type RunPlan, spawnOptions } from "../../../../cli/run/plan.ts";
import { FakeIo } from "../../../helpers/fake_io.ts";
import { uniqueName } from "../../../helpers/jobbox_process.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";
import { UsageError } from "../../../../cli/args/usage_error.ts";
import { parseArgs } from "../../../../cli/args/settings.ts";

function plan(...tokens: string[]): RunPlan {
  return readRunPlan(parseArgs(tokens, RUN_OPTIONS, { stopEarly: true }), new FakeIo());
}

Deno.test("createRunJob: the job ends with jobbox and has its limits", () => {
  const name = uniqueName();
  using job = createRunJob(plan("--name", name, "--memory", "64M", "--notify-read", "1M", "x"));
  assertEquals(job.name, name);
  assertEquals(job.limits(), { jobMemory: 67108864, killOnClose: true });
  assertEquals(job.notificationLimits(), { readBytes: 1048576 });
  assertThrows(() => createRunJob(plan("--name", name, "x")), Error, "a job with this name exists");
});

Deno.test("spawnOptions: streams go to files or through jobbox", () => {
  const some = plan("--env", "PATH=X:\\bin", "--stdin", "in", "--stdout", "out", "x", "a");
  assertEquals(spawnOptions(some, { piped: [] }), {
    args: ["a"],
    stdin: { path: "in" },
    stdout: { path: "out" },
    stderr: "inherit",
    newProcessGroup: true,
    env: { PATH: "X:\\bin" },
  });
  // That two names are of one file is found where they are opened.
  const files = ["--stdout", "log", "--stderr", ".\\LOG", "x"];
  for (const append of [false, true]) {
    const own = spawnOptions(plan(...append ? ["--append"] : [], ...files), { piped: [] });
    const kept = append ? { append } : {};
    assertEquals([own.stdout, own.stderr], [
      { path: "log", ...kept },
      { path: ".\\LOG", ...kept },
    ]);
  }
  const merged = spawnOptions(plan("--stdout", "log", "--stderr-to-stdout", "x"), { piped: [] });
  assertEquals([merged.stdout, merged.stderr], [{ path: "log" }, "stdout"]);
  const { stdout, stderr } = spawnOptions(some, { piped: ["stdout", "stderr"] });
  assertEquals([stdout, stderr], ["piped", "piped"]);
});

Deno.test("createRunJob: sets class 9 once", () => {
  const classes: number[] = [];
  using _ = substituteKernel("SetInformationJobObject", (real) => (job, infoClass, ...rest) => {
    classes.push(infoClass);
    return real(job, infoClass, ...rest);
  });
  using _job = createRunJob(plan("--memory", "64M", "--processes", "4", "x"));
  const { JobObjectAssociateCompletionPortInformation, JobObjectExtendedLimitInformation } =
    JOBOBJECTINFOCLASS;
  assertEquals(classes, [
    JobObjectAssociateCompletionPortInformation,
    JobObjectExtendedLimitInformation,
  ]);
});

Deno.test("readStats: the job's statistics, or undefined if the system has none", () => {
  using job = createRunJob(plan("x"));
  assertEquals(readStats(job)?.processes, { total: 0, active: 0, terminated: 0 });
  const lacking = {
    stats: () => {
      throw new UnsupportedPlatformError("none");
    },
  };
  assertEquals(readStats(lacking), undefined);
});

Deno.test("findProgram: the full path, or why it would not start", () => {
  assertEquals(findProgram(plan("cmd")).executable.toLowerCase(), "c:\\windows\\system32\\cmd.exe");
  const missing = findProgram(plan("no-such-program"));
  assertEquals([missing.executable, missing.failure instanceof Deno.errors.NotFound], [
    "no-such-program",
    true,
  ]);
});

Deno.test("createRunJob: a missing processor is named in the error", () => {
  const error = assertThrows(() => createRunJob(plan("--affinity", "63", "x")), Error);
  assertMatch(error.message, /--affinity: this machine has processors? 0/);
});

Deno.test("checkOutputs: refuses to give the command the folder of its policy", () => {
  const io = new FakeIo();
  io.files.set("p.json", "{}");
  const world = { executable: "C:\\x.exe", io };
  const wish = (folder: string): RunPlan => {
    const tokens = ["--policy", "p.json", "--container", "--write", folder, "x"];
    return readRunPlan(parseArgs(tokens, RUN_OPTIONS, { stopEarly: true }), io);
  };
  for (const folder of [".", "..", Deno.cwd()]) {
    assertThrows(() => checkOutputs(wish(folder), world), UsageError, "it holds the policy");
  }
  checkOutputs(wish("out"), world);
});
