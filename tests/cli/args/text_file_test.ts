import { assertEquals, assertThrows } from "@std/assert";
import { decodeText, readText, TEXT_FILE_MAX } from "../../../cli/args/text_file.ts";
import { UsageError } from "../../../cli/args/usage_error.ts";

function bytesOf(...parts: (string | number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => typeof part === "string" ? [...new TextEncoder().encode(part)] : part),
  );
}

function utf16(text: string, bigEndian = false): number[] {
  return [...text].flatMap((mark) => {
    const unit = mark.charCodeAt(0);
    return bigEndian ? [unit >> 8, unit & 0xff] : [unit & 0xff, unit >> 8];
  });
}

Deno.test("decodeText: reads UTF-8, with or without a byte order mark", () => {
  assertEquals(decodeText(bytesOf("A=ä日😀\r\n"), "f"), "A=ä日😀\r\n");
  assertEquals(decodeText(bytesOf([0xef, 0xbb, 0xbf], "{}"), "f"), "{}");
  assertEquals(decodeText(bytesOf([0xef, 0xbb, 0xbf]), "f"), "");
  assertEquals(decodeText(bytesOf(""), "f"), "");
  // A replacement character that stands there is one.
  assertEquals(decodeText(bytesOf("\ufffd"), "f"), "\ufffd");
});

Deno.test("decodeText: anything else is refused with file and line", () => {
  const cases: [Uint8Array, string][] = [
    [
      bytesOf([0xff, 0xfe], utf16("A=1")),
      "f.env:1: Cannot read it: the file is UTF-16; save it as UTF-8",
    ],
    [
      bytesOf([0xfe, 0xff], utf16("A=1", true)),
      "f.env:1: Cannot read it: the file is UTF-16; save it as UTF-8",
    ],
    [bytesOf(utf16('{"a":1}')), "f.env:1: Cannot read it: the file is UTF-16; save it as UTF-8"],
    [bytesOf(utf16("A=1", true)), "f.env:1: Cannot read it: the file is UTF-16; save it as UTF-8"],
    [bytesOf([0xff, 0xfe, 0, 0]), "f.env:1: Cannot read it: the file is UTF-32; save it as UTF-8"],
    [
      bytesOf("A=1\nWORD=caf", [0xe9], "\nB=2"),
      "f.env:2: Cannot read it: it is not UTF-8; save the file as UTF-8",
    ],
    [
      bytesOf("A=1\n\n", [0xc0, 0x80]),
      "f.env:3: Cannot read it: it is not UTF-8; save the file as UTF-8",
    ],
    [
      bytesOf("A=", [0xed, 0xa0, 0x80]),
      "f.env:1: Cannot read it: it is not UTF-8; save the file as UTF-8",
    ],
    [
      bytesOf("A=", [0xe6, 0x97]),
      "f.env:1: Cannot read it: it is not UTF-8; save the file as UTF-8",
    ],
    [bytesOf("A=1\nB=x\0y"), "f.env:2: Cannot read it: it contains a NUL character"],
  ];
  for (const [bytes, message] of cases) {
    assertEquals(assertThrows(() => decodeText(bytes, "f.env"), UsageError).message, message);
  }
});

Deno.test("readText: an unreadable file is reported once, and a too large file is not read to its end", () => {
  const io = {
    readFile: (path: string, most: number): Uint8Array => {
      if (path !== "big") throw new Error(`Path not found. (os error 3): open '${path}'`);
      return new Uint8Array(most).fill(0x41);
    },
  };
  const message = (path: string): string =>
    assertThrows(() => readText(path, { from: "--policy", io }), UsageError).message;
  assertEquals(message("Z:\\no"), '--policy: Cannot read "Z:\\no": Path not found. (os error 3)');
  assertEquals(message("big"), '--policy: Cannot read "big": it is larger than 16 MiB');
  assertEquals(TEXT_FILE_MAX, 16_777_216);
});
