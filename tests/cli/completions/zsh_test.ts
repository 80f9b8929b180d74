import { assert, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../../cli/commands/list.ts";
import { zshCompletions } from "../../../cli/completions/zsh.ts";

const SPECS = COMMANDS.map(({ spec }) => spec);

Deno.test("zshCompletions: a command's case has all its options", () => {
  const script = zshCompletions(SPECS);
  for (const { name, options } of SPECS) {
    const [, body] = script.split(`\n    ${name})\n`);
    assert(body !== undefined, name);
    const [part = ""] = body.split(";;");
    for (const option of options) assertStringIncludes(part, `--${option.name}`);
  }
});

Deno.test("zshCompletions: no help text can end the quoted word that contains it", () => {
  const options = [{ name: "odd", value: "A", help: "it's [odd]: \\" }];
  const script = zshCompletions([{ ...SPECS[0]!, options }]);
  assertStringIncludes(script, String.raw`'(--odd)--odd=[it'\''s \[odd\]: \\]:A: '`);
});
