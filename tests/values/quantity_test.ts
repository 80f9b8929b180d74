import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  formatCpuList,
  formatDuration,
  formatPercent,
  formatSize,
  parseCount,
  parseCpuList,
  parseDuration,
  parsePercent,
  parseSize,
} from "../../values/quantity.ts";
import { MILLISECONDS_MAX, ticksToMilliseconds } from "../../values/units.ts";
import { Random } from "../helpers/random.ts";

const RUBBISH = ["", " ", "abc", "-1", "+1", "1e3", "0x10", "1,5", ".5", "5.", "1 ", " 1", "NaN"];

function refuses(parse: (text: string) => unknown, texts: readonly string[]): void {
  for (const text of texts) {
    const error = assertThrows(() => parse(text), SyntaxError);
    assertStringIncludes(error.message, `Cannot read ${JSON.stringify(text)}: wanted`);
  }
}

function isTooMuch(parse: (text: string) => unknown, texts: readonly string[]): void {
  for (const text of texts) {
    const error = assertThrows(() => parse(text), RangeError);
    assertStringIncludes(error.message, JSON.stringify(text));
  }
}

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

Deno.test("parseSize: what is no size is a SyntaxError, what is no whole byte a RangeError", () => {
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

Deno.test("formatSize: no whole number of bytes is a RangeError", () => {
  for (const bad of [-1, 0.5, NaN, 2 ** 53]) assertThrows(() => formatSize(bad), RangeError);
});

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

Deno.test("parseCount: digits only, 32 bits", () => {
  assertEquals([parseCount("0"), parseCount("8"), parseCount("4294967295")], [0, 8, 2 ** 32 - 1]);
  refuses(parseCount, [...RUBBISH, "1.0", "8M", "1_000"]);
  isTooMuch(parseCount, ["4294967296", "99999999999999999999"]);
});

Deno.test("parseCpuList: numbers and ranges, sorted, each once", () => {
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
