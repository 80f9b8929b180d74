import { assertEquals, assertThrows } from "@std/assert";
import { struct } from "../../ffi/struct.ts";
import type { StructCodec } from "../../ffi/struct_types.ts";
import { type StructName, STRUCTS } from "../../ffi/structs.ts";

const SCOPE = {
  PAIR: { low: "BYTE", high: "DWORD" },
  MIXED: {
    tag: "BYTE",
    wide: "ULONGLONG",
    pair: "PAIR",
    tail: "WORD",
  },
  ARRAYS: { numbers: "WORD[3]", pairs: "PAIR[2]", name: "WCHAR[4]" },
  CHOICE: {
    kind: "DWORD",
    value: {
      union: {
        whole: "DWORD64",
        parts: { struct: { first: "WORD", second: "WORD" } },
      },
    },
    after: "BYTE",
  },
  DEEP: { outer: "MIXED", handle: "HANDLE", text: "LPWSTR" },
  ODD: { head: "BYTE", choice: { union: { three: "BYTE[3]", word: "WORD" } }, last: "BYTE" },
} as const;

Deno.test("struct: fields are aligned to their own size, the structure to its widest field", () => {
  const { size, align, layout } = struct(SCOPE, "MIXED");
  assertEquals([size, align], [32, 8]);
  assertEquals(layout, [
    { path: "tag", offset: 0, size: 1 },
    { path: "wide", offset: 8, size: 8 },
    { path: "pair", offset: 16, size: 8 },
    { path: "pair.low", offset: 16, size: 1 },
    { path: "pair.high", offset: 20, size: 4 },
    { path: "tail", offset: 24, size: 2 },
  ]);
});

Deno.test("struct: nested structures have dotted paths at every depth", () => {
  const paths = struct(SCOPE, "DEEP").layout.map(({ path, offset }) => `${path}@${offset}`);
  assertEquals(paths, [
    "outer@0",
    "outer.tag@0",
    "outer.wide@8",
    "outer.pair@16",
    "outer.pair.low@16",
    "outer.pair.high@20",
    "outer.tail@24",
    "handle@32",
    "text@40",
  ]);
});

Deno.test("struct: the members of a union begin at one offset and are fields of the structure", () => {
  const { size, layout } = struct(SCOPE, "CHOICE");
  assertEquals(size, 24);
  assertEquals(layout.map(({ path, offset }) => [path, offset]), [
    ["kind", 0],
    ["whole", 8],
    ["first", 8],
    ["second", 10],
    ["after", 16],
  ]);
});

Deno.test("struct: a union is padded to its widest member's alignment", () => {
  // 3 bytes and a WORD: 4 bytes at 2, as every C compiler lays it out.
  const { size, layout } = struct(SCOPE, "ODD");
  assertEquals(layout.map(({ offset }) => offset), [0, 2, 2, 6]);
  assertEquals(size, 8);
});

Deno.test("struct: encode writes little endian at the field's offset, and zeroes elsewhere", () => {
  const view = struct(SCOPE, "MIXED").encode({ wide: 0x0102030405060708n, pair: { low: 9 } });
  const bytes = new Uint8Array(view.buffer);
  assertEquals([...bytes.subarray(8, 17)], [8, 7, 6, 5, 4, 3, 2, 1, 9]);
  assertEquals(bytes.subarray(0, 8).every((byte) => byte === 0), true);
  assertEquals(bytes.subarray(17).every((byte) => byte === 0), true);
});

Deno.test("struct: encode into reused memory overwrites everything that was there", () => {
  const codec = struct(SCOPE, "MIXED");
  const view = codec.allocate();
  new Uint8Array(view.buffer).fill(0xff);
  assertEquals(codec.encode({ tail: 5 }, view), view);
  assertEquals(codec.decode(view), { tag: 0, wide: 0n, pair: { low: 0, high: 0 }, tail: 5 });
});

Deno.test("struct: encode into the middle of a buffer touches the structure only", () => {
  const codec = struct(SCOPE, "PAIR");
  const memory = new Uint8Array(24).fill(0xee);
  codec.encode({ low: 1, high: 2 }, new DataView(memory.buffer, 8, 8));
  assertEquals([...memory.subarray(0, 8), ...memory.subarray(16)], Array(16).fill(0xee));
  assertEquals(codec.decode(new DataView(memory.buffer), 8), { low: 1, high: 2 });
});

Deno.test("struct: decode reads at an offset, so a list of structures is read in place", () => {
  const codec = struct(SCOPE, "PAIR");
  const memory = new DataView(new ArrayBuffer(3 * codec.size));
  for (let i = 0; i < 3; i++) memory.setUint32(i * codec.size + 4, 100 + i, true);
  const highs = [0, 1, 2].map((i) => codec.decode(memory, i * codec.size).high);
  assertEquals(highs, [100, 101, 102]);
});

Deno.test("struct: arrays, text and structures in arrays come back", () => {
  const codec = struct(SCOPE, "ARRAYS");
  const value = {
    numbers: [1, 2, 0xffff],
    pairs: [{ low: 1, high: 2 }, { low: 3, high: 4 }],
    name: "abc",
  };
  assertEquals(codec.size, 32);
  assertEquals(codec.decode(codec.encode(value)), value);
});

