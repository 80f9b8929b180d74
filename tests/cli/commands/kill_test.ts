import { assertEquals } from "@std/assert";
import { killCommand } from "../../../cli/commands/kill.ts";
import { ENDED_BY_JOBBOX } from "../../../cli/exit_code.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

Deno.test("killCommand: gives the code by which a run knows that it was killed, or another", () => {
  const read = (...tokens: string[]): unknown =>
    killCommand.parse(parseArgs(tokens, killCommand.spec.options), new FakeIo());
  assertEquals(read("x"), { name: "x", json: false, exitCode: ENDED_BY_JOBBOX });
  assertEquals(read("--exit-code", "9", "--json", "x"), { name: "x", json: true, exitCode: 9 });
});
