import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { assertStringIncludes } from "@std/assert";
import { measureRow, quantile, type Row, spreadOf } from "../../bench/measure.ts";
import type { Results } from "../../bench/rounds.ts";
import { showTime } from "../../bench/show.ts";
import {
  performancePictures,
  renderGrowth,
  renderSpeedTable,
} from "../../tools/docs/performance_page.ts";

const SPREAD = { median: 2, low: 1, high: 3 };

const RESULTS: Results = {
  rows: [{
    name: "x",
    work: "some work",
    ours: "jobbox",
    rounds: 9,
    time: { median: 2000, low: 1000, high: 3000 },
    compared: [
      { name: "C", time: { ...SPREAD, median: 1000 }, ratio: SPREAD, aim: 1.5 },
      { name: "Go", time: { ...SPREAD, median: 1000 }, ratio: SPREAD, aim: 2 },
      { name: "Rust", time: { ...SPREAD, median: 1000 }, ratio: SPREAD },
    ],
  }],
  load: [{ name: "y", work: "samples", rounds: 4, time: SPREAD, share: SPREAD, aim: 1 }],
  growth: [{
    name: "z",
    shows: "`pids()`",
    across: "members",
    unit: "ns",
    points: [{ x: 0.5, value: 900 }, { x: 20, value: 4000 }],
    stopped: "it stops",
  }],
};

Deno.test("quantile: it interpolates between two values", () => {
  assertEquals([0, 0.25, 0.5, 1].map((share) => quantile([4, 1, 3, 2], share)), [1, 1.75, 2.5, 4]);
  assertEquals(spreadOf([5]), { median: 5, low: 5, high: 5 });
});

Deno.test("measureRow: each side runs in every round, and ratios are taken within a round", async () => {
  const order: string[] = [];
  const side = (name: string, times: number[]) => ({
    name,
    run: () => {
      order.push(name);
      return times.shift()!;
    },
  });
  const row: Row = {
    name: "x",
    work: "x",
    ours: side("ours", [9, 2, 20]),
    baselines: [{ ...side("theirs", [9, 1, 10]), aim: 3 }],
  };
  const { compared, time } = await measureRow(row, 2);
  assertEquals(order, ["ours", "theirs", "theirs", "ours", "ours", "theirs"]);
  assertEquals(time.median, 11);
  assertAlmostEquals(compared[0]!.ratio.median, 2);
  assertEquals(compared[0]!.aim, 3);
  const idle = { ...row, ours: { name: "ours", run: () => 0 }, baselines: [] };
  await assertRejects(() => measureRow(idle, 1), RangeError, "Cannot measure x");
});

Deno.test("showTime: three digits, in the largest unit that gives one or more", () => {
  assertEquals([0.25, 4.215, 42_150, 1e6, 2.5e9].map(showTime), [
    "0.25 ns",
    "4.21 ns",
    "42.1 µs",
    "1 ms",
    "2.5 s",
  ]);
});

Deno.test("renderSpeedTable: a line for each baseline, and an aim that is missed shows", () => {
  const lines = renderSpeedTable(RESULTS).split("\n").slice(2);
  assertEquals(lines, [
    '| <a id="x"></a>`x`<br>some work | jobbox: 2 µs | C: 1 µs | 2.00 | 1.00–3.00 | ≤ 1.5 | **no** | 9 |',
    "|  |  | Go: 1 µs | 2.00 | 1.00–3.00 | ≤ 2 | yes |  |",
    "|  |  | Rust: 1 µs | 2.00 | 1.00–3.00 |  |  |  |",
    '| <a id="y"></a>`y`<br>samples | one: 2 ns | one processor | 2.00 % | 1.00–3.00 | ≤ 1 % ' +
    "| **no** | 4 |",
  ]);
});

Deno.test("renderGrowth: a picture and a table for each curve, and why the curve stops", () => {
  const page = renderGrowth(RESULTS);
  assertStringIncludes(page, "`pids()`, by members. Here it stops.");
  assertStringIncludes(page, "![pids(), by members](performance/z.svg)");
  assertStringIncludes(
    page,
    "| members | 0.50 | 20 |\n| --- | --- | --- |\n| time | 900 ns | 4 µs |",
  );
});

Deno.test("performancePictures: a document of SVG with the axes of the curve", () => {
  const pictures = performancePictures(RESULTS);
  assertEquals([...pictures.keys()], ["docs/performance/z.svg"]);
  const svg = pictures.get("docs/performance/z.svg")!;
  assert(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" '));
  assertStringIncludes(svg, ">members</text></svg>");
  for (const label of ["0", "5", "20", "4 µs"]) assertStringIncludes(svg, `>${label}</text>`);
});
