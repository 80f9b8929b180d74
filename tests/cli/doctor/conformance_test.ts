import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  conformanceReport,
  type ConformanceSystem,
  renderPromise,
  renderSums,
} from "../../../cli/doctor/conformance.ts";
import type { PromiseResult, Verdict } from "../../../job/conformance/promise.ts";
import { PROMISES } from "../../../job/conformance/promises.ts";

const SYSTEM: ConformanceSystem = {
  jobbox: "1.2.3",
  deno: "2.9.5",
  windows: "10.0.22631",
  architecture: "x86_64",
  processors: 8,
};

function result(id: string, verdict: Verdict, seen = "something"): PromiseResult {
  const promise = PROMISES.find((row) => row.id === id);
  assert(promise, id);
  return { promise, verdict, seen };
}

Deno.test("renderPromise: writes one line for each promise, whatever the result", () => {
  const line = renderPromise(result("nests", "kept", "a\nb"), false);
  assertMatch(line, /^ {2}kept {9}nests +a b\n$/);
});

Deno.test("renderPromise: marks what is not documented", () => {
  assertStringIncludes(renderPromise(result("repeats", "kept"), false), "repeats*");
});

Deno.test("renderPromise: each verdict has its own colour", () => {
  const verdicts: readonly Verdict[] = ["kept", "different", "broken", "not triable"];
  const lines = verdicts.map((verdict) => renderPromise(result("nests", verdict), true));
  // deno-lint-ignore no-control-regex
  assertEquals(new Set(lines.map((line) => /\x1b\[\d+m/.exec(line)?.[0])).size, 4);
});

Deno.test("renderSums: shows the counts, and the consequences of what is broken", () => {
  const text = renderSums([
    result("nests", "kept"),
    result("terminate-messages", "different"),
    result("job-memory", "broken"),
    result("ctrl-break", "not triable"),
  ], 12.34);
  assertStringIncludes(text, "4 promises: 1 kept, 1 different, 1 broken, 1 not triable (12.3 s)");
  assertStringIncludes(text, "job-memory: Committing memory beyond the job's limit fails");
  assertStringIncludes(text, "If not: --memory has no effect.");
  assertEquals(text.includes("nests:"), false);
  assertEquals(renderSums([result("nests", "kept")], 1).includes("Broken"), false);
});

Deno.test("conformanceReport: has an object for each promise, with the system and the whole row", () => {
  const [row] = conformanceReport([result("repeats", "different", "a\nb")], SYSTEM);
  const promise = PROMISES.find(({ id }) => id === "repeats")!;
  assertEquals(row, {
    promise: "repeats",
    verdict: "different",
    seen: "a b",
    sentence: promise.sentence,
    area: "notifications",
    source: promise.source,
    consequence: promise.consequence,
    open: true,
    test: promise.test,
    trial: "repeats",
    system: SYSTEM,
  });
});
