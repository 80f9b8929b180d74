/** A short soak in every run of the suite; `deno task soak` takes as long as wanted. */
import { assert, assertEquals } from "@std/assert";
import { growth, type Residue, Soak } from "../../helpers/soak.ts";

Deno.test("soak: random use agrees with the model, and leaves nothing", async () => {
  const soak = new Soak(14);
  const { steps, processes, messages, rounds } = await soak.run({ time: 0, rounds: 3, steps: 60 });
  for (const name of ["create", "spawn", "limit", "freeze", "terminate", "streams", "end"]) {
    assert(steps[name]! > 0, name);
  }
  assert(processes > 20 && messages > 20, `${processes} processes, ${messages} messages`);
  assertEquals(growth(rounds), []);
});

Deno.test("growth: steady growth is reported, fluctuation is not", () => {
  const round = (handles: number, heap: number): Residue => ({
    ...{ handles, heap, refs: 0, weakRefs: 0, sources: 0, watched: 0, memory: 1e8 },
  });
  assertEquals(growth([round(100, 1e7), round(130, 5e7), round(102, 1e7)]), []);
  assertEquals(growth([round(100, 1e7), round(110, 1e7), round(120, 4e7)]), [
    "handles: 100 at first, 120 at last",
    "heap: 10000000 at first, 40000000 at last",
  ]);
});
