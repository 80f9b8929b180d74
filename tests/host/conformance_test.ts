/**
 * Checks the table of promises and the stored results against the source tree.
 */
import { assert, assertEquals } from "@std/assert";
import { PROMISES } from "../../job/conformance/promises.ts";
import {
  differences,
  expectedFile,
  type ExpectedPromise,
  KERNELS,
} from "../helpers/conformance_expected.ts";
import { PROJECT_ROOT } from "../helpers/deno_info.ts";

Deno.test("PROMISES: the test that each names exists", async () => {
  for (const { id, test } of PROMISES) {
    assert((await Deno.stat(new URL(test, PROJECT_ROOT))).isFile, `${id}: ${test}`);
  }
});

for (const kernel of KERNELS) {
  Deno.test(`conformance: the results of ${kernel} have every promise, in the table's order`, async () => {
    const rows: ExpectedPromise[] = JSON.parse(await Deno.readTextFile(expectedFile(kernel)));
    assertEquals(rows.map(({ promise }) => promise), PROMISES.map(({ id }) => id));
    for (const { promise, seen } of rows) assert(seen.length > 0, promise);
  });
}

Deno.test("differences: another verdict, a new promise and a missing one are reported", () => {
  const row = (promise: string, verdict: string): ExpectedPromise => ({
    promise,
    verdict,
    seen: "x",
  });
  const kept = [row("nests", "kept"), row("new-at-once", "kept"), row("gone", "kept")];
  assertEquals(differences(kept, kept), []);
  assertEquals(
    differences(
      [row("nests", "broken"), row("new-at-once", "different"), row("new", "kept")],
      kept,
    ),
    [
      "nests: broken (x), not kept (x)",
      "new: kept, and is not in the file",
      "gone: was not tried",
    ],
  );
  // Where the moment decides, not every verdict will do.
  assertEquals(differences([row("new-at-once", "broken")], [row("new-at-once", "kept")]).length, 1);
});
