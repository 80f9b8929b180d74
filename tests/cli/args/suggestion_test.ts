import { assert, assertEquals } from "@std/assert";
import { suggestion } from "../../../cli/args/suggestion.ts";

Deno.test("suggestion: finds swapped and missing letters and beginnings, and nothing too different", () => {
  const known = ["memory", "timeout", "quiet"];
  assertEquals(suggestion("meomry", known), "memory");
  assertEquals(suggestion("timout", known), "timeout");
  assertEquals(suggestion("time", known), "timeout");
  assertEquals(suggestion("quit", known), "quiet");
  assertEquals(suggestion("Tiemout", known), "timeout");
  assertEquals(suggestion("banana", known), undefined);
  assertEquals(suggestion("memory", []), undefined);
});

Deno.test("suggestion: a word of any length takes almost no time", () => {
  const word = "memory".repeat(10_000_000);
  // A machine may stand still for a moment, but not each time.
  const times = [1, 2, 3].map(() => {
    const begin = performance.now();
    assertEquals(suggestion(word, ["memory"]), undefined);
    return performance.now() - begin;
  });
  assert(Math.min(...times) < 1000, times.join(", "));
});
