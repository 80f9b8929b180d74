/**
 * HTML that is safe by construction: text put into a template is escaped, unless it is markup.
 *
 * @module
 */
import { showText } from "../../text/display.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A piece of HTML in which everything from outside is escaped. */
export class Markup {
  readonly #text: string;

  /**
   * Takes text as HTML: for {@linkcode markup} and for text in the source.
   *
   * @param text HTML.
   */
  constructor(text: string) {
    this.#text = text;
  }

  /**
   * The HTML.
   *
   * @returns The text.
   */
  toString(): string {
    return this.#text;
  }
}

/** The values of a template; `undefined` gives nothing. */
export type MarkupPart = Markup | readonly Markup[] | string | number | undefined;

/**
 * Escapes text for HTML, within elements and within quoted attributes. Control characters, which
 * HTML cannot contain, are shown as `\uXXXX`.
 *
 * @param text Any text.
 * @returns HTML.
 */
export function escapeHtml(text: string): string {
  return showText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

function render(part: MarkupPart): string {
  if (part === undefined) return "";
  if (part instanceof Markup) return part.toString();
  if (typeof part === "number") return String(Math.round(part * 100) / 100);
  if (typeof part === "string") return escapeHtml(part);
  return part.map(String).join("");
}

/**
 * Makes markup from a template.
 *
 * @param strings The template's own text: HTML.
 * @param parts The inserted values: text is escaped, numbers are rounded to hundredths, markup stays.
 * @returns The markup.
 */
export function markup(strings: TemplateStringsArray, ...parts: MarkupPart[]): Markup {
  let text = strings[0] ?? "";
  parts.forEach((part, index) => {
    text += render(part) + (strings[index + 1] ?? "");
  });
  return new Markup(text);
}
