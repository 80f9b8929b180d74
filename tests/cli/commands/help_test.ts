import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../../cli/args/usage_error.ts";
import { helpCommand } from "../../../cli/commands/help.ts";
import { COMMANDS } from "../../../cli/commands/list.ts";
import { FakeIo } from "../../helpers/fake_io.ts";

const SPECS = COMMANDS.map(({ spec }) => spec);
const COMMAND = helpCommand(() => SPECS);

async function help(...positionals: string[]): Promise<string> {
  const io = new FakeIo();
  assertEquals(await COMMAND.execute(COMMAND.parse({ options: [], positionals }, io), io), 0);
  return io.out;
}

Deno.test("helpCommand: the tool's help lists every command, a command's help shows its usage", async () => {
  const tool = await help();
  for (const { name } of SPECS) assertStringIncludes(tool, `\n  ${name} `);
  assertEquals(COMMAND.spec.words, SPECS.map(({ name }) => name));
  for (const { name, usage } of SPECS) {
    assertStringIncludes(await help(name), `Usage: jobbox ${name} ${usage}\n`);
  }
});

Deno.test("helpCommand: refuses an unknown command, and more than one", () => {
  const read = (...positionals: string[]) =>
    COMMAND.parse({ options: [], positionals }, new FakeIo());
  assertThrows(() => read("rnu"), UsageError, 'Unknown command "rnu": did you mean run?');
  assertThrows(() => read("run", "ps"), UsageError, 'Unexpected argument "ps"');
});
