/**
 * Encodes the command line, the single string that a Windows process gets as its arguments, so that
 * the child reads back exactly the intended arguments.
 *
 * Windows has no argument list: each program splits its own command line. Nearly all use the rules
 * of CommandLineToArgvW or of the C runtime, which {@linkcode encodeCommandLine} serves. Batch
 * files are run by cmd.exe, which has other rules and would interpret `&` or `%` in an argument.
 * Use {@linkcode encodeBatchCommandLine} for them, and nothing else.
 *
 * Pure.
 *
 * @module
 */

import { shown } from "../../values/shown.ts";
import {
  fileName,
  hasFolder,
  hasStream,
  isDevicePath,
  normalizePath,
  withoutVerbatimPrefix,
} from "./windows_path.ts";

/** The longest command line that CreateProcessW takes, in UTF-16 units without the closing NUL. */
export const COMMAND_LINE_MAX = 32_766;

/** The longest command line that cmd.exe takes, in UTF-16 units without the closing NUL. */
export const BATCH_COMMAND_LINE_MAX = 8_190;

/** How {@linkcode encodeCommandLine} treats the arguments. */
export interface CommandLineOptions {
  /**
   * Puts the arguments into the line unchanged, separated by one space, for programs that split
   * their line by their own rules. Absent means `false`. Same as `windowsRawArguments` of
   * `Deno.Command`.
   */
  raw?: boolean;
  /**
   * Does not quote `*` and `?`. For cmd.exe, which does not expand them and would see the quotes.
   * Absent means `false`.
   */
  cmd?: boolean;
}

/** Options of {@linkcode encodeBatchCommandLine}. */
export interface BatchCommandLineOptions {
  /**
   * The absolute path of cmd.exe in the system directory, never taken from `ComSpec` or the search
   * path.
   */
  cmdExe: string;
}

/**
 * Encodes arguments so that CommandLineToArgvW and the C runtime split them into the same strings.
 *
 * An argument is quoted when it is empty or holds a quote, a space, a control character, `*` or `?` (programs that
 * expand wildcards leave quoted ones alone). Lone surrogates pass through unchanged.
 *
 * @param args The arguments without the program's own name.
 * @param options Whether the program is cmd.exe, which gets `*` and `?` without quotes.
 * @returns The arguments joined by spaces; the empty string for none.
 * @throws {TypeError} If an argument holds a NUL character.
 */
export function encodeArguments(
  args: readonly string[],
  options: { readonly cmd?: boolean } = {},
): string {
  // deno-lint-ignore no-control-regex -- control characters are what some parsers take as white space
  const special = options.cmd === true ? /[\x01-\x20"\x7f]/ : /[\x01-\x20"*?\x7f]/;
  return args.map((argument, index) => encodeArgument(argument, { index, special })).join(" ");
}

function encodeArgument(
  argument: string,
  { index, special }: { readonly index: number; readonly special: RegExp },
): string {
  refuse(argument, /\0/, { what: `argument ${index}`, wanted: "no NUL character" });
  if (argument !== "" && !special.test(argument)) return argument;
  // Backslashes escape only before a quote, so those before a quote, including the closing one, are
  // doubled.
  return `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/\\+$/, "$&$&")}"`;
}

/**
 * Encodes a whole command line: the quoted program, then the arguments.
 *
 * The program is always quoted: unquoted, `C:\Program Files\x.exe` could start `C:\Program.exe`. See Microsoft's page on
 * CommandLineToArgvW for the rules that the first word follows.
 *
 * @param executable The name that the child sees as its own, usually its path.
 * @param args The arguments.
 * @param options Whether the arguments are used unchanged, and whether the program is cmd.exe.
 * @returns The line without its closing NUL.
 * @throws {TypeError} If the program is empty or holds a quote, or anything holds a NUL character.
 * @throws {RangeError} If the line is longer than {@linkcode COMMAND_LINE_MAX}.
 */
export function encodeCommandLine(
  executable: string,
  args: readonly string[],
  options: CommandLineOptions = {},
): string {
  if (executable === "") {
    throw new TypeError("Cannot encode the command line: expected a program, got an empty string");
  }
  // The first word has no escape syntax, so it cannot contain a quote.
  refuse(executable, /[\0"]/, {
    what: `program ${shown(executable)}`,
    wanted: "no quote and no NUL character",
  });
  if (options.raw) {
    args.forEach((argument, index) =>
      refuse(argument, /\0/, { what: `argument ${index}`, wanted: "no NUL character" })
    );
  }
  const rest = options.raw ? args.join(" ") : encodeArguments(args, options);
  return bounded(args.length === 0 ? `"${executable}"` : `"${executable}" ${rest}`, {
    max: COMMAND_LINE_MAX,
    who: "Windows",
  });
}

/**
 * Returns whether Windows would run a program file through cmd.exe.
 *
 * The name that Windows would open decides. Upper case, trailing dots and spaces, `/.` and `..`
 * after it, and an alternate stream such as `::$DATA` do not hide a batch file. Start such a file
 * only with the line of {@linkcode encodeBatchCommandLine}.
 *
 * @param path The program's path or name.
 * @returns Whether it ends in `.bat` or `.cmd`.
 */
export function isBatchFile(path: string): boolean {
  return /\.(?:bat|cmd)$/i.test(fileName(path));
}

