import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../cli/args/usage_error.ts";
import type { OptionSpec } from "../../../cli/args/option.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

const SPECS: OptionSpec[] = [
  { name: "memory", value: "SIZE", help: "" },
  { name: "env", value: "NAME=VALUE", repeat: true, help: "" },
  { name: "quiet", short: "q", undo: "no-quiet", help: "" },
  { name: "env-file", value: "FILE", aliases: ["env-from"], help: "" },
  { name: "no-wait-tree", undo: "wait-tree", help: "" },
  { name: "timeout", value: "TIME", help: "" },
];

function given(...tokens: string[]): unknown {
  const { options, positionals } = parseArgs(tokens, SPECS, { stopEarly: true });
  return { options: options.map(({ name, value }) => `${name}=${value}`), positionals };
}

Deno.test("parseArgs: a value follows its option or an equals sign", () => {
  const expected = { options: ["memory=64M", "timeout=1s"], positionals: [] };
  assertEquals(given("--memory", "64M", "--timeout=1s"), expected);
  assertEquals(given("--env=A=B=C"), { options: ["env=A=B=C"], positionals: [] });
  assertEquals(given("--memory="), { options: ["memory="], positionals: [] });
  assertEquals(given("--memory=-1"), { options: ["memory=-1"], positionals: [] });
});

Deno.test("parseArgs: the options of the command are never taken for jobbox's", () => {
  assertEquals(given("--quiet", "node", "--memory", "1", "--", "-q"), {
    options: ["quiet="],
    positionals: ["node", "--memory", "1", "--", "-q"],
  });
  assertEquals(given("-q", "--", "--memory", "--"), {
    options: ["quiet="],
    positionals: ["--memory", "--"],
  });
  assertEquals(given("--quiet", "true"), { options: ["quiet="], positionals: ["true"] });
  assertEquals(given("-"), { options: [], positionals: ["-"] });
});

Deno.test("parseArgs: without stopEarly, options may follow positional arguments", () => {
  const { options, positionals } = parseArgs(["job", "-q", "x", "--", "-q"], SPECS);
  assertEquals(options, [{ name: "quiet", value: "" }]);
  assertEquals(positionals, ["job", "x", "-q"]);
});

Deno.test("parseArgs: refuses an unknown option, and names it", () => {
  const cases: [string[], string][] = [
    [["--memry", "1"], "Unknown option --memry: did you mean --memory?"],
    [["--xyzzy"], "Unknown option --xyzzy"],
    [["-x"], "Unknown option -x"],
    [["-memory", "1"], "Unknown option -memory: did you mean --memory?"],
    [["--memory"], "--memory needs a value: SIZE"],
    [["--memory", "--", "x"], "--memory needs a value: SIZE"],
    [
      ["--memory", "-1"],
      '--memory: Cannot read "-1": expected a SIZE of 0 or more',
    ],
    [
      ["--env-file", "-x"],
      "--env-file needs a value: write --env-file=-x if the value begins with a dash",
    ],
    [["--env-from"], "--env-from needs a value: FILE"],
    [["--version"], "Unknown option --version: jobbox --version prints the version"],
    [["--quiet=yes"], "--quiet takes no value"],
    [["--memory", "1", "--memory", "1"], "--memory is given twice: give it once"],
  ];
  for (const [tokens, message] of cases) {
    const error = assertThrows(() => given(...tokens), UsageError);
    assertEquals(error.message, message);
  }
});

Deno.test("parseArgs: a flag is undone by its own name, and an alias is the same option", () => {
  const { options } = parseArgs(["--no-quiet", "--wait-tree", "--env-from", "f"], SPECS);
  assertEquals(options, [
    { name: "quiet", value: "", undone: "no-quiet" },
    { name: "no-wait-tree", value: "", undone: "wait-tree" },
    { name: "env-file", value: "f", alias: "env-from" },
  ]);
  for (const tokens of [["-q", "--no-quiet"], ["--env-file=a", "--env-from=b"]]) {
    assertThrows(() => given(...tokens), UsageError, "twice");
  }
  assertThrows(() => given("--no-quiet=1"), UsageError, "--no-quiet takes no value");
});

Deno.test("parseArgs: for an option name of another tool, the error suggests jobbox's", () => {
  const cases: [string, string | undefined][] = [
    ...[["--wall-time", "timeout"], ["--time", "timeout"], ["--Timeout", "timeout"]],
    ...[["--maxmem", "memory"], ["--nowait", "no-wait-tree"], ["--no-wait", "no-wait-tree"]],
    // A name that is meant for an option that is not there.
    ...[["--extra-time", undefined], ["--toString", undefined]],
  ] as [string, string | undefined][];
  for (const [written, meant] of cases) {
    const { message } = assertThrows(() => given(written), UsageError);
    const question = meant === undefined ? "" : `: did you mean --${meant}?`;
    assertEquals(message, `Unknown option ${written}${question}`);
  }
});

Deno.test("parseArgs: a repeated option keeps its order", () => {
  assertEquals(given("--env", "A=1", "-q", "--env", "A=2"), {
    options: ["env=A=1", "quiet=", "env=A=2"],
    positionals: [],
  });
});