Deno.test("struct: text that fills its array has no NUL and is read whole", () => {
  const codec = struct(SCOPE, "ARRAYS");
  const view = codec.allocate();
  for (let i = 0; i < 4; i++) view.setUint16(24 + 2 * i, 0x61 + i, true);
  assertEquals(codec.decode(view).name, "abcd");
});

Deno.test("struct: text must leave room for its NUL", () => {
  const codec = struct(SCOPE, "ARRAYS");
  assertThrows(() => codec.encode({ name: "abcd" }), RangeError, "ARRAYS.name");
});

Deno.test("struct: an array that is too long is refused", () => {
  const codec = struct(SCOPE, "ARRAYS");
  assertThrows(() => codec.encode({ numbers: [1, 2, 3, 4] }), RangeError, "ARRAYS.numbers");
});

Deno.test("struct: two members of one union are refused", () => {
  const codec = struct(SCOPE, "CHOICE");
  assertThrows(() => codec.encode({ whole: 1n, first: 1 }), TypeError, "share storage");
});

Deno.test("struct: the parts of one member of a union go together", () => {
  const codec = struct(SCOPE, "CHOICE");
  const { first, second, whole } = codec.decode(codec.encode({ first: 1, second: 2 }));
  assertEquals([first, second, whole], [1, 2, 0x2_0001n]);
});

Deno.test("struct: a member of a union that is undefined counts as absent", () => {
  const codec = struct(SCOPE, "CHOICE");
  const value = { whole: 7n, first: undefined } as unknown as { whole: bigint };
  assertEquals(codec.decode(codec.encode(value)).whole, 7n);
});

Deno.test("struct: a field that the structure lacks is refused by name", () => {
  const codec = struct(SCOPE, "MIXED");
  const typo = { tial: 1 } as unknown as { tail: number };
  assertThrows(() => codec.encode(typo), TypeError, 'Cannot encode MIXED: it has no field "tial"');
});

Deno.test("struct: an error names the whole path of the field", () => {
  const codec = struct(SCOPE, "DEEP");
  assertThrows(
    () => codec.encode({ outer: { pair: { high: -1 } } }),
    RangeError,
    "Cannot encode DEEP.outer.pair.high: -1 is not an integer 0..4294967295",
  );
});

Deno.test("struct: a nested structure must be given as an object", () => {
  const codec = struct(SCOPE, "DEEP");
  const wrong = { outer: 5 } as unknown as Record<string, never>;
  assertThrows(() => codec.encode(wrong), TypeError, "Cannot encode DEEP.outer");
});

Deno.test("struct: an unknown structure or type is refused by name", () => {
  const scope: Record<string, Record<string, string>> = { A: { b: "NOT_A_TYPE" } };
  assertThrows(() => struct(scope, "B"), TypeError, "Cannot lay out B");
  assertThrows(() => struct(scope, "A").size, TypeError, "Cannot lay out NOT_A_TYPE");
});

Deno.test("struct: 64-bit fields and handles are bigints for the type checker too", () => {
  const deep = struct(SCOPE, "DEEP");
  const { outer, handle, text } = deep.decode(deep.encode({ handle: 1n, text: 2n }));
  const wide: bigint = outer.wide;
  const tail: number = outer.tail;
  // @ts-expect-error: a HANDLE is not a number.
  assertThrows(() => deep.encode({ handle: 1 }), TypeError, "expected a bigint");
  // @ts-expect-error: a DWORD is not a bigint.
  assertThrows(() => deep.encode({ outer: { tail: 1n } }), TypeError, "expected a number");
  assertEquals([wide, tail, handle, text], [0n, 0, 1n, 2n]);
});

/** More decodings than a table takes to be compiled. */
const MANY = 100;

function assertStaysTheSame(codec: StructCodec<unknown>): void {
  const view = new DataView(new ArrayBuffer(codec.size + 8));
  for (let at = 0; at < view.byteLength; at++) view.setUint8(at, 0x91 + 7 * at);
  const [first, moved] = [codec.decode(view), codec.decode(view, 8)];
  for (let time = 0; time < MANY; time++) codec.decode(view);
  assertEquals(codec.decode(view), first);
  assertEquals(codec.decode(view, 8), moved);
}

Deno.test("struct: a table that is decoded often gives the same", () => {
  for (const name of Object.keys(SCOPE) as (keyof typeof SCOPE)[]) {
    assertStaysTheSame(struct(SCOPE, name));
  }
  for (const name of Object.keys(STRUCTS) as StructName[]) {
    assertStaysTheSame(struct(STRUCTS, name));
  }
});

Deno.test("struct: field names that are not JavaScript identifiers are quoted when it is compiled", () => {
  const scope = { A: { "a-b": "BYTE", '"': "BYTE[2]" } } as const;
  const codec = struct(scope, "A");
  const view = codec.encode({ "a-b": 7, '"': [8, 9] });
  for (let time = 0; time < MANY; time++) codec.decode(view);
  assertEquals(codec.decode(view), { "a-b": 7, '"': [8, 9] });
});
