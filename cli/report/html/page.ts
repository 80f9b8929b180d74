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
  showMeasure,
  showName,
  showSize,
  showTime,
} from "../../text/display.ts";
import { cpuSection, memorySection, processSection } from "./charts.ts";
import { endStyle, MOST_TIMELINE_ROWS, renderTimeline } from "./timeline.ts";
import { STYLE } from "./style.ts";
import { Markup, markup } from "./markup.ts";
import type { JsonValue, RecordedHit, RecordedOutput, RunRecord } from "../record.ts";
import { endingPhrase, toneOf, verdictSentence } from "../verdict.ts";

const TONE_CLASSES = { good: "good", bad: "bad", limit: "limit-reached" } as const;

/** The units of limits that are plain numbers, by the names in the programming interface. */
const NUMBER_UNITS: ReadonlyMap<string, (value: number) => string> = new Map([
  ...["processMemory", "jobMemory", "jobMemoryLow", "min", "max", "readBytes", "writeBytes"]
    .map((name) => [name, showSize] as const),
  ...["processUserTime", "jobUserTime", "wallTime"].map((name) => [name, showTime] as const),
  ...["netBandwidth", "ioBandwidth"]
    .map((name) => [name, (value: number) => `${showSize(value)} a second`] as const),
  ["outputSize", showSize],
]);

/** The parts of a CPU limit that are no percentages. */
const CPU_COUNTS: ReadonlySet<string> = new Set(["weight", "hardCapCpus"]);

function fact(term: string, value: string, more?: string): Markup {
  const small = more === undefined ? undefined : markup`<small>${more}</small>`;
  return markup`<div><dt>${term}</dt><dd>${value}${small}</dd></div>`;
}

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
    fact(
      "CPU time",
      showTime(times.user + times.kernel),
      `${showTime(times.user)} user, ${showTime(times.kernel)} kernel`,
    ),
    fact(
      "Peak memory",
      memory.peakJob === undefined ? "not known" : showSize(memory.peakJob),
      typeof memoryLimit === "number" ? `of ${showSize(memoryLimit)}` : "commit of all processes",
    ),
    fact("Processes", showCount(processes.total), `${showCount(processes.peakActive)} at once`),
    fact("Read", showSize(io.readBytes), `${showCount(io.readOperations)} operations`),
    fact("Written", showSize(io.writeBytes), `${showCount(io.writeOperations)} operations`),
  ];
  if (output) {
    rows.push(
      fact(
        "Output",
        showSize((output.stdoutBytes ?? 0) + (output.stderrBytes ?? 0)),
        outputNote(output),
      ),
    );
  }
  return markup`<dl class="facts">${rows}</dl>`;
}

/** Which streams were counted: one that is inherited is not. */
function outputNote({ stdoutBytes, stderrBytes }: RecordedOutput): string {
  if (stdoutBytes === undefined) return "to stderr; stdout was not counted";
  if (stderrBytes === undefined) return "to stdout; stderr was not counted";
  return `${showSize(stderrBytes)} of it to stderr`;
}

/** The most characters of the command: a screen full. */
const MOST_COMMAND = 4000;

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
    `jobbox's exit code ${record.exitCode}`,
    job.name === undefined ? undefined : `job “${job.name}”`,
  ].filter((note) => note !== undefined && note !== "").join(" · ");
  return markup`<header class="${TONE_CLASSES[toneOf(record)]}">
<h1><span class="verdict">${verdictSentence(record)}</span></h1>
<code class="command">${showCommand(command, MOST_COMMAND)}</code>
<div class="muted">${notes}</div>
<div class="muted">in <code>${command.cwd}</code> · <time datetime="${times.start}">${
    times.start.slice(0, 19).replace("T", " ")
  } UTC</time></div>
${facts(record)}
</header>`;
}

function limitText(name: string, value: JsonValue): string {
  if (typeof value === "number") return (NUMBER_UNITS.get(name) ?? showCount)(value);
  if (Array.isArray(value)) return value.map((item) => limitText(name, item)).join(", ");
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([key, part]) => {
      const percent = name === "cpu" && typeof part === "number" && !CPU_COUNTS.has(key);
      return `${showName(key)} ${percent ? showMeasure(part, "percent") : limitText(key, part)}`;
    }).join(", ");
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}

function limitsSection({ job }: RunRecord): Markup | undefined {
  const kinds = [
    ["", job.limits],
    ["soft", job.notificationLimits],
    ["kept by jobbox", job.ownLimits ?? {}],
  ] as const;
  const rows = kinds.flatMap(([kind, limits]) =>
    Object.entries(limits).map(([name, value]) =>
      markup`<tr><td>${showName(name)}</td><td>${
        limitText(name, value)
      }</td><td class="muted">${kind}</td></tr>`
    )
  );
  if (rows.length === 0) return undefined;
  return markup`<section id="limits"><h2>Limits</h2><table>${rows}</table></section>`;
}

/** The most rows of a table: a page must stay readable. */
const MOST_TABLE_ROWS = 1000;

function hitRow(hit: RecordedHit): Markup {
  const values = [hit.limit, hit.measured]
    .map((value) => value === undefined ? "" : limitText(hit.name ?? hit.type, value));
  return markup`<tr><td class="number">${showTime(hit.at)}</td><td>${showName(hit.type)}${
    hit.name === undefined ? "" : `: ${showName(hit.name)}`
  }</td><td>${hit.pid === undefined ? "" : String(hit.pid)}</td><td>${values[0]}</td><td>${
    values[1]
  }</td></tr>`;
}

function hitsSection({ limitHits, limitHitCounts }: RunRecord): Markup | undefined {
  const counts = Object.entries(limitHitCounts);
  if (counts.length === 0) return undefined;
  const shown = limitHits.slice(0, 50);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  return markup`<section id="hits"><h2>Limits reached</h2><p class="caption">${
    counts.map(([type, count]) => `${showName(type)} ${showCount(count)}×`).join(", ")
  }${
    all > shown.length ? `; the first ${shown.length} are listed` : ""
  }</p><div class="scroll"><table><tr><th class="number">at</th><th>what</th><th>process</th><th>limit</th><th>measured</th></tr>${
    shown.map(hitRow)
  }</table></div></section>`;
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
    }</td><td>${process.image ?? ""}</td><td class="number">${
      showTime(process.start)
    }</td><td class="number">${
      process.end === undefined ? "running" : showTime(process.end)
    }</td><td>${
      process.code === undefined ? "not known" : showCode(process.code, process.codeName)
    }</td></tr>`
  );
  return markup`<section id="processes"><h2>Process tree</h2>${caption}<ul class="legend">${legend}</ul>${
    renderTimeline(processTable, times.wall)
  }<details><summary>As a table</summary><div class="scroll"><table><tr><th class="number">process</th><th class="number">parent</th><th>image</th><th class="number">start</th><th class="number">end</th><th>code</th></tr>${rows}</table></div></details></section>`;
}

/**
 * Renders the record as a page.
 *
 * @param record The record of the run.
 * @returns An HTML document that needs nothing else.
 */
export function renderHtml(record: RunRecord): string {
  const name = record.command.executable.split(/[\\/]/).at(-1) ?? "";
  const charts = record.samples.length > 0
    ? [memorySection(record), cpuSection(record), processSection(record)]
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
<footer>jobbox ${record.tool.version} · ${
    record.machine.processors === 1
      ? "one logical processor"
      : `${record.machine.processors} logical processors`
  } · a sample every ${showTime(record.sampleInterval)}</footer>
</main>
</body>
</html>
`.toString();
}
