/** jobbox killed at random moments; `deno task kill` does it more often. */
import { assertEquals } from "@std/assert";
import { killAtRandom } from "../../helpers/random_kills.ts";

Deno.test("jobbox run: killed at random, nothing of its tree survives, and every line is whole", async () => {
  const { kills, trees } = await killAtRandom({ kills: 3, seed: 14 });
  assertEquals([kills, trees > 0], [3, true]);
});
