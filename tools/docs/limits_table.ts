/**
 * The tables of limits in the documentation, made from the rows so that they cannot differ from the
 * code.
 */
import type { AnyRow, LimitOption } from "../../job/limits/row.ts";
import { LIMIT_ROWS } from "../../job/limits/table.ts";
import { NOTIFICATION_ROWS } from "../../job/notifications/table.ts";
import { renderTable } from "./table.ts";
import { LIMITS_SHOWN_BY, SOFT_LIMITS_SHOWN_BY } from "./shown_by.ts";

const HEADINGS = ["limit", "option", "unit", "Win32", "when it is reached", "shown by"];

function shown({ option, valueName }: LimitOption): string {
  return `\`${option}${valueName === "" ? "" : ` ${valueName}`}\``;
}

/** The mark for limits whose effect only Windows can show; Wine and jobsim store the value. */
const NOT_SHOWN = "Windows only";

function line(
  { name, options, unit, win32, whenReached }: AnyRow,
  shownBy: Readonly<Record<string, string>>,
): string[] {
  const all = options.map(shown).join("<br>");
  return [`\`${name}\``, all, unit, `\`${win32}\``, whenReached, shownBy[name] ?? NOT_SHOWN];
}

/**
 * Renders a table of limits.
 *
 * @param table The rows.
 * @param shownBy What shows the effect of each limit; "Windows only" for one that is not listed.
 * @returns Markdown, with a newline at its end.
 */
export function renderRows(
  table: Readonly<Record<string, AnyRow>>,
  shownBy: Readonly<Record<string, string>> = {},
): string {
  return `${renderTable(HEADINGS, Object.values(table).map((row) => line(row, shownBy)))}\n`;
}

/**
 * Renders the table of all limits.
 *
 * @returns Markdown, with a newline at its end.
 */
export function renderLimitsTable(): string {
  return renderRows(LIMIT_ROWS, LIMITS_SHOWN_BY);
}

/**
 * Renders the table of all notification limits.
 *
 * @returns Markdown, with a newline at its end.
 */
export function renderNotificationLimitsTable(): string {
  return renderRows(NOTIFICATION_ROWS, SOFT_LIMITS_SHOWN_BY);
}
