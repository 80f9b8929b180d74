import { assert, assertEquals } from "@std/assert";
import * as constants from "../../ffi/constants.ts";

const GROUPS: { readonly [group: string]: { readonly [name: string]: number } } = constants;

/** Groups of which every constant is one bit, so that they are or-ed. */
const FLAGS = [
  "JOB_OBJECT_LIMIT",
  "JOB_OBJECT_UILIMIT",
  "JOB_OBJECT_ACCESS",
  "JOB_OBJECT_CPU_RATE_CONTROL",
  "JOB_OBJECT_NET_RATE_CONTROL",
  "JOB_OBJECT_IO_RATE_CONTROL",
  "PROCESS",
  "PRIORITY_CLASS",
  "CREATION_FLAGS",
];

/** Names that the headers themselves have twice. */
const SYNONYMS = ["JOB_MEMORY_HIGH", "CPU_RATE_CONTROL"];

Deno.test("constants: every value is an unsigned 32-bit integer", () => {
  for (const [group, values] of Object.entries(GROUPS)) {
    for (const [name, value] of Object.entries(values)) {
      assertEquals(value >>> 0, value, `${group}.${name}`);
    }
  }
});

for (const group of FLAGS) {
  Deno.test(`constants: each of ${group} is one bit, and no two are the same`, () => {
    const values = Object.entries(GROUPS[group]!).filter(([name]) => !SYNONYMS.includes(name));
    assert(values.length > 0);
    let seen = 0;
    for (const [name, value] of values) {
      assertEquals(value & (value - 1), 0, `${group}.${name} is not one bit`);
      assertEquals(seen & value, 0, `${group}.${name} is there already`);
      seen |= value;
    }
  });
}

Deno.test("constants: no information class turns a job into a silo", () => {
  assertEquals(Object.values(constants.JOBOBJECTINFOCLASS).includes(35 as never), false);
  assertEquals(constants.JOBOBJECTINFOCLASS.JobObjectLimitViolationInformation2, 34);
});

for (const group of ["JOBOBJECTINFOCLASS", "JOB_OBJECT_MSG", "ERROR"]) {
  Deno.test(`constants: no two of ${group} have one value`, () => {
    const values = Object.values(GROUPS[group]!);
    assertEquals(new Set(values).size, values.length);
  });
}
