import { assertEquals } from "@std/assert";
import { PRIORITIES } from "../../../process/start/priority.ts";

Deno.test("PRIORITIES: six classes, from the lowest to the highest, each with its own bit", () => {
  assertEquals(Object.keys(PRIORITIES), [
    "idle",
    "belowNormal",
    "normal",
    "aboveNormal",
    "high",
    "realtime",
  ]);
  const values = Object.values(PRIORITIES);
  assertEquals(new Set(values).size, 6);
  for (const value of values) assertEquals(Math.log2(value) % 1, 0);
});
