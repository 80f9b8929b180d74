import { assertEquals } from "@std/assert";
import { mutantsOf } from "../../tools/proof/mutants.ts";

/** The changed lines of the faults of a text. */
function changes(source: string): string[] {
  const before = source.split("\n");
  return mutantsOf(source).map(({ line, source: after }) => {
    const lines = after.split("\n");
    assertEquals(lines.toSpliced(line - 1, 1), before.toSpliced(line - 1, 1));
    return lines[line - 1]!;
  });
}

Deno.test("mutantsOf: breaks comparisons, truths, numbers, flags and calls", () => {
  assertEquals(changes("  if (a >= 5 && !b) return;"), [
    "  if (a > 5 && !b) return;",
    "  if (a >= 5 || !b) return;",
    "  if (a >= 5 && b) return;",
    "  if (a >= 6 && !b) return;",
    "",
  ]);
  assertEquals(changes("  const all = A.X | A.Y;"), ["  const all = A.X;"]);
  assertEquals(changes("    this.#stop(1);"), ["    this.#stop(2);", ""]);
  assertEquals(changes("  return value.min;"), ["  return value.max;"]);
});

Deno.test("mutantsOf: swaps the values of adjacent rows", () => {
  const source = 'x = {\n  flag: "A",\n  option: "--a",\n}, {\n  flag: "B",\n};';
  assertEquals(changes(source), ['  flag: "B",', '  flag: "A",']);
});

Deno.test("mutantsOf: leaves texts, comments, imports and types alone", () => {
  for (
    const line of [
      '  say("a && b >= 3");',
      "  // a === b",
      " * a === b",
      'import { a } from "./a.ts";',
      "export interface A {\n  readonly a: 5 | true;\n}",
      "interface A\n  extends B {\n  same(\n    a: 5,\n  ): true;\n  readonly a: 5 | 6;\n}",
      "type A =\n  | 5\n  | 6;",
    ]
  ) {
    assertEquals(changes(line).filter((each) => each !== ""), [], line);
  }
});
