import { assertEquals } from "@std/assert";
import { judge, laneCount, runRings, runShare } from "../../tools/host/ring_runner.ts";

function report(file: string, failed: boolean): string {
  return `<testsuites name="deno test" tests="1" failures="0">
    <testsuite name="./${file}" tests="1"><testcase name="n">
      ${failed ? '<failure message="m">m</failure>' : ""}
    </testcase></testsuite></testsuites>`;
}

const EMPTY = `<testsuites name="deno test" tests="0"></testsuites>`;

Deno.test.each(
  [
    ["a passed file", 0, report("a", false), ["a"], [1, 0], []],
    ["a failed test", 1, report("a", true), ["a"], [0, 1], []],
    ["an exit code that no test explains", 1, report("a", false), ["a"], [1, 1], [
      "every test passed, but the exit code is 1",
    ]],
    ["a missing report", 139, undefined, ["a"], [0, 1], ["no report was written, exit code 139"]],
    ["a file that left before its tests", 0, report("a", false), ["a", "b"], [1, 1], [
      "b ran no test",
    ]],
    ["a ring without files", 0, EMPTY, [], [0, 1], ["the ring has no test"]],
  ] as const,
)("judge: %s", (_, code, xml, files, [passed, failed], problems) => {
  const found = judge({ code, report: xml, files });
  assertEquals([found.passed, found.failed, found.problems], [passed, failed, [...problems]]);
});

const QUIETLY = { verbose: false, typesChecked: true };

Deno.test("runShare: without a file it runs nothing and fails", async () => {
  const { passed, failed, problems, output } = await runShare("pure", [], QUIETLY);
  assertEquals([passed, failed, problems, output], [0, 1, ["the ring has no test"], ""]);
});

Deno.test("runRings: a ring that cannot be prepared fails, and the others run", async () => {
  const rings = new Map([["abi", ["x"]], ["pure", ["tests/cli/version_test.ts"]]] as const);
  const prepare = (ring: string) => ring === "abi" ? Promise.reject("no gcc") : Promise.resolve();
  const results = runRings(rings, { ...QUIETLY, prepare });
  assertEquals([...results.keys()], ["abi", "pure"]);
  assertEquals(await Promise.allSettled([results.get("abi")]), [
    { status: "rejected", reason: "no gcc" },
  ]);
  const { passed, failed, output, problems } = (await results.get("pure"))!;
  assertEquals([passed > 0, failed, output, problems], [true, 0, "", []]);
});

Deno.test("laneCount: if output is shown live, one share runs at a time", () => {
  assertEquals(laneCount(true), 1);
  assertEquals(laneCount(false), Math.min(2, navigator.hardwareConcurrency));
});
