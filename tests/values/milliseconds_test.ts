import { assertEquals, assertThrows } from "@std/assert";
import { checkMilliseconds } from "../../values/milliseconds.ts";

Deno.test("checkMilliseconds: 0, a fraction and a long time pass", () => {
  for (const time of [0, 0.5, 1, 60_000]) {
    assertEquals(checkMilliseconds(time, "Cannot wait: time"), time);
  }
});

Deno.test("checkMilliseconds: what no timer takes becomes the longest that one takes", () => {
  assertEquals(checkMilliseconds(2 ** 31 - 1, "Cannot wait: time"), 2 ** 31 - 1);
  assertEquals(checkMilliseconds(2 ** 31, "Cannot wait: time"), 2 ** 31 - 1);
});

Deno.test("checkMilliseconds: no time at all is refused", () => {
  for (const time of [-1, NaN, Infinity, -Infinity]) {
    assertThrows(
      () => checkMilliseconds(time, "Cannot wait: time"),
      RangeError,
      `Cannot wait: time must be 0 or more ms, got ${time}`,
    );
  }
});
