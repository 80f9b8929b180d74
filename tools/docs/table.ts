/**
 * Markdown tables.
 *
 * @module
 */

function cell(text: string): string {
  // A bar would end the cell, and an angle bracket could be interpreted as HTML.
  return text.replaceAll("|", "\\|").replaceAll(/<(?!br>|a id="[\w-]+"><\/a>|\/a>)/g, "&lt;");
}

/**
 * Renders a table.
 *
 * @param headings The words of the first row.
 * @param rows The rows; `<br>` breaks a line in a cell, `<a id="…"></a>` is an
 * anchor.
 * @returns Markdown, without a newline at its end.
 */
export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return [headings, headings.map(() => "---"), ...rows.map((row) => row.map(cell))]
    .map((row) => `| ${row.join(" | ")} |`).join("\n");
}
