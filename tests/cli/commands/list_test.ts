import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../../cli/commands/list.ts";

Deno.test("COMMANDS: each name occurs once, and its example calls it", () => {
  const names = COMMANDS.map(({ spec }) => spec.name);
  assertEquals(names, [
    ...["run", "attach", "ps", "stats", "limits", "events", "freeze", "thaw", "kill", "doctor"],
    ...["completions", "help"],
  ]);
  for (const { spec } of COMMANDS) {
    assert(spec.example.startsWith(`jobbox ${spec.name} `), spec.name);
  }
});

Deno.test("COMMANDS: every command that a program may read has --json", () => {
  for (const { spec } of COMMANDS) {
    const json = spec.options.some(({ name }) => name === "json");
    assertEquals(json, !["completions", "help"].includes(spec.name), spec.name);
  }
});

Deno.test("COMMANDS: no option occurs twice in a command, and none replaces --help", () => {
  for (const { spec } of COMMANDS) {
    const names = spec.options.flatMap(({ name, short }) =>
      short === undefined ? [name] : [name, short]
    );
    assertEquals(names.length, new Set(names).size, spec.name);
    assert(!names.includes("help") && !names.includes("h"), spec.name);
  }
});
