import { assert, assertEquals, assertMatch } from "@std/assert";
import { VERDICTS } from "../../../job/conformance/promise.ts";
import { AREAS, PROMISES } from "../../../job/conformance/promises.ts";
import { PAGES } from "../../../job/conformance/pages.ts";

Deno.test("PROMISES: each has its own name and trial", () => {
  assert(PROMISES.length >= 30);
  for (const key of ["id", "trial", "sentence"] as const) {
    const values = PROMISES.map((promise) => promise[key]);
    assertEquals(new Set(values).size, values.length, key);
  }
  for (const { id } of PROMISES) assertMatch(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
});

Deno.test("PROMISES: each has the promise, its source, and the consequence if it is false", () => {
  const sources = Object.values<string>(PAGES);
  for (const { id, sentence, source, consequence, test } of PROMISES) {
    assertMatch(sentence, /^[A-Z].*\.$/, id);
    assertMatch(consequence, /^\S.*\.$/, id);
    assert(sources.includes(source), id);
    assertMatch(test, /^(tests\/.*_test\.ts|tools\/jobsim\/tests\/\w+\.c)$/, id);
  }
});

Deno.test("PROMISES: a promise that depends on timing has more than one allowed verdict", () => {
  for (const { id, timing } of PROMISES) {
    if (timing === undefined) continue;
    assert(timing.length > 1 && timing.includes("kept"), id);
    for (const word of timing) assert(VERDICTS.includes(word), id);
  }
});

Deno.test("PROMISES: undocumented promises are marked", () => {
  for (const { id, open, source } of PROMISES) {
    if (source === PAGES.nobody) assert(open, id);
  }
  assert(PROMISES.filter(({ open }) => open).length >= 10);
});

Deno.test("PROMISES: rows of an area are adjacent, and no area is empty", () => {
  const order = PROMISES.map(({ area }) => area).filter((area, i, all) => area !== all[i - 1]);
  assertEquals(order, Object.keys(AREAS) as typeof order);
});
