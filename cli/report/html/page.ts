/**
 * The run as one page: no script, nothing from the network, light and dark.
 *
 * @module
 */
import { ENDED_BY_JOBBOX } from "../../exit_code.ts";
import {
  showCode,
  showCommand,
  showCount,
  showName,
  showSize,
  showText,
  showTime,
} from "../../text/display.ts";
import { showLimits, type ShownLimit } from "../../text/limit_text.ts";
import { formatSize } from "../../../values/quantity.ts";
import { cpuSection, memorySection, processSection } from "./charts.ts";
import { endStyle, MOST_TIMELINE_ROWS, renderTimeline } from "./timeline.ts";
import { STYLE } from "./style.ts";
import { isolationSection } from "./isolation.ts";
import { Markup, markup } from "./markup.ts";
import type { RecordedHit, RecordedOutput, RunRecord } from "../record.ts";
import { changeSentence, type RecordedLimitChange } from "../limit_changes.ts";
import { limitOfHit, showLimit } from "../limit_value.ts";
import { endingPhrase, toneOf, verdictSentence } from "../verdict.ts";
import { formatDuration } from "../../../values/duration.ts";

const TONE_CLASSES = { good: "good", bad: "bad", limit: "limit-reached" } as const;

function fact(term: string, value: string, more?: string): Markup {
  const small = more === undefined ? undefined : markup`<small>${more}</small>`;
  return markup`<div><dt>${term}</dt><dd>${value}${small}</dd></div>`;
}

/** The measured values; missing ones are left out. */
function facts(record: RunRecord): Markup {
  const { times, memory, processes, io, output, job } = record;
  const memoryLimit = job.limits["jobMemory"];
  const timeLimit = job.ownLimits?.["wallTime"];
  const rows = [
    fact(
      "Wall time",
      showTime(times.wall),
      typeof timeLimit === "number" ? `of ${showTime(timeLimit)}` : undefined,
    ),
  ];
  const { user, kernel } = times;
  if (user !== undefined && kernel !== undefined) {
    const parts = `${showTime(user)} user, ${showTime(kernel)} kernel`;
    rows.push(fact("CPU time", showTime(user + kernel), parts));
  }
  if (memory.peakJob !== undefined) {
    const limit = typeof memoryLimit === "number"
      ? `of ${showSize(memoryLimit)}`
      : "commit of all processes";
    rows.push(fact("Peak memory", showSize(memory.peakJob), limit));
  }
  if (processes.total > 0) {
    const most = `${showCount(processes.peakActive)} at once`;
    rows.push(fact("Processes", showCount(processes.total), most));
  }
  if (io !== undefined) {
    rows.push(
      fact("Read", showSize(io.readBytes), `${showCount(io.readOperations)} operations`),
      fact("Written", showSize(io.writeBytes), `${showCount(io.writeOperations)} operations`),
    );
  }
  if (output) {
    const bytes = (output.stdoutBytes ?? 0) + (output.stderrBytes ?? 0);
    rows.push(fact("Output", showSize(bytes), outputNote(output)));
  }
  return markup`<dl class="facts">${rows}</dl>`;
}

/** Which streams were counted: an inherited one is not. */
function outputNote({ stdoutBytes, stderrBytes }: RecordedOutput): string {
  if (stdoutBytes === undefined) return "to stderr; stdout was not counted";
  if (stderrBytes === undefined) return "to stdout; stderr was not counted";
  return `${showSize(stderrBytes)} of it to stderr`;
}

/** The most characters of a cell of a table, and of a label. */
const MOST_CELL = 500;

/** The most characters of the command: one screen. */
const MOST_COMMAND = 4000;

/** The time of the run, on the clock of the machine that ran it and in UTC. */
function showStart(iso: string): string {
  const date = new Date(iso);
  const utc = `${iso.slice(0, 19).replace("T", " ")} UTC`;
  const offset = -date.getTimezoneOffset();
  if (offset === 0 || !Number.isFinite(offset)) return utc;
  const local = new Date(date.getTime() + offset * 60_000).toISOString();
  return `${local.slice(0, 19).replace("T", " ")} local time (${utc})`;
}

function changeNote(change: RecordedLimitChange): Markup {
  return markup`<p class="note">${changeSentence(change)}.</p>`;
}

