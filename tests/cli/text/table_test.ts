import { assertEquals } from "@std/assert";
import { fit, renderTable, wrapText } from "../../../cli/text/table.ts";

const COLUMNS = [{ title: "PID", right: true }, { title: "IMAGE" }];

Deno.test("renderTable: columns as wide as their widest cell, numbers to the right", () => {
  assertEquals(renderTable(COLUMNS, [["4", "a.exe"], ["1234", "b"]]), [
    " PID  IMAGE",
    "   4  a.exe",
    "1234  b",
  ]);
  assertEquals(renderTable(COLUMNS, []), ["PID  IMAGE"]);
});

Deno.test("renderTable: counts columns, not letters, and cuts to the terminal", () => {
  const rows = renderTable(
    [{ title: "A" }, { title: "B" }],
    [["日本", "x"], ["ab", "long text"]],
    { width: 10 },
  );
  assertEquals(rows, ["A     B", "日本  x", "ab    lon…"]);
});

Deno.test("renderTable: a control character in a cell draws nothing", () => {
  assertEquals(renderTable([{ title: "A" }], [["a\x1b[2Jb\n"]]), ["A", "a\\u001b[2Jb\\u000a"]);
});

Deno.test("fit: keeps what fits and never exceeds the columns", () => {
  assertEquals(fit("abc", 3), "abc");
  assertEquals(fit("abcd", 3), "ab…");
  assertEquals(fit("日本語", 4), "日…");
  assertEquals(fit("abc", 0), "");
});

Deno.test("wrapText: lines of at most the width, and a longer word alone", () => {
  assertEquals(wrapText("a bb ccc dddd", 6), ["a bb", "ccc", "dddd"]);
  assertEquals(wrapText("a bb ccc", 8), ["a bb ccc"]);
  assertEquals(wrapText("aa longer b", 4), ["aa", "longer", "b"]);
  assertEquals(wrapText("", 10), [""]);
});
