import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { ownCommandLine } from "../../../../process/start/own_command_line.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("ownCommandLine: is the command line of this process", () => {
  const line = ownCommandLine();
  assertMatch(line, /deno\.exe"? .*test/i);
  for (const argument of Deno.args) assertEquals(line.includes(argument), true, argument);
});

Deno.test("ownCommandLine: a missing line is an empty text", () => {
  using _none = substituteKernel("GetCommandLineW", () => () => 0n);
  assertEquals(ownCommandLine(), "");
});
