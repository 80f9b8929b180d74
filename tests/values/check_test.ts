import { assertEquals, assertThrows } from "@std/assert";
import {
  checkArray,
  checkChoice,
  checkInteger,
  checkKeys,
  checkMask,
  checkNumber,
  textOf,
} from "../../values/check.ts";

const COUNT = { min: 1, max: 9, unit: "pages" };

Deno.test("checkInteger: whole numbers in the range pass, all else names field, range and value", () => {
  for (const good of [1, 5, 9]) checkInteger("count", good, COUNT);
  const says = "Cannot set count: expected a whole number of pages from 1 to 9, got ";
  for (const bad of [0, 10, 1.5, NaN, Infinity, -0]) {
    assertThrows(() => checkInteger("count", bad, COUNT), RangeError, `${says}${bad}`);
  }
  for (const bad of ["5", 5n, true, undefined, {}]) {
    assertThrows(() => checkInteger("count", bad, COUNT), TypeError, says);
  }
});

Deno.test("checkNumber: fractions pass, NaN does not", () => {
  checkNumber("rate", 1.5, COUNT);
  assertThrows(() => checkNumber("rate", NaN, COUNT), RangeError, "a number of pages from 1 to 9");
  assertThrows(() => checkNumber("rate", "1", { ...COUNT, unit: "" }), TypeError, "number from 1");
});

Deno.test("checkMask: 1 to 64 bits", () => {
  checkMask("mask", 1n);
  checkMask("mask", 2n ** 64n - 1n);
  for (const bad of [0n, -1n, 2n ** 64n]) {
    assertThrows(() => checkMask("mask", bad), RangeError, `Cannot set mask`);
  }
  assertThrows(() => checkMask("mask", 1), TypeError, "got 1");
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

Deno.test("textOf: whole, so that two limits are the same when it is", () => {
  assertEquals(textOf("x".repeat(200)).length, 202);
  assertEquals(textOf({ mask: 3n, group: 0 }), `{"mask":"3n","group":0}`);
});

Deno.test("checkKeys: an unknown key is shown with a bound, and the one that was meant", () => {
  const says = "Cannot set cpu.hardCpa: cpu has no such part (did you mean hardCap?), only hardCap";
  assertThrows(() => checkKeys("cpu", { hardCpa: 1 }, ["hardCap"]), TypeError, says);
  const long = "x\u001b".repeat(1_000_000);
  const error = assertThrows(() => checkKeys("cpu", { [long]: 1 }, ["hardCap"]), TypeError);
  assertEquals([error.message.length < 300, error.message.includes("\u001b")], [true, false]);
});
