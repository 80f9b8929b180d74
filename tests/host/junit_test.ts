import { assertEquals, assertThrows } from "@std/assert";
import { addCounts, countTests, NO_TESTS } from "../../tools/host/junit.ts";

function report(total: number, ...suites: string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="${total}" failures="9" errors="9" time="0.1">
${suites.join("\n")}
</testsuites>`;
}

function suite(file: string, ...results: string[]): string {
  const cases = results.map((result) => `<testcase name="n" time="0.0">\n${result}\n</testcase>`);
  return `<testsuite name="${file}" tests="1" disabled="0">\n${cases.join("\n")}\n</testsuite>`;
}

Deno.test("countTests: counts each result by file", () => {
  const found = countTests(report(
    6,
    suite("./tests/a_test.ts", "", "", `<failure message="x">a &lt;skipped/&gt;</failure>`),
    suite(".\\tests\\b_test.ts", "<skipped/>", `<error message="Cancelled"/>`, ""),
  ));
  assertEquals([...found], [
    ["tests/a_test.ts", { passed: 2, failed: 1, ignored: 0 }],
    ["tests/b_test.ts", { passed: 1, failed: 1, ignored: 1 }],
  ]);
});

Deno.test("countTests: an empty report counts nothing", () => {
  assertEquals([...countTests(report(0))], []);
});

Deno.test("countTests: a report that contradicts itself or is none is refused", () => {
  assertThrows(() => countTests(report(3, suite("a", "", ""))), SyntaxError, "says 3, it holds 2");
  assertThrows(() => countTests("ok | 3 passed"), SyntaxError, "no <testsuites>");
});

Deno.test("addCounts: adds each kind", () => {
  const counts = { passed: 1, failed: 2, ignored: 3 };
  assertEquals(addCounts(counts, { passed: 10, failed: 20, ignored: 30 }), {
    passed: 11,
    failed: 22,
    ignored: 33,
  });
  assertEquals(addCounts(NO_TESTS, counts), counts);
});
