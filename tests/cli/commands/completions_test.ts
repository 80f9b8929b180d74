import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../cli/args/usage_error.ts";
import {
  completionsCommand,
  renderCompletions,
  SHELLS,
} from "../../../cli/commands/completions.ts";
import { COMMANDS } from "../../../cli/commands/list.ts";
import { FakeIo } from "../../helpers/fake_io.ts";

const SPECS = COMMANDS.map(({ spec }) => spec);

Deno.test("renderCompletions: each shell has a script of its own", () => {
  const scripts = SHELLS.map((shell) => renderCompletions(shell, SPECS));
  assertEquals(SHELLS, ["powershell", "bash", "zsh", "fish"]);
  assertEquals(new Set(scripts).size, SHELLS.length);
});

Deno.test("completionsCommand: refuses another shell", async () => {
  const command = completionsCommand(() => SPECS);
  const read = (...positionals: string[]) =>
    command.parse({ options: [], positionals }, new FakeIo());
  assertThrows(() => read("ksh"), UsageError, "expected one of powershell, bash, zsh, fish");
  assertThrows(() => read(), UsageError, "No shell given: choose one of powershell, ");
  assertThrows(() => read("bash", "x"), UsageError, 'Cannot complete for "x"');
  for (const shell of SHELLS) {
    const io = new FakeIo();
    assertEquals(await command.execute(read(shell), io), 0);
    assertEquals(io.out, renderCompletions(shell, SPECS));
  }
});
