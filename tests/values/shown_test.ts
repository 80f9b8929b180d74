import { assertEquals } from "@std/assert";
import { shown, withUnseen } from "../../values/shown.ts";

Deno.test("shown: a path is shown as typed, and no control character in it reaches a terminal", () => {
  assertEquals(shown("Z:\\x y\\ä"), '"Z:\\x y\\ä"');
  assertEquals(
    shown("a\x1b[1K\r\nb\u202e\u2028\ud83d\0"),
    '"a\\u001b[1K\\u000d\\u000ab\\u202e\\u2028\\ud83d\\u0000"',
  );
});

Deno.test("withUnseen: invisible characters are written out, and nothing else changes", () => {
  assertEquals(withUnseen('a "b\\ä😀'), 'a "b\\ä😀');
  assertEquals(withUnseen("\u{e0041}\u200b\ud83d"), "\\u{e0041}\\u200b\\ud83d");
});

Deno.test("shown: a long text is cut", () => {
  assertEquals(shown("x".repeat(260)), `"${"x".repeat(260)}"`);
  assertEquals(shown("x".repeat(100_000_000)), `"${"x".repeat(260)}…"`);
});
