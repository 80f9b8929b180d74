/**
 * The processes of a run as a tree over time, as SVG without script.
 *
 * @module
 */
import { ENDED_BY_JOBBOX } from "../../exit_code.ts";
import { processName } from "../../text/process_name.ts";
import { showCode, showText, showTime } from "../../text/display.ts";
import { type Frame, FRAMES, timeGrid, timeX } from "./chart.ts";
import { type Markup, markup } from "./markup.ts";
import type { RecordedProcess } from "../record.ts";

const ROW = 24;
const TOP = 6;
const INDENT = 10;

/** The most rows that are drawn: a page must stay readable. */
export const MOST_TIMELINE_ROWS = 200;

/** A process and its depth in the tree. */
export interface TreeRow {
  /** The process. */
  readonly process: RecordedProcess;
  /** 0 for a process whose parent is not in the table. */
  readonly depth: number;
}

/**
 * Puts each process under the one that started it.
 *
 * @param table The record's processes, in the order of their start.
 * @returns The processes, each directly after its parent and its parent's earlier children.
 */
export function processTree(table: readonly RecordedProcess[]): TreeRow[] {
  const children = new Map<RecordedProcess | undefined, RecordedProcess[]>();
  const latest = new Map<number, RecordedProcess>();
  for (const process of table) {
    // The system reuses ids: the parent is the latest process with that id so far.
    const parent = process.parentPid === undefined ? undefined : latest.get(process.parentPid);
    const siblings = children.get(parent);
    if (siblings) siblings.push(process);
    else children.set(parent, [process]);
    latest.set(process.pid, process);
  }
  const rows: TreeRow[] = [];
  const open = (children.get(undefined) ?? []).map((process) => ({ process, depth: 0 })).reverse();
  for (let row = open.pop(); row; row = open.pop()) {
    rows.push(row);
    const { depth } = row;
    const below = children.get(row.process) ?? [];
    open.push(...below.map((process) => ({ process, depth: depth + 1 })).reverse());
  }
  return rows;
}

/** How a process's end is coloured. */
export type EndStyle = "ok" | "error" | "crash" | "ended" | "unknown";

/** The four highest bits of an NTSTATUS: severity (3: error) and origin (0: Windows). */
const STATUS_CLASS = 2 ** 28;
const ERROR_CLASS = 12;

/**
 * Returns the style for how a process ended.
 *
 * @param process The process.
 * @returns `ok` for code 0, `crash` for an error status, `ended` when jobbox ended it, `error` for
 * another code, `unknown` if the code is not known.
 */
export function endStyle({ code }: RecordedProcess): EndStyle {
  if (code === undefined) return "unknown";
  if (code === 0) return "ok";
  if (code === ENDED_BY_JOBBOX) return "ended";
  return Math.floor(code / STATUS_CLASS) === ERROR_CLASS ? "crash" : "error";
}

/** The text after a bar. */
function endText(process: RecordedProcess): string {
  const { code, codeName, end } = process;
  if (end === undefined) return "still running";
  if (endStyle(process) === "ended") return "ended by jobbox";
  if (code === undefined || code === 0) return "";
  return codeName ?? `code ${showCode(code)}`;
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/**
 * Draws the processes as a timeline: one row per process, indented below its parent.
 *
 * @param table The record's processes.
 * @param wall Milliseconds of the whole run.
 * @returns One SVG element for each frame; the style shows one of them.
 */
export function renderTimeline(table: readonly RecordedProcess[], wall: number): Markup[] {
  const rows = processTree(table).slice(0, MOST_TIMELINE_ROWS);
  return FRAMES.map((frame) => renderIn(frame, rows, wall));
}

/** The longest label that is drawn, in characters; the whole command line is in the table. */
const MOST_LABEL = 160;

function renderIn(frame: Frame, rows: readonly TreeRow[], wall: number): Markup {
  const bottom = TOP + rows.length * ROW;
  const drawn = rows.map(({ process, depth }, index) => {
    const y = TOP + index * ROW;
    const from = timeX(process.start, wall, frame);
    const to = timeX(process.end ?? wall, wall, frame);
    const width = Math.max(3, to - from);
    const after = endText(process);
    const name = cut(showText(processName(process)), MOST_LABEL);
    const label = after === "" ? name : `${name} · ${after}`;
    const length = showTime((process.end ?? wall) - process.start);
    // The label goes where there is room: in the bar, after it, or before it.
    const text = placeLabel({ from, width, label, frame });
    return markup`<g class="process ${endStyle(process)}"><rect class="bar" x="${from}" y="${
      y + 3
    }" width="${width}" height="${
      ROW - 6
    }" rx="3"/><text class="bar-label ${text.style}" x="${text.x}" y="${
      y + ROW / 2 + 4
    }" text-anchor="${text.anchor}">${text.label}</text><title>${label} · process ${process.pid} · ${
      showTime(process.start)
    } to ${process.end === undefined ? "the end" : showTime(process.end)} (${length})${
      process.parentPid === undefined ? "" : ` · started by ${process.parentPid}`
    }</title><text class="depth" x="${Math.min(2 + depth * INDENT, frame.left / 3)}" y="${
      y + ROW / 2 + 4
    }">${depth === 0 ? "" : "└"} ${process.pid}</text></g>`;
  });
  return markup`<svg class="chart ${frame.name} timeline" viewBox="0 0 ${frame.width} ${
    bottom + 24
  }" role="img" aria-label="Processes over time">${
    timeGrid(wall, { top: TOP, bottom, frame })
  }${drawn}</svg>`;
}

/** The approximate width of a character of a label. */
const CHARACTER = 7;

function placeLabel(
  bar: { from: number; width: number; label: string; frame: Frame },
): { x: number; anchor: string; style: string; label: string } {
  const { from, width, label, frame } = bar;
  const right = frame.width - frame.right;
  const needed = label.length * CHARACTER + 12;
  if (needed <= width) return { x: from + 6, anchor: "start", style: "inside", label };
  if (from + width + needed <= right) {
    return { x: from + width + 6, anchor: "start", style: "outside", label };
  }
  if (from - needed >= frame.left) return { x: from - 10, anchor: "end", style: "outside", label };
  const room = Math.max(width, right - from - width) - 12;
  const inside = width >= right - from - width;
  return {
    x: inside ? from + 6 : from + width + 6,
    anchor: "start",
    style: inside ? "inside" : "outside",
    label: cut(label, Math.max(1, Math.floor(room / CHARACTER))),
  };
}
