import { assertEquals, assertStringIncludes } from "@std/assert";
import { killCommand } from "../../../cli/commands/kill.ts";
import { ENDED_BY_JOBBOX } from "../../../cli/exit_code.ts";
import { FakeIo } from "../../helpers/fake_io.ts";
import { parseArgs } from "../../../cli/args/settings.ts";

Deno.test("killCommand: uses the exit code by which a run recognises a kill, or the given code", () => {
  const read = (...tokens: string[]): unknown =>
    killCommand.parse(parseArgs(tokens, killCommand.spec.options), new FakeIo());
  assertEquals(read("x"), { name: "x", json: false, exitCode: ENDED_BY_JOBBOX });
  assertEquals(read("--exit-code", "9", "--json", "x"), { name: "x", json: true, exitCode: 9 });
});

Deno.test("killCommand: says that the killed run has a code of its own", () => {
  const option = killCommand.spec.options.find(({ name }) => name === "exit-code");
  assertStringIncludes(option!.help, "a jobbox run that is killed ends with 143, whatever this is");
});
