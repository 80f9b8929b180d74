import { assertEquals } from "@std/assert";
import { defined } from "../../values/defined.ts";

Deno.test("defined: only undefined fields are left out of the result", () => {
  const fields = { a: 1, b: undefined, c: null, d: false, e: 0, f: "" };
  const result = defined(fields);
  assertEquals(Object.keys(result), ["a", "c", "d", "e", "f"]);
  assertEquals(result, { a: 1, c: null, d: false, e: 0, f: "" });
});

Deno.test("defined: what may be undefined is optional in the type, the rest is required", () => {
  const result = defined({ a: 1 as number | undefined, b: "x" });
  const typed: { a?: number; b: string } = result;
  assertEquals(typed, { a: 1, b: "x" });
});
