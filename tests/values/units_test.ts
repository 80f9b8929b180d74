import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  bigintToNumber,
  cpusToMask,
  cpusToPercent,
  maskToCpus,
  MILLISECONDS_MAX,
  millisecondsToTicks,
  percentToRate,
  rateToPercent,
  scaleDecimal,
  ticksToMilliseconds,
} from "../../values/units.ts";
import { Random } from "../helpers/random.ts";

const NEVER = [NaN, Infinity, -Infinity, -1];

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

Deno.test("millisecondsToTicks: 10,000 ticks a millisecond, down to one tick", () => {
  assertEquals(millisecondsToTicks(1), 10_000n);
  assertEquals(millisecondsToTicks(0), 0n);
  assertEquals(millisecondsToTicks(0.0001), 1n);
  assertEquals(millisecondsToTicks(0.0003), 3n);
  assertEquals(millisecondsToTicks(MILLISECONDS_MAX), 9_223_372_036_854_770_000n);
});

Deno.test("millisecondsToTicks: what does not fit is a RangeError with the field, never a rounded limit", () => {
  for (const bad of [...NEVER, 0.00001, 1.00005, MILLISECONDS_MAX + 1, 1e300, 5e-324]) {
    const error = assertThrows(() => millisecondsToTicks(bad, "jobUserTime"), RangeError);
    assertStringIncludes(error.message, "jobUserTime");
    assertStringIncludes(error.message, `got ${bad}`);
  }
});

Deno.test("ticksToMilliseconds: millisecondsToTicks gives the same ticks back", () => {
  const random = new Random(23);
  const ticks = [0n, 1n, 9_999n, 10n ** 15n, BigInt(MILLISECONDS_MAX) * 10_000n];
  for (let i = 0; i < 20_000; i++) {
    ticks.push(BigInt(random.int(2 ** 30)) * BigInt(random.int(2 ** 19)));
  }
  for (const each of ticks) assertEquals(millisecondsToTicks(ticksToMilliseconds(each)), each);
});

Deno.test("percentToRate: each of the 10,000 steps there and back", () => {
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

Deno.test("cpusToPercent: none, too many or too small a part is a RangeError", () => {
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

Deno.test("bigintToNumber: exact up to the largest safe number", () => {
  for (const bytes of [0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    assertEquals(bigintToNumber(BigInt(bytes)), bytes);
  }
});

Deno.test("bigintToNumber: a number that would not be exact is a RangeError", () => {
  for (const bad of [-1n, 2n ** 53n, 2n ** 64n - 1n]) {
    assertThrows(() => bigintToNumber(bad, "peak"), RangeError, `got ${bad}`);
  }
});

Deno.test("cpusToMask: bit n for processor n, there and back", () => {
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
