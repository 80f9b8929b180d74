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

/** Each row: its bit and field as Microsoft's header has them, and its option. */
const ROWS: readonly (readonly [name: string, flag: number, field: string, option: string])[] = [
  ["jobMemory", 0x200, "JobMemoryLimit", "--memory"],
  ["processMemory", 0x100, "ProcessMemoryLimit", "--process-memory"],
  ["workingSet", 0x1, "BasicLimitInformation.MinimumWorkingSetSize", "--working-set"],
  ["jobUserTime", 0x4, "BasicLimitInformation.PerJobUserTimeLimit", "--cpu-time"],
  ["processUserTime", 0x2, "BasicLimitInformation.PerProcessUserTimeLimit", "--process-cpu-time"],
  ["activeProcesses", 0x8, "BasicLimitInformation.ActiveProcessLimit", "--processes"],
  ["affinity", 0x10, "BasicLimitInformation.Affinity", "--affinity"],
  ["subsetAffinity", 0x4000, "", "--subset-affinity"],
  ["priorityClass", 0x20, "BasicLimitInformation.PriorityClass", "--priority"],
  ["schedulingClass", 0x80, "BasicLimitInformation.SchedulingClass", "--scheduling-class"],
  ["killOnClose", 0x2000, "", "--kill-on-close"],
  ["dieOnUnhandledException", 0x400, "", "--die-on-unhandled-exception"],
  ["breakaway", 0x800, "", "--breakaway"],
  ["silentBreakaway", 0x1000, "", "--silent-breakaway"],
];

Deno.test("EXTENDED_ROWS: the bits and fields of Microsoft's header, and the options of the help", () => {
  const rows = Object.values(EXTENDED_ROWS) as LimitRow[];
  assertEquals(
    rows.map(({ field, flag, name, options }) => [name, flag, field, options[0].option]),
    ROWS.map((row) => [...row]),
  );
  assertEquals(rows.filter(({ part }) => part !== "extended"), []);
});

Deno.test("EXTENDED_ROWS: a limit that is removed leaves nothing in the structure", () => {
  const values = { workingSet: { min: 4096, max: 8192 }, affinity: 3n, priorityClass: "high" };
  for (const [name, row] of Object.entries(EXTENDED_ROWS) as [keyof typeof values, LimitRow][]) {
    const parts = { extended: EXTENDED.decode(EXTENDED.allocate()) } as LimitParts;
    const value = values[name] ?? (row.options[0].form.json === "boolean" ? true : 7);
    row.encode(value as never, parts, { processors: 2 });
    assertEquals(row.decode(parts), value as never, name);
    row.encode(undefined, parts, { processors: 2 });
    assertEquals(parts.extended, EXTENDED.decode(EXTENDED.allocate()), name);
  }
});

Deno.test("EXTENDED_ROWS: the first and the last number of a range are in it, the next ones are not", () => {
  const { activeProcesses, schedulingClass } = EXTENDED_ROWS;
  for (
    const [row, min, max] of [[activeProcesses, 1, 0xffff_ffff], [schedulingClass, 0, 9]] as const
  ) {
    for (const value of [min, max]) row.check(value, { processors: 1 });
    for (const value of [min - 1, max + 1]) {
      assertThrows(() => row.check(value, { processors: 1 }), RangeError, row.name);
    }
  }
});
