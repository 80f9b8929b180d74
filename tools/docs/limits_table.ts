/** The tables of limits in the documentation, made from the rows, so that they cannot differ. */
import type { AnyRow, LimitOption } from "../../job/limits/row.ts";
import { LIMIT_ROWS } from "../../job/limits/table.ts";
import { NOTIFICATION_ROWS } from "../../job/notifications/table.ts";
import { renderTable } from "./table.ts";

const HEADINGS = ["limit", "option", "unit", "Win32", "when it is reached", "shown by"];

function shown({ option, valueName }: LimitOption): string {
  return `\`${option}${valueName === "" ? "" : ` ${valueName}`}\``;
}

function line({ name, options, unit, win32, whenReached, proof, proofNote }: AnyRow): string[] {
  const all = options.map(shown).join("<br>");
  const shownBy = proofNote === undefined ? proof : `${proof}: ${proofNote}`;
  return [`\`${name}\``, all, unit, `\`${win32}\``, whenReached, shownBy];
}

/**
 * Renders a table of limits.
 *
 * @param table The rows.
 * @returns Markdown, with a newline at its end.
 */
export function renderRows(table: Readonly<Record<string, AnyRow>>): string {
  return `${renderTable(HEADINGS, Object.values(table).map(line))}\n`;
}

/**
 * Renders the table of all limits.
 *
 * @returns Markdown, with a newline at its end.
 */
export function renderLimitsTable(): string {
  return renderRows(LIMIT_ROWS);
}

/**
 * Renders the table of all notification limits.
 *
 * @returns Markdown, with a newline at its end.
 */
export function renderNotificationLimitsTable(): string {
  return renderRows(NOTIFICATION_ROWS);
}
