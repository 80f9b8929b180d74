/**
 * The programs of examples/, each run as its first lines say, with the permissions they name.
 */
import "../helpers/bound_kernel.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { JobObject } from "../../mod.ts";
import { type DenoOutput, DenoProcess, runDeno } from "../helpers/deno_process.ts";
import { CHILD, configFlags, uniqueName } from "../helpers/jobbox_process.ts";

/** Deno's arguments that run an example. */
function exampleArgs(name: string, args: readonly string[]): string[] {
  const path = `examples/${name}.ts`;
  const text = Deno.readTextFileSync(path);
  const [, flags] = new RegExp(` deno run (.+) ${path} `).exec(text) ?? [];
  assert(flags !== undefined, `${path} says how it is run`);
  const quick = [...configFlags(), "--no-prompt", "--no-check"];
  return ["run", ...quick, ...flags.split(" "), path, ...args];
}

function example(name: string, ...args: readonly string[]): Promise<DenoOutput> {
  return runDeno(exampleArgs(name, args));
}

/** Runs with a folder of files that an example reads. */
async function withFiles(
  files: Readonly<Record<string, string>>,
  use: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = (name: string): string => `${folder}\\${name}`;
  try {
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(path(name), text);
    await use(path);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("examples: every one is run here and named in examples/README.md", async () => {
  const names = [...Deno.readDirSync("examples")].map(({ name }) => name).filter((name) =>
    name.endsWith(".ts")
  );
  const here = await Deno.readTextFile("tests/windows/examples_test.ts");
  const readme = await Deno.readTextFile("examples/README.md");
  assertEquals(names.length, 6);
  for (const name of names) {
    assert(here.includes(`xample("${name.replace(".ts", "")}"`), name);
    assert(readme.includes(`](${name})`), name);
  }
});

for (const name of ["build_step", "test_runner", "judge", "agent_command", "watch_job"]) {
  Deno.test(`examples/${name}.ts: shows its usage, which is not a success`, async () => {
    const { code, stdout, stderr } = await example(name);
    assertEquals([code, stdout], [name === "build_step" ? 125 : 2, ""]);
    assertMatch(stderr, /^Usage: .+\n$/);
  });
}

Deno.test("examples/build_step.ts: passes output and exit code on, and counts the tree", async () => {
  const verbs = ["print", "built", "spawnwait", "2", "--", "exit", "0", ";", "exit", "7"];
  const { code, stdout, stderr } = await example("build_step", "60", CHILD, ...verbs);
  assertEquals(code, 7);
  assertMatch(stdout, /^built\r?\n/);
  assertMatch(stderr, /^3 processes, \d+\.\d s of processor time, \d+ MiB at most\n$/);
});

Deno.test("examples/build_step.ts: ends a build that takes too long, and names what is missing", async () => {
  const late = await example("build_step", "0.5", CHILD, "sleepforever");
  assertEquals(late.code, 124);
  assertMatch(late.stderr, /not done after 0\.5 s/);
  const missing = await example("build_step", "1", "no-such-program");
  assertEquals(missing.code, 125);
  assertMatch(missing.stderr, /no-such-program/);
});

Deno.test("examples/test_runner.ts: runs each test in its limits and says which fail", async () => {
  const tests = [
    { name: "passes", command: [CHILD, "exit", "0"], seconds: 30, mebibytes: 64 },
    { name: "fails", command: [CHILD, "print", "why", "exit", "3"], seconds: 30, mebibytes: 64 },
    { name: "hangs", command: [CHILD, "sleepforever"], seconds: 0.5, mebibytes: 64 },
    { name: "is missing", command: ["no-such-program"], seconds: 30, mebibytes: 64 },
  ];
  const files = { "tests.json": JSON.stringify(tests), "wrong.json": '[{"name":"x"}]' };
  await withFiles(files, async (path) => {
    const { code, stdout } = await example("test_runner", path("tests.json"));
    assertEquals(code, 1);
    assertMatch(stdout, /^1\.\.4\n/);
    assertMatch(stdout, /^ok 1 - passes$/m);
    assertMatch(stdout, /^not ok 2 - fails\n# exit code 3\n# why$/m);
    assertMatch(stdout, /^not ok 3 - hangs\n# not done after 0\.5 s$/m);
    assertMatch(stdout, /^not ok 4 - is missing\n# not started: .*no-such-program/m);
    const wrong = await example("test_runner", path("wrong.json"));
    assertEquals([wrong.code, wrong.stdout], [2, ""]);
    assertMatch(wrong.stderr, /must hold a list of tests/);
  });
});

Deno.test("examples/judge.ts: gives each verdict", async () => {
  await withFiles({ input: "1 2\n", expected: "1 2\n" }, async (path) => {
    const cases: [verdict: string, verbs: string[]][] = [
      ["accepted", ["cat"]],
      ["wrong answer", ["print", "3"]],
      ["runtime error", ["exit", "9"]],
      ["time limit exceeded", ["spinforever"]],
      // Windows refuses the allocation, jobsim reports it: the child ends with a code in both
      // cases.
      ["memory limit exceeded", ["alloc", "300000000", "exit", "12"]],
      ["output limit exceeded", ["write", "2000000"]],
    ];
    for (const [verdict, verbs] of cases) {
      const { code, stdout, stderr } = await example(
        "judge",
        ...[path("input"), path("expected"), CHILD, ...verbs],
      );
      assertEquals(stderr, "", verdict);
      assertEquals(JSON.parse(stdout).verdict, verdict);
      assertEquals(code, verdict === "accepted" ? 0 : 1);
    }
    const { code } = await example("judge", path("input"), path("none"), CHILD);
    assertEquals(code, 2);
  });
});

Deno.test("examples/agent_command.ts: replies with bounded size, without the agent's variables", async () => {
  const ask = async (...args: string[]) => {
    const { code, stdout, stderr } = await example("agent_command", ...args);
    assertEquals([code, stderr], [0, ""]);
    return JSON.parse(stdout);
  };
  const long = await ask("60", CHILD, "write", "100000", "printerr", "end", "exit", "5");
  assertEquals([long.success, long.exitCode, long.timedOut], [false, 5, false]);
  assertEquals(long.stdout.omitted, 100_000 - 2 * 8192);
  assertEquals(long.stderr, { text: "end\n", omitted: 0 });
  const { stdout: { text }, success } = await ask("60", CHILD, "env");
  assertEquals(success, true);
  assert(!text.includes("NO_COLOR"), "a variable of this test");
  const two = await ask("60", CHILD, "spawnwait", "1", "--", "exit", "0");
  assertEquals([two.success, two.processes], [true, 2]);
  const hung = await ask("0.5", CHILD, "sleepforever");
  assertEquals([hung.success, hung.timedOut], [false, true]);
});

Deno.test("examples/thousand_children.ts: runs the given number and counts their ends", async () => {
  const { code, stdout } = await example("thousand_children", "40", CHILD, "exit", "0");
  assertEquals(code, 0);
  assertMatch(stdout, /^40 × exit code 0\n40 processes in \d+\.\d s, 0 left, \d+ MiB at most\n$/);
  const failing = await example("thousand_children", "3", CHILD, "exit", "4");
  assertEquals(failing.code, 1);
  assertMatch(failing.stdout, /^3 × exit code 4\n/);
  const wrong = await example("thousand_children", "many");
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
});

Deno.test("examples/watch_job.ts: watches a job of another process until it is empty", async () => {
  const name = uniqueName();
  await using job = JobObject.create({ name, killOnClose: true });
  const child = job.spawn(CHILD, { args: ["cat"], stdin: "piped", stdout: "null" });
  await using watcher = new DenoProcess(exampleArgs("watch_job", [name, "0.1"]));
  await watcher.line("1 processes, ");
  await child.stdin.close();
  assertEquals((await watcher.line("empty after")).trim(), "empty after 1 processes");
  const missing = await example("watch_job", uniqueName());
  assertEquals([missing.code, missing.stdout], [2, ""]);
  assertMatch(missing.stderr, /^There is no job /);
});
