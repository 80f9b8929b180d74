/**
 * Splits a command line as Windows programs do: an independent model of the two parsers, against which the pure tests
 * hold the encoder. `tests/windows/process/start/command_line_test.ts` holds the model against the real ones.
 *
 * They differ in quotes only. "ucrt", the C runtime: within quotes `""` is a quote, and the quotes
 * stay open. "shell32", CommandLineToArgvW: a second quote directly after a closing one is a
 * literal quote and closes nothing.
 */
export function splitCommandLine(line: string, parser: "ucrt" | "shell32"): string[] {
  let at = 0;
  const isSpace = () => line[at] === " " || line[at] === "\t";
  const endsWord = (quoted: boolean) => at >= line.length || (!quoted && isSpace());

  let program = "";
  for (let quoted = false; !endsWord(quoted); at++) {
    if (line[at] === '"') quoted = !quoted;
    else program += line[at];
  }
  const words = [program];
  for (;;) {
    while (isSpace()) at++;
    if (at >= line.length) return words;
    let word = "";
    for (let quoted = false; !endsWord(quoted);) {
      let slashes = 0;
      while (line[at + slashes] === "\\") slashes++;
      at += slashes;
      if (line[at] !== '"') {
        word += "\\".repeat(slashes);
        if (!endsWord(quoted)) word += line[at++];
        continue;
      }
      word += "\\".repeat(slashes >> 1);
      at++;
      if (slashes % 2 === 1) word += '"';
      else if (quoted && line[at] === '"') {
        word += '"';
        at++;
        if (parser === "shell32") quoted = false;
      } else quoted = !quoted;
    }
    words.push(word);
  }
}
