import { assertEquals, assertThrows } from "@std/assert";
import { decodeWide, encodeWide } from "../../ffi/strings.ts";

Deno.test("encodeWide: the text and one NUL", () => {
  assertEquals([...encodeWide("aé€")], [0x61, 0xe9, 0x20ac, 0]);
});

Deno.test("encodeWide: an empty text is one NUL", () => {
  assertEquals([...encodeWide("")], [0]);
});

Deno.test("encodeWide: a NUL is refused with its place and what the text is", () => {
  assertThrows(
    () => encodeWide("ab\0c", "the job's name"),
    TypeError,
    "Cannot pass the job's name to Windows: it holds a NUL at 2",
  );
});

Deno.test("decodeWide: it undoes encodeWide, beyond the basic plane and with lone surrogates", () => {
  for (const text of ["", "a", "日本語 😀", "\ud800", "\udc00\ud800x", "x".repeat(100_000)]) {
    assertEquals(decodeWide(encodeWide(text)), text);
  }
});

Deno.test("decodeWide: it stops at the first NUL", () => {
  assertEquals(decodeWide(Uint16Array.of(0x61, 0, 0x62)), "a");
});

Deno.test("decodeWide: it stops at the length where no NUL comes before", () => {
  const units = Uint16Array.of(0x61, 0x62, 0x63);
  assertEquals([decodeWide(units), decodeWide(units, 2), decodeWide(units, 0)], ["abc", "ab", ""]);
});

Deno.test("decodeWide: a NUL after the length is ignored", () => {
  assertEquals(decodeWide(Uint16Array.of(0x61, 0x62, 0), 1), "a");
});

Deno.test("decodeWide: the boundary between its chunks splits no surrogate pair", () => {
  const text = "x".repeat(8191) + "😀" + "y".repeat(8191);
  assertEquals(decodeWide(encodeWide(text)), text);
});
