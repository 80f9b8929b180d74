import { assertEquals } from "@std/assert";
import { buildOf, SOURCES } from "../../cli/build.ts";

Deno.test("buildOf: these are the sources, which no bundle has been made of", () => {
  assertEquals(SOURCES.length, 12);
  assertEquals(buildOf(false), { kind: "source" });
  assertEquals(buildOf(true), { kind: "compiled" });
});
