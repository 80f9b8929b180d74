import { assertEquals, assertThrows } from "@std/assert";
import { SCALARS } from "../../ffi/scalars.ts";

const RANGES: { readonly [T in keyof typeof SCALARS]: readonly [min: bigint, max: bigint] } = {
  u8: [0n, 255n],
  u16: [0n, 65_535n],
  i32: [-2_147_483_648n, 2_147_483_647n],
  u32: [0n, 4_294_967_295n],
  i64: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
  u64: [0n, 18_446_744_073_709_551_615n],
  usize: [0n, 18_446_744_073_709_551_615n],
};

const BYTES = { u8: 1, u16: 2, i32: 4, u32: 4, i64: 8, u64: 8, usize: 8 };

for (const type of Object.keys(SCALARS) as (keyof typeof SCALARS)[]) {
  const scalar = SCALARS[type];
  const wide = scalar.size === 8;
  const js = (value: bigint): bigint | number => wide ? value : Number(value);

  Deno.test(`SCALARS.${type}: size and alignment are the type's`, () => {
    assertEquals([scalar.size, scalar.align], [BYTES[type], BYTES[type]]);
  });

  Deno.test(`SCALARS.${type}: both ends of its range come back, at any offset`, () => {
    const [min, max] = RANGES[type];
    const view = new DataView(new ArrayBuffer(32));
    for (const value of [js(min), js(max)]) {
      for (const offset of [0, 8, 13]) {
        scalar.write(view, offset, value, "it");
        assertEquals(scalar.read(view, offset), value);
        const compiled = new Function("view", `return ${scalar.source(`${offset} + 0`)};`);
        assertEquals(compiled(view), value);
      }
    }
  });

  Deno.test(`SCALARS.${type}: it is little endian and writes no byte beside its own`, () => {
    const memory = new Uint8Array(24).fill(0xaa);
    const view = new DataView(memory.buffer);
    scalar.write(view, 8, js(0x12n), "it");
    const own = [0x12, ...Array(scalar.size - 1).fill(0)];
    assertEquals([...memory], [
      ...Array(8).fill(0xaa),
      ...own,
      ...Array(16 - scalar.size).fill(0xaa),
    ]);
  });

  Deno.test(`SCALARS.${type}: a value beyond either end is refused`, () => {
    const [min, max] = RANGES[type];
    const view = new DataView(new ArrayBuffer(8));
    for (const value of [js(min - 1n), js(max + 1n)]) {
      assertThrows(() => scalar.write(view, 0, value, "X.y"), RangeError, "Cannot encode X.y");
    }
    assertEquals(new Uint8Array(view.buffer).every((byte) => byte === 0), true);
  });

  Deno.test(`SCALARS.${type}: an invalid number is refused`, () => {
    const view = new DataView(new ArrayBuffer(8));
    for (const value of ["1", null, true, wide ? 1 : 1n, {}]) {
      assertThrows(() => scalar.write(view, 0, value, "X.y"), TypeError, "Cannot encode X.y");
    }
    if (wide) return;
    for (const value of [NaN, Infinity, 0.5]) {
      assertThrows(() => scalar.write(view, 0, value, "X.y"), RangeError, "Cannot encode X.y");
    }
  });
}
