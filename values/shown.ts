/**
 * Formats names and paths for messages.
 *
 * Pure.
 *
 * @module
 */

/**
 * Characters that are invisible or change the layout: controls, formats, line and paragraph ends,
 * lone surrogates.
 */
export const UNSEEN: RegExp = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Escapes invisible characters.
 *
 * @param text Any text.
 * @returns The text with control characters, direction marks and lone surrogates as `\uXXXX` or `\u{XXXXX}`.
 */
export function withUnseen(text: string): string {
  return text.replace(UNSEEN, (mark) => {
    const digits = mark.codePointAt(0)!.toString(16).padStart(4, "0");
    return digits.length > 4 ? `\\u{${digits}}` : `\\u${digits}`;
  });
}

/** The most characters of a text that a message repeats. */
const SHOWN_MAX = 260;

/**
 * Formats a name or path for a message: as typed, in quotes, on one line.
 *
 * @param text Any text.
 * @returns The text in quotes, with backslashes unchanged and invisible characters escaped by
 * {@linkcode withUnseen}. A long text is cut to its first 260 characters and "…".
 */
export function shown(text: string): string {
  const cut = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  return `"${withUnseen(cut)}"`;
}
