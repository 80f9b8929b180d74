import { assert, assertEquals } from "@std/assert";
import { messageOf, MOST_MESSAGE, oneLine, writeMessage } from "../../../cli/text/message.ts";

Deno.test("messageOf reads errors and whatever else is thrown", () => {
  assertEquals([messageOf(new TypeError("a")), messageOf("b"), messageOf(5)], ["a", "b", "5"]);
});

Deno.test("oneLine is one line without control characters", () => {
  assertEquals(
    oneLine(" a \r\n  b\x1b]0;t\x07\u202e\u2028c\n"),
    "a b\\u001b]0;t\\u0007\\u202e\\u2028c",
  );
});

Deno.test("oneLine is bounded, and quick on a long text", () => {
  for (const filler of ["x", " ", "\x1b", "\n "]) {
    const line = oneLine(filler.repeat(5_000_000));
    assert(line.length <= MOST_MESSAGE * 6 + 1, filler);
    assert(line.endsWith("…"), filler);
  }
});

Deno.test("writeMessage writes one line after the tool's name and returns what it was given", () => {
  let written = "";
  const io = { stderr: { write: (text: string): void => void (written += text) } };
  assertEquals(writeMessage(io, new Error("a\nb\u009b")), "a\nb\u009b");
  assertEquals(written, "jobbox: a b\\u009b\n");
});
