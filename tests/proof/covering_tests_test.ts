import { assertEquals } from "@std/assert";
import { coveringTests } from "../../tools/proof/covering_tests.ts";

const SOURCES = new Map([
  ["a/one.ts", ""],
  ["a/two.ts", 'import { one } from "./one.ts";\nimport type {\n  X,\n} from "../b.ts";\n'],
  ["b.ts", 'export * from "./a/one.ts";\n'],
  ["tests/a/one_test.ts", 'import "../../b.ts";\n'],
  ["tests/a/two_test.ts", 'import { two } from "../../a/two.ts";\n'],
  ["tests/near_test.ts", 'import { one } from "../a/one.ts";\n'],
  ["tests/other_test.ts", 'import "./helpers/none.ts";\n'],
  ["tests/proof/fuzz_test.ts", 'import { one } from "../../a/one.ts";\n'],
  ["tests/windows/a/one_test.ts", 'import { one } from "../../../a/one.ts";\n'],
]);

Deno.test("coveringTests: its own test and those that import it are near, the others far", () => {
  assertEquals(coveringTests("a/one.ts", SOURCES), {
    near: ["tests/near_test.ts", "tests/a/one_test.ts"],
    far: ["tests/a/two_test.ts"],
  });
  assertEquals(coveringTests("b.ts", SOURCES), {
    near: ["tests/a/one_test.ts"],
    far: ["tests/a/two_test.ts"],
  });
  assertEquals(coveringTests("c.ts", SOURCES), { near: [], far: [] });
});
