import { assert, assertEquals } from "@std/assert";
import {
  ISOLATION_LEVELS,
  ISOLATION_PRESETS,
  ISOLATION_ROWS,
  isolationRow,
  MITIGATIONS,
} from "../../isolation/table.ts";
import { readIsolation } from "../../isolation/read_isolation.ts";

Deno.test("ISOLATION_ROWS: every restriction has one row, and no two rows have the same option", () => {
  const names = ISOLATION_ROWS.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  const options = ISOLATION_ROWS.map(({ option }) => option);
  assertEquals(new Set(options).size, options.length);
  for (const name of names) assertEquals(isolationRow(name).name, name);
});

Deno.test("ISOLATION_ROWS: every row says what it takes away and what it leaves", () => {
  for (const { checkedBy, leaves, name, needs, takesAway } of ISOLATION_ROWS) {
    for (const text of [checkedBy, leaves, takesAway]) assert(text.length > 10, name);
    // kernel32.dll is needed by everything.
    assert(needs.length > 0 && !needs.includes("kernel32"), name);
  }
});

Deno.test("ISOLATION_PRESETS: no preset contradicts itself", () => {
  assertEquals(Object.keys(ISOLATION_PRESETS), [...ISOLATION_LEVELS]);
  for (const preset of Object.values(ISOLATION_PRESETS)) {
    assertEquals(readIsolation(preset), preset);
  }
  assertEquals(ISOLATION_PRESETS.none, {});
  assertEquals(ISOLATION_PRESETS.low, { ...ISOLATION_PRESETS.user, integrity: "low" });
});

Deno.test('ISOLATION_LEVELS: no word means "as much as possible"', () => {
  assertEquals(ISOLATION_LEVELS.filter((word) => /auto|best|default|any/.test(word)), []);
});

Deno.test("MITIGATIONS: each is named in the row's help", () => {
  const { summary } = isolationRow("mitigations");
  assertEquals(MITIGATIONS.filter((word) => !summary.includes(word)), []);
});
