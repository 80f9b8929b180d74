import { assertEquals } from "@std/assert";
import { LIMIT_NAMES, limitRow } from "../../../job/limits/table.ts";
import { sameLimit } from "../../../job/limits/same.ts";
import { randomLimit } from "../../helpers/limit_values.ts";
import { Random } from "../../helpers/random.ts";

Deno.test("sameLimit: every limit is the same as itself, and not as none", () => {
  const random = new Random(3);
  for (const name of LIMIT_NAMES) {
    const row = limitRow(name);
    const value = randomLimit(name, random, { processors: 2 });
    assertEquals(sameLimit(row, value, structuredClone(value)), true, name);
    assertEquals(sameLimit(row, value, undefined), false, name);
    assertEquals(sameLimit(row, undefined, value), false, name);
    assertEquals(sameLimit(row, undefined, undefined), true, name);
  }
});

Deno.test("sameLimit: memory may be rounded down to a page, not up and not further", () => {
  const memory = limitRow("jobMemory");
  assertEquals(sameLimit(memory, 10_000, 8192), true);
  assertEquals(sameLimit(memory, 10_000, 12_288), false);
  assertEquals(sameLimit(memory, 10_000, 4096), false);
  const set = limitRow("workingSet");
  assertEquals(sameLimit(set, { min: 4097, max: 9000 }, { min: 4096, max: 8192 }), true);
  assertEquals(sameLimit(set, { min: 4097, max: 9000 }, { min: 4096, max: 4096 }), false);
});

Deno.test("sameLimit: a job time may have grown by what was used, not shrunk", () => {
  const row = limitRow("jobUserTime");
  assertEquals(sameLimit(row, 1000, 1500), true);
  assertEquals(sameLimit(row, 1000, 999), false);
  assertEquals(sameLimit(limitRow("processUserTime"), 1000, 1500), false);
});

Deno.test("sameLimit: a rate or a mask is the same to the last digit", () => {
  assertEquals(sameLimit(limitRow("cpu"), { hardCap: 25 }, { softCap: 25 }), false);
  assertEquals(sameLimit(limitRow("cpu"), { hardCap: 25 }, { hardCap: 25.01 }), false);
  assertEquals(sameLimit(limitRow("affinity"), 3n, 1n), false);
  assertEquals(sameLimit(limitRow("netBandwidth"), 5000, 4096), false);
  assertEquals(sameLimit(limitRow("ui"), ["desktop"], ["desktop", "ime"]), false);
});
