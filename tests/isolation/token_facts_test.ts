import { assertEquals, assertThrows } from "@std/assert";
import { sidBytes } from "../../isolation/sid.ts";
import {
  type Answer,
  firstSid,
  readGroups,
  readLessPrivileged,
  readPrivileges,
  sidAt,
} from "../../isolation/token_facts.ts";

const BASE = 0x7fff_0000_1000n;

/** A result made of numbers and bytes at given offsets. */
function answer(size: number, parts: readonly [offset: number, value: Part][]): Answer {
  const view = new DataView(new ArrayBuffer(size));
  for (const [offset, value] of parts) {
    if (typeof value === "bigint") view.setBigUint64(offset, value, true);
    else if (typeof value === "number") view.setUint32(offset, value, true);
    else new Uint8Array(view.buffer).set(value, offset);
  }
  return { view, base: BASE };
}

type Part = bigint | number | Uint8Array;

/** Two groups, with their identifiers after the list. */
function twoGroups(second = BASE + 100n): Answer {
  return answer(128, [
    [0, 2],
    [8, BASE + 60n],
    [16, 0x10],
    [24, second],
    [32, 0x7],
    [60, sidBytes("S-1-5-32-544")],
    [100, sidBytes("S-1-1-0")],
  ]);
}

Deno.test("readGroups: deny-only and enabled groups, in their order", () => {
  assertEquals(readGroups(twoGroups()), [
    { sid: "S-1-5-32-544", enabled: false, denyOnly: true },
    { sid: "S-1-1-0", enabled: true, denyOnly: false },
  ]);
});

Deno.test("readGroups: an integrity level is not a group", () => {
  const level = answer(64, [[0, 1], [8, BASE + 40n], [16, 0x60], [40, sidBytes("S-1-16-4096")]]);
  assertEquals(readGroups(level), []);
});

Deno.test("readGroups: an address outside of the result is not followed", () => {
  for (const wild of [0n, BASE - 1n, BASE + 128n, BASE + 127n, 2n ** 64n - 1n]) {
    assertThrows(() => readGroups(twoGroups(wild)), RangeError);
  }
});

Deno.test("readGroups: a count beyond the result is refused", () => {
  assertThrows(() => readGroups(answer(32, [[0, 1000]])), RangeError);
});

Deno.test("readPrivileges: reads 64-bit numbers, and whether each is enabled", () => {
  const two = answer(28, [[0, 2], [4, 23], [8, 0], [12, 3], [16, 20], [20, 1], [24, 0]]);
  assertEquals(readPrivileges(two), [
    { luid: 23n, enabled: true },
    { luid: (1n << 32n) + 20n, enabled: false },
  ]);
});

Deno.test("firstSid: a null pointer is not an identifier", () => {
  assertEquals(firstSid(answer(16, [])), undefined);
  const low = answer(40, [[0, BASE + 16n], [16, sidBytes("S-1-16-4096")]]);
  assertEquals(firstSid(low), "S-1-16-4096");
});

function unitsOf(name: string): Uint16Array<ArrayBuffer> {
  return new Uint16Array([...name].map((letter) => letter.charCodeAt(0)));
}

/** A claim of a token as ntdll gives it. */
function claim(name: string, value: bigint, values = BASE + 120n): Answer {
  const units = unitsOf(name);
  const length = units.byteLength;
  return answer(128, [
    [0, 1],
    [4, 1],
    [8, BASE + 16n],
    [16, length | length << 16],
    [24, BASE + 64n],
    [32, 2],
    [40, 1],
    [48, values],
    [64, new Uint8Array(units.buffer)],
    [120, value],
  ]);
}

Deno.test("readLessPrivileged: true only for the claim with the value 1", () => {
  assertEquals(readLessPrivileged(claim("WIN://NOALLAPPPKG", 1n)), true);
  assertEquals(readLessPrivileged(claim("WIN://NOALLAPPPKG", 0n)), false);
  assertEquals(readLessPrivileged(claim("WIN://SOMETHINGELSE", 1n)), false);
  assertEquals(readLessPrivileged(answer(16, [])), false);
});

Deno.test("readLessPrivileged: an address outside of the result is not followed", () => {
  assertThrows(
    () => readLessPrivileged(claim("WIN://NOALLAPPPKG", 1n, BASE + 121n)),
    RangeError,
    "outside",
  );
});

Deno.test("readLessPrivileged: the claim may come after others", () => {
  const [other, wanted] = ["WIN://SOMETHINGELSE", "WIN://NOALLAPPPKG"].map(unitsOf) as [
    Uint16Array<ArrayBuffer>,
    Uint16Array<ArrayBuffer>,
  ];
  const named = (units: Uint16Array): number => units.byteLength | units.byteLength << 16;
  const found = readLessPrivileged(answer(200, [
    ...[[0, 1], [4, 2], [8, BASE + 16n]] as [number, number | bigint][],
    ...[[16, named(other)], [24, BASE + 96n], [32, 2], [40, 1], [48, BASE + 184n]] as [
      number,
      number | bigint,
    ][],
    ...[[56, named(wanted)], [64, BASE + 136n], [72, 2], [80, 1], [88, BASE + 184n]] as [
      number,
      number | bigint,
    ][],
    [96, new Uint8Array(other.buffer)],
    [136, new Uint8Array(wanted.buffer)],
    [184, 1n],
  ]));
  assertEquals(found, true);
});

Deno.test("sidAt: the first byte of the result is inside of it", () => {
  const bytes = sidBytes("S-1-5-32-544");
  assertEquals(sidAt(answer(bytes.length, [[0, bytes]]), BASE), "S-1-5-32-544");
});

Deno.test("sidAt: an address before the first byte, or after the last one, is outside of it", () => {
  const bytes = sidBytes("S-1-5-32-544");
  for (const offset of [-1, bytes.length, bytes.length + 1]) {
    assertThrows(
      () => sidAt(answer(bytes.length, [[0, bytes]]), BASE + BigInt(offset)),
      RangeError,
      "Cannot read the facts about a token: an address in it is outside of it",
    );
  }
});