/** The labels of the run; a value that is long is cut. */
function labelList({ labels }: RunRecord): Markup | undefined {
  if (labels === undefined) return undefined;
  const items = Object.entries(labels).map(([name, value]) =>
    markup`<li><b>${name}</b> ${showText(value, MOST_CELL)}</li>`
  );
  return markup`<ul class="labels">${items}</ul>`;
}

function top(record: RunRecord): Markup {
  const { command, child, times, job } = record;
  const ending = endingPhrase(record);
  const told = child.code === undefined || child.code === ENDED_BY_JOBBOX ||
    record.verdict === "exited";
  const code = told || child.code === undefined
    ? undefined
    : `the command's code was ${showCode(child.code, child.codeName)}`;
  const notes = [
    ending,
    code,
    child.code === record.exitCode ? undefined : `jobbox's exit code ${record.exitCode}`,
    job.name === undefined ? undefined : `job “${job.name}”`,
  ].filter((note) => note !== undefined && note !== "").join(" · ");
  return markup`<header class="${TONE_CLASSES[toneOf(record)]}">
<h1><span class="verdict">${verdictSentence(record)}</span></h1>
<code class="command">${showCommand(command, MOST_COMMAND)}</code>
<div class="muted">${notes}</div>
<div class="muted">in <code>${command.cwd}</code> · <time datetime="${times.start}">${
    showStart(times.start)
  }</time></div>
${labelList(record)}
${(record.limitChanges ?? []).map(changeNote)}
${facts(record)}
</header>`;
}

/** The limits as the options that set them; what jobbox sets on every job is left out. */
function limitsSection({ job }: RunRecord): Markup | undefined {
  const { wallTime, outputSize } = job.ownLimits ?? {};
  const { killOnClose: _, ...limits } = job.limits;
  const shown: ShownLimit[] = [
    ...(typeof wallTime === "number"
      ? [{
        option: "--timeout",
        value: formatDuration(wallTime),
        whenReached: "jobbox ends the job",
      }]
      : []),
    ...(typeof outputSize === "number"
      ? [{
        option: "--max-output",
        value: formatSize(outputSize),
        whenReached: "jobbox ends the job",
      }]
      : []),
    ...showLimits(limits, job.notificationLimits),
  ];
  if (shown.length === 0) return undefined;
  const rows = shown.map(({ option, value, whenReached }) =>
    markup`<tr><td><code>${option}${
      value === "on" ? "" : ` ${value}`
    }</code></td><td class="muted">${whenReached}</td></tr>`
  );
  return markup`<section id="limits"><h2>Limits</h2><div class="scroll"><table><tr><th>option</th><th>when it is reached</th></tr>${rows}</table></div></section>`;
}

/** The most rows of a table: a page must stay readable. */
const MOST_TABLE_ROWS = 1000;

/** The most different kinds of hits that are listed. */
const MOST_HIT_ROWS = 50;

/** Hits of one limit together: a limit is often reached a hundred times. */
function hitGroups(hits: readonly RecordedHit[]): RecordedHit[][] {
  const groups = Map.groupBy(
    hits,
    ({ type, name, limit }) => JSON.stringify([type, name ?? null, limit ?? null]),
  );
  return [...groups.values()];
}

function hitRow(group: readonly RecordedHit[], count: number): Markup {
  const first = group[0]!;
  const { limit, name, type } = first;
  const show = (value: number | string | undefined): string =>
    value === undefined ? "" : showLimit(name ?? limitOfHit(type) ?? type, value);
  const measured = group.map((hit) => hit.measured).filter((value) => value !== undefined);
  const numbers = measured.filter((value) => typeof value === "number");
  const most = numbers.length > 0 ? Math.max(...numbers) : measured[0];
  const last = group.at(-1)!;
  const pids = new Set(group.map(({ pid }) => pid).filter((pid) => pid !== undefined));
  const at = showTime(first.at) + (last.at > first.at ? ` to ${showTime(last.at)}` : "");
  return markup`<tr><td>${showName(type)}${
    name === undefined ? "" : `: ${showName(name)}`
  }</td><td class="number">${showCount(count)}×</td><td>${at}</td><td>${
    pids.size > 1 ? `${showCount(pids.size)} processes` : [...pids].join("")
  }</td><td>${show(limit)}</td><td>${show(most)}</td></tr>`;
}

