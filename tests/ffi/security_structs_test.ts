import { assertEquals } from "@std/assert";
import { struct } from "../../ffi/struct.ts";
import type { SECURITY_STRUCTS } from "../../ffi/security_structs.ts";
import { STRUCTS } from "../../ffi/structs.ts";

Deno.test("SECURITY_STRUCTS: sizes of x64, as in the table of all structures", () => {
  const size = (name: keyof typeof SECURITY_STRUCTS): number => struct(STRUCTS, name).size;
  assertEquals(
    [size("SID_AND_ATTRIBUTES"), size("LUID_AND_ATTRIBUTES"), size("SECURITY_CAPABILITIES")],
    [16, 12, 24],
  );
});
