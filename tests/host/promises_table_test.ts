import { assertEquals, assertStringIncludes } from "@std/assert";
import { PROMISES } from "../../job/conformance/promises.ts";
import type { Verdict, WindowsPromise } from "../../job/conformance/promise.ts";
import { renderPromises, renderPromiseSums } from "../../tools/docs/promises_table.ts";
import type { Ring } from "../../tools/host/rings.ts";

const [FIRST] = PROMISES as [WindowsPromise];

function facts(verdicts: readonly (readonly [Ring, Verdict])[], hasTest: boolean) {
  return {
    promises: [{ ...FIRST, id: "x", test: "tests/windows/x_test.ts", open: true }],
    verdicts: new Map([["x", new Map(verdicts)]]),
    exists: () => hasTest,
  };
}

Deno.test("renderPromises: one line and one anchor for each promise, in the table's order", () => {
  const anchors = [...renderPromises().matchAll(/<a id="([\w-]+)"><\/a>`\1`/g)];
  assertEquals(anchors.map(([, id]) => id), PROMISES.map(({ id }) => id));
});

Deno.test("renderPromises: a promise without a test, and one that was kept nowhere, show as such", () => {
  const page = renderPromises(facts([["windows-bare", "broken"]], false));
  assertStringIncludes(page, "| **no test** | **nowhere**<br>broken: windows-bare |");
  const sums = renderPromiseSums(facts([["windows-bare", "broken"]], false));
  assertStringIncludes(sums, "| kept in no ring | 1 | [`x`](#x) |");
  assertStringIncludes(sums, "| without a test | 1 | [`x`](#x) |");
});

Deno.test("renderPromises: the rings that kept it come first, and the test has its ring", () => {
  const page = renderPromises(
    facts([["windows-bare", "different"], ["windows", "kept"], ["abi", "kept"]], true),
  );
  assertStringIncludes(
    page,
    "| [x_test.ts](../tests/windows/x_test.ts)<br>windows | windows, abi<br>different: windows-bare |",
  );
  const sums = renderPromiseSums(facts([["windows", "kept"]], true));
  assertStringIncludes(sums, "| kept in no ring | 0 |  |");
  assertStringIncludes(sums, "| without a test | 0 |  |");
});
