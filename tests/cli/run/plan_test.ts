import { assert, assertEquals, assertThrows } from "@std/assert";
import { ISOLATION_OPTIONS } from "../../../cli/args/isolation_options.ts";
import { toPolicy } from "../../../cli/args/policy.ts";
import { POLICY_SETTINGS, readRunPlan, RUN_OPTIONS, type RunPlan } from "../../../cli/run/plan.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { everyOption } from "../../helpers/every_option.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

function plan(tokens: readonly string[], files: Record<string, string> = {}): RunPlan {
  const io = new FakeIo();
  for (const [path, text] of Object.entries(files)) io.files.set(path, text);
  return readRunPlan(parseArgs(tokens, RUN_OPTIONS, { stopEarly: true }), io);
}

function refusal(tokens: readonly string[], files: Record<string, string> = {}): string {
  return assertThrows(() => plan(tokens, files), UsageError).message;
}

const EVERY_OPTION = everyOption("", "C:\\src");

const COMMAND = ["node", "build.js", "--memory", "1"];

Deno.test("readRunPlan: options after the command belong to the command", () => {
  const { command, args, limits } = plan(["--memory", "64M", ...COMMAND]);
  assertEquals([command, ...args], COMMAND);
  assertEquals(limits, { jobMemory: 67108864 });
});

Deno.test("readRunPlan: defaults limit nothing and wait for the tree", () => {
  const { settings, ...rest } = plan(["--", "x"]);
  assertEquals(settings, []);
  assertEquals(rest, {
    command: "x",
    args: [],
    env: {},
    clearEnv: false,
    stdio: {},
    countFrozen: false,
    grace: 2000,
    waitTree: true,
    onLimit: "report",
    onNotify: "report",
    limits: {},
    notificationLimits: {},
    reports: [],
    quiet: false,
    foreground: false,
    errorDialogs: false,
    json: false,
    explain: false,
    files: [],
    sharesOutput: false,
    stderrToStdout: false,
    append: false,
  });
});

Deno.test("readRunPlan: - is jobbox's own standard stream", () => {
  const streams = ["--stdin", "-", "--stdout", "-", "--stderr", "-"];
  const { files, reports, stdio } = plan([...streams, "--report", "-", "x"]);
  assertEquals([stdio, files, reports], [{}, [], [{ path: "-", form: "json" }]]);
});

Deno.test("readRunPlan: refuses to overwrite an input, and detects shared streams", () => {
  assertThrows(
    () => plan(["--policy", "p.json", "--report", ".\\P.JSON", "x"], { "p.json": "{}" }),
    UsageError,
    '--report: Cannot write ".\\P.JSON": --policy reads it',
  );
  assertThrows(
    () => plan(["--stdin", "io.txt", "--stdout", "io.txt", "x"]),
    UsageError,
    '--stdout: Cannot write "io.txt": --stdin reads it',
  );
  assertEquals(plan(["--stdout", "a", "--stderr", ".\\A", "x"]).sharesOutput, true);
  assertEquals(plan(["--stdout", "a", "--stderr", "b", "x"]).sharesOutput, false);
});

/** The options of isolation. */
const RIGHTS = new Set(ISOLATION_OPTIONS.map(({ name }) => name));

/** Two wishes with every option of isolation but one: two say what the network is. */
const WISHES: readonly (readonly string[])[] = [
  [
    ...["--isolate", "low", "--no-admin", "--keep-privileges", "SeUndockPrivilege"],
    ...["--keep-env", "CI", "--keep-env", "X_*", "--fresh-temp", "--protect", "--integrity", "low"],
    ...["--private-desktop", "--mitigate", "fonts"],
  ],
  [
    ...["--container", "--network", "internet", "--read", "a", "--read", "C:\\b"],
    ...["--write", "c", "--capabilities", "lpacCom", "--all-packages"],
  ],
];

Deno.test("readRunPlan: a policy of every restriction is the same plan as its flags", () => {
  const tried = new Set(WISHES.flat());
  assertEquals([...RIGHTS].filter((name) => !tried.has(`--${name}`)), ["no-network"]);
  for (const tokens of WISHES) {
    const { isolation, settings } = plan([...tokens, "x"]);
    const policy = toPolicy(settings, { specs: POLICY_SETTINGS, command: ["x"] });
    const again = plan(["--policy", "p.json"], { "p.json": JSON.stringify(policy) });
    assertEquals(again.isolation, isolation);
    const wished = { ...isolation, ...isolation!.container };
    const options = tokens.filter((token) => token.startsWith("--") && token !== "--isolate");
    assertEquals(Object.keys(wished).length, new Set(options).size);
  }
});

Deno.test("readRunPlan: isolation together with breakaway is refused", () => {
  for (const option of ["--breakaway", "--silent-breakaway"]) {
    assertEquals(
      refusal(["--fresh-temp", option, "x"]),
      `Cannot isolate the command with ${option}: processes that leave the job are not ended with ` +
        "it, and nothing is tidied up after them",
    );
  }
});

