import { assert, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../../cli/commands/list.ts";
import { bashCompletions } from "../../../cli/completions/bash.ts";

const SPECS = COMMANDS.map(({ spec }) => spec);

Deno.test("bashCompletions: a command's line has all its options", () => {
  const lines = bashCompletions(SPECS).split("\n").map((line) => line.trimStart());
  for (const { name, options } of SPECS) {
    const line = lines.find((each) => each.startsWith(`${name})`));
    assert(line !== undefined, name);
    for (const option of options) assertStringIncludes(line, `--${option.name}`);
  }
});
