import { assertEquals, assertThrows } from "@std/assert";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import { EXTENDED_ROWS } from "../../../job/limits/extended_limits.ts";
import type { LimitParts, LimitRow } from "../../../job/limits/row.ts";

const EXTENDED = struct(STRUCTS, "JOBOBJECT_EXTENDED_LIMIT_INFORMATION");

Deno.test("EXTENDED_ROWS: each row writes the field that it says, where the layout says", () => {
  const samples: { readonly [name: string]: unknown } = {
    workingSet: { min: 4096, max: 8192 },
    affinity: 3n,
    priorityClass: "high",
  };
  for (const [name, row] of Object.entries(EXTENDED_ROWS) as [string, LimitRow][]) {
    const parts = { extended: EXTENDED.decode(EXTENDED.allocate()) } as LimitParts;
    const sample = samples[name] ?? (row.options[0].form.json === "boolean" ? true : 4096);
    row.encode(sample as never, parts, { processors: 2 });
    const view = EXTENDED.encode(parts.extended);
    const flags = EXTENDED.layout.find(({ path }) => path.endsWith(".LimitFlags"))!;
    assertEquals(view.getUint32(flags.offset, true), row.flag, name);
    const written = EXTENDED.layout.filter(({ offset, size, path }) =>
      path !== "BasicLimitInformation" && path !== flags.path &&
      new Uint8Array(view.buffer, offset, size).some((byte) => byte !== 0)
    ).map(({ path }) => path);
    const more = name === "workingSet" ? ["BasicLimitInformation.MaximumWorkingSetSize"] : [];
    assertEquals(written, row.field === "" ? [] : [row.field, ...more], name);
  }
});

Deno.test("EXTENDED_ROWS.priorityClass: an undocumented class has no name", () => {
  const parts = { extended: EXTENDED.decode(EXTENDED.allocate()) } as LimitParts;
  EXTENDED_ROWS.priorityClass.encode("idle", parts, { processors: 1 });
  assertEquals(EXTENDED_ROWS.priorityClass.decode(parts), "idle");
  parts.extended.BasicLimitInformation.PriorityClass = 3;
  assertEquals(EXTENDED_ROWS.priorityClass.decode(parts), undefined);
});

Deno.test("EXTENDED_ROWS: a row sets and clears its bit and no other", () => {
  const parts = { extended: EXTENDED.decode(EXTENDED.allocate()) } as LimitParts;
  EXTENDED_ROWS.priorityClass.encode("idle", parts, { processors: 1 });
  EXTENDED_ROWS.killOnClose.encode(true, parts, { processors: 1 });
  EXTENDED_ROWS.priorityClass.encode(undefined, parts, { processors: 1 });
  assertEquals(parts.extended.BasicLimitInformation.LimitFlags, 0x2000);
  assertEquals(EXTENDED_ROWS.priorityClass.decode(parts), undefined);
  assertEquals(EXTENDED_ROWS.killOnClose.decode(parts), true);
  EXTENDED_ROWS.killOnClose.encode(false, parts, { processors: 1 });
  assertEquals(parts.extended.BasicLimitInformation.LimitFlags, 0);
});

Deno.test("EXTENDED_ROWS: a number writes flag and field, and is absent without the flag", () => {
  const row = EXTENDED_ROWS.activeProcesses;
  const parts = { extended: EXTENDED.decode(EXTENDED.allocate()) } as LimitParts;
  row.encode(3, parts, { processors: 1 });
  assertEquals(parts.extended.BasicLimitInformation.ActiveProcessLimit, 3);
  assertEquals(row.decode(parts), 3);
  parts.extended.BasicLimitInformation.LimitFlags = 0;
  assertEquals(row.decode(parts), undefined);
  const says = "of processes from 1 to 4294967295";
  assertThrows(() => row.check(0, { processors: 1 }), RangeError, says);
});
