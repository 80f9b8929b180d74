import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  bigintToNumber,
  checkInteger,
  checkNumber,
  formatSize,
  MEMORY,
  parseCount,
  parseSize,
  scaleDecimal,
} from "../../values/quantity.ts";
import { Random } from "../helpers/random.ts";
import { isTooMuch, refuses, RUBBISH } from "../helpers/unreadable_texts.ts";

const COUNT = { min: 1, max: 9, unit: "pages" };

Deno.test("parseSize: every spelling of a unit is a power of 1024", () => {
  const cases: Record<string, number> = {
    "0B": 0,
    "800B": 800,
    "800KB": 819_200,
    "64M": 67_108_864,
    "64m": 67_108_864,
    "1.5GiB": 1_610_612_736,
    "0.5k": 512,
    "2T": 2_199_023_255_552,
    "1.0000B": 1,
  };
  for (const [text, bytes] of Object.entries(cases)) assertEquals(parseSize(text), bytes);
});

Deno.test("parseSize: a number without its unit is refused with the spellings it may have meant", () => {
  const error = assertThrows(() => parseSize("800"), SyntaxError);
  assertStringIncludes(error.message, "write 800B or 800K or 800M");
});

Deno.test("parseSize: a text that is not a size is a SyntaxError, a fraction of a byte a RangeError", () => {
  refuses(parseSize, [...RUBBISH, "0", "64X", "64MiBB", "M", "-64M", "64 M", "1.5.5M", "64%"]);
  isTooMuch(parseSize, ["1.3K", "0.5B", "9999999T", "8192T"]);
});

Deno.test("formatSize: parseSize gives the same bytes back", () => {
  const cases: Record<string, number> = {
    "0B": 0,
    "1023B": 1023,
    "1KiB": 1024,
    "1.5KiB": 1536,
    "64MiB": 67_108_864,
    "1.5GiB": 1_610_612_736,
    "1234567B": 1_234_567,
  };
  for (const [text, bytes] of Object.entries(cases)) assertEquals(formatSize(bytes), text);
  const random = new Random(25);
  for (let i = 0; i < 5_000; i++) {
    const bytes = random.int(2 ** 23) * 2 ** random.int(30);
    assertEquals(parseSize(formatSize(bytes)), bytes);
  }
  assertEquals(parseSize(formatSize(Number.MAX_SAFE_INTEGER)), Number.MAX_SAFE_INTEGER);
});

Deno.test("formatSize: approximate is short", () => {
  const format = (bytes: number) => formatSize(bytes, { approximate: true });
  assertEquals(
    [0, 999, 1_234_567, 1_610_612_737, 107_374_182_400, 64 * 1024 ** 2 + 1].map(format),
    ["0B", "999B", "1.18MiB", "1.5GiB", "100GiB", "64MiB"],
  );
});

Deno.test("formatSize: a fraction of a byte is a RangeError", () => {
  for (const bad of [-1, 0.5, NaN, 2 ** 53]) assertThrows(() => formatSize(bad), RangeError);
});

Deno.test("parseCount: digits only, 32 bits", () => {
  assertEquals([parseCount("0"), parseCount("8"), parseCount("4294967295")], [0, 8, 2 ** 32 - 1]);
  refuses(parseCount, [...RUBBISH, "1.0", "8M", "1_000"]);
  isTooMuch(parseCount, ["4294967296", "99999999999999999999"]);
});

Deno.test("scaleDecimal: multiplies exactly where doubles do not", () => {
  assertEquals(0.0003 * 10_000 === 3, false);
  assertEquals(scaleDecimal("0.0003", 4), 3n);
  assertEquals(scaleDecimal("1e-7", 7), 1n);
  assertEquals(scaleDecimal("1e+21", 0), 10n ** 21n);
  assertEquals(scaleDecimal("-1.5", 1), -15n);
  assertEquals(scaleDecimal("1.50", 1), 15n);
  for (const text of ["0.00003", "1e-8"]) assertEquals(scaleDecimal(text, 4), undefined);
  for (const text of ["", ".5", "5.", "0x1", "NaN", "Infinity", "1 ", "1_0"]) {
    assertEquals(scaleDecimal(text, 4), undefined, text);
  }
});

Deno.test("bigintToNumber: exact up to the largest safe number", () => {
  for (const bytes of [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    assertEquals(bigintToNumber(BigInt(bytes)), bytes);
  }
});

Deno.test("bigintToNumber: a value that would not be exact is a RangeError", () => {
  for (const bad of [-1n, 2n ** 53n, 2n ** 64n - 1n]) {
    assertThrows(() => bigintToNumber(bad, "peak"), RangeError, `got ${bad}`);
  }
});

Deno.test("MEMORY.check: the minimum is one page", () => {
  MEMORY.check("jobMemory", 4096);
  assertThrows(() => MEMORY.check("jobMemory", 4095), RangeError, "from 4096");
});

Deno.test("checkInteger: whole numbers in the range pass, the error for others has field, range and value", () => {
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
