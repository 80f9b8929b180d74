import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseArgs } from "../../cli/args/settings.ts";
import { UsageError } from "../../cli/args/usage_error.ts";
import { EXIT_CODES } from "../../cli/exit_code.ts";
import { readRunPlan, RUN_OPTIONS, type RunPlan } from "../../cli/run/plan.ts";
import { parseDuration } from "../../values/duration.ts";
import { FakeIo } from "../helpers/fake_io.ts";

const TEXT = await Deno.readTextFile(new URL("../../docs/runners.md", import.meta.url));

/** The runners, by the first word of their sections, which is that of their row too. */
const RUNNERS = ["GitHub", "Azure", "GitLab", "Buildkite", "Jenkins", "Buildbot"];

/** The command lines of a text: from `jobbox run` to the end of the line, or of its quotes. */
function commandLines(text: string): string[] {
  const [, ...lines] = text.split(/\bjobbox (?=run )/);
  const quoted = (before: string): boolean => /command="$/.test(before);
  const parts = text.split(/\bjobbox (?=run )/);
  return lines.map((rest, at) => {
    const line = rest.split("\n")[0]!;
    return quoted(parts[at]!) ? line.slice(0, line.indexOf('"')) : line;
  });
}

/** A command line as the tool understands it, by its own table. */
function planOf(line: string): RunPlan {
  const [, ...words] = (line.match(/(?:"[^"]*"|[^\s"])+/g) ?? [])
    .map((word) => word.replaceAll('"', ""));
  return readRunPlan(parseArgs(words, RUN_OPTIONS, { stopEarly: true }), new FakeIo());
}

/** The section of a runner, its blocks of code only. */
function codeOf(runner: string): string {
  const section = TEXT.split(/^## /m).find((part) => part.startsWith(runner)) ?? "";
  return [...section.matchAll(/^```\w+\n(.*?)^```/gms)].map(([, code]) => code).join("");
}

for (const runner of RUNNERS) {
  Deno.test(`docs/runners.md: the command line of ${runner} is one, with the grace of its row`, () => {
    const code = codeOf(runner);
    const lines = commandLines(code);
    assertEquals(lines.length, 1);
    const plan = planOf(lines[0]!);
    assertEquals([plan.command, plan.args], ["cmd", ["/c", "test.cmd"]]);
    assertEquals(plan.reports, [{ path: "run.json", form: "json" }]);
    const row = TEXT.split("\n").find((line) => line.startsWith(`| ${runner}`)) ?? "";
    const [, grace = ""] = /`(\w+)`\s*\|$/.exec(row) ?? [];
    assertEquals(plan.grace, parseDuration(grace));
    // The record is an artifact, and the failure of a machine is told apart.
    assertStringIncludes(code.replace(lines[0]!, ""), "run.json");
    assertStringIncludes(code, "125");
  });
}

Deno.test("docs/runners.md: a command line that the tool refuses is found", () => {
  const [line = ""] = commandLines(codeOf("Jenkins"));
  assertThrows(() => planOf(line.replace("--grace", "--grase")), UsageError, "--grase");
  assertThrows(() => planOf(line.replace("20m", "20")), UsageError, "--timeout");
  assertThrows(() => planOf(line.replace("run.json", "run.txt")), UsageError, "--report");
});

Deno.test("docs/runners.md: every exit code of the tool has its meaning", () => {
  const table = TEXT.split("## How")[0]!;
  for (const { code } of EXIT_CODES) {
    if (code !== undefined) assertStringIncludes(table, String(code));
  }
});
