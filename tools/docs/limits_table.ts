/** The tables of limits in the documentation, made from the rows, so that they cannot differ. */
import type { LimitText } from "../../job/limits/row.ts";
import { LIMIT_NAMES, limitRow } from "../../job/limits/table.ts";
import { NOTIFICATION_NAMES, notificationRow } from "../../job/notifications/table.ts";

const HEADINGS = ["limit", "option", "unit", "Win32", "when it is reached", "shown by"];

function cell(text: string): string {
  // A bar would end the cell, and a bare angle bracket could be taken for HTML.
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

function renderTable(rows: readonly (readonly string[])[]): string {
  const lines = [HEADINGS, HEADINGS.map(() => "---"), ...rows.map((row) => row.map(cell))];
  return lines.map((row) => `| ${row.join(" | ")} |\n`).join("");
}

function option(row: { readonly option: string; readonly valueName: string }): string {
  return `\`${row.option}${row.valueName === "" ? "" : ` ${row.valueName}`}\``;
}

function line(name: string, row: LimitText, options: string): string[] {
  const proof = row.proofNote === undefined ? row.proof : `${row.proof}: ${row.proofNote}`;
  return [`\`${name}\``, options, row.unit, `\`${row.win32}\``, row.whenReached, proof];
}

/**
 * Renders the table of all limits.
 *
 * @returns Markdown, with a newline at its end.
 */
export function renderLimitsTable(): string {
  return renderTable(LIMIT_NAMES.map((name) => {
    const row = limitRow(name);
    return line(name, row, (row.variants ?? [row]).map(option).join("<br>"));
  })).replaceAll("&lt;br>", "<br>");
}

/**
 * Renders the table of all notification limits.
 *
 * @returns Markdown, with a newline at its end.
 */
export function renderNotificationLimitsTable(): string {
  return renderTable(NOTIFICATION_NAMES.map((name) => {
    const row = notificationRow(name);
    return line(name, row, option(row));
  }));
}
