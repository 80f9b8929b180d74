import { assert, assertEquals } from "@std/assert";
import { axisFor, type AxisKind } from "../../../../cli/report/html/axis.ts";

const MIB = 1024 ** 2;

Deno.test("axisFor labels bytes at powers of two", () => {
  assertEquals(axisFor(65 * MIB, { kind: "bytes" }), {
    end: 80 * MIB,
    ticks: [0, 16, 32, 48, 64, 80].map((value) => value * MIB),
  });
});

Deno.test("axisFor labels time at round seconds and ends with the run when asked", () => {
  assertEquals(axisFor(26_520, { kind: "time", ticks: 8, exact: true }), {
    end: 26_520,
    ticks: [0, 5000, 10_000, 15_000, 20_000, 25_000],
  });
});

Deno.test("axisFor does not exceed its maximum", () => {
  assertEquals(axisFor(97, { kind: "count", cap: 100 }).ticks, [0, 20, 40, 60, 80, 100]);
  assertEquals(axisFor(100, { kind: "count", cap: 100 }).end, 100);
});

Deno.test("axisFor covers every value, from 0 to years and petabytes, with few ticks", () => {
  for (const kind of ["bytes", "time", "count"] satisfies AxisKind[]) {
    for (let most = 0; most < 2 ** 50; most = most * 3 + 1) {
      const { end, ticks } = axisFor(most, { kind });
      assert(end >= most && end > 0, `${kind} ${most}`);
      assert(ticks.length >= 2 && ticks.length <= 6, `${kind} ${most}: ${ticks.length}`);
      assertEquals(ticks[0], 0);
    }
  }
});
