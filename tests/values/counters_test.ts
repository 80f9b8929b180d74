import { assertEquals } from "@std/assert";
import { isCounted } from "../../values/counters.ts";

Deno.test("isCounted: false if every counter is 0", () => {
  assertEquals(isCounted({ ReadOperationCount: 0n, OtherOperationCount: 0n }), false);
  assertEquals(isCounted({ readBytes: 0, otherOperations: 1 }), true);
  assertEquals(isCounted({ ReadOperationCount: 0n, OtherOperationCount: 1n }), true);
});
