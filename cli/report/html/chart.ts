/**
 * A chart of one value over time, as SVG without script.
 *
 * @module
 */
import { type Axis, axisFor } from "./axis.ts";
import { showTime } from "../../text/display.ts";
import { Markup, markup } from "./markup.ts";

/** The page's charts and its timeline share one width, so that times stand one above the other. */
export const CHART = { width: 960, left: 96, right: 16 } as const;

const TOP = 14;
const BOTTOM = 26;

/** One value at one time. */
export interface ChartPoint {
  /** Milliseconds since the start. */
  readonly at: number;
  /** The value. */
  readonly value: number;
}

/** A horizontal line to compare with. */
export interface ChartLine {
  /** The value. */
  readonly value: number;
  /** What it is; written beside it. */
  readonly label: string;
  /** The style; a `peak` is labelled at its right end, the others at their left. */
  readonly style: "limit" | "soft" | "peak";
}

/** A time at which something happened. */
export interface ChartMark {
  /** Milliseconds since the start. */
  readonly at: number;
  /** What happened. */
  readonly label: string;
}

/** A chart. */
export interface Chart {
  /** The name of the style that gives its colour: `memory`, `cpu` or `processes`. */
  readonly style: string;
  /** What it shows, for who cannot see it. */
  readonly label: string;
  /** Milliseconds of the whole run. */
  readonly wall: number;
  /** The values in order of time. */
  readonly points: readonly ChartPoint[];
  /** The value axis; it must hold all points. */
  readonly axis: Axis;
  /** Shows a value. */
  readonly show: (value: number) => string;
  /** Whether a point stands for the time since the point before; else for its own time. */
  readonly steps?: boolean;
  /** Lines to compare with; those above the axis are left out. */
  readonly lines: readonly ChartLine[];
  /** Marks on the time axis. */
  readonly marks: readonly ChartMark[];
  /** The height in units of the drawing. */
  readonly height: number;
}

/**
 * Where a time stands on every chart of a page.
 *
 * @param at Milliseconds since the start.
 * @param wall Milliseconds of the whole run.
 * @returns The horizontal position.
 */
export function timeX(at: number, wall: number): number {
  const share = wall > 0 ? Math.min(1, Math.max(0, at / wall)) : 0;
  return CHART.left + share * (CHART.width - CHART.left - CHART.right);
}

/**
 * Draws the time axis's lines and labels.
 *
 * @param wall Milliseconds of the whole run.
 * @param options `top` and `bottom` of the lines.
 * @returns SVG elements.
 */
export function timeGrid(wall: number, options: { top: number; bottom: number }): Markup[] {
  const { top, bottom } = options;
  return axisFor(wall, { kind: "time", ticks: 8, exact: true }).ticks.map((tick) => {
    const x = timeX(tick, wall);
    // A label under the very edge would be cut off.
    const anchor = x > CHART.width - 40 ? "end" : "middle";
    return markup`<line class="grid" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/><text class="tick" x="${x}" y="${
      bottom + 16
    }" text-anchor="${anchor}">${tick === 0 ? "0" : showTime(tick)}</text>`;
  });
}

/**
 * Draws a chart.
 *
 * @param chart What to draw.
 * @returns An SVG element.
 */
export function renderChart(chart: Chart): Markup {
  const { axis, height, points, wall } = chart;
  const bottom = height - BOTTOM;
  const y = (value: number): number =>
    bottom - (Math.min(value, axis.end) / axis.end) * (bottom - TOP);
  const x = (at: number): number => timeX(at, wall);
  const grid = axis.ticks.map((tick) =>
    markup`<line class="grid" x1="${CHART.left}" x2="${CHART.width - CHART.right}" y1="${
      y(tick)
    }" y2="${y(tick)}"/><text class="tick" x="${CHART.left - 8}" y="${
      y(tick) + 4
    }" text-anchor="end">${chart.show(tick)}</text>`
  );
  const line = pathOf(points.map(({ at, value }) => [x(at), y(value)]), chart.steps ?? false);
  const first = points[0];
  const area = first
    ? markup`<path class="area" d="${line}V${bottom}H${
      x(first.at)
    }Z"/><path class="line" d="${line}"/>`
    : undefined;
  return markup`<svg class="chart ${chart.style}" viewBox="0 0 ${CHART.width} ${height}" role="img" aria-label="${chart.label}">${
    timeGrid(wall, { top: TOP, bottom })
  }${grid}${area}${
    chart.lines.filter(({ value }) => value <= axis.end).map((compare) =>
      markup`<line class="${compare.style}" x1="${CHART.left}" x2="${
        CHART.width - CHART.right
      }" y1="${y(compare.value)}" y2="${
        y(compare.value)
      }"/><text class="${compare.style}-label" x="${
        compare.style === "peak" ? CHART.width - CHART.right - 4 : CHART.left + 8
      }" y="${labelY(y(compare.value))}" text-anchor="${
        compare.style === "peak" ? "end" : "start"
      }">${compare.label}</text>`
    )
  }${
    chart.marks.map(({ at, label }) =>
      markup`<g class="mark"><line x1="${x(at)}" x2="${
        x(at)
      }" y1="${TOP}" y2="${bottom}"/><path d="M${x(at) - 5} ${
        TOP - 8
      }h10l-5 8z"/><title>${label} at ${showTime(at)}</title></g>`
    )
  }${hovers(chart, { x, bottom })}</svg>`;
}

/** A label stands above its line, but within the drawing. */
function labelY(y: number): number {
  return y < TOP + 12 ? y + 14 : y - 5;
}

function pathOf(places: readonly (readonly [number, number])[], steps: boolean): Markup {
  const number = (value: number): string => String(Math.round(value * 10) / 10);
  let path = "";
  let atX = 0;
  for (const [x, y] of places) {
    if (path === "") path = `M${number(x)} ${number(y)}`;
    else path += steps ? `V${number(y)}H${number(x)}` : `L${number(x)} ${number(y)}`;
    atX = x;
  }
  // One point alone would be invisible.
  if (places.length === 1) path += `H${number(atX + 1)}`;
  return new Markup(path);
}

/** The most places that answer the pointer: more cannot be told apart. */
const MOST_HOVERS = 240;

/** Strips over the chart that show the value under the pointer. */
function hovers(
  { points, show }: Chart,
  place: { x: (at: number) => number; bottom: number },
): Markup[] {
  const stride = Math.ceil(points.length / MOST_HOVERS);
  const shown = points.filter((_, index) => index % stride === 0);
  return shown.map(({ at, value }, index) => {
    const before = shown[index - 1];
    const from = before ? place.x(before.at) : place.x(at) - 1;
    return markup`<rect class="hover" x="${from}" y="${TOP}" width="${
      Math.max(1, place.x(at) - from)
    }" height="${place.bottom - TOP}"><title>${showTime(at)}: ${show(value)}</title></rect>`;
  });
}
