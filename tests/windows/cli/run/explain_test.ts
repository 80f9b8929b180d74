import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { everyOption } from "../../../helpers/every_option.ts";
import { Folder, reported } from "../../../helpers/reported_run.ts";
import { CHILD, jobbox, startJobbox, uniqueName } from "../../../helpers/jobbox_process.ts";

const OPTIONS = ["--memory", "64M", "--cpus", "1", "--notify-read", "1M", "--timeout", "5s"];

async function explained(...args: string[]): Promise<{ code: number; answer: Explained }> {
  const { code, out, err } = await jobbox(["run", "--explain", "--json", ...args]);
  assertEquals(err, "");
  return { code, answer: JSON.parse(out) };
}

interface Explained {
  readonly executable: string;
  readonly limits: { name: string; setBy: string; whenReached: string; refused?: string }[];
  readonly ownLimits: { name: string; option: string; whenReached: string }[];
  readonly calls: string[];
  readonly refused: string[];
  readonly policy: Record<string, unknown>;
}

Deno.test("explain: starts nothing, names the limits, the calls and the program", async () => {
  const marker = Deno.makeTempFileSync();
  Deno.removeSync(marker);
  const { code, answer } = await explained(...OPTIONS, "--", CHILD, "writefile", marker, "1");
  assertEquals([code, answer.refused], [0, []]);
  assert(answer.executable.toLowerCase().endsWith("child.exe"));
  assertEquals(answer.limits.map(({ name, setBy }) => [name, setBy]), [
    ["jobMemory", "JobObjectExtendedLimitInformation"],
    ["cpu", "JobObjectCpuRateControlInformation"],
    ["readBytes", "JobObjectNotificationLimitInformation2"],
  ]);
  assertStringIncludes(
    answer.calls.join("\n"),
    "JOB_OBJECT_LIMIT_JOB_MEMORY, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE",
  );
  let started = true;
  try {
    Deno.statSync(marker);
  } catch {
    started = false;
  }
  assertEquals(started, false);
});

