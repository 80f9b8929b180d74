/**
 * The end of a command line as it was typed.
 *
 * A process gets one string. Splitting it into words and writing the words anew gives the same words,
 * but not the same string, and a program that splits its line by rules of its own (cmd.exe, msiexec)
 * reads the string: `echo "a&b"` written anew as `echo a&b` is two commands. So whoever starts a
 * command that stands at the end of its own line hands on that end, and not the words.
 *
 * Pure.
 *
 * @module
 */

/** A word of a command line, and where it stands. */
interface Word {
  readonly text: string;
  readonly start: number;
}

/** Splits a line as the C runtime and Rust do. The first word, the program, knows no escape. */
function split(line: string): Word[] {
  const words: Word[] = [];
  const isSpace = (at: number): boolean => line[at] === " " || line[at] === "\t";
  let at = 0;
  while (at < line.length || words.length === 0) {
    const start = at;
    let text = "";
    for (let quoted = false; at < line.length && (quoted || !isSpace(at));) {
      const slashes = words.length === 0 ? 0 : /^\\*/.exec(line.slice(at))![0].length;
      at += slashes;
      if (line[at] !== '"') {
        text += "\\".repeat(slashes);
        if (at < line.length && (quoted || !isSpace(at))) text += line[at++];
        continue;
      }
      // Backslashes escape before a quote only, and then each other.
      text += "\\".repeat(slashes >> 1);
      at++;
      if (slashes % 2 === 1) text += '"';
      else if (quoted && words.length > 0 && line[at] === '"') {
        // A quote that is doubled within quotes is one, and the quotes stay open.
        text += '"';
        at++;
      } else quoted = !quoted;
    }
    words.push({ text, start });
    while (isSpace(at)) at++;
  }
  return words;
}

/**
 * Finds the arguments of a command at the end of a command line.
 *
 * @param line A process's whole command line, its own program first.
 * @param command The command's words as that process got them: a program and its arguments.
 * @returns What follows the command's first word, letter by letter; `undefined` where the line does
 * not end in exactly these words.
 */
export function rawTail(line: string, command: readonly string[]): string | undefined {
  const words = split(line);
  // The process's own program is no part of the command.
  const first = words.length - command.length;
  if (command.length === 0 || first < 1) return undefined;
  if (command.some((word, at) => word !== words[first + at]!.text)) return undefined;
  return command.length === 1 ? "" : line.slice(words[first + 1]!.start);
}
