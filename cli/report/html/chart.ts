/**
 * A chart of one value over time, as SVG without script.
 *
 * @module
 */
import { type Axis, axisFor } from "./axis.ts";
import { showTime } from "../../text/display.ts";
import { Markup, markup } from "./markup.ts";

/** The dimensions of a drawing, in its own units. */
export interface Frame {
  /** The style that shows it: on wide screens and paper, or on narrow ones. */
  readonly name: "wide" | "narrow";
  /** The whole width. */
  readonly width: number;
  /** Where the values begin. */
  readonly left: number;
  /** The free space at the right. */
  readonly right: number;
  /** The most labels of the time axis. */
  readonly ticks: number;
}

/**
 * Each drawing is made twice, because text that shrinks with its drawing cannot be read on a phone. All
 * drawings of a frame share its width, so that their times are aligned.
 */
export const FRAMES: readonly Frame[] = [
  { name: "wide", width: 960, left: 96, right: 16, ticks: 8 },
  { name: "narrow", width: 400, left: 66, right: 12, ticks: 4 },
];

/** The wide frame's positions, for parts that are drawn once. */
export const CHART = FRAMES[0]!;

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
  /** Its label. */
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

/** The horizontal axis of a chart that does not show times. */
export interface Scale {
  /** The labelled positions. */
  readonly ticks: readonly number[];
  /** Shows a position. */
  readonly show: (at: number) => string;
}

/** A chart. */
export interface Chart {
  /** The name of the style that gives its colour: `memory`, `cpu` or `processes`. */
  readonly style: string;
  /** A description for screen readers. */
  readonly label: string;
  /** Milliseconds of the whole run. */
  readonly wall: number;
  /** The horizontal axis if it shows no times; then `wall` is its end. */
  readonly scale?: Scale;
  /** The values in order of time. */
  readonly points: readonly ChartPoint[];
  /** The value axis; it must include all points. */
  readonly axis: Axis;
  /** Shows a value. */
  readonly show: (value: number) => string;
  /** Whether a point describes the time since the point before; otherwise its own time. */
  readonly steps?: boolean;
  /** Lines to compare with; those above the axis are left out. */
  readonly lines: readonly ChartLine[];
  /** Marks on the time axis. */
  readonly marks: readonly ChartMark[];
  /** The height in units of the drawing. */
  readonly height: number;
}

/**
 * Returns the position of a time on every chart of a page.
 *
 * @param at Milliseconds since the start.
 * @param wall Milliseconds of the whole run.
 * @param frame The drawing's dimensions.
 * @returns The horizontal position.
 */
export function timeX(at: number, wall: number, frame: Frame): number {
  const share = wall > 0 ? Math.min(1, Math.max(0, at / wall)) : 0;
  return frame.left + share * (frame.width - frame.left - frame.right);
}

function timeScale(wall: number, frame: Frame): Scale {
  const { ticks } = axisFor(wall, { kind: "time", ticks: frame.ticks, exact: true });
  return { ticks, show: (at) => at === 0 ? "0" : showTime(at) };
}

/**
 * Draws the lines and labels of the horizontal axis.
 *
 * @param wall Milliseconds of the whole run.
 * @param options `top` and `bottom` of the lines, the drawing's dimensions, and the scale if it
 * shows no times.
 * @returns SVG elements.
 */
export function timeGrid(
  wall: number,
  options: { top: number; bottom: number; frame: Frame; scale?: Scale | undefined },
): Markup[] {
  const { top, bottom, frame } = options;
  const { show, ticks } = options.scale ?? timeScale(wall, frame);
  return ticks.map((tick) => {
    const x = timeX(tick, wall, frame);
    // A label under the very edge would be cut off.
    const anchor = x > frame.width - 40 ? "end" : "middle";
    return markup`<line class="grid" x1="${x}" x2="${x}" y1="${top}" y2="${bottom}"/><text class="tick" x="${x}" y="${
      bottom + 16
    }" text-anchor="${anchor}">${show(tick)}</text>`;
  });
}

/**
 * Draws a chart.
 *
 * @param chart What to draw.
 * @returns One SVG element for each frame; the style shows one of them.
 */
export function renderChart(chart: Chart): Markup[] {
  return FRAMES.map((frame) => renderIn(frame, chart));
}

