/** The room in which the faults of `deno task mutate` are tried, with tests of its own. */
import { assertEquals } from "@std/assert";
import { descendantsOf } from "../../tools/pool/descendants.ts";
import { MutationRoom } from "../../tools/proof/mutation_room.ts";
import type { Fault } from "../../tools/proof/verdicts.ts";

const FILE = "values/defined.ts";

Deno.test("MutationRoom: tests pass, fail or hang, and then the file is whole and nothing runs", async () => {
  await using room = await MutationRoom.make();
  const fault = (line: string): Fault => ({
    ...{ file: FILE, name: line, line: 1, what: "a line before it" },
    source: `${line}\n${room.source(FILE)}`,
  });
  const tests = ["tests/values/defined_test.ts"];
  const ring = "pure";
  assertEquals(await room.try(tests, { ring, fault: fault("throw new Error();") }), "failed");
  const hangs = { ring, fault: fault("for (;;);"), hang: 1_000 } as const;
  assertEquals(await room.try(tests, hangs), "hung");
  assertEquals(descendantsOf(Deno.pid).filter(({ words }) => words.includes(tests[0]!)), []);
  assertEquals(await room.try(tests, { ring }), "passed");
  assertEquals(await room.try([], hangs), "passed");
});
