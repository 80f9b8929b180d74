import { assertEquals, assertThrows } from "@std/assert";
import { ClassAdError, parseClassAd } from "../../../cli/engines/classad.ts";

function read(text: string): Record<string, unknown> {
  return Object.fromEntries([...parseClassAd(text)].map(([name, { value }]) => [name, value]));
}

Deno.test("parseClassAd: numbers, strings and booleans; anything else is an expression", () => {
  const ad = parseClassAd(
    'Memory = 384\r\nLoad=-1.5E+02\nName = "slot1@ep"\nIdle = TRUE\nRank = 2 * Memory\n\n' +
      'Far = 1e999\nNone = undefined\nBoth = "a" == "b"\n',
  );
  assertEquals([...ad], [
    ["memory", { kind: "number", value: 384 }],
    ["load", { kind: "number", value: -150 }],
    ["name", { kind: "string", value: "slot1@ep" }],
    ["idle", { kind: "boolean", value: true }],
    ["rank", { kind: "expression", value: "2 * Memory" }],
    ["far", { kind: "expression", value: "1e999" }],
    ["none", { kind: "expression", value: "undefined" }],
    ["both", { kind: "expression", value: '"a" == "b"' }],
  ]);
});

Deno.test("parseClassAd: a string keeps quotes, backslashes, equals signs and line feeds", () => {
  assertEquals(read('A = "say \\"a & b\\" = x"\nB = 1\n'), { a: 'say "a & b" = x', b: 1 });
  assertEquals(read('Dir = "C:\\jobs\\"\nB = 1\n'), { dir: "C:\\jobs\\", b: 1 });
  assertEquals(read('Args = "one\nMemory = 999999\ntwo"\nB = 1\n'), {
    args: "one\nMemory = 999999\ntwo",
    b: 1,
  });
  assertEquals(read('A = ""\n'), { a: "" });
});

Deno.test("parseClassAd: text that stops in the middle is reported as cut off", () => {
  const text = 'Memory = 3840\nCpus = 2\nName = "slot1\n@ep"\n';
  for (let end = 1; end < text.length; end++) {
    const part = text.slice(0, end);
    if (/[0-9]\n$/.test(part)) continue;
    const error = assertThrows(() => parseClassAd(part), ClassAdError);
    assertEquals(error.isTorn, true, part);
  }
});

Deno.test("parseClassAd: a line that is not an attribute, or a second value, is refused with its line number", () => {
  for (
    const [text, message] of [
      ["A = 1\nnonsense\n", 'line 2: Expected "Name = Value"'],
      ["A == 1\n", 'line 1: Expected "Name = Value"'],
      ["A =\n", 'line 1: Expected "Name = Value"'],
      ["= 1\n", 'line 1: Expected "Name = Value"'],
      ["\0\0\0\0\n", 'line 1: Expected "Name = Value"'],
      ["Memory = 1\nmemory = 2\n", "line 2: memory has two values"],
    ] as const
  ) {
    const error = assertThrows(() => parseClassAd(text), ClassAdError, message);
    assertEquals(error.isTorn, false);
  }
  assertEquals(read("Memory = 1\nMEMORY = 1\n"), { memory: 1 });
  assertEquals(read(""), {});
});

Deno.test("parseClassAd: a large ad takes time in proportion to its length", () => {
  const long = `Env = "${"x\n".repeat(500_000)}"\n`;
  assertEquals(String(read(long).env).length, 1_000_000);
});
