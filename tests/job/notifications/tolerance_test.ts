import { assertEquals, assertThrows } from "@std/assert";
import {
  intervalName,
  RATE_TOLERANCE,
  toleranceName,
} from "../../../job/notifications/tolerance.ts";

Deno.test("RATE_TOLERANCE: a tolerance and perhaps an interval, written as they are read", () => {
  assertEquals(RATE_TOLERANCE.parse("low,long"), { tolerance: "low", interval: "long" });
  assertEquals(RATE_TOLERANCE.parse("high"), { tolerance: "high" });
  assertEquals(RATE_TOLERANCE.format({ tolerance: "low", interval: "long" }), "low,long");
  assertEquals(RATE_TOLERANCE.format({}), "high,short");
  assertThrows(() => RATE_TOLERANCE.parse("often"), SyntaxError, "low, medium, high");
  assertThrows(() => RATE_TOLERANCE.parse("low,long,x"), SyntaxError, "such as high,short");
});

Deno.test("toleranceName, intervalName: an unspecified value is the default", () => {
  assertEquals([0, 1, 2, 3].map(toleranceName), ["high", "low", "medium", "high"]);
  assertEquals([0, 1, 2, 3].map(intervalName), ["short", "short", "medium", "long"]);
});

Deno.test("RATE_TOLERANCE: each word is checked, and one that is absent is not", () => {
  for (const value of [{}, { tolerance: "low" }, { interval: "long" }]) {
    RATE_TOLERANCE.check("cpuRate", value);
  }
  for (const key of ["tolerance", "interval"]) {
    for (const [value, error] of [["most", RangeError], [5, TypeError]] as const) {
      assertThrows(
        () => RATE_TOLERANCE.check("cpuRate", { [key]: value }),
        error,
        `cpuRate.${key}`,
      );
    }
  }
});

Deno.test("RATE_TOLERANCE: two are the same if both parts are", () => {
  const wanted = { tolerance: "low", interval: "long" } as const;
  assertEquals(RATE_TOLERANCE.same(wanted, { ...wanted }), true);
  assertEquals(RATE_TOLERANCE.same(wanted, { ...wanted, interval: "short" }), false);
  assertEquals(RATE_TOLERANCE.same(wanted, { ...wanted, tolerance: "high" }), false);
});