function hitsSection({ limitHits, limitHitCounts }: RunRecord): Markup | undefined {
  const groups = hitGroups(limitHits);
  if (groups.length === 0) return undefined;
  const types = Map.groupBy(groups, ([first]) => first!.type);
  const rows = groups.slice(0, MOST_HIT_ROWS).map((group) => {
    const { type } = group[0]!;
    // Hits beyond the listed ones are counted by type alone.
    const alone = types.get(type)!.length === 1;
    return hitRow(group, alone ? limitHitCounts[type] ?? group.length : group.length);
  });
  return markup`<section id="hits"><h2>Limits reached</h2><div class="scroll"><table><tr><th>what</th><th class="number">times</th><th>at</th><th>process</th><th>limit</th><th>measured</th></tr>${rows}</table></div></section>`;
}

const LEGEND = [
  ["ok", "ended with code 0"],
  ["error", "another code"],
  ["crash", "error status"],
  ["ended", "ended by jobbox"],
  ["unknown", "code not known"],
] as const;

function treeSection(record: RunRecord): Markup | undefined {
  const { processTable, processTableOmitted, times } = record;
  if (processTable.length === 0) return undefined;
  const used = new Set(processTable.map(endStyle));
  const legend = LEGEND.filter(([style]) => used.has(style))
    .map(([style, text]) => markup`<li class="${style}"><i></i>${text}</li>`);
  const all = processTable.length + processTableOmitted;
  const drawn = Math.min(processTable.length, MOST_TIMELINE_ROWS);
  const caption = drawn < all
    ? markup`<p class="caption">${showCount(drawn)} of ${showCount(all)} processes are drawn.</p>`
    : undefined;
  const rows = processTable.slice(0, MOST_TABLE_ROWS).map((process) =>
    markup`<tr><td class="number">${String(process.pid)}</td><td class="number">${
      process.parentPid === undefined ? "" : String(process.parentPid)
    }</td><td class="command-line">${
      showText(process.commandLine ?? process.image ?? "not known", MOST_CELL)
    }</td><td class="number">${showTime(process.start)}</td><td class="number">${
      process.end === undefined ? "running" : showTime(process.end)
    }</td><td class="number">${
      process.user === undefined || process.kernel === undefined
        ? ""
        : showTime(process.user + process.kernel)
    }</td><td class="number">${
      process.peakMemory === undefined ? "" : showSize(process.peakMemory)
    }</td><td>${
      process.code === undefined ? "not known" : showCode(process.code, process.codeName)
    }</td></tr>`
  );
  return markup`<section id="processes"><h2>Process tree</h2>${caption}<ul class="legend">${legend}</ul>${
    renderTimeline(processTable, times.wall)
  }<details><summary>As a table</summary><div class="scroll"><table><tr><th class="number">process</th><th class="number">parent</th><th>command</th><th class="number">start</th><th class="number">end</th><th class="number">CPU</th><th class="number">peak memory</th><th>code</th></tr>${rows}</table></div></details></section>`;
}

/**
 * Renders the record as a page.
 *
 * @param record The record of the run.
 * @returns A self-contained HTML document.
 */
export function renderHtml(record: RunRecord): string {
  const name = record.command.executable.split(/[\\/]/).at(-1) ?? "";
  // A single sample shows no development over time.
  const charts = record.samples.length > 1
    ? [memorySection(record), cpuSection(record), processSection(record)]
    : record.processTable.length > 0
    ? [
      markup`<section id="short"><p class="caption">The run was too short to be sampled, so there are no charts.</p></section>`,
    ]
    : [];
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="jobbox ${record.tool.version}">
<title>${name}: ${verdictSentence(record)}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
${top(record)}
${charts}
${treeSection(record)}
${hitsSection(record)}
${limitsSection(record)}
${isolationSection(record)}
<footer>jobbox ${record.tool.version} · ${
    record.machine.name === undefined ? "" : `${showText(record.machine.name)} · `
  }${
    record.machine.processors === 1
      ? "one logical processor"
      : `${record.machine.processors} logical processors`
  } · a sample every ${showTime(record.sampleInterval)}</footer>
</main>
</body>
</html>
`.toString();
}
