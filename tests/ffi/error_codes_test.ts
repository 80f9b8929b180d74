import { assertEquals } from "@std/assert";
import { ERROR } from "../../ffi/error_codes.ts";

Deno.test("ERROR: every code is one of Windows, and has one name", () => {
  const codes = Object.values(ERROR);
  assertEquals(codes.filter((code) => code < 0 || code > 0xffff), []);
  assertEquals(new Set(codes).size, codes.length);
});
