/**
 * Tables and lines of text for a terminal.
 *
 * @module
 */
import { unicodeWidth } from "@std/cli/unicode-width";
import { showText } from "./display.ts";

/** A column of a table. */
export interface Column {
  /** Its heading. */
  readonly title: string;
  /** Whether it is right-aligned, like numbers. */
  readonly right?: boolean;
}

/**
 * Cuts a text to at most this many columns; "…" marks the cut.
 *
 * @param text The text.
 * @param columns How many.
 * @returns The text, or its beginning.
 */
export function fit(text: string, columns: number): string {
  if (unicodeWidth(text) <= columns) return text;
  let kept = "";
  let width = 1;
  for (const character of text) {
    width += unicodeWidth(character);
    if (width > columns) break;
    kept += character;
  }
  return columns < 1 ? "" : `${kept}…`;
}

/**
 * Renders a table, each column as wide as its widest cell; the last one is cut to the terminal.
 *
 * @param columns The columns.
 * @param rows The rows, a cell for each column.
 * @param options The terminal's width; absent for no bound.
 * @returns Lines without line ends, the headings first.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width = Infinity }: { readonly width?: number } = {},
): string[] {
  const all = [
    columns.map(({ title }) => title),
    ...rows.map((row) => row.map((cell) => showText(cell))),
  ];
  const widths = columns.map((_, at) => Math.max(...all.map((row) => unicodeWidth(row[at] ?? ""))));
  return all.map((row) => {
    const cells = columns.map(({ right }, at) => {
      const cell = row[at] ?? "";
      const pad = " ".repeat(widths[at]! - unicodeWidth(cell));
      return right === true ? pad + cell : cell + pad;
    });
    return fit(cells.join("  ").trimEnd(), width);
  });
}

/**
 * Breaks a text into lines at its spaces; a longer word has a line to itself.
 *
 * @param text The text.
 * @param width The most characters of a line.
 * @returns The lines, at least one.
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
