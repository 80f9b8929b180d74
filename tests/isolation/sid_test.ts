import { assertEquals, assertThrows } from "@std/assert";
import { levelNumber, levelText, readSid, SID, sidBytes } from "../../isolation/sid.ts";

function roundTrip(text: string): string {
  const bytes = sidBytes(text);
  const { length, text: read } = readSid(new DataView(bytes.buffer), 0);
  assertEquals(length, bytes.byteLength);
  return read;
}

Deno.test("sidBytes: administrators, as winnt.h lays a SID out", () => {
  assertEquals(
    [...sidBytes(SID.administrators)],
    [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0],
  );
});

Deno.test("readSid: every identifier comes back as it was written", () => {
  const texts = [...Object.values(SID), "S-1-0", "S-1-281474976710655-4294967295", "S-1-15-2-1"];
  assertEquals(texts.map(roundTrip), texts);
});

Deno.test("sidBytes: an invalid identifier is refused", () => {
  const wrong = ["", "S-1", "S-1-5-", "S-2-5-1", "S-1-5-x", "S-1-5-4294967296", "s-1-5-1", "BA"];
  for (const text of [...wrong, `S-1-5${"-1".repeat(16)}`, "S-1-281474976710656-1"]) {
    assertThrows(() => sidBytes(text), TypeError, "it is not a security identifier");
  }
});

Deno.test("readSid: an identifier that is cut short or invalid is refused", () => {
  const bytes = sidBytes(SID.administrators);
  for (let length = 0; length < bytes.byteLength; length++) {
    assertThrows(() => readSid(new DataView(bytes.buffer, 0, length), 0), RangeError);
  }
  for (const offset of [-1, 1, bytes.byteLength]) {
    assertThrows(() => readSid(new DataView(bytes.buffer), offset), RangeError);
  }
  const manyParts = Uint8Array.of(1, 16, ...new Array(80).fill(0));
  assertThrows(() => readSid(new DataView(manyParts.buffer), 0), RangeError);
});

Deno.test("levelText: a level has its word, an unknown one only its number", () => {
  assertEquals([SID.low, SID.high, "S-1-16-5"].map(levelText), [
    "low (S-1-16-4096)",
    "high (S-1-16-12288)",
    "S-1-16-5",
  ]);
});

Deno.test("levelNumber: levels can be compared, other identifiers cannot", () => {
  assertEquals([SID.untrusted, SID.low, SID.medium, SID.high].map(levelNumber), [
    0,
    4096,
    8192,
    12288,
  ]);
  assertThrows(() => levelNumber(SID.administrators), TypeError);
});
