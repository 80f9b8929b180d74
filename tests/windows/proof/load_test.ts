/** Ends under load, also when messages are lost, late or repeated; `deno task load` does more. */
import { assert, assertEquals } from "@std/assert";
import { runLoad } from "../../helpers/load.ts";
import { TREATMENTS } from "../../helpers/unreliable_port.ts";

for (const treatment of TREATMENTS) {
  Deno.test(`load: every end is reported, with messages ${treatment}`, async () => {
    const { processes, spoilt } = await runLoad({ jobs: 3, processes: 5, treatment, seed: 14 });
    assertEquals(processes, 15);
    assertEquals(spoilt > 0, treatment !== "all");
    assert(spoilt <= 15 * 4, `${spoilt}`);
  });
}
