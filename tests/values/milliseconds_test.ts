import { assertEquals, assertThrows } from "@std/assert";
import { readMilliseconds } from "../../values/milliseconds.ts";

Deno.test("readMilliseconds: 0, a fraction and a long time pass", () => {
  for (const time of [0, 0.5, 1, 60_000]) {
    assertEquals(readMilliseconds(time, "time", "Cannot wait"), time);
  }
});

Deno.test("readMilliseconds: a time too long for a timer becomes the longest possible", () => {
  assertEquals(readMilliseconds(2 ** 31 - 1, "time", "Cannot wait"), 2 ** 31 - 1);
  assertEquals(readMilliseconds(2 ** 31, "time", "Cannot wait"), 2 ** 31 - 1);
});

Deno.test("readMilliseconds: undefined is refused", () => {
  for (const time of [-1, NaN, Infinity, -Infinity]) {
    assertThrows(
      () => readMilliseconds(time, "time", "Cannot wait"),
      RangeError,
      `Cannot wait: time must be 0 or more ms, got ${time}`,
    );
  }
});

Deno.test("readMilliseconds: anything but a number is refused", () => {
  assertThrows(
    () => readMilliseconds("5", "time", "Cannot wait"),
    TypeError,
    'Cannot wait: time must be 0 or more ms, got "5"',
  );
});
