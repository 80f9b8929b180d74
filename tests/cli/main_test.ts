import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { main } from "../../cli/main.ts";
import { COMMANDS } from "../../cli/commands/list.ts";
import { EXIT_CODES } from "../../cli/exit_code.ts";
import { RUN_OPTIONS } from "../../cli/run/plan.ts";
import config from "../../deno.json" with { type: "json" };
import { FakeIo } from "../helpers/fake_io.ts";

async function run(
  args: readonly string[],
  files: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string; files: string[] }> {
  const io = new FakeIo();
  for (const [path, text] of Object.entries(files)) io.files.set(path, text);
  const code = await main(args, io);
  const made = [...io.files.keys()].filter((path) => !(path in files));
  return { code, out: io.out, err: io.err, files: made };
}

const NO_NAME = "No job given: give the NAME from jobbox run --name NAME; " +
  "Windows keeps no list of jobs";

Deno.test("main: --version is deno.json's", async () => {
  const { code, out, err } = await run(["--version"]);
  assertEquals([code, out, err], [0, `jobbox ${config.version}\n`, ""]);
});

Deno.test("main: --json goes with --version and before any command that has it", async () => {
  for (const args of [["--version", "--json"], ["--json", "--version"]]) {
    const { code, out, err } = await run(args);
    assertEquals([code, JSON.parse(out), err], [
      0,
      {
        ...{ name: "jobbox", version: config.version },
        ...{ deno: "2.0.0", v8: "14.0", target: "x86_64-pc-windows-msvc" },
        build: { kind: "source" },
      },
      "",
    ]);
  }
  const cases: [string[], string][] = [
    [["--version", "x"], "Cannot take x with --version: it must be used alone"],
    [["--version", "--json", "--json"], "Cannot take --json with --version"],
    [["--help", "--json"], "Cannot take --json with help: its output is not data"],
    [["help", "run", "x"], 'Unexpected argument "x": help takes one command'],
    [["completions", "bash", "--json"], "Cannot take --json with completions: its output is"],
    [["--json", "completions", "bash"], "Cannot take --json with completions: its output is"],
    [["--json"], "No command given: --json needs one"],
    [["--json", "ps"], `${NO_NAME} (see jobbox ps --help)`],
  ];
  for (const [args, line] of cases) {
    const { code, out, err } = await run(args);
    assertEquals([code, out], [125, ""], args.join(" "));
    assertStringIncludes(err, line);
    assertEquals(err.split("\n").length, 2);
  }
});

Deno.test("main: output that cannot be written is a failure, but a closed pipe is not", async () => {
  const io = new FakeIo();
  io.stdout.failure = new Error("disk full");
  assertEquals(await main(["--version"], io), 125);
  assertStringIncludes(io.err, "Cannot write to stdout: disk full");
  const gone = new FakeIo();
  gone.stdout.giveUp();
  assertEquals([await main(["--version"], gone), gone.err], [0, ""]);
});

Deno.test("main: --help lists every command", async () => {
  for (const args of [["--help"], ["-h"], ["help"]]) {
    const { code, out, err } = await run(args);
    assertEquals([code, err], [0, ""]);
    for (const { spec } of COMMANDS) assertStringIncludes(out, `  ${spec.name} `);
  }
});

Deno.test("main: the help of each command lists its options and has no side effect", async () => {
  for (const { spec } of COMMANDS) {
    for (
      const args of [[spec.name, "--help"], ["help", spec.name], ["--help", spec.name], [
        spec.name,
        "-h",
      ]]
    ) {
      const { code, out, err, files } = await run(args);
      assertEquals([code, err, files], [0, "", []]);
      for (const { name } of spec.options) assertStringIncludes(out, `--${name}`);
      assertStringIncludes(out, spec.example);
    }
  }
});

Deno.test("main: run's help has every option and exit code", async () => {
  const { out } = await run(["run", "--help"]);
  for (const { name } of RUN_OPTIONS) assertStringIncludes(out, `--${name}`);
  for (const { code } of EXIT_CODES) assertStringIncludes(out, `  ${code ?? "any"} `);
});

Deno.test("main: --help after the command is an argument of the command", async () => {
  // Not Windows: the run fails, and says so, instead of printing our help.
  const { code, out } = await run(["run", "--", "node", "--help"]);
  assertEquals(out, "");
  assert(code !== 0);
});

