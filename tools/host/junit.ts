/**
 * Counts tests in the JUnit report that `deno test` writes.
 *
 * @module
 */

/** The counts in a report for one test file, or for several together. */
export interface TestCounts {
  /** Tests and steps that passed. */
  readonly passed: number;
  /** Tests and steps that failed or were cancelled. */
  readonly failed: number;
  /** Tests and steps that were skipped by `ignore`. */
  readonly ignored: number;
}

/** No test at all. */
export const NO_TESTS: TestCounts = { passed: 0, failed: 0, ignored: 0 };

/**
 * Adds counts.
 *
 * @param a Some counts.
 * @param b Others.
 * @returns Both together.
 */
export function addCounts(a: TestCounts, b: TestCounts): TestCounts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    ignored: a.ignored + b.ignored,
  };
}

/**
 * Counts the tests of each file in a report.
 *
 * Deno escapes `<` and `>` in every name and message, so every tag belongs to the report itself.
 *
 * @param xml The report.
 * @returns The counts by file, named as Deno names it, without a leading `./`.
 * @throws {SyntaxError} If it is not a report, or contradicts its own totals.
 */
export function countTests(xml: string): Map<string, TestCounts> {
  const total = /<testsuites\b[^>]*\btests="(\d+)"/.exec(xml)?.[1];
  if (total === undefined) {
    throw new SyntaxError(
      "Cannot count tests: expected a JUnit report, but it has no <testsuites>",
    );
  }
  const files = new Map<string, TestCounts>();
  let sum = 0;
  for (const suite of xml.matchAll(/<testsuite name="([^"]*)"[^>]*>(.*?)<\/testsuite>/gs)) {
    const file = (suite[1] ?? "").replaceAll("\\", "/").replace(/^\.\//, "");
    let counts = files.get(file) ?? NO_TESTS;
    for (const test of (suite[2] ?? "").matchAll(/<testcase [^>]*>(.*?)<\/testcase>/gs)) {
      const result = test[1] ?? "";
      const failed = /<(failure|error)\b/.test(result);
      const ignored = !failed && /<skipped\b/.test(result);
      counts = addCounts(counts, {
        passed: failed || ignored ? 0 : 1,
        failed: failed ? 1 : 0,
        ignored: ignored ? 1 : 0,
      });
      sum++;
    }
    files.set(file, counts);
  }
  if (sum !== Number(total)) {
    throw new SyntaxError(`Cannot count tests: the report says ${total}, it holds ${sum}`);
  }
  return files;
}
