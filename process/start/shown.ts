/**
 * Names and paths in messages.
 *
 * Pure.
 *
 * @module
 */

/** The most characters of a text that a message repeats. */
const SHOWN_MAX = 260;

/**
 * Writes a name or path for a message: as it was typed, in quotes, and on one line.
 *
 * @param text Any text.
 * @returns The text in quotes, backslashes as they are; control characters, direction marks and lone surrogates as
 * `\uXXXX`, and of a long text the first 260 characters and "…".
 */
export function shown(text: string): string {
  const cut = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  return `"${
    cut.replace(
      /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
      (mark) => `\\u${(mark.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
    )
  }"`;
}
