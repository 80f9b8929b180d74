import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { copyMemory, NativeMemory } from "../../../process/native_memory.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

Deno.test("NativeMemory: what was written is read, and what was not is zero", () => {
  using memory = new NativeMemory(8);
  memory.write(Uint8Array.of(1, 2, 3));
  assertEquals([...new Uint8Array(memory.read().buffer)], [1, 2, 3, 0, 0, 0, 0, 0]);
  assertEquals([...new Uint8Array(copyMemory(memory.address, 2).buffer)], [1, 2]);
  assertThrows(() => memory.write(new Uint8Array(9)), RangeError);
});

Deno.test("NativeMemory: it is freed once", () => {
  const freed: bigint[] = [];
  using _counting = substituteKernel("LocalFree", (real) => (block) => {
    freed.push(block);
    return real(block);
  });
  const memory = NativeMemory.of(Uint8Array.of(7));
  memory[Symbol.dispose]();
  memory[Symbol.dispose]();
  assertEquals(freed, [memory.address]);
});