Deno.test("main: wrong use is 125, one line that names the help, and starts nothing", async () => {
  const cases: [args: string[], line: string, files?: Record<string, string>][] = [
    [[], "jobbox: No command given"],
    [["rnu"], "jobbox: Unknown command rnu: did you mean run?"],
    [["--verison"], "jobbox: Unknown option --verison: did you mean --version?"],
    [["help", "xyz"], 'jobbox: Unknown command "xyz"'],
    [["run"], "jobbox: No command given: put it after the options"],
    [
      ["run", "--timeout", "5", "x"],
      'jobbox: --timeout: Cannot read "5": expected a time such as ',
    ],
    [["run", "--memroy", "1M", "x"], "jobbox: Unknown option --memroy: did you mean --memory?"],
    [["run", "--memory", "800", "x"], 'jobbox: --memory: Cannot read "800": expected a size such '],
    [
      ["run", "--cpus", "1", "--cpu-weight", "5", "x"],
      "jobbox: Cannot use --cpus and --cpu-weight together: expected one of --cpus, ",
    ],
    [
      ["run", "--cpu-min", "5%", "x"],
      "jobbox: Cannot use --cpu-min alone: expected one of --cpus, ",
    ],
    [
      ["run", "--report", "r.json", "--events", ".\\R.JSON", "x"],
      'jobbox: --events: Cannot write ".\\R.JSON": --report writes it too',
    ],
    [
      ["run", "--meta", "m", "--stderr", "m", "x"],
      'jobbox: --stderr: Cannot write "m": --meta writes it too',
    ],
    [["run", "--policy", "p", "x"], "jobbox: p: Cannot read it as JSON: ", {
      p: '{"a"\n:,',
    }],
    [["run", "--policy", "p", "x"], 'jobbox: p: memory: expected a string such as "200M", got 5', {
      p: '{"memory":5}',
    }],
    [
      ["run", "--report", "missing/r.json", "x"],
      'jobbox: --report: Cannot write "missing/r.json": ',
    ],
    [["ps"], `jobbox: ${NO_NAME}`],
    [
      ["kill", "--exit-code", "-1", "x"],
      'jobbox: --exit-code: Cannot read "-1": expected a COUNT of ',
    ],
    [["kill", "--exit-code=x", "x"], 'jobbox: --exit-code: Cannot read "x"'],
    [["kill", "--exit-code", "0", "x"], "jobbox: --exit-code: 0 would look like success"],
    [["limits", "--memory", "5", "x"], 'jobbox: --memory: Cannot read "5"'],
    [["stats", "--interval", "1s", "x"], "jobbox: --interval needs --watch"],
    [["attach", "--kill-on-close", "4"], "jobbox: --kill-on-close needs --wait: "],
    [["attach", "--name", "x", "4"], "jobbox: --name needs --wait: "],
    [["attach", "--wait"], "jobbox: No process given"],
    [["attach", "x"], 'jobbox: Cannot read "x": expected the id of a process'],
    [["completions", "ksh"], 'jobbox: Cannot complete for "ksh"'],
    [["freeze", "a", "b"], 'jobbox: Unexpected argument "b": give the name of one job'],
  ];
  for (const [args, line, files = {}] of cases) {
    const { code, out, err, files: made } = await run(args, files);
    assertEquals([code, out, made], [125, "", []], args.join(" "));
    const [first = "", ...rest] = err.split("\n");
    assert(first.startsWith(line), `${args.join(" ")}: ${first}`);
    assertMatch(first, /[^.] \(see jobbox (\w+ )?--help\)$/);
    assertEquals(rest, [""], args.join(" "));
  }
});

Deno.test("main: a run with a usage error writes its record wherever it can", async () => {
  for (const wrong of [["--memroy", "1M"], ["--memory", "800"], ["--policy", "none"]]) {
    const { code, files } = await run(["run", "--report", "r.json", ...wrong, "--", "x"]);
    assertEquals([code, files], [125, ["r.json"]], wrong.join(" "));
  }
  const two = ["--report", "r.json", "--report", "missing/r.json"];
  assertEquals((await run(["run", ...two, "--", "x"])).files, ["r.json"]);
});

Deno.test("main: a run that throws writes its record, and an older one stays", async () => {
  const io = new FakeIo();
  io.files.set("old.json", "old");
  io.elapsed = () => {
    throw new Error("no clock");
  };
  const reports = ["--report", "old.json", "--report", "new.json"];
  assertEquals(await main(["run", ...reports, "--", "x"], io), 125);
  assertStringIncludes(io.err, "no clock");
  assertEquals(io.files.get("old.json"), "old");
  const { error, verdict } = JSON.parse(io.files.get("new.json")!);
  assertEquals([verdict, error], ["failed", "no clock"]);
});

Deno.test("main: a policy's key reaches the terminal as text, in a line of bounded length", async () => {
  const key = "\u001b]0;pwned\u0007\u009b31m\u202e" + "x".repeat(1_000_000);
  const times = [];
  // A machine may stand still for a moment, but not each time.
  for (let attempt = 0; attempt < 3; attempt++) {
    const started = performance.now();
    const { code, err } = await run(["run", "--policy", "p", "x"], {
      p: JSON.stringify({ [key]: 1 }),
    });
    times.push(performance.now() - started);
    assertEquals(code, 125);
    assertStringIncludes(err, "\\u001b]0;pwned\\u0007\\u009b31m\\u202e");
    // deno-lint-ignore no-control-regex -- they are what must not be there
    assertMatch(err, /^[^\x00-\x1f\x7f-\x9f\u202e]{100,4000}\n$/);
  }
  assert(Math.min(...times) < 2000, times.join(", "));
});

const OFF_WINDOWS = { ignore: Deno.build.os === "windows" };

Deno.test(
  "main: on another system than Windows a run fails, with a record",
  OFF_WINDOWS,
  async () => {
    const { code, err, files } = await run(["run", "--report", "r.json", "--", "x"]);
    assertEquals(code, 125);
    assertStringIncludes(err, "job objects are a part of Windows");
    assertEquals(files, ["r.json"]);
  },
);

Deno.test("main: other spellings of --version, and completions without a shell", async () => {
  for (const word of ["version", "--Version", "-v", "-V"]) {
    const { code, err } = await run([word]);
    assertEquals([code, err.includes("did you mean --version?")], [125, true], word);
  }
  assertStringIncludes(
    (await run(["run", "--version"])).err,
    "jobbox --version prints the version",
  );
  assertStringIncludes(
    (await run(["completions"])).err,
    "No shell given: choose one of powershell, ",
  );
});
