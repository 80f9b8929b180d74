import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  checkMask,
  cpusToMask,
  cpusToPercent,
  formatCpuList,
  formatPercent,
  MASK,
  maskToCpus,
  parseCpuList,
  parsePercent,
  percentToRate,
  rateToPercent,
} from "../../values/cpus.ts";
import { Random } from "../helpers/random.ts";
import { isTooMuch, refuses, RUBBISH } from "../helpers/unreadable_texts.ts";

const NEVER = [NaN, Infinity, -Infinity, -1];

Deno.test("parsePercent: a share with its sign, in steps of 0.01", () => {
  const cases: Record<string, number> = { "50%": 50, "12.5%": 12.5, "0.01%": 0.01, "100%": 100 };
  for (const [text, percent] of Object.entries(cases)) {
    assertEquals(parsePercent(text), percent);
    assertEquals(formatPercent(percent), text);
  }
  for (let rate = 1; rate <= 10_000; rate++) {
    assertEquals(parsePercent(formatPercent(rate / 100)), rate / 100);
  }
});

Deno.test("parsePercent: wrong text, a missing sign and a share out of range are refused", () => {
  refuses(parsePercent, [...RUBBISH, "%", "50", "-5%", "50 %", "50%%"]);
  assertThrows(() => parsePercent("50"), SyntaxError, "write 50%");
  // 0% would be refused too.
  assert(!assertThrows(() => parsePercent("0"), SyntaxError).message.includes("write"));
  isTooMuch(parsePercent, ["0%", "0.00%", "0.001%", "100.01%", "33.333%", "1000%"]);
});

Deno.test("formatPercent: approximate takes any measured share", () => {
  assertEquals(
    [0, 12.3456, 250, 99.999].map((percent) => formatPercent(percent, { approximate: true })),
    ["0%", "12.35%", "250%", "100%"],
  );
  assertThrows(() => formatPercent(33.333), RangeError);
  assertThrows(() => formatPercent(NaN, { approximate: true }), RangeError);
});

Deno.test("parseCpuList: reads numbers and ranges, sorted, each once", () => {
  assertEquals(parseCpuList("0-3,6"), [0, 1, 2, 3, 6]);
  assertEquals(parseCpuList("6,0-1,1"), [0, 1, 6]);
  assertEquals(parseCpuList("63"), [63]);
  refuses(parseCpuList, [
    ...RUBBISH.filter((text) => text !== "1,5"),
    "0-",
    "-3",
    "1,,2",
    "1,",
    "1-2-3",
    "1 2",
    "0-3, 6",
  ]);
  isTooMuch(parseCpuList, ["64", "0-64", "3-1", "99999999999999999999"]);
});

Deno.test("formatCpuList: parseCpuList gives the same list back", () => {
  assertEquals(formatCpuList([0, 1, 2, 3, 6]), "0-3,6");
  assertEquals(formatCpuList([]), "");
  const random = new Random(27);
  for (let i = 0; i < 1000; i++) {
    const cpus = [...new Set(random.list(1, 20, () => random.int(64)))].sort((a, b) => a - b);
    assertEquals(parseCpuList(formatCpuList(cpus)), cpus);
  }
});

Deno.test("percentToRate: each of the 10,000 steps in both directions", () => {
  for (let rate = 1; rate <= 10_000; rate++) {
    assertEquals(percentToRate(rateToPercent(rate)), rate);
  }
  assertEquals([percentToRate(50), percentToRate(0.01), percentToRate(100)], [5000, 1, 10_000]);
});

Deno.test("percentToRate: outside 0.01 to 100 or between two steps is a RangeError", () => {
  for (const bad of [...NEVER, 0, 0.001, 0.005, 33.333, 100.01, 1e9]) {
    const error = assertThrows(() => percentToRate(bad, "cpu.hardCap"), RangeError);
    assertStringIncludes(error.message, "cpu.hardCap");
  }
  for (const bad of [NaN, -1, 10_001, 0.5]) assertThrows(() => rateToPercent(bad), RangeError);
  assertEquals(rateToPercent(0), 0);
});

Deno.test("cpusToPercent: a part of the machine, rounded down so that no cap is looser", () => {
  assertEquals(cpusToPercent(1, 8), 12.5);
  assertEquals(cpusToPercent(1, 3), 33.33);
  assertEquals(cpusToPercent(2, 3), 66.66);
  assertEquals(cpusToPercent(3, 3), 100);
  assertEquals(cpusToPercent(0.5, 2), 25);
  for (let processors = 1; processors <= 128; processors++) {
    for (const cpus of [0.1, 1, processors / 3, processors]) {
      if (cpus > processors) continue;
      const percent = cpusToPercent(cpus, processors);
      assert(percentToRate(percent) * processors <= cpus * 10_000 + 1e-6, `${cpus} ${processors}`);
      assert(percentToRate(percent) * processors > cpus * 10_000 - processors - 1e-6);
    }
  }
});

Deno.test("cpusToPercent: zero, too many or too small a part is a RangeError", () => {
  for (const bad of [...NEVER, 0, 8.1, 0.0007]) {
    assertStringIncludes(assertThrows(() => cpusToPercent(bad, 8), RangeError).message, "cpus");
  }
  for (const bad of [...NEVER, 0, 1.5]) {
    assertStringIncludes(
      assertThrows(() => cpusToPercent(1, bad), RangeError).message,
      "processors",
    );
  }
});

Deno.test("cpusToMask: bit n is processor n, in both directions", () => {
  assertEquals(cpusToMask([0, 2, 63]), 0x8000000000000005n);
  assertEquals(cpusToMask([1, 1]), 2n);
  const random = new Random(24);
  for (let i = 0; i < 1000; i++) {
    const mask = (BigInt(random.int(2 ** 32)) << 32n) | BigInt(random.int(2 ** 32)) | 1n;
    assertEquals(cpusToMask(maskToCpus(mask)), mask);
  }
  assertEquals(maskToCpus(0n), []);
});

Deno.test("cpusToMask: no processor, or one beyond 63, is a RangeError", () => {
  assertThrows(() => cpusToMask([]), RangeError, "at least one processor");
  for (const bad of [...NEVER, 64, 0.5]) {
    assertThrows(() => cpusToMask([0, bad], "affinity"), RangeError, `got ${bad}`);
  }
  for (const bad of [-1n, 2n ** 64n]) assertThrows(() => maskToCpus(bad), RangeError);
});

Deno.test("format: a mask of a record is its digits as text", () => {
  assertEquals(MASK.format("0x27" as unknown as bigint), "0-2,5");
  assertEquals(MASK.format("what" as unknown as bigint), "what");
});

Deno.test("checkMask: 1 to 64 bits", () => {
  checkMask("mask", 1n);
  checkMask("mask", 2n ** 64n - 1n);
  for (const bad of [0n, -1n, 2n ** 64n]) {
    assertThrows(() => checkMask("mask", bad), RangeError, `Cannot set mask`);
  }
  assertThrows(() => checkMask("mask", 1), TypeError, "got 1");
});
