/**
 * What the command was started without, on the page of a run.
 *
 * @module
 */
import { ISOLATION_ROWS } from "../../../isolation/table.ts";
import { showName, showText } from "../../text/display.ts";
import type { RecordedRestriction } from "../isolation.ts";
import type { RunRecord } from "../record.ts";
import { type Markup, markup } from "./markup.ts";

/** The most characters of a cell. */
const MOST_CELL = 500;

/** A restriction by its option; a later version of the tool may have one that this one has not. */
function optionOf(row: string): string {
  return ISOLATION_ROWS.find(({ name }) => name === row)?.option ?? showName(row);
}

function restrictionRow(
  { asked, readBack, row, shown }: RecordedRestriction,
  gate?: string,
): Markup {
  const found = gate === undefined
    ? markup`<td>${showText(shown ?? "not tried: reading it back is all", MOST_CELL)}</td>`
    : markup`<td class="bad"><b>not in force</b>: found ${showName(gate)}</td>`;
  return markup`<tr><td><code>${optionOf(row)}</code></td><td>${
    showText(asked, MOST_CELL)
  }</td><td>${showText(readBack, MOST_CELL)}</td>${found}</tr>`;
}

/** Restrictions that were asked for and of which nothing was found out. */
function openRow(row: string): Markup {
  return markup`<tr><td><code>${
    optionOf(row)
  }</code></td><td>asked for</td><td>not read</td><td>the command was not started</td></tr>`;
}

/**
 * Draws the isolation of a run: each restriction as it was asked for, as it was read back from the
 * suspended command, and as a trial showed it.
 *
 * @param record The record of the run.
 * @returns The section; `undefined` if nothing was asked for.
 */
export function isolationSection({ isolation }: RunRecord): Markup | undefined {
  if (isolation === undefined) return undefined;
  const { asked, left, refused, restrictions } = isolation;
  const known = new Set([...restrictions.map(({ row }) => row), refused?.row]);
  const rows = [
    ...refused === undefined ? [] : [restrictionRow(refused, refused.gate)],
    ...restrictions.map((restriction) => restrictionRow(restriction)),
    ...Object.keys(asked).filter((row) => !known.has(row)).map(openRow),
  ];
  const remains = left.length === 0
    ? undefined
    : markup`<h3>Not tidied up</h3><ul>${
      left.map((text) => markup`<li>${showText(text, MOST_CELL)}</li>`)
    }</ul>`;
  return markup`<section id="isolation"><h2>Isolation</h2><div class="scroll"><table><tr><th>option</th><th>asked for</th><th>read back</th><th>shown by a trial</th></tr>${rows}</table></div>${remains}</section>`;
}