Deno.test("readRunPlan: isolation beside a TEMP of one's own is refused in the words that were written", () => {
  assertEquals(
    refusal(["--isolate", "user", "--env", "TEMP=C:\\x", "x"]),
    "Cannot isolate the command: --isolate user (--fresh-temp) cannot stand beside the variable " +
      "TEMP: both say where temporary files are",
  );
});

Deno.test("readRunPlan: a policy of every option is the same plan as its flags", () => {
  // All but the other ways of limiting the CPU and of stderr, which exclude the one given, and
  // isolation, which excludes breakaway.
  const given = new Set(EVERY_OPTION.filter((token) => token.startsWith("--")));
  const missing = POLICY_SETTINGS.filter(({ name, excludes }) =>
    !given.has(`--${name}`) && excludes !== "cpu" && excludes !== "stderr" && !RIGHTS.has(name)
  );
  assertEquals(missing.map(({ name }) => name), []);

  const files = { vars: "# comment\r\n\r\nC=3\r\nA=file" };
  const flags = plan([...EVERY_OPTION, "--", ...COMMAND], files);
  const policy = toPolicy(flags.settings, { specs: POLICY_SETTINGS, command: COMMAND });
  const again = plan(["--policy", "p.json"], { ...files, "p.json": JSON.stringify(policy) });
  const values = ({ settings, files, ...rest }: RunPlan): unknown => ({
    ...rest,
    // Where a file was named differs, and the policy is one.
    files: files.filter(({ from }) => from !== "--policy").map(({ path, use }) => [path, use]),
    policy: toPolicy(settings, { specs: POLICY_SETTINGS, command: COMMAND }),
  });
  assertEquals(values(again), values(flags));
  assertEquals(flags.env, { A: "1", B: "x=y", C: "3", TEMP: null });
  assertEquals(flags.limits.cpu, { hardCap: 50, notify: true });
});

Deno.test("readRunPlan: the command line wins over the policy", () => {
  const file = { memory: "1M", cpuRate: "10%", env: { A: "1", B: "1" }, command: ["a", "b"] };
  const files = { "p.json": JSON.stringify(file) };
  const tokens = ["--policy", "p.json", "--memory", "2M", "--cpu-weight", "3", "--env", "A=2"];
  const { command, args, env, limits } = plan([...tokens, "--", "x"], files);
  assertEquals([command, ...args], ["x"]);
  assertEquals(limits, { jobMemory: 2097152, cpu: { weight: 3 } });
  assertEquals(env, { A: "2", B: "1" });
});

Deno.test("readRunPlan: an error names the option or key", () => {
  const bad = { "p.json": '{"memory":"800"}', vars: "A=1\nB" };
  assertEquals(
    refusal([]),
    "No command given: put it after the options, as in jobbox run … -- COMMAND",
  );
  assertEquals(
    refusal(["--", ""]),
    'Cannot run "": the name of the command is empty; perhaps a variable is not set',
  );
  assertEquals(
    refusal(["--policy", "p.json", "x"], bad).startsWith(
      'p.json: memory: Cannot read "800"',
    ),
    true,
  );
  assertEquals(
    refusal(["--policy", "none.json", "x"]),
    '--policy: Cannot read "none.json": No such file',
  );
  for (const option of ["--policy", "--env-file"]) {
    // A file with this name is not meant, though there is one.
    assertEquals(
      refusal([option, "-", "x"], { "-": "{}" }),
      `${option}: Cannot read stdin: the command reads it; name a file, or .\\- for one with this name`,
    );
  }
  assertEquals(
    refusal(["--env-file", "vars", "x"], bad),
    'vars:2: Cannot read "B": expected NAME=VALUE',
  );
  assertEquals(
    refusal(["--report", "r.txt", "x"]),
    '--report: Unknown report format "r.txt": the file name must end in .json or .html',
  );
  assertEquals(
    refusal(["--on-limit", "explode", "x"]),
    '--on-limit: Cannot read "explode": expected report, stop or kill',
  );
  assert(refusal(["--timeout", "5", "x"]).startsWith('--timeout: Cannot read "5"'));
  assert(refusal(["--notify-cpu-rate", "low", "x"]).startsWith("--notify-cpu-rate: Cannot watch"));
});

