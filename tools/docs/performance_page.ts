/**
 * The tables and pictures of docs/performance.md, made from the results that `deno task bench` keeps
 * in `docs/performance.json`.
 *
 * @module
 */
import type { Curve } from "../../bench/growth.ts";
import type { MeasuredLoad } from "../../bench/load.ts";
import type { MeasuredRow, Spread } from "../../bench/measure.ts";
import type { Results } from "../../bench/rounds.ts";
import { showTime, unitOf } from "../../bench/show.ts";
import { showSize } from "../../cli/text/display.ts";
import { renderCountChart } from "./count_chart.ts";
import { renderTable } from "./table.ts";

const PROJECT = new URL("../../", import.meta.url);
const FOLDER = "docs/performance";

/** Reads the kept results. */
function keptResults(): Results {
  return JSON.parse(Deno.readTextFileSync(new URL(`${FOLDER}.json`, PROJECT)));
}

function range({ high, low }: Spread, digits: number): string {
  return `${low.toFixed(digits)}–${high.toFixed(digits)}`;
}

/** The aim, and whether it is met. */
function aimCells(value: number, aim: number | undefined, unit = ""): [string, string] {
  return aim === undefined ? ["", ""] : [`≤ ${aim}${unit}`, value <= aim ? "yes" : "**no**"];
}

function rowLines({ compared, name, ours, rounds, time, work }: MeasuredRow): string[][] {
  return compared.map((side, index) => [
    index === 0 ? `<a id="${name}"></a>\`${name}\`<br>${work}` : "",
    index === 0 ? `${ours}: ${showTime(time.median)}` : "",
    `${side.name}: ${showTime(side.time.median)}`,
    side.ratio.median.toFixed(2),
    range(side.ratio, 2),
    ...aimCells(side.ratio.median, side.aim),
    index === 0 ? String(rounds) : "",
  ]);
}

function loadLine({ aim, name, rounds, share, time, work }: MeasuredLoad): string[] {
  return [
    `<a id="${name}"></a>\`${name}\`<br>${work}`,
    `one: ${showTime(time.median)}`,
    "one processor",
    `${share.median.toFixed(2)} %`,
    range(share, 2),
    ...aimCells(share.median, aim, " %"),
    String(rounds),
  ];
}

/**
 * Renders the table of work beside its baselines.
 *
 * @param results What was measured; by default the kept results.
 * @returns Markdown.
 */
export function renderSpeedTable(results: Results = keptResults()): string {
  return renderTable(
    ["work", "jobbox", "compared with", "ratio", "quartiles", "aim", "met", "rounds"],
    [...results.rows.flatMap(rowLines), ...results.load.map(loadLine)],
  );
}

function showValue(unit: Curve["unit"], value: number): string {
  return unit === "ns" ? showTime(value) : showSize(value);
}

/** A count, or a part of one: the first points of a day are minutes. */
function showCount(x: number): string {
  return x >= 1 ? String(x) : x.toFixed(2);
}

/**
 * Renders how cost grows: a picture and a table for each curve.
 *
 * @param results What was measured; by default the kept results.
 * @returns Markdown.
 */
export function renderGrowth(results: Results = keptResults()): string {
  return results.growth.map(({ across, name, points, shows, stopped, unit }) => {
    const title = `${shows[0]!.toUpperCase()}${shows.slice(1)}, by ${across}`;
    const table = renderTable(
      [across, ...points.map(({ x }) => showCount(x))],
      [[unit === "ns" ? "time" : "size", ...points.map(({ value }) => showValue(unit, value))]],
    );
    return [
      `### <a id="${name}"></a>\`${name}\``,
      `${title}.${stopped === undefined ? "" : ` Here ${stopped}.`}`,
      `![${title.replaceAll("`", "")}](performance/${name}.svg)`,
      table,
    ].join("\n\n");
  }).join("\n\n");
}

/**
 * The pictures of the page.
 *
 * @param results What was measured; by default the kept results.
 * @returns SVG by path below the project.
 */
export function performancePictures(results: Results = keptResults()): Map<string, string> {
  return new Map(results.growth.map((curve) => [`${FOLDER}/${curve.name}.svg`, picture(curve)]));
}

function picture({ across, points, shows, unit }: Curve): string {
  // Round numbers of the unit that the labels have.
  const [, size] = unitOf(Math.max(...points.map(({ value }) => value)));
  const scale = unit === "ns" ? size : 1;
  return renderCountChart({
    label: `${shows}, by ${across}`.replaceAll("`", ""),
    across,
    isSize: unit === "bytes",
    points: points.map(({ x, value }) => ({ x, value: value / scale })),
    show: (value) => value === 0 ? "0" : showValue(unit, value * scale),
  });
}