/**
 * Encodes the command line with which cmd.exe runs a batch file, so that no argument can become a
 * command.
 *
 * Each argument that holds more than plain characters is quoted, quotes are doubled, and each `%`
 * is followed by an expansion that is always empty, so that no variable is expanded. The batch file
 * sees the quotes in `%1`; `%~1` removes them. A program to which the batch file passes `%*` gets
 * the original arguments, if it splits them as the C runtime does. AutoRun commands (`/d`) and
 * delayed expansion (`/v:off`) are off. There is no raw form; to get one, start cmd.exe as the
 * program. No encoding can control how the batch file itself uses `%~1` outside quotes.
 *
 * @param script The batch file's path with its folder.
 * @param args The arguments.
 * @param options The path of cmd.exe.
 * @returns The line without its closing NUL, for CreateProcessW with `cmdExe` as the application
 * name.
 * @throws {TypeError} If the script has no folder, is not a batch file, or holds characters that
 * are unsafe for cmd.exe, or if an argument holds a line break or a NUL character.
 * @throws {RangeError} If the line is longer than {@linkcode BATCH_COMMAND_LINE_MAX}.
 */
export function encodeBatchCommandLine(
  script: string,
  args: readonly string[],
  options: BatchCommandLineOptions,
): string {
  const plain = batchPath(script);
  const words = args.map((argument, index) => {
    refuse(argument, /[\0\r\n]/, {
      what: `argument ${index} for batch file ${shown(script)}`,
      wanted: "no line break and no NUL character",
    });
    return encodeBatchArgument(argument);
  });
  const command = [`"${keepPercent(plain)}"`, ...words].join(" ");
  // /s makes cmd.exe drop exactly the first and the last quote; the empty expansion needs /e:on.
  return bounded(
    encodeCommandLine(options.cmdExe, [`/e:on /v:off /d /s /c "${command}"`], { raw: true }),
    { max: BATCH_COMMAND_LINE_MAX, who: "cmd.exe" },
  );
}

function batchPath(script: string): string {
  const what = `batch file ${shown(script)}`;
  if (!isBatchFile(script)) {
    throw new TypeError(`Cannot run ${what}: expected a name that ends in .bat or .cmd`);
  }
  if (!hasFolder(script)) {
    // cmd.exe would search the current directory first
    throw new TypeError(`Cannot run ${what}: expected a path with its folder, got a bare name`);
  }
  // deno-lint-ignore no-control-regex -- no file name holds a control character, and cmd.exe might stop at one
  refuse(script, /[\x00-\x1f"*?<>|]/, {
    what,
    wanted: "no quote, wildcard or control character",
    // a question mark is only allowed in the prefix \\?\
    from: script.startsWith("\\\\?\\") ? 4 : 0,
  });
  if (hasStream(script)) throw new TypeError(`Cannot run ${what}: expected no alternate stream`);
  // cmd.exe is not known to take \\?\ paths, and without that prefix Windows would normalise them to another file
  const unprefixed = withoutVerbatimPrefix(script);
  const plain = unprefixed === undefined ? undefined : normalizePath(unprefixed);
  if (plain === undefined || isDevicePath(plain)) {
    throw new TypeError(`Cannot run ${what}: expected a path without \\\\?\\ or \\\\.\\ before it`);
  }
  return plain;
}

function encodeBatchArgument(argument: string): string {
  const isPlain = /^[A-Za-z0-9#$+\-./:@\\_]+$/.test(argument) && !argument.endsWith("\\");
  if (isPlain) return argument;
  // Doubled quotes keep cmd.exe's own quote state unchanged, and the C runtime reads them as one quote.
  return `"${keepPercent(argument.replace(/(\\*)"/g, '$1$1""').replace(/\\+$/, "$&$&"))}"`;
}

function keepPercent(text: string): string {
  // cmd.exe keeps the first percent sign, since no variable has an empty name; %cd:~,% is an empty
  // part of %cd%.
  return text.replaceAll("%", "%%cd:~,%");
}

function refuse(
  text: string,
  pattern: RegExp,
  about: { what: string; wanted: string; from?: number },
): void {
  const from = about.from ?? 0;
  const at = text.slice(from).search(pattern);
  if (at < 0) return;
  const unit = (text.charCodeAt(from + at)).toString(16).toUpperCase().padStart(4, "0");
  throw new TypeError(
    `Cannot encode ${about.what}: expected ${about.wanted}, got U+${unit} at index ${from + at}`,
  );
}

function bounded(line: string, limit: { max: number; who: string }): string {
  if (line.length <= limit.max) return line;
  throw new RangeError(
    `Cannot encode the command line: ${limit.who} takes at most ${limit.max} UTF-16 units, got ${line.length}`,
  );
}

/*
 * The end of a command line as it was typed.
 *
 * A process gets one string. If a string is split into words and encoded again, the words stay the
 * same but the string may differ. Programs with their own rules (cmd.exe, msiexec) read the string:
 * `echo "a&b"` becomes `echo a&b`, which is two commands. So a program that starts the command at the
 * end of its own command line passes on that end unchanged instead of the words.
 */

/** A word of a command line, and its position. */
interface Word {
  readonly text: string;
  readonly start: number;
}

/** Splits a line as the C runtime and Rust do. The first word, the program, has no escapes. */
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
 * @param command The command's words as that process received them: a program and its arguments.
 * @returns The text after the command's first word, unchanged; `undefined` if the line does not end
 * with exactly these words.
 */
export function rawTail(line: string, command: readonly string[]): string | undefined {
  const words = split(line);
  // The process's own program is not part of the command.
  const first = words.length - command.length;
  if (command.length === 0 || first < 1) return undefined;
  if (command.some((word, at) => word !== words[first + at]!.text)) return undefined;
  return command.length === 1 ? "" : line.slice(words[first + 1]!.start);
}
