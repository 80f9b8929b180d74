/**
 * Charts of values by a count, as pictures of their own, drawn as the charts of a record are.
 *
 * @module
 */
import { axisFor } from "../../cli/report/html/axis.ts";
import { CHART, renderChart } from "../../cli/report/html/chart.ts";
import { markup } from "../../cli/report/html/markup.ts";

/** A chart of values by a count. */
export interface CountChart {
  /** A description for screen readers. */
  readonly label: string;
  /** What is counted. */
  readonly across: string;
  /** Whether the values are sizes, whose round numbers are powers of two. */
  readonly isSize: boolean;
  /** The values in order of the count. */
  readonly points: readonly { readonly x: number; readonly value: number }[];
  /** Shows a value. */
  readonly show: (value: number) => string;
}

const HEIGHT = 220;
/** The room below the labels for the name of the count. */
const NAME = 20;

/** A picture in a page of documentation follows the reader's choice of light or dark. */
const STYLE = `
svg { --card: #fff; --text: #1c2127; --muted: #626b76; --grid: #dfe3e8; --series: #2563c9; }
@media (prefers-color-scheme: dark) {
  svg { --card: #1d2126; --text: #e6e9ed; --muted: #98a2ae; --grid: #333a42; --series: #6ea8ff; }
}
.card { fill: var(--card); }
text { font: 12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--muted); }
.grid { stroke: var(--grid); stroke-width: 1; }
.line { fill: none; stroke: var(--series); stroke-width: 2; stroke-linejoin: round; }
.area { fill: var(--series); opacity: .14; }
.point { fill: var(--series); }
.hover { opacity: 0; }
`;

/**
 * Draws a chart.
 *
 * @param chart What to draw.
 * @returns An SVG document.
 */
export function renderCountChart({ across, isSize, label, points, show }: CountChart): string {
  const end = Math.max(...points.map(({ x }) => x));
  const highest = Math.max(...points.map(({ value }) => value));
  const axis = axisFor(highest, { kind: isSize ? "bytes" : "count" });
  const { ticks } = axisFor(end, { kind: "count", ticks: CHART.ticks, exact: true });
  const chart = {
    style: "count",
    label,
    wall: end,
    scale: { ticks, show: String },
    points: points.map(({ x, value }) => ({ at: x, value })),
    axis,
    show,
    lines: [],
    marks: [],
    height: HEIGHT,
  };
  const [wide] = renderChart(chart);
  const middle = (CHART.left + CHART.width - CHART.right) / 2;
  const name = markup`<text x="${middle}" y="${HEIGHT + 8}" text-anchor="middle">${across}</text>`;
  const height = HEIGHT + NAME;
  return `${wide}`
    .replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replace(`viewBox="0 0 ${CHART.width} ${HEIGHT}"`, `viewBox="0 0 ${CHART.width} ${height}"`)
    .replace(">", `><style>${STYLE}</style><rect class="card" width="100%" height="100%" rx="8"/>`)
    .replace("</svg>", `${name}</svg>\n`);
}
