/**
 * A share of the fuzzing in every run of the suite; `deno task fuzz` does the rest. A failure shows
 * the shrunk input and its seed.
 */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@4.11.0";
import { attempt, subject } from "./fuzz/subject.ts";
import { SUBJECTS } from "./fuzz/subjects.ts";

/** The seed of the suite, so that it tries the same in every run. */
const SEED = 14;

for (const { name, cases, run } of SUBJECTS) {
  Deno.test(`fuzz: ${name}`, () => run({ runs: cases, seed: SEED }));
}

Deno.test("fuzz: every subject has its own name", () => {
  assertEquals(new Set(SUBJECTS.map(({ name }) => name)).size, SUBJECTS.length);
});

Deno.test("subject: a failing property is shrunk, and its error has the seed", () => {
  const broken = subject("broken", {
    cases: 1,
    input: fc.array(fc.nat()),
    check: (numbers) => assertEquals(numbers.length < 3, true),
  });
  const error = assertThrows(() => broken.run({ runs: 1000, seed: 7 }), Error, "seed: 7");
  assertEquals(/Counterexample: \[\[0,0,0\]\]/.test(error.message), true, error.message);
});

Deno.test("attempt: only the errors that are allowed are refusals", () => {
  assertEquals(attempt(() => 5, TypeError), { value: 5 });
  const refuse = (error: Error) => () =>
    attempt(() => {
      throw error;
    }, TypeError);
  assertEquals(refuse(new TypeError("Cannot"))().refused?.message, "Cannot");
  assertThrows(refuse(new RangeError("Cannot")), RangeError);
  assertThrows(refuse(new TypeError("Cannot read properties of null")), Error, "this refusal");
  assertThrows(refuse(new TypeError("x".repeat(5000))), Error, "5000");
});
