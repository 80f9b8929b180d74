import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR, PROC_THREAD_ATTRIBUTE } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { AttributeList } from "../../../../process/start/attribute_list.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

/** Counts blocks of memory that are not freed. */
function countMemory(undo: DisposableStack): () => number {
  const blocks = new Set<bigint>();
  undo.use(substituteKernel("LocalAlloc", (real) => (...args) => {
    const block = real(...args);
    blocks.add(block);
    return block;
  }));
  undo.use(substituteKernel("LocalFree", (real) => (block) => {
    assert(blocks.delete(block), "freed twice");
    return real(block);
  }));
  return () => blocks.size;
}

Deno.test("AttributeList: holds memory from its creation to its disposal", () => {
  using undo = new DisposableStack();
  const count = countMemory(undo);
  const list = new AttributeList([
    [PROC_THREAD_ATTRIBUTE.HANDLE_LIST, [4n, 8n]],
    [PROC_THREAD_ATTRIBUTE.PARENT_PROCESS, [4n]],
  ]);
  assert(list.address > 0n);
  assertEquals(count(), 1);
  list[Symbol.dispose]();
  assertEquals(count(), 0);
});

Deno.test("AttributeList: gives the system the handles themselves, eight bytes each", () => {
  let seen: unknown;
  using _seen = substituteKernel("UpdateProcThreadAttribute", (real) => (...args) => {
    seen = [args[2], [...args[3] as BigUint64Array], args[4]];
    return real(...args);
  });
  using _list = new AttributeList([[PROC_THREAD_ATTRIBUTE.HANDLE_LIST, [
    0x10n,
    0x1234_5678_9abcn,
  ]]]);
  assertEquals(seen, [
    BigInt(PROC_THREAD_ATTRIBUTE.HANDLE_LIST),
    [0x10n, 0x1234_5678_9abcn],
    16n,
  ]);
});

Deno.test("AttributeList: a refused attribute is reported, and no memory is left", () => {
  using undo = new DisposableStack();
  const count = countMemory(undo);
  const error = assertThrows(() => new AttributeList([[0x2_ffff, [4n]]]), Win32Error);
  assertEquals(error.api, "UpdateProcThreadAttribute");
  assertEquals(error.code, ERROR.NOT_SUPPORTED);
  assertEquals(count(), 0);
  for (const name of ["InitializeProcThreadAttributeList", "LocalAlloc"] as const) {
    using _failing = substituteKernel(name as "LocalAlloc", () => () => {
      kernel32.SetLastError(ERROR.NO_SYSTEM_RESOURCES);
      return 0n;
    });
    const failed = assertThrows(() => new AttributeList([[0x2_0002, [4n]]]), Win32Error);
    assertEquals([failed.api, failed.code], [name, ERROR.NO_SYSTEM_RESOURCES]);
    assertEquals(count(), 0);
  }
});
