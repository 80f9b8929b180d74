// @ts-self-types="./unicode_width.d.ts"

// npm's build of the standard library leaves out the table that its unicodeWidth reads, so this is
// our own: columns of a terminal, by the blocks that are wide in Unicode's EastAsianWidth.

const WIDE = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x25fd, 0x25fe],
  [0x2614, 0x2615],
  [0x2648, 0x2653],
  [0x26aa, 0x26ab],
  [0x26bd, 0x26be],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x1fa70, 0x1faff],
  [0x20000, 0x3fffd],
];

/** Combining marks, format characters, controls. */
const NARROWEST = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u;
const WIDE_PRESENTATION = /^\p{Emoji_Presentation}$/u;

function charWidth(char) {
  if (NARROWEST.test(char)) return 0;
  const code = char.codePointAt(0);
  const wide = WIDE.some(([first, last]) => code >= first && code <= last);
  return wide || WIDE_PRESENTATION.test(char) ? 2 : 1;
}

export function unicodeWidth(str) {
  return [...str].reduce((width, char) => width + charWidth(char), 0);
}
