/** Command lines and blocks of variables: what a child reads is what was meant. */
import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@4.11.0";
import {
  BATCH_COMMAND_LINE_MAX,
  COMMAND_LINE_MAX,
  encodeBatchCommandLine,
  encodeCommandLine,
  isBatchFile,
  rawTail,
} from "../../../process/start/command_line.ts";
import {
  decodeEnvironmentBlock,
  encodeEnvironmentBlock,
  variableKey,
} from "../../../process/start/environment_block.ts";
import { splitCommandLine } from "../../helpers/split_command_line.ts";
import { anyText, attempt, type Subject, subject, textOf } from "./subject.ts";

const WORDS = textOf(
  ...['"', "\\", "\\\\", " ", "\t", "a", "b", "*", "?", "%", "%PATH%", "^", "&", "|", "<", ">"],
  ...["\n", "\r", "\v", "\0", "'", ";", ",", "=", "(", ")", "!", "!x!", "/c", "--", "-", "ä", "＂"],
  ...["\ud83d", "\ude00", "\u202e", "\ufeff", "$", "`", "~", "%~1", "%%", '\\"'],
);

/** Sometimes a word is long enough that the line is too long. */
const ARGUMENTS = fc.array(
  fc.oneof(
    { weight: 60, arbitrary: WORDS },
    {
      weight: 1,
      arbitrary: fc.tuple(WORDS, fc.constantFrom(8_180, 16_000, 32_750, 32_766))
        .map(([word, length]) => (word + "x").repeat(length).slice(0, length)),
    },
  ),
  { maxLength: 6 },
);

const CMD = "C:\\Windows\\System32\\cmd.exe";

export const LINES: readonly Subject[] = [
  subject("command-lines", {
    cases: 2_000,
    input: fc.record({ args: ARGUMENTS, cmd: fc.boolean() }),
    check: ({ args, cmd }) => {
      const { value: line } = attempt(
        () => encodeCommandLine("C:\\p q\\x.exe", args, { cmd }),
        TypeError,
        RangeError,
      );
      const hasNul = args.some((arg) => arg.includes("\0"));
      if (line === undefined) {
        // Quotes and backslashes at most double a line.
        const longest = args.reduce((sum, arg) => sum + 2 * arg.length + 3, 20);
        assert(hasNul || longest > COMMAND_LINE_MAX, "it could be passed on");
        return;
      }
      assert(!hasNul && line.length <= COMMAND_LINE_MAX);
      for (const parser of ["ucrt", "shell32"] as const) {
        assertEquals(splitCommandLine(line, parser), ["C:\\p q\\x.exe", ...args], parser);
      }
    },
  }),
  subject("batch-lines", {
    cases: 1_500,
    input: ARGUMENTS,
    check: (args) => {
      const { value: line } = attempt(
        () => encodeBatchCommandLine("C:\\x.cmd", args, { cmdExe: CMD }),
        TypeError,
        RangeError,
      );
      if (line === undefined) return;
      assert(line.length <= BATCH_COMMAND_LINE_MAX && !/[\0\r\n]/.test(line));
      const command = /^"[^"]*" \/e:on \/v:off \/d \/s \/c "(.*)"$/s.exec(line)?.[1] ?? "";
      const pieces = command.split('"');
      assertEquals(pieces.length % 2, 1, "every quote is closed");
      for (let at = 0; at < pieces.length; at += 2) {
        assert(
          /^[A-Za-z0-9#$+\-./:@\\_ ]*$/.test(pieces[at]!),
          "nothing outside quotes has meaning",
        );
      }
      assert(!command.replaceAll("%%cd:~,%", "").includes("%"), "no variable is expanded");
      const forwarded = splitCommandLine(command.replaceAll("%%cd:~,%", "%"), "ucrt");
      assertEquals(forwarded.slice(1), args);
    },
  }),
  subject("typed-lines", {
    cases: 1_500,
    input: fc.record({ line: WORDS, command: fc.array(WORDS, { maxLength: 3 }) }),
    check: ({ line, command }) => {
      const whole = `jobbox ${line}`;
      const words = splitCommandLine(whole, "ucrt");
      const own = words.slice(-1 - (line.length % 3));
      for (const asked of [command, own]) {
        const tail = rawTail(whole, asked);
        if (tail === undefined) continue;
        assert(whole.endsWith(tail));
        // What was typed is what the words mean.
        assertEquals(splitCommandLine(`x ${tail}`, "ucrt").slice(1), asked.slice(1));
      }
    },
  }),
  subject("batch-names", {
    cases: 1_000,
    input: textOf(
      ...["x", "C:", "\\", "/", ".", "..", " ", ".bat", ".cmd", ".BAT", ".CmD", ".exe", "::$DATA"],
      ...[":s", "\\\\?\\", "\\\\.\\", "\\\\s\\h\\", "\0", "\u0131", "ﬀ"],
    ),
    check: (path) => {
      const { value } = attempt(() => isBatchFile(path), TypeError);
      // The plainest of all spellings is never missed.
      if (/^[\w.]+\.(bat|cmd)$/i.test(path)) assertEquals(value, true);
    },
  }),
  subject("environment-blocks", {
    cases: 1_500,
    input: fc.array(
      fc.tuple(
        textOf("PATH", "Path", "a", "b", "=", "=C:", " ", "\0", "ä", "Ä", "ß", "\ud83d", "ı", "İ"),
        anyText(),
      ),
      { maxLength: 6 },
    ),
    check: (entries) => {
      const { value: block } = attempt(
        () => encodeEnvironmentBlock(entries),
        TypeError,
        RangeError,
      );
      if (block === undefined) return;
      // Of names that differ in case only, the last one wins.
      const meant = new Map(entries.map((entry) => [variableKey(entry[0]), entry]));
      const found = decodeEnvironmentBlock(block).map((entry) =>
        [variableKey(entry[0]), entry] as const
      );
      assertEquals(found.length, meant.size);
      assertEquals(new Map(found), meant);
    },
  }),
];
