import { assertEquals, assertThrows } from "@std/assert";
import type { LimitRow } from "../../job/limits/row.ts";
import { LIMIT_NAMES, limitRow } from "../../job/limits/table.ts";
import { GROUP_MASKS, MASK, PERCENT, PROCESSORS } from "../../values/cpus.ts";
import { TIME } from "../../values/duration.ts";
import { bytes, count, MEMORY_RANGE } from "../../values/quantity.ts";
import {
  checkArray,
  checkChoice,
  checkKeys,
  choice,
  choices,
  SWITCH,
  textOf,
  type ValueKind,
} from "../../values/value_kind.ts";
import { randomLimit } from "../helpers/limit_values.ts";
import { Random } from "../helpers/random.ts";

function sameLimit(row: LimitRow, wanted: unknown, found: unknown): boolean {
  return row.same(wanted as never, found as never);
}

Deno.test("same: every limit is the same as itself", () => {
  const random = new Random(3);
  for (const name of LIMIT_NAMES) {
    const row = limitRow(name);
    const value = randomLimit(name, random, { processors: 2 });
    assertEquals(sameLimit(row, value, structuredClone(value)), true, name);
  }
});

Deno.test("same: memory may be rounded down to a page, but neither up nor further down", () => {
  const memory = limitRow("jobMemory");
  assertEquals(sameLimit(memory, 10_000, 8192), true);
  assertEquals(sameLimit(memory, 10_000, 12_288), false);
  assertEquals(sameLimit(memory, 10_000, 4096), false);
  const set = limitRow("workingSet");
  assertEquals(sameLimit(set, { min: 4097, max: 9000 }, { min: 4096, max: 8192 }), true);
  assertEquals(sameLimit(set, { min: 4097, max: 9000 }, { min: 4096, max: 4096 }), false);
});

Deno.test("same: a job time may have grown by the time used, but not shrunk", () => {
  const row = limitRow("jobUserTime");
  assertEquals(sameLimit(row, 1000, 1500), true);
  assertEquals(sameLimit(row, 1000, 999), false);
  assertEquals(sameLimit(limitRow("processUserTime"), 1000, 1500), false);
});

Deno.test("same: a rate or a mask is the same to the last digit", () => {
  assertEquals(sameLimit(limitRow("cpu"), { hardCap: 25 }, { softCap: 25 }), false);
  assertEquals(sameLimit(limitRow("cpu"), { hardCap: 25 }, { hardCap: 25.01 }), false);
  assertEquals(sameLimit(limitRow("affinity"), 3n, 1n), false);
  assertEquals(sameLimit(limitRow("netBandwidth"), 5000, 4096), false);
  assertEquals(sameLimit(limitRow("ui"), ["desktop"], ["desktop", "ime"]), false);
});

/** Of each kind a text that is written back as it was. */
const TEXTS: readonly (readonly [kind: Pick<ValueKind, "parse" | "format">, text: string])[] = [
  [bytes(1), "1.5GiB"],
  [MEMORY_RANGE, "1MiB..64MiB"],
  [TIME, "1.5s"],
  [count({ min: 1, max: 9, unit: "" }), "7"],
  [PERCENT, "12.5%"],
  [PROCESSORS, "1.5"],
  [MASK, "0-2,5"],
  [GROUP_MASKS, "0:0-3;1:0"],
  [choice(["low", "belowNormal"]), "belowNormal"],
  [choices(["a", "b", "c"]), "a,c"],
  [SWITCH, "on"],
];

Deno.test("parse and format: what is written is read back as the same", () => {
  for (const [kind, text] of TEXTS) assertEquals(kind.format(kind.parse(text)), text);
});

Deno.test("parse: an example is a valid value, and the error for a wrong text says what is expected", () => {
  for (const name of LIMIT_NAMES) {
    const { options, check } = limitRow(name);
    for (const { form, key } of options) {
      const value = form.parse(form.example);
      if (key === undefined) check(value, { processors: 8 });
      if (form.json !== "boolean") assertThrows(() => form.parse("?"), Error, '"?"', name);
    }
  }
  assertThrows(() => choice(["on", "off"]).parse("x"), SyntaxError, "expected on, off");
  assertThrows(() => SWITCH.parse("yes"), SyntaxError, "expected on or none");
  assertThrows(() => MEMORY_RANGE.parse("1M"), SyntaxError, "two sizes such as 1M..64M");
  assertThrows(() => GROUP_MASKS.parse("0"), SyntaxError, "such as 0:0-3");
});

Deno.test("checkChoice: one of the words, exactly", () => {
  checkChoice("mode", "on", ["on", "off"]);
  assertThrows(() => checkChoice("mode", "On", ["on", "off"]), RangeError, `"on", "off", got "On"`);
  assertThrows(() => checkChoice("mode", 1, ["on"]), TypeError, "got 1");
});

Deno.test("checkKeys: an unknown key is refused by its name", () => {
  assertEquals(checkKeys("pair", { a: 1 }, ["a", "b"]), { a: 1 });
  assertThrows(() => checkKeys("pair", { c: 1 }, ["a", "b"]), TypeError, "Cannot set pair.c");
  for (const bad of [null, [], "a", 5]) {
    assertThrows(() => checkKeys("pair", bad, ["a"]), TypeError, "expected an object of a");
  }
});

Deno.test("checkArray: only arrays", () => {
  assertEquals(checkArray("list", [1]), [1]);
  assertThrows(() => checkArray("list", { length: 0 }), TypeError, `got { length: 0 }`);
});

Deno.test("textOf: is complete, so that equal texts mean equal limits", () => {
  assertEquals(textOf("x".repeat(200)).length, 202);
  assertEquals(textOf({ mask: 3n, group: 0 }), `{"mask":"3n","group":0}`);
});

Deno.test("checkKeys: an unknown key is shown shortened, with a suggestion", () => {
  const says = "Cannot set cpu.hardCpa: cpu has no such part (did you mean hardCap?), only hardCap";
  assertThrows(() => checkKeys("cpu", { hardCpa: 1 }, ["hardCap"]), TypeError, says);
  const long = "x\u001b".repeat(1_000_000);
  const error = assertThrows(() => checkKeys("cpu", { [long]: 1 }, ["hardCap"]), TypeError);
  assertEquals([error.message.length < 300, error.message.includes("\u001b")], [true, false]);
});
