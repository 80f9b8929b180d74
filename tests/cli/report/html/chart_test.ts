import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { CHART, type Chart, renderChart, timeX } from "../../../../cli/report/html/chart.ts";

const BASE: Chart = {
  style: "memory",
  label: "test",
  wall: 1000,
  points: [{ at: 0, value: 0 }, { at: 500, value: 50 }, { at: 1000, value: 100 }],
  axis: { end: 100, ticks: [0, 50, 100] },
  show: (value) => `${value} u`,
  lines: [],
  marks: [],
  height: 240,
};

function lineOf(chart: Partial<Chart>): string {
  const svg = renderChart({ ...BASE, ...chart }).toString();
  return /class="line" d="([^"]*)"/.exec(svg)?.[1] ?? "";
}

Deno.test("timeX goes from the chart's left edge to its right edge and not beyond", () => {
  assertEquals(timeX(0, 1000, CHART), CHART.left);
  assertEquals(timeX(1000, 1000, CHART), CHART.width - CHART.right);
  assertEquals(timeX(5000, 1000, CHART), CHART.width - CHART.right);
  assertEquals(timeX(0, 0, CHART), CHART.left);
});

Deno.test("renderChart draws each point at its time and value", () => {
  assertEquals(lineOf({}), "M96 214L520 114L944 14");
});

Deno.test("renderChart draws a mean over a time as a step", () => {
  assertEquals(lineOf({ steps: true }), "M96 214V114H520V14H944");
});

Deno.test("renderChart draws a single point so that it is visible", () => {
  assertEquals(lineOf({ points: [{ at: 0, value: 50 }] }), "M96 114H97");
});

Deno.test("renderChart draws no line without points", () => {
  assertFalse(renderChart({ ...BASE, points: [] }).toString().includes('class="line"'));
});

Deno.test("renderChart leaves out a reference line that is above the axis", () => {
  const limit = (value: number): string =>
    renderChart({ ...BASE, lines: [{ value, label: "limit x", style: "limit" }] }).toString();
  assertStringIncludes(limit(100), ">limit x</text>");
  assertFalse(limit(101).includes("limit x"));
});

Deno.test("renderChart keeps a line's label within the drawing", () => {
  const svg = renderChart({ ...BASE, lines: [{ value: 100, label: "L", style: "limit" }] });
  const y = Number(/class="label limit-label" x="\d+" y="([\d.]+)"/.exec(svg.toString())?.[1]);
  assert(y > 14, String(y));
});

Deno.test("renderChart says what a mark is and when", () => {
  const svg = renderChart({ ...BASE, marks: [{ at: 500, label: "hit <1>" }] }).toString();
  assertStringIncludes(svg, "<title>hit &lt;1&gt; at 500 ms</title>");
});

Deno.test("renderChart reacts to the pointer at 240 positions at most", () => {
  const points = Array.from({ length: 1000 }, (_, at) => ({ at, value: 1 }));
  const svg = renderChart({ ...BASE, points }).toString();
  const count = svg.split('class="hover"').length - 1;
  assert(count > 150 && count <= 240, String(count));
});
