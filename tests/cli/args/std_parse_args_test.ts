/**
 * Why the tool has a parser of its own: what `@std/cli`'s gives for command lines of jobbox, beside
 * what is needed. Flags are tried as booleans and as strings; each way loses a word or an order.
 */
import { assertEquals } from "@std/assert";
import { parseArgs as stdParseArgs } from "@std/cli/parse-args";
import type { OptionSpec } from "../../../cli/args/option.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

const SPECS: OptionSpec[] = [
  { name: "memory", value: "SIZE", help: "" },
  { name: "quiet", short: "q", undo: "no-quiet", help: "" },
  { name: "env", value: "NAME=VALUE", repeat: true, help: "" },
  { name: "unset-env", value: "NAME", repeat: true, help: "" },
];
const VALUES = ["memory", "env", "unset-env"];

/** What the tool reads: the options in their order, then what is started. */
function ours(...words: string[]): unknown {
  const { options, positionals } = parseArgs(words, SPECS, { stopEarly: true });
  return [options.map(({ name, value }) => [name, value]), positionals];
}

/** What the standard library reads where flags are booleans. */
function asBooleans(...words: string[]): Record<string, unknown> {
  const { _, "--": rest, ...options } = stdParseArgs(words, {
    stopEarly: true,
    "--": true,
    string: VALUES,
    collect: ["env", "unset-env"],
    boolean: ["quiet"],
    alias: { quiet: "q" },
  });
  return { ...options, _, rest };
}

/** What it reads where all options are strings. */
function asStrings(...words: string[]): Record<string, unknown> {
  const { _, "--": rest, ...options } = stdParseArgs(words, {
    stopEarly: true,
    "--": true,
    string: [...VALUES, "quiet"],
    collect: ["env", "unset-env"],
  });
  return { ...options, _, rest };
}

Deno.test('std parseArgs: a flag before a program named "true" takes the name as its value', () => {
  assertEquals(ours("--quiet", "true"), [[["quiet", ""]], ["true"]]);
  assertEquals([asBooleans("--quiet", "true")["quiet"], asBooleans("--quiet", "true")["_"]], [
    true,
    [],
  ]);
});

Deno.test("std parseArgs: a flag that is declared as a string takes the next program as its value", () => {
  assertEquals(ours("--quiet", "node", "x.js"), [[["quiet", ""]], ["node", "x.js"]]);
  assertEquals([asStrings("--quiet", "node", "x.js")["quiet"], asStrings("--quiet", "node")["_"]], [
    "node",
    [],
  ]);
});

Deno.test('std parseArgs: a "--" of the command is removed from its arguments', () => {
  assertEquals(ours("sort", "--"), [[], ["sort", "--"]]);
  assertEquals(asBooleans("sort", "--"), asBooleans("sort"));
});

Deno.test("std parseArgs: a missing value cannot be told from an empty one", () => {
  assertEquals(ours("--memory="), [[["memory", ""]], []]);
  assertEquals(asBooleans("--memory=")["memory"], asBooleans("--memory")["memory"]);
});

Deno.test("std parseArgs: of an option that is given twice only the last value is returned, without an error", () => {
  assertEquals(asBooleans("--memory=1G", "--memory=2G")["memory"], "2G");
});

Deno.test("std parseArgs: the order of two options is lost, and the last one counts", () => {
  const options = [["env", "A=1"], ["unset-env", "A"], ["env", "A=2"]];
  assertEquals(ours(...options.map(([name, value]) => `--${name}=${value}`)), [options, []]);
  const { env, "unset-env": unset } = asBooleans("--env=A=1", "--unset-env=A", "--env=A=2");
  assertEquals([env, unset], [["A=1", "A=2"], ["A"]]);
});

Deno.test("std parseArgs: a flag with a value is accepted without an error", () => {
  assertEquals(asBooleans("--quiet=no")["quiet"], true);
});
