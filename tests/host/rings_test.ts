import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  isRing,
  ringOf,
  sortIntoRings,
  TESTS_OF_ENDS,
  TESTS_OF_THE_TOOL,
} from "../../tools/host/rings.ts";

Deno.test.each([
  ["tests/job/units_test.ts", "pure"],
  ["tests/command_test.ts", "pure"],
  ["tests/windows/job/job_object_test.ts", "windows"],
  ["tests/bare/wine_test.ts", "windows-bare"],
  ["tests/abi/abi_test.ts", "abi"],
  ["tests/executable/smoke_test.ts", "executable"],
  ["tests/engine/pool_test.ts", "engine"],
  ["tests/host/main_test.ts", "host"],
  ["tests/windows/harness.ts", undefined],
  ["job/units_test.ts", undefined],
])("ringOf: %s is in %s", (file, ring) => {
  assertEquals(ringOf(file), ring);
});

Deno.test("isRing: distinguishes rings from other words", () => {
  assertEquals(["pure", "windows-bare", "windows-other-model", "tests", ""].map(isRing), [
    ...[true, true, true],
    ...[false, false],
  ]);
});

const FILES = [
  "tests/windows/b_test.ts",
  "tests/a_test.ts",
  "tests/windows/a_test.ts",
  "tests/x.c",
];

Deno.test("sortIntoRings: every test file is in one ring, and no ring is empty", () => {
  assertEquals([...sortIntoRings(FILES, [])], [
    ["pure", ["tests/a_test.ts"]],
    ["abi", []],
    ["host", []],
    ["windows", ["tests/windows/a_test.ts", "tests/windows/b_test.ts"]],
    ["windows-other-model", []],
    ["windows-bare", []],
    ["executable", []],
    ["engine", []],
  ]);
});

Deno.test("sortIntoRings: keeps only what is named", () => {
  assertEquals([...sortIntoRings(FILES, ["./tests/windows/"])], [
    ["windows", ["tests/windows/a_test.ts", "tests/windows/b_test.ts"]],
  ]);
  assertEquals([...sortIntoRings(FILES, ["tests\\windows\\b_test.ts", "pure", "abi"])], [
    ["pure", ["tests/a_test.ts"]],
    ["abi", []],
    ["windows", ["tests/windows/b_test.ts"]],
  ]);
});

Deno.test("sortIntoRings: the tests of ends run under both models", () => {
  const files = ["tests/windows/effects/tree_test.ts", "tests/windows/mod_test.ts"];
  assertEquals([...sortIntoRings(files, ["windows", "windows-other-model"])], [
    ["windows", files],
    ["windows-other-model", files.slice(0, 1)],
  ]);
  assertEquals([...sortIntoRings(files, files.slice(0, 1)).keys()], [
    "windows",
    "windows-other-model",
  ]);
  assertEquals([...sortIntoRings(files, files.slice(1)).keys()], ["windows"]);
});

Deno.test("sortIntoRings: tests of the tool also run on the compiled tool", () => {
  const [file = ""] = TESTS_OF_THE_TOOL;
  const files = ["tests/executable/smoke_test.ts", file];
  assertEquals([...sortIntoRings(files, ["executable"])], [["executable", files]]);
});

Deno.test("the tests that run a second time exist", async () => {
  for (const path of [...TESTS_OF_ENDS, ...TESTS_OF_THE_TOOL]) {
    assert((await Deno.stat(path)).isDirectory || ringOf(path) === "windows", path);
  }
});

Deno.test("sortIntoRings: a word that names no test is refused", () => {
  assertThrows(() => sortIntoRings(FILES, ["wnidows"]), RangeError, `Cannot run "wnidows"`);
  assertThrows(() => sortIntoRings(FILES, ["tests/x.c"]), RangeError);
  assertThrows(() => sortIntoRings(FILES, ["tests/wind"]), RangeError);
});
