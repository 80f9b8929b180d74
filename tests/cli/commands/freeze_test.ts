import { assertEquals } from "@std/assert";
import { freezeCommand, thawCommand } from "../../../cli/commands/freeze.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

Deno.test("freezeCommand and thawCommand: each takes one name", () => {
  for (const command of [freezeCommand, thawCommand]) {
    const args = parseArgs(["--json", "x"], command.spec.options);
    assertEquals(command.parse(args, new FakeIo()), { name: "x", json: true });
  }
  assertEquals([freezeCommand.spec.name, thawCommand.spec.name], ["freeze", "thaw"]);
});
