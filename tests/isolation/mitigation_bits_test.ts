import { assertEquals } from "@std/assert";
import { MITIGATION_BITS, mitigationValue } from "../../isolation/mitigation_bits.ts";
import { MITIGATIONS } from "../../isolation/table.ts";

Deno.test("mitigationValue: has the bits of winbase.h in eight bytes", () => {
  const value = mitigationValue(["extension-points", "fonts", "no-remote-images"]);
  assertEquals(new BigUint64Array(value.buffer)[0], 1n << 32n | 1n << 48n | 1n << 52n);
});

Deno.test("MITIGATION_BITS: every mitigation has its own position and is requested by its own bits", () => {
  const all = Object.values(MITIGATION_BITS);
  assertEquals(Object.keys(MITIGATION_BITS).sort(), [...MITIGATIONS].sort());
  assertEquals(new Set(all.map(({ shift }) => shift)).size, all.length);
  assertEquals(new Set(all.map(({ flags, policy }) => `${policy}/${flags}`)).size, all.length);
});

Deno.test("MITIGATION_BITS: the places of winbase.h and the bits of winnt.h", () => {
  const bits = Object.entries(MITIGATION_BITS).map(([name, { flags, policy, shift }]) =>
    [name, shift, policy, flags] as const
  );
  assertEquals(bits, [
    ["strict-handles", 24n, 3, 3],
    ["extension-points", 32n, 6, 1],
    ["fonts", 48n, 9, 1],
    ["no-remote-images", 52n, 10, 1],
    ["no-low-images", 56n, 10, 2],
    ["prefer-system32", 60n, 10, 4],
  ]);
});
