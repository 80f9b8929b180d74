/**
 * The style of the report page: it follows the reader's choice of light or dark.
 *
 * @module
 */

/** The page's style sheet. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #fff; --text: #1c2127; --muted: #626b76; --line: #dfe3e8; --grid: #eceef1;
  --good: #1a7f4b; --bad: #c2312b; --limit: #a85b00;
  --memory: #2563c9; --cpu: #0e8577; --processes: #7a4cc2;
  --bar-ok: #4c8ee8; --bar-error: #e2992e; --bar-crash: #dc5a52; --bar-ended: #8b929c; --bar-unknown: #a9bcd8;
  --on-bar: #10151b;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --card: #1d2126; --text: #e6e9ed; --muted: #98a2ae; --line: #333a42; --grid: #292f36;
    --good: #4cc38a; --bad: #ff7a70; --limit: #f0a43c;
    --memory: #6ea8ff; --cpu: #3fc7b5; --processes: #b594f2;
    --bar-ok: #5c9bef; --bar-error: #e7a94a; --bar-crash: #ee7068; --bar-ended: #8f98a3; --bar-unknown: #7f93b0;
  }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 28px 20px 48px; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1040px; margin: 0 auto; }
h1 { margin: 0 0 6px; font-size: 24px; line-height: 1.25; font-weight: 650; overflow-wrap: anywhere; }
h2 { margin: 0 0 2px; font-size: 16px; font-weight: 650; }
section, header { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 20px 24px; margin-bottom: 16px; }
header { border-left: 6px solid var(--tone); }
.good { --tone: var(--good); } .bad { --tone: var(--bad); } .limit-reached { --tone: var(--limit); }
h1 .verdict { color: var(--tone); }
code { font: 13px/1.5 ui-monospace, "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.command { display: block; margin: 10px 0 8px; padding: 8px 12px; background: var(--page); border-radius: 6px; }
.muted, .caption { color: var(--muted); font-size: 13px; }
.caption { margin: 0 0 12px; }
dl.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 14px 24px; margin: 18px 0 0; }
dl.facts dt { color: var(--muted); font-size: 13px; }
dl.facts dd { margin: 0; font-size: 19px; font-weight: 600; font-variant-numeric: tabular-nums; }
dl.facts dd small { display: block; font-size: 13px; font-weight: 400; color: var(--muted); }
table { width: 100%; border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 16px 6px 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--muted); font-weight: 500; font-size: 13px; }
tr:last-child td { border-bottom: 0; }
td.number, th.number { text-align: right; }
td.bad b { color: var(--bad); }
h3 { margin: 14px 0 2px; font-size: 14px; font-weight: 650; }
.scroll { overflow-x: auto; }
details summary { cursor: pointer; color: var(--muted); font-size: 14px; }
details[open] summary { margin-bottom: 10px; }
svg.chart { display: block; width: 100%; height: auto; overflow: visible; }
svg.narrow { display: none; }
svg text { font: 12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: var(--text); }
svg .tick, svg .depth { fill: var(--muted); font-variant-numeric: tabular-nums; }
svg .grid { stroke: var(--grid); stroke-width: 1; }
svg .line { fill: none; stroke: var(--series); stroke-width: 2; stroke-linejoin: round; }
svg .area { fill: var(--series); opacity: .14; }
svg.memory { --series: var(--memory); } svg.cpu { --series: var(--cpu); } svg.processes { --series: var(--processes); }
svg line.limit { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 7 4; }
svg line.soft { stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 7 4; }
svg line.peak { stroke: var(--series); stroke-width: 1; stroke-dasharray: 2 3; }
svg .label { paint-order: stroke; stroke: var(--card); stroke-width: 5px; stroke-linejoin: round; }
.mark-legend { color: var(--limit); }
svg .limit-label { fill: var(--bad); font-weight: 600; } svg .soft-label { fill: var(--limit); font-weight: 600; } svg .peak-label { fill: var(--muted); }
svg .mark line { stroke: var(--limit); stroke-width: 1; opacity: .7; } svg .mark path { fill: var(--limit); }
svg .hover { fill: var(--text); opacity: 0; } svg .hover:hover { opacity: .1; }
svg .process:hover .bar { filter: brightness(1.12); }
svg .bar-label.inside { fill: var(--on-bar); }
.ok { --bar: var(--bar-ok); } .error { --bar: var(--bar-error); } .crash { --bar: var(--bar-crash); }
.ended { --bar: var(--bar-ended); } .unknown { --bar: var(--bar-unknown); }
svg .bar { fill: var(--bar); }
.legend, .labels { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 12px; padding: 0; list-style: none; color: var(--muted); font-size: 13px; }
.legend i { display: inline-block; width: 11px; height: 11px; margin-right: 6px; border-radius: 3px; background: var(--bar); }
footer { color: var(--muted); font-size: 13px; text-align: center; }
td.command-line { font: 12px/1.5 ui-monospace, "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; min-width: 220px; }
@media screen and (max-width: 640px) {
  body { padding: 12px 8px 32px; }
  section, header { padding: 14px; }
  h1 { font-size: 20px; }
  svg.wide { display: none; } svg.narrow { display: block; }
  th, td { padding-right: 10px; font-size: 13px; }
}
@page { margin: 12mm; }
@media print {
  :root { color-scheme: light; }
  body { background: #fff; padding: 1px; }
  dl.facts { grid-template-columns: repeat(auto-fit, minmax(90px, 1fr)); gap: 10px 14px; }
  dl.facts dd { font-size: 16px; }
  section, header { break-inside: avoid; padding: 14px 16px; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  #processes { break-inside: auto; }
  details { display: none; }
}
`;
