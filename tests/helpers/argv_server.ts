import { filePath } from "./file_path.ts";

/**
 * Splits command lines by the real parsers, many in one process of `tests/children/argv.c`.
 *
 * @param lines The command lines.
 * @param parser CommandLineToArgvW, or the C runtime's start code.
 * @returns The arguments of each line.
 */
export async function parseCommandLines(
  lines: readonly string[],
  parser: "shell32" | "ucrt",
): Promise<string[][]> {
  const folder = await Deno.makeTempDir();
  try {
    const [input, output] = [`${folder}\\in.bin`, `${folder}\\out.bin`];
    await Deno.writeFile(input, encodeLines(lines));
    const { code } = await new Deno.Command(childProgram("argv"), {
      args: [parser, input, output],
      stdin: "null",
    }).output();
    if (code !== 0) throw new Error(`Cannot split command lines: argv.exe ended with ${code}`);
    return decodeArguments(await Deno.readFile(output));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The Windows path of a program of `tests/children/`, as the test host builds it. */
export function childProgram(name: "argv" | "child"): string {
  return filePath(new URL(`../children/build/${name}.exe`, import.meta.url));
}

function encodeLines(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(lines.reduce((sum, line) => sum + 4 + 2 * line.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const line of lines) {
    view.setUint32(at, line.length, true);
    at += 4;
    for (let i = 0; i < line.length; i++, at += 2) view.setUint16(at, line.charCodeAt(i), true);
  }
  return bytes;
}

function decodeArguments(bytes: Uint8Array<ArrayBuffer>): string[][] {
  const view = new DataView(bytes.buffer);
  const lines: string[][] = [];
  for (let at = 0; at < bytes.length;) {
    const words: string[] = [];
    let count = view.getUint32(at, true);
    for (at += 4; count > 0; count--) {
      const length = view.getUint32(at, true);
      at += 4;
      let word = "";
      for (let i = 0; i < length; i++, at += 2) {
        word += String.fromCharCode(view.getUint16(at, true));
      }
      words.push(word);
    }
    lines.push(words);
  }
  return lines;
}
