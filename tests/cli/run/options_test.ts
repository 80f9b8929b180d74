import { assert, assertEquals } from "@std/assert";
import { REACTIONS, RUN_ONLY, RUN_SETTINGS } from "../../../cli/run/options.ts";

Deno.test("RUN_SETTINGS: flags are booleans, and repeatable options are lists", () => {
  for (const { name, value, type, repeat, help } of RUN_SETTINGS) {
    assertEquals(value === undefined, type === "boolean", name);
    assertEquals(repeat === true, ["strings", "variables", "labels"].includes(type), name);
    assert(help.length > 10, name);
  }
});

Deno.test("RUN_ONLY: a policy cannot name another policy, explain or print", () => {
  assertEquals(RUN_ONLY.map(({ name }) => name), ["policy", "engine", "explain", "json"]);
});

Deno.test("REACTIONS: by default nothing ends the run", () => {
  assertEquals(REACTIONS[0], "report");
});
