import { assertEquals } from "@std/assert";
import { PART_CLASSES } from "../../../job/limits/row.ts";

Deno.test("PART_CLASSES: each part has a class of its own, and the I/O rate none", () => {
  const { io, ...others } = PART_CLASSES;
  assertEquals(io, 0);
  assertEquals(Object.values(others).toSorted((a, b) => a - b), [4, 6, 9, 14, 15, 32]);
});