Deno.test("explain: the policy that it prints gives the same explanation", async () => {
  const first = await explained(...OPTIONS, "--env", "A=1", "--", CHILD, "exit", "0");
  const file = Deno.makeTempFileSync({ suffix: ".json" });
  try {
    Deno.writeTextFileSync(file, JSON.stringify(first.answer.policy));
    const again = await explained("--policy", file);
    assertEquals(again, first);
    const { code } = await jobbox(["run", "--policy", file]);
    assertEquals(code, 0);
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("explain: a policy of every option is explained and run like its flags", async () => {
  const folder = Deno.makeTempDirSync();
  const place = `${folder}\\`;
  try {
    Deno.writeTextFileSync(`${place}vars`, "C=3\nA=file\n");
    Deno.writeTextFileSync(`${place}in`, "input");
    // A choice of processors is by mask or by group, and this machine may have but one of them.
    const options = everyOption(place, folder).flatMap((token, at, all) =>
      token === "--group-affinity" || all[at - 1] === "--group-affinity"
        ? []
        : all[at - 1] === "--affinity"
        ? ["0"]
        : all[at - 1] === "--name"
        ? [uniqueName()]
        : [token]
    );
    const verbs = ["getenv", "A", "getenv", "B", "getenv", "C", "getenv", "TEMP", "cwd", "cat"];
    const flags = [...options, "--", Deno.realPathSync(CHILD), ...verbs];
    const first = await explained(...flags);
    assertEquals([first.code, first.answer.refused], [0, []]);
    const policy = `${place}policy.json`;
    Deno.writeTextFileSync(policy, JSON.stringify(first.answer.policy));
    assertEquals(await explained("--policy", policy), first);

    const run = async (...args: string[]): Promise<unknown> => {
      // One of the options is --append.
      Deno.writeTextFileSync(`${place}out`, "kept\n");
      const { code, out, err } = await jobbox(["run", ...args]);
      const { job, command, verdict, output } = JSON.parse(Deno.readTextFileSync(`${place}r.json`));
      const written = Deno.readTextFileSync(`${place}out`);
      return { code, out, err, job, command, verdict, output, written };
    };
    const byFlags = await run(...flags);
    assertStringIncludes(JSON.stringify(byFlags), '"verdict":"exited"');
    assertStringIncludes((byFlags as { written: string }).written, 'kept\n"1"\n"x=y"\n"3"\nnull\n');
    assertEquals(await run("--policy", policy), byFlags);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("explain: reports what would be refused, and ends with the code of that failure", async () => {
  const missing = await explained("--", "no-such-program");
  assertEquals(missing.code, 127);
  assertStringIncludes(missing.answer.refused.join(), "no-such-program");
  // The affinity is not a subset of the machine's processors.
  const refused = await explained("--affinity", "63", "--", CHILD);
  assertEquals(refused.code, 125);
  assertEquals(refused.answer.limits[0]?.refused, refused.answer.refused[0]);
  const name = uniqueName();
  await using run = startJobbox(
    ["run", "--name", name, "--", CHILD, "print", "ready\n", "sleepforever"],
  );
  await run.line("ready");
  const taken = await explained("--name", name, "--", CHILD);
  assertEquals(taken.code, 125);
  assertStringIncludes(taken.answer.refused.join(), "a job with this name exists");
});

Deno.test("explain: lists the wall time as a limit, and how it ends the run", async () => {
  const { answer } = await explained("--timeout", "2s", "--grace", "0s", "--", CHILD);
  assertEquals(answer.ownLimits, [
    { name: "wallTime", option: "--timeout 2s", whenReached: "after 2s: TerminateJobObject" },
  ]);
});

Deno.test("explain: refuses the same files as the run: reports, and its own program", async () => {
  using folder = new Folder();
  const batch = folder.file("tool.cmd");
  Deno.writeTextFileSync(batch, "@exit 0");
  const path = ["--env", `PATH=${folder.file(".")}`];
  const trials = [
    [["--report", folder.file("none\\r.json"), "--", CHILD], "--report: Cannot write"],
    [["--events", folder.file("none\\e"), "--", CHILD], "--events: Cannot write"],
    [
      ["--stdout", folder.file("none\\out"), "--max-output", "1M", "--", CHILD],
      "--stdout: Cannot write",
    ],
    [["--stdout", CHILD, "--", CHILD], "the command runs it"],
    // The batch file that is found on the PATH, not the cmd.exe that reads it.
    [[...path, "--stdout", batch, "--", "tool"], "the command runs it"],
    [["--cwd", folder.file("none"), "--", CHILD], "--cwd: Cannot run in"],
  ] as const;
  for (const [args, reason] of trials) {
    const { code, answer } = await explained(...args);
    assertStringIncludes(answer.refused.join(), reason);
    const run = await jobbox(["run", ...args]);
    assertEquals([code, run.code], [125, 125], args.join(" "));
    assertStringIncludes(run.err, reason);
    // A usage error has a pointer to the help after it.
    assertStringIncludes(run.err, answer.refused[0] ?? "nothing");
  }
  assertEquals(Deno.readTextFileSync(batch), "@exit 0");
});

Deno.test("explain: a file that the run would fill is neither changed, created nor removed", async () => {
  using folder = new Folder();
  const there = folder.file("there");
  Deno.writeTextFileSync(there, "kept");
  const cap = ["--max-output", "1M"];
  for (const file of [there, folder.file("new")]) {
    for (const options of [["--events", file], [...cap, "--stdout", file]]) {
      const { code, answer } = await explained(...options, "--", CHILD);
      assertEquals([code, answer.refused], [0, []], options.join(" "));
    }
  }
  assertEquals(Deno.readTextFileSync(there), "kept");
  assertEquals([...Deno.readDirSync(folder.file("."))].map(({ name }) => name), ["there"]);
});

Deno.test("explain: shows that a command that cannot be asked is ended at once", async () => {
  const limit = ["--memory", "64M", "--on-limit", "stop"];
  const trials = [
    [[], "; then the run is ended by CTRL_BREAK"],
    [["--foreground"], "; then the run is ended at once"],
    [["--grace", "0s"], "; then the run is ended at once"],
  ] as const;
  for (const [options, end] of trials) {
    const { answer } = await explained(...limit, ...options, "--", CHILD);
    assertEquals(answer.limits[0]?.whenReached.endsWith(end), true, options.join(" "));
  }
});

Deno.test("explain: the text for people says the same as the JSON", async () => {
  const { code, out } = await jobbox(["run", "--explain", ...OPTIONS, "--", CHILD, "exit", "0"]);
  assertEquals(code, 0);
  for (
    const text of ["Program: ", "  --memory 64M\n", "Calls:\n", "This system accepts the program, "]
  ) {
    assertStringIncludes(out, text);
  }
});

Deno.test("explain: shows files, variables, reactions to limits, and missing inputs", async () => {
  const options = ["--memory", "64M", "--on-limit", "kill", "--env", "PATH=C:\\evil"];
  const files = ["--meta", "explained.meta", "--stdin", "no-such-input"];
  const others = ["--events", "explained.events", "--metrics", "sums"];
  const { code, out } = await jobbox(
    ["run", "--explain", ...options, ...files, ...others, "--", CHILD],
  );
  assertEquals(code, 125);
  for (
    const text of [
      "  replaces explained.meta\n",
      "  empties and writes explained.events\n",
      "  adds the run to sums\\jobbox.prom\n",
      "  locks and keeps sums\\jobbox.prom.lock\n",
      "  writes and renames sums\\jobbox.prom.new\n",
      "; then the run is ended at once\n",
      "no-such-input",
    ]
  ) assertStringIncludes(out, text);
  const ran = await reported("--stdin", "no-such-input", "--", CHILD);
  assertEquals([ran.code, ran.record.verdict], [125, "failed"]);
  const [, refusal] = /(--stdin: .*)/.exec(out) ?? [];
  assertEquals(ran.record.error, refusal);
  const fine = await jobbox(["run", "--explain", "--env", "PATH=C:\\evil", "--", CHILD]);
  assertStringIncludes(fine.out, ", sets PATH\n");
});
