import { assertEquals } from "@std/assert";
import { buildOf, SOURCES } from "../../cli/build.ts";

Deno.test("buildOf: code that runs from its sources reports that it is not a bundle", () => {
  assertEquals(SOURCES.length, 12);
  assertEquals(buildOf(false), { kind: "source" });
  assertEquals(buildOf(true), { kind: "compiled" });
});
