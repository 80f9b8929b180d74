import { assert, assertEquals } from "@std/assert";
import { RINGS } from "../../tools/host/rings.ts";
import { dealShares, MEASURES, runInLanes } from "../../tools/host/shares.ts";

Deno.test("dealShares: every file is in one share, whatever the ring", () => {
  for (const ring of RINGS) {
    for (const count of [1, 2, 30, 200]) {
      const files = Array.from({ length: count }, (_, at) => `tests/${at}_test.ts`);
      const shares = dealShares(ring, files).map((share) => share.files);
      assertEquals(shares.flat().toSorted(), files.toSorted());
      const sizes = shares.map((share) => share.length);
      assert(Math.max(...sizes) - Math.min(...sizes) <= 1, `${ring}: ${sizes}`);
    }
  }
  assertEquals(dealShares("windows", []), [{ files: [], alone: false }]);
});

Deno.test("dealShares: a large ring has several shares, with neighbours in different ones", () => {
  const files = Array.from({ length: 53 }, (_, at) => `${at}`);
  const shares = dealShares("windows", files).map((share) => share.files);
  assertEquals(shares.length, 3);
  assertEquals(shares[1]?.slice(0, 3), ["1", "4", "7"]);
  assertEquals(dealShares("pure", files), [{ files, alone: false }]);
});

Deno.test("dealShares: tests that measure time run alone, and exist", async () => {
  assertEquals(dealShares("windows", ["tests/a_test.ts", ...MEASURES]), [
    { files: ["tests/a_test.ts"], alone: false },
    { files: MEASURES, alone: true },
  ]);
  assertEquals(dealShares("windows", MEASURES), [{ files: MEASURES, alone: true }]);
  for (const file of MEASURES) assert((await Deno.stat(file)).isFile, file);
});

Deno.test("runInLanes: begins in order, and never more at once than there are lanes", async () => {
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const begun: number[] = [];
  const done = runInLanes(
    gates.map((gate, at) => () => {
      begun.push(at);
      return gate.promise;
    }),
    2,
  );
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  assertEquals(begun, [0, 1]);
  gates[1]!.resolve();
  await turn();
  assertEquals(begun, [0, 1, 2]);
  gates[2]!.resolve();
  await turn();
  assertEquals(begun, [0, 1, 2, 3]);
  gates[0]!.resolve();
  gates[3]!.resolve();
  await done;
});