function renderIn(frame: Frame, chart: Chart): Markup {
  const { axis, height, points, wall } = chart;
  const bottom = height - BOTTOM;
  const right = frame.width - frame.right;
  const y = (value: number): number =>
    bottom - (Math.min(value, axis.end) / axis.end) * (bottom - TOP);
  const x = (at: number): number => timeX(at, wall, frame);
  const grid = axis.ticks.map((tick) =>
    markup`<line class="grid" x1="${frame.left}" x2="${right}" y1="${y(tick)}" y2="${
      y(tick)
    }"/><text class="tick" x="${frame.left - 8}" y="${y(tick) + 4}" text-anchor="end">${
      chart.show(tick)
    }</text>`
  );
  const line = pathOf(points.map(({ at, value }) => [x(at), y(value)]), chart.steps ?? false);
  const first = points[0];
  const area = first
    ? markup`<path class="area" d="${line}V${bottom}H${
      x(first.at)
    }Z"/><path class="line" d="${line}"/>`
    : undefined;
  const lines = chart.lines.filter(({ value }) => value <= axis.end);
  const compared = lines.map(({ style, value }) =>
    markup`<line class="${style}" x1="${frame.left}" x2="${right}" y1="${y(value)}" y2="${
      y(value)
    }"/>`
  );
  // On top of everything, with an outline in the card's colour, so that no curve crosses them out.
  const labels = lines.map(({ label, style, value }) => {
    const isPeak = style === "peak";
    return markup`<text class="label ${style}-label" x="${
      isPeak ? right - 10 : frame.left + 8
    }" y="${labelY(y(value))}" text-anchor="${isPeak ? "end" : "start"}">${label}</text>`;
  });
  return markup`<svg class="chart ${frame.name} ${chart.style}" viewBox="0 0 ${frame.width} ${height}" role="img" aria-label="${chart.label}">${
    timeGrid(wall, { top: TOP, bottom, frame, scale: chart.scale })
  }${grid}${area}${compared}${
    marksIn(chart.marks, x).map(({ at, label }, _, { length }) => {
      const down = length > MOST_MARK_LINES
        ? undefined
        : markup`<line x1="${x(at)}" x2="${x(at)}" y1="${TOP}" y2="${bottom}"/>`;
      return markup`<g class="mark">${down}<path d="M${x(at) - 5} ${
        TOP - 8
      }h10l-5 8z"/><title>${label} at ${showTime(at)}</title></g>`;
    })
  }${labels}${frame.name === "wide" ? hovers(chart, { x, bottom }) : undefined}</svg>`;
}

/** More lines from the marks down would hide the values behind them. */
const MOST_MARK_LINES = 40;

/** The width of a mark: closer marks cannot be told apart. */
const MARK_WIDTH = 4;

/** The first mark of each position, so that a thousand marks cover the whole time. */
function marksIn(marks: readonly ChartMark[], x: (at: number) => number): ChartMark[] {
  const byPlace = new Map<number, ChartMark>();
  for (const mark of marks) {
    const place = Math.round(x(mark.at) / MARK_WIDTH);
    if (!byPlace.has(place)) byPlace.set(place, mark);
  }
  return [...byPlace.values()];
}

/** A label is above its line, but inside the drawing. */
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
  // A single point would be invisible.
  if (places.length === 1) path += `H${number(atX + 1)}`;
  return new Markup(path);
}

/** The most positions that react to the pointer: more cannot be told apart. */
const MOST_HOVERS = 240;

/** Strips over the chart that show the value under the pointer. */
function hovers(
  { points, scale, show }: Chart,
  place: { x: (at: number) => number; bottom: number },
): Markup[] {
  const stride = Math.ceil(points.length / MOST_HOVERS);
  const shown = points.filter((_, index) => index % stride === 0);
  return shown.map(({ at, value }, index) => {
    const before = shown[index - 1];
    const from = before ? place.x(before.at) : place.x(at) - 1;
    return markup`<rect class="hover" x="${from}" y="${TOP}" width="${
      Math.max(1, place.x(at) - from)
    }" height="${place.bottom - TOP}"><title>${(scale?.show ?? showTime)(at)}: ${
      show(value)
    }</title></rect>`;
  });
}
