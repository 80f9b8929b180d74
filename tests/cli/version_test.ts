import { assertEquals, assertMatch } from "@std/assert";
import { VERSION } from "../../cli/version.ts";
import config from "../../deno.json" with { type: "json" };

Deno.test("VERSION: is deno.json's", () => {
  assertEquals(VERSION, config.version);
  assertMatch(VERSION, /^\d+\.\d+\.\d+/);
});
