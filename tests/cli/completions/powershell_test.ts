import { assert, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../../cli/commands/list.ts";
import { powershellCompletions } from "../../../cli/completions/powershell.ts";

const SPECS = COMMANDS.map(({ spec }) => spec);

Deno.test("powershellCompletions: a command's line has all its options", () => {
  const lines = powershellCompletions(SPECS).split("\n").map((line) => line.trimStart());
  for (const { name, options } of SPECS) {
    const line = lines.find((each) => each.startsWith(`'${name}' =`));
    assert(line !== undefined, name);
    for (const option of options) assertStringIncludes(line, `--${option.name}`);
  }
});
