import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { completionsCommand, renderCompletions } from "../../../cli/commands/completions.ts";
import { COMMANDS } from "../../../cli/commands/list.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { FakeIo } from "../../helpers/fake_io.ts";

const SPECS = COMMANDS.map(({ spec }) => spec);

for (const shell of ["bash", "powershell"] as const) {
  Deno.test(`renderCompletions: ${shell} knows every command and option`, () => {
    const script = renderCompletions(shell, SPECS);
    for (const { name, options } of SPECS) {
      const line = script.split("\n").find((each) =>
        each.trimStart().startsWith(shell === "bash" ? `${name})` : `'${name}' =`)
      );
      assert(line !== undefined, name);
      for (const option of options) assertStringIncludes(line, `--${option.name}`);
    }
  });
}

Deno.test("completionsCommand: refuses another shell", async () => {
  const command = completionsCommand(() => SPECS);
  const read = (...positionals: string[]) =>
    command.parse({ options: [], positionals }, new FakeIo());
  assertThrows(() => read("fish"), UsageError, "wanted powershell or bash");
  assertThrows(() => read(), UsageError, "wanted powershell or bash");
  assertThrows(() => read("bash", "x"), UsageError);
  const io = new FakeIo();
  assertEquals(await command.execute(read("bash"), io), 0);
  assertEquals(io.out, renderCompletions("bash", SPECS));
});
