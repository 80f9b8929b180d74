/**
 * The sections of the page that show values over time.
 *
 * @module
 */
import { axisFor } from "./axis.ts";
import { showCount, showMeasure, showName, showSize } from "../../text/display.ts";
import { type ChartLine, type ChartMark, type ChartPoint, renderChart } from "./chart.ts";
import { type Markup, markup } from "./markup.ts";
import type { JsonValue } from "../../text/json.ts";
import type { RecordedHit, RunRecord } from "../record.ts";

/** A limit farther above the values than this would flatten them: it is named, not drawn. */
const FARTHEST_LIMIT = 4;

function numberOf(value: JsonValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** A limit as a line, if it is near enough to the values to be drawn. */
function limitLine(
  limit: number | undefined,
  options: { most: number; show: (value: number) => string; soft?: boolean },
): ChartLine[] {
  const { most, show, soft = false } = options;
  if (limit === undefined || limit > most * FARTHEST_LIMIT) return [];
  const style = soft ? "soft" : "limit";
  return [{ value: limit, label: `${soft ? "soft limit" : "limit"} ${show(limit)}`, style }];
}

/** The text below the heading: the limit if it is not drawn, and the meaning of the marks. */
function caption(
  about: string,
  limit: { value: number | undefined; drawn: boolean; show: (value: number) => string },
  marks: readonly ChartMark[],
): Markup {
  const far = limit.value === undefined || limit.drawn
    ? ""
    : `; the limit of ${limit.show(limit.value)} is far above`;
  const legend = marks.length === 0
    ? undefined
    : markup` · <span class="mark-legend">▼</span> a limit was reached`;
  return markup`<p class="caption">${about}${far}${legend}</p>`;
}

/** Points that describe the time before them, with one at the start. */
function fromStart(points: readonly ChartPoint[]): ChartPoint[] {
  const first = points[0];
  return first && first.at > 0 ? [{ at: 0, value: first.value }, ...points] : [...points];
}

/** The hits that belong to a chart, as marks. */
function marksOf(record: RunRecord, belongs: (name: string) => boolean): ChartMark[] {
  return record.limitHits
    .filter((hit) => belongs(hit.name ?? hit.type))
    .map((hit) => ({
      at: hit.at,
      label: showName(hit.name ?? hit.type) +
        (hit.pid === undefined ? "" : ` (process ${hit.pid})`),
    }));
}

/** Whether a hit shows how much memory the whole job had. */
function isJobMemory({ name, type }: RecordedHit): boolean {
  return name === "jobMemory" || name === undefined && type === "jobMemoryLimit";
}

/**
 * The memory over time. A measured hit is a sample too: between two samples the memory climbs to
 * its limit and, if the job is ended because of it, falls to nothing.
 */
function memoryPoints({ limitHits, samples }: RunRecord): ChartPoint[] {
  const points = samples.flatMap(({ at, memory }) =>
    memory === undefined ? [] : [{ at, value: memory }]
  );
  if (points.length === 0) return [];
  const hits = limitHits.filter(isJobMemory).flatMap(({ at, measured }) =>
    typeof measured === "number" ? [{ at, value: measured }] : []
  );
  return [...points, ...hits].sort((a, b) => a.at - b.at);
}

/**
 * Renders memory over time against its limit.
 *
 * @param record The record of the run.
 * @returns A section.
 */
export function memorySection(record: RunRecord): Markup {
  const points = memoryPoints(record);
  const heading = markup`<h2>Memory</h2>`;
  if (points.length === 0) {
    return markup`<section id="memory">${heading}<p class="caption">This system does not report the current memory of a job.</p></section>`;
  }
  const { peakJob } = record.memory;
  const limit = numberOf(record.job.limits["jobMemory"]);
  const most = Math.max(...points.map(({ value }) => value), peakJob ?? 0);
  const lines = limitLine(limit, { most, show: showSize });
  const soft = numberOf(record.job.notificationLimits["jobMemory"]);
  lines.push(...limitLine(soft, { most, show: showSize, soft: true }));
  const end = Math.max(most, ...lines.map(({ value }) => value));
  if (peakJob !== undefined && lines.every(({ value }) => Math.abs(value - peakJob) > 0.07 * end)) {
    lines.push({ value: peakJob, label: `peak ${showSize(peakJob)}`, style: "peak" });
  }
  const marks = marksOf(record, (name) => /memory/i.test(name));
  const chart = renderChart({
    style: "memory",
    label: "Commit memory of all processes over time",
    wall: record.times.wall,
    points,
    axis: axisFor(end, { kind: "bytes" }),
    show: showSize,
    lines,
    marks,
    height: 240,
  });
  const drawn = lines.some(({ style }) => style === "limit");
  return markup`<section id="memory">${heading}${
    caption("Commit of all processes", { value: limit, drawn, show: showSize }, marks)
  }${chart}</section>`;
}

/** The CPU limit as a share of the machine; absent for weights, which are not a limit. */
function cpuLimit({ job, machine }: RunRecord): number | undefined {
  const cpu = job.limits["cpu"];
  if (
    typeof cpu !== "object" || cpu === null || !("hardCap" in cpu || "max" in cpu ||
      "hardCapCpus" in cpu || "softCap" in cpu)
  ) return undefined;
  const cpus = numberOf(cpu["hardCapCpus"]);
  return cpus === undefined
    ? numberOf(cpu["hardCap"]) ?? numberOf(cpu["max"]) ?? numberOf(cpu["softCap"])
    : Math.min(100, (100 * cpus) / machine.processors);
}

/**
 * Renders the share of the processors over time against its limit.
 *
 * @param record The record of the run.
 * @returns A section.
 */
export function cpuSection(record: RunRecord): Markup {
  const points = fromStart(
    record.samples.map(({ at, cpuPercent }) => ({ at, value: cpuPercent })),
  );
  const limit = cpuLimit(record);
  const show = (value: number): string => showMeasure(value, "percent");
  const most = Math.max(...points.map(({ value }) => value));
  const lines = limitLine(limit, { most: Math.max(most, 5), show });
  const marks = marksOf(record, (name) => /cpu|time/i.test(name) && name !== "wallTime");
  const { processors } = record.machine;
  const whole = processors === 1 ? "the one processor" : `all ${processors} processors`;
  const chart = renderChart({
    style: "cpu",
    label: "Share of all processors over time",
    wall: record.times.wall,
    points,
    axis: axisFor(Math.max(most, 5, ...lines.map(({ value }) => value)), {
      kind: "count",
      cap: 100,
    }),
    show,
    steps: true,
    lines,
    marks,
    height: 200,
  });
  return markup`<section id="cpu"><h2>CPU</h2>${
    caption(`CPU use, 100 % = ${whole}`, { value: limit, drawn: lines.length > 0, show }, marks)
  }${chart}</section>`;
}

/**
 * How many processes ran: by their starts and ends if all are known, and by the counts of the job,
 * which include those that ended before they could be asked.
 */
function runningOverTime(record: RunRecord): ChartPoint[] {
  const { processTable, processTableOmitted, samples, times } = record;
  const seen = samples.map(({ at, processes }) => ({ at, value: processes }));
  if (processTableOmitted > 0) return fromStart(seen);
  const changes = [
    ...processTable.flatMap(({ start, end }) => [
      { at: start, by: 1, least: 0 },
      ...(end === undefined ? [] : [{ at: end, by: -1, least: 0 }]),
    ]),
    ...seen.map(({ at, value }) => ({ at, by: 0, least: value })),
  ].sort((a, b) => a.at - b.at);
  let running = 0;
  const points = changes.map(({ at, by, least }) => {
    const value = Math.max(running, least);
    running += by;
    return { at, value };
  });
  return fromStart([...points, { at: times.wall, value: running }]);
}

/**
 * Renders the number of processes over time against its limit.
 *
 * @param record The record of the run.
 * @returns A section; nothing if there was never more than one process and no process limit.
 */
export function processSection(record: RunRecord): Markup {
  const limit = numberOf(record.job.limits["activeProcesses"]);
  const points = runningOverTime(record);
  const most = points.reduce((highest, { value }) => Math.max(highest, value), 1);
  if (limit === undefined && record.processes.peakActive <= 1) return markup``;
  const lines = limitLine(limit, { most, show: showCount });
  const marks = marksOf(record, (name) => /activeProcess/.test(name));
  const chart = renderChart({
    style: "processes",
    label: "Running processes over time",
    wall: record.times.wall,
    points,
    axis: axisFor(Math.max(most, ...lines.map(({ value }) => value)), { kind: "count", ticks: 4 }),
    show: showCount,
    steps: true,
    lines,
    marks,
    height: 150,
  });
  return markup`<section id="running"><h2>Running processes</h2>${
    caption(
      "How many ran at the same time",
      { value: limit, drawn: lines.length > 0, show: showCount },
      marks,
    )
  }${chart}</section>`;
}
