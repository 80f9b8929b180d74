import { assertEquals } from "@std/assert";
import {
  showCode,
  showCommand,
  showCount,
  showJson,
  showMeasure,
  showMeasured,
  showName,
  showSize,
  showText,
  showTime,
} from "../../../cli/text/display.ts";

Deno.test("showSize uses units of 1024 and never shows 1024 of a unit", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [10 * 1024 + 52, "10.1 KiB"],
    [1048575, "1 MiB"],
    [512 * 1048576, "512 MiB"],
    [1.25 * 1024 ** 3, "1.25 GiB"],
    [Number.MAX_SAFE_INTEGER, "8 PiB"],
  ];
  for (const [bytes, text] of cases) assertEquals(showSize(bytes), text);
});

Deno.test("showTime goes from milliseconds to hours without a jump", () => {
  const cases: [number, string][] = [
    [0, "0 ms"],
    [1.26, "1.3 ms"],
    [340.4, "340 ms"],
    [999.6, "1 s"],
    [2500, "2.5 s"],
    [12_340, "12.3 s"],
    [59_940, "59.9 s"],
    [59_960, "1 min"],
    [185_000, "3 min 5 s"],
    [3_599_900, "1 h"],
    [7_260_000, "2 h 1 min"],
  ];
  for (const [ms, text] of cases) assertEquals(showTime(ms), text);
});

Deno.test("showCount groups digits by three", () => {
  assertEquals([7, 1000, 1234567].map(showCount), ["7", "1,000", "1,234,567"]);
});

Deno.test("showMeasure writes each unit its own way", () => {
  assertEquals(showMeasure(65536, "bytes"), "64 KiB");
  assertEquals(showMeasure(1500, "ms"), "1.5 s");
  assertEquals(showMeasure(12.345, "percent"), "12.3 %");
  assertEquals(showMeasure(1, "processes"), "1 process");
  assertEquals(showMeasure(3, "processes"), "3 processes");
  assertEquals(showMeasure(3, "cycles"), "3 cycles");
  assertEquals(showMeasure("high", "tolerance"), "high");
});

Deno.test("showCode writes statuses in hexadecimal and small codes in decimal", () => {
  assertEquals(showCode(7), "7");
  assertEquals(
    showCode(0xC0000005, "STATUS_ACCESS_VIOLATION"),
    "0xC0000005 STATUS_ACCESS_VIOLATION",
  );
  assertEquals(showCode(0xFFFFFFFF), "0xFFFFFFFF");
});

Deno.test("showName splits a name into words", () => {
  assertEquals(showName("jobUserTime"), "job user time");
  assertEquals(showName("cpuRate"), "CPU rate");
});

Deno.test("showCommand puts quotes around what has spaces, quotes or nothing", () => {
  assertEquals(
    showCommand({ executable: "C:\\a b\\x.exe", args: ["-a", "", 'say "hi"'] }),
    '"C:\\a b\\x.exe" -a "" "say \\"hi\\""',
  );
});

Deno.test("showCommand cuts a long command at the given length", () => {
  assertEquals(showCommand({ executable: "x", args: ["12345678"] }, 6), "x 123…");
  assertEquals(showCommand({ executable: "x", args: ["1234"] }, 6), "x 1234");
});

Deno.test("showText removes whatever moves a terminal's cursor or reverses its text", () => {
  assertEquals(showText("a\x1b[2Jb\r\n\u202Ec\u2028"), "a\\u001b[2Jb\\u000d\\u000a\\u202ec\\u2028");
  assertEquals(showText("Grüße 世界 \u{1F600}"), "Grüße 世界 \u{1F600}");
  assertEquals(showText("\uD800x"), "\\ud800x");
  assertEquals(showText("\u009b31m\u{E0041}"), "\\u009b31m\\u{e0041}");
});

Deno.test("showText keeps at most the given length", () => {
  assertEquals(showText("12345", 5), "12345");
  assertEquals(showText("123456", 5), "1234…");
});

Deno.test("showCommand's quotes end where the argument ends", () => {
  const shown = showCommand({ executable: "x", args: ["a b\\", 'c\\"'] });
  assertEquals(shown, 'x "a b\\\\" "c\\\\\\""');
});

Deno.test("showJson is the same value without a character that a terminal obeys", () => {
  const value = { "k\u202e\u009b": "a\u2028b\u{E0041}\x1b\n\ud800ü" };
  for (const indent of [0, 2]) {
    const text = showJson(value, indent);
    assertEquals(JSON.parse(text), value);
    // deno-lint-ignore no-control-regex -- they are what must not be there
    assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028]|\p{Cf}/u.test(text), false);
    assertEquals(text.split("\n").length, indent === 0 ? 1 : 3);
  }
});

Deno.test("showMeasured is exact where rounding would hide what was measured", () => {
  assertEquals(showMeasured(1025, 1024, "bytes"), "1,025 B");
  assertEquals(showMeasured(2048, 1024, "bytes"), "2 KiB");
  assertEquals(showMeasured(1024, 1024, "bytes"), "1 KiB");
  assertEquals(showMeasured(1003.25, 1000, "ms"), "1,003.3 ms");
  assertEquals(showMeasured("high", "low", "tolerance"), "high");
});