Deno.test("readRunPlan: the last value of the strongest source sets a variable", () => {
  const files = {
    "p.json": JSON.stringify({
      env: { Foo: "policy", Bar: "policy", Old: null },
      envFile: "p.env",
    }),
    "p.env": "FOO=policy file\nBAZ=policy file",
    "c.env": "FOO=file\nold=file",
  };
  const env = (...tokens: string[]) => plan([...tokens, "x"], files).env;
  assertEquals(env("--policy", "p.json"), {
    ...{ Foo: "policy", BAZ: "policy file", Bar: "policy", Old: null },
  });
  assertEquals(env("--policy", "p.json", "--env-file", "c.env"), {
    ...{ FOO: "file", Bar: "policy", old: "file" },
  });
  assertEquals(env("--policy", "p.json", "--env-file", "c.env", "--env", "foo=cli"), {
    ...{ foo: "cli", Bar: "policy", old: "file" },
  });
  assertEquals(env("--env", "FOO=1", "--env", "foo=2", "--env", "FOO=3"), { FOO: "3" });
  // To take one away leaves alone what the policy says of others.
  assertEquals(env("--policy", "p.json", "--unset-env", "BAZ"), {
    ...{ Foo: "policy", BAZ: null, Bar: "policy", Old: null },
  });
  const { settings, env: meant } = plan(["--policy", "p.json", "--env-file", "c.env", "x"], files);
  const policy = toPolicy(settings, { specs: POLICY_SETTINGS, command: ["x"] });
  const again = plan(["--policy", "q.json"], { ...files, "q.json": JSON.stringify(policy) });
  assertEquals(again.env, meant);
});

Deno.test("readRunPlan: a policy's limits, times and flags can be undone", () => {
  const file = {
    ...{ memory: "64M", cpuRate: "10%", timeout: "1s", maxOutput: "1M", processes: 3, quiet: true },
    ...{ breakaway: true, noWaitTree: true, clearEnv: true, notifyMemory: "1M", priority: "idle" },
  };
  const files = { "p.json": JSON.stringify(file) };
  const tokens = [
    ...["--memory", "none", "--cpu-rate", "none", "--timeout", "none", "--max-output", "none"],
    ...["--processes", "None", "--no-quiet", "--no-breakaway", "--wait-tree", "--no-clear-env"],
    ...["--notify-memory", "none", "--priority", "none"],
  ];
  const { settings, ...rest } = plan(["--policy", "p.json", ...tokens, "x"], files);
  assertEquals(settings, []);
  assertEquals(rest.limits, {});
  const { files: _, ...bare } = rest;
  const { settings: _none, files: _files, ...empty } = plan(["x"]);
  assertEquals(bare, empty);
});

Deno.test("readRunPlan: words of options compare without case, and a time may have two units", () => {
  const { env, limits, onLimit, timeout } = plan([
    ...["--env-from", "f", "--priority", "High", "--on-limit", "KILL", "--timeout", "1m30s", "x"],
  ], { f: "A=1" });
  assertEquals(env, { A: "1" });
  assertEquals([limits.priorityClass, onLimit, timeout], ["high", "kill", 90_000]);
});

Deno.test("readRunPlan: a policy is read with a byte order mark, and refused in UTF-16", () => {
  assertEquals(
    plan(["--policy", "p.json", "x"], { "p.json": '\ufeff{"timeout":"10s"}' }).timeout,
    10_000,
  );
  assertEquals(
    refusal(["--policy", "p.json", "x"], { "p.json": "{\0}\0" }),
    "p.json:1: Cannot read it: the file is UTF-16; save it as UTF-8",
  );
});

Deno.test("readRunPlan: the command's arguments are passed as typed if the line is known", () => {
  const typed = (line: string | undefined, tokens: string[]) => {
    const io = new FakeIo();
    io.line = line;
    io.files.set("p.json", '{"command":["cmd","/c","echo"]}');
    return readRunPlan(parseArgs(tokens, RUN_OPTIONS, { stopEarly: true }), io).rawArguments;
  };
  const tokens = ["--", "cmd", "/c", "echo", "a&b"];
  assertEquals(typed('jobbox run -- cmd /c echo "a&b"', tokens), '/c echo "a&b"');
  assertEquals(typed("jobbox run -- cmd /c echo other", tokens), undefined);
  assertEquals(typed(undefined, tokens), undefined);
  assertEquals(typed("jobbox run --policy p.json", ["--policy", "p.json"]), undefined);
});

Deno.test("RUN_OPTIONS: kill-on-close is not an option of a run, and no name occurs twice", () => {
  const names = RUN_OPTIONS.map(({ name }) => name);
  assertEquals(names.includes("kill-on-close"), false);
  assertEquals(names.length, new Set(names).size);
});

Deno.test("readRunPlan: options of the streams that exclude each other are refused", () => {
  const refused = (tokens: string[], says: string): void => {
    assertThrows(() => plan([...tokens, "x"]), UsageError, says);
  };
  refused(["--append"], "--append needs a file: add --stdout FILE");
  refused(["--append", "--stdout", "-"], "--append needs a file");
  refused(["--stderr", "a", "--stderr-to-stdout"], "exclude each other");
  assertEquals(plan(["--append", "--stderr", "a", "x"]).append, true);
  assertEquals(plan(["--stderr-to-stdout", "x"]).stderrToStdout, true);
  for (const name of ["", " "]) {
    assertThrows(() => plan(["--", name]), UsageError, "the name of the command is empty");
  }
});
