import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commandHelp, type CommandSpec, toolHelp } from "../../../cli/args/command.ts";

const SPEC: CommandSpec = {
  name: "try",
  summary: "try something",
  usage: "[OPTION…] NAME",
  example: "jobbox try x",
  options: [
    { name: "memory", value: "SIZE", help: "how much of a very long and winding explanation" },
    { name: "quiet", short: "q", help: "say nothing", group: "Words" },
    { name: "die-on-unhandled-exception", help: "a name that is too long for its column" },
  ],
  notes: [{ title: "Exit codes", rows: [["any", "the command's own"]] }],
};

Deno.test("commandHelp: usage, example, options under their headings, notes", () => {
  assertEquals(
    commandHelp(SPEC, 60),
    `jobbox try: try something

Usage: jobbox try [OPTION…] NAME
Example: jobbox try x

Options:
  --memory SIZE           how much of a very long and
                          winding explanation
  --die-on-unhandled-exception
                          a name that is too long for its
                          column
  -h, --help              show this help

Words:
  -q, --quiet  say nothing

Exit codes:
  any  the command's own
`,
  );
});

Deno.test("commandHelp: no line is wider than the terminal, unless a word is", () => {
  for (const width of [60, 80, 120]) {
    for (const line of commandHelp(SPEC, width).split("\n")) assert(line.length <= width, line);
  }
});

Deno.test("toolHelp: lists the commands", () => {
  const help = toolHelp([SPEC], 80);
  assertStringIncludes(help, "  try  try something\n");
  assertStringIncludes(help, "--version");
});
