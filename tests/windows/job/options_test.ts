import "../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { accessRights, encodeName, jobLabel } from "../../../job/options.ts";

Deno.test("jobLabel: the name as JSON, or none", () => {
  assertEquals([jobLabel(undefined), jobLabel('a"b')], ["a job", 'job "a\\"b"']);
});

Deno.test("accessRights: the bits of each right, and SYNCHRONIZE", () => {
  const SYNCHRONIZE = 0x10_0000;
  assertEquals(accessRights([], "Cannot"), SYNCHRONIZE);
  assertEquals(accessRights(["query", "terminate"], "Cannot"), SYNCHRONIZE | 0xc);
  assertEquals(accessRights(undefined, "Cannot"), SYNCHRONIZE | 0xf);
  assertThrows(
    () => accessRights(["own" as "set"], "Cannot open it"),
    TypeError,
    "Cannot open it: access must be of assign, set, query, terminate, got own",
  );
});

Deno.test("encodeName: ends with a NUL, and takes none inside", () => {
  assertEquals(encodeName("ab", "OpenJobObjectW", "Cannot"), new Uint16Array([97, 98, 0]));
  assertThrows(() => encodeName("a\0b", "OpenJobObjectW", "Cannot"), TypeError, "NUL");
});
