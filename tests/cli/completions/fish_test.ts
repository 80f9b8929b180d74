import { assert, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../../cli/commands/list.ts";
import { fishCompletions } from "../../../cli/completions/fish.ts";

const SPECS = COMMANDS.map(({ spec }) => spec);

Deno.test("fishCompletions: every command has a line for each of its options", () => {
  const lines = fishCompletions(SPECS).split("\n");
  for (const { name, options } of SPECS) {
    const own = lines.filter((line) => line.includes(`'__jobbox_in ${name}'`)).join("\n");
    for (const option of options) assert(own.includes(` -l ${option.name} `), option.name);
  }
});

Deno.test("fishCompletions: no help text can end the quoted word that contains it", () => {
  const options = [{ name: "odd", value: "A", help: "it's [odd]: \\" }];
  const script = fishCompletions([{ ...SPECS[0]!, options }]);
  assertStringIncludes(script, String.raw`-l odd -x -d 'it\'s [odd]: \\'`);
});
