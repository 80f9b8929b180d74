import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  formatDuration,
  MILLISECONDS_MAX,
  millisecondsToTicks,
  parseDuration,
  ticksToMilliseconds,
  TIME,
} from "../../values/duration.ts";
import { Random } from "../helpers/random.ts";
import { isTooMuch, refuses, RUBBISH } from "../helpers/unreadable_texts.ts";

const NEVER = [NaN, Infinity, -Infinity, -1];

Deno.test("parseDuration: milliseconds of every unit", () => {
  const cases: Record<string, number> = {
    "0s": 0,
    "250ms": 250,
    "1.5s": 1500,
    "2m": 120_000,
    "1h": 3_600_000,
    "1d": 86_400_000,
    "0.0001ms": 0.0001,
    "1S": 1000,
  };
  for (const [text, milliseconds] of Object.entries(cases)) {
    assertEquals(parseDuration(text), milliseconds);
  }
});

Deno.test("parseDuration: wrong text, a missing unit and too fine or long a time are refused", () => {
  refuses(parseDuration, [...RUBBISH, "0", "5", "5x", "5 s", "-5s", "5sec", "1h30", "s"]);
  assertThrows(() => parseDuration("30"), SyntaxError, "write 30ms or 30s or 30m");
  isTooMuch(parseDuration, [
    "0.00001ms",
    "0.33333333333s",
    `${MILLISECONDS_MAX + 1}ms`,
    "99999999999999999999d",
    "900000000000000.5ms",
  ]);
  assertEquals(parseDuration(`${MILLISECONDS_MAX}ms`), MILLISECONDS_MAX);
});

Deno.test("formatDuration: parseDuration gives the same time back", () => {
  const cases: Record<string, number> = {
    "0ms": 0,
    "250ms": 250,
    "1.5s": 1500,
    "1.5m": 90_000,
    "61s": 61_000,
    "1.5h": 5_400_000,
    "0.0001ms": 0.0001,
    "1000.5678ms": 1000.5678,
  };
  for (const [text, milliseconds] of Object.entries(cases)) {
    assertEquals(formatDuration(milliseconds), text);
  }
  const random = new Random(26);
  for (let i = 0; i < 5_000; i++) {
    const milliseconds = ticksToMilliseconds(
      BigInt(random.int(2 ** 24)) * 10n ** BigInt(random.int(8)),
    );
    assertEquals(parseDuration(formatDuration(milliseconds)), milliseconds);
  }
});

Deno.test("formatDuration: approximate takes any measured time, exact only whole ticks", () => {
  assertEquals(formatDuration(1234.56789, { approximate: true }), "1.23s");
  assertEquals(formatDuration(0.04, { approximate: true }), "0.04ms");
  for (const bad of [1234.56789, -1, NaN, Infinity]) {
    assertThrows(() => formatDuration(bad), RangeError);
  }
  assertThrows(() => formatDuration(NaN, { approximate: true }), RangeError);
});

Deno.test("parseDuration: several units from large to small are their sum", () => {
  const cases: Record<string, number> = {
    "1m30s": 90_000,
    "1h5m": 3_900_000,
    "1d2h3m4s5ms": 93_784_005,
    "2S500MS": 2500,
    "0m5s": 5000,
    "1m90s": 150_000,
  };
  for (const [text, ms] of Object.entries(cases)) assertEquals(parseDuration(text), ms, text);
  for (const text of ["30s1m", "1m1m", "1m30", "1m 30s", "1.5m30s", "1m1.5s", "1m-5s", "m30s"]) {
    assertThrows(() => parseDuration(text), SyntaxError, "1m30s", text);
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

Deno.test("TIME.check: the minimum is one tick", () => {
  TIME.check("jobUserTime", 0.0001);
  assertThrows(() => TIME.check("jobUserTime", 0.00001), RangeError, "jobUserTime");
  assertThrows(() => TIME.check("jobUserTime", 0), RangeError, "from 0.0001 to 922337203685477");
});
