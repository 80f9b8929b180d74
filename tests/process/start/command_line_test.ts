import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import {
  BATCH_COMMAND_LINE_MAX,
  COMMAND_LINE_MAX,
  encodeArguments,
  encodeBatchCommandLine,
  encodeCommandLine,
  isBatchFile,
  rawTail,
} from "../../../process/start/command_line.ts";
import { Random } from "../../helpers/random.ts";
import { splitCommandLine } from "../../helpers/split_command_line.ts";

const CMD = { cmdExe: "C:\\Windows\\System32\\cmd.exe" };

Deno.test("encodeArguments: quotes and escapes what the parsers would take apart", () => {
  const cases: [string[], string][] = [
    [[], ""],
    [["a", "b"], "a b"],
    [[""], '""'],
    [["a b"], '"a b"'],
    [["a\tb"], '"a\tb"'],
    [["a\nb"], '"a\nb"'],
    [['"'], '"\\""'],
    [['a\\"b'], '"a\\\\\\"b"'],
    [["a\\b\\"], "a\\b\\"],
    [["a b\\"], '"a b\\\\"'],
    [["*.c"], '"*.c"'],
    [["ä日\ud83d"], "ä日\ud83d"],
    [["%PATH%", "a&b"], "%PATH% a&b"],
  ];
  for (const [args, line] of cases) assertEquals(encodeArguments(args), line);
});

Deno.test("encodeArguments: cmd.exe gets wildcards without quotes, and everything else quoted as usual", () => {
  const args = ["/c", "for", "%i", "in", "(*.md)", "do", "a b?", "", 'c"*'];
  assertEquals(
    encodeArguments(args, { cmd: true }),
    '/c for %i in (*.md) do "a b?" "" "c\\"*"',
  );
});

Deno.test("encodeArguments: a NUL character is a TypeError that names the argument and the place", () => {
  assertThrows(
    () => encodeArguments(["a", "b\0c"]),
    TypeError,
    "Cannot encode argument 1: expected no NUL character, got U+0000 at index 1",
  );
});

const ALPHABET: readonly string[] = [
  ...[
    '"',
    '"',
    "\\",
    "\\",
    "\\",
    " ",
    "\t",
    "a",
    "b",
    "*",
    "?",
    "\n",
    "\v",
    "%",
    "^",
    "&",
    "'",
    ";",
  ],
  ...["ä", "日", "\ud83d", "\ude00"],
];

Deno.test("encodeCommandLine: both parsers give back 10,000 random argument lists", () => {
  const random = new Random(20);
  for (let i = 0; i < 10_000; i++) {
    const args = random.list(0, 8, () => random.list(0, 10, () => random.pick(ALPHABET)).join(""));
    const line = encodeCommandLine("C:\\p q\\x.exe", args);
    for (const parser of ["ucrt", "shell32"] as const) {
      assertEquals(splitCommandLine(line, parser), ["C:\\p q\\x.exe", ...args], `${i} ${line}`);
    }
  }
});

Deno.test("splitCommandLine: the model distinguishes a wrong encoding from a right one", () => {
  for (const parser of ["ucrt", "shell32"] as const) {
    assertEquals(splitCommandLine('x "a\\" b', parser), ["x", 'a" b']);
    assertEquals(splitCommandLine('x "a b\\\\" c', parser), ["x", "a b\\", "c"]);
  }
  assertEquals(splitCommandLine('x "a""b c" d', "ucrt"), ["x", 'a"b c', "d"]);
  assertEquals(splitCommandLine('x "a""b c" d', "shell32"), ["x", 'a"b', "c d"]);
});

Deno.test("encodeCommandLine: the program is always quoted and may hold anything but a quote", () => {
  assertEquals(encodeCommandLine("x.exe", []), '"x.exe"');
  assertEquals(encodeCommandLine("C:\\a b\\", ["c"]), '"C:\\a b\\" c');
  assertThrows(() => encodeCommandLine('a"b', []), TypeError, 'program "a"b"');
  assertThrows(() => encodeCommandLine("a\0b", []), TypeError, "U+0000 at index 1");
  assertThrows(() => encodeCommandLine("", []), TypeError, "expected a program");
});

Deno.test("encodeCommandLine: raw arguments are unchanged, except that a NUL character is refused", () => {
  assertEquals(encodeCommandLine("x", ['/c "a', 'b"'], { raw: true }), '"x" /c "a b"');
  assertThrows(() => encodeCommandLine("x", ["a", "\0"], { raw: true }), TypeError, "argument 1");
});

Deno.test("encodeCommandLine: accepts 32,766 units and refuses a longer line with its length", () => {
  const longest = "a".repeat(COMMAND_LINE_MAX - '"x" '.length);
  assertEquals(encodeCommandLine("x", [longest]).length, 32_766);
  const error = assertThrows(() => encodeCommandLine("x", [longest + "a"]), RangeError);
  assertStringIncludes(error.message, "at most 32766 UTF-16 units, got 32767");
  assertThrows(() => encodeCommandLine("x", [longest + "a"], { raw: true }), RangeError);
});

Deno.test("isBatchFile: sees through every spelling that Windows opens as a batch file", () => {
  for (
    const path of [
      ...["x.bat", "x.cmd", "X.BaT", "C:\\d\\x.CMD", "x.bat.", "x.bat ", "x.bat. . .", "d/x.cmd/."],
      ...["x.bat::$DATA", "x.cmd:s", "x.bat :s", "x.bat\\y\\..", "\\\\?\\C:\\x.bat ", "C:x.bat"],
      ...[".bat", "x.exe.cmd", "\\\\s\\h\\x.bat", "x.bat\\", "x.bat\\...", "FOO~1.BAT"],
    ]
  ) {
    assertEquals(isBatchFile(path), true, path);
  }
  for (
    const path of [
      "x.exe",
      "x.bat.exe",
      "x",
      "bat",
      "xbat",
      "x.bat\\y.exe",
      "x.batch",
      "x.cmdx",
      "",
    ]
  ) {
    assertEquals(isBatchFile(path), false, path);
  }
});

Deno.test("encodeBatchCommandLine: hands the script and quoted arguments to cmd.exe", () => {
  assertEquals(
    encodeBatchCommandLine("C:/a b/x.cmd", ["plain-1.0", "a b", "", 'c"d', "e\\", "f\\g"], CMD),
    '"C:\\Windows\\System32\\cmd.exe" /e:on /v:off /d /s /c ' +
      '""C:\\a b\\x.cmd" plain-1.0 "a b" "" "c""d" "e\\\\" f\\g"',
  );
});

Deno.test("encodeBatchCommandLine: spelled-out detours end at the plain path", () => {
  const line = encodeBatchCommandLine("C:\\d\\x.cmd", [], CMD);
  for (
    const script of [
      "C:/d/x.cmd",
      "C:\\d\\x.cmd. .",
      "C:\\d\\y\\..\\x.cmd\\.",
      "\\\\?\\C:\\d\\x.cmd",
    ]
  ) {
    assertEquals(encodeBatchCommandLine(script, [], CMD), line);
  }
  assertStringIncludes(
    encodeBatchCommandLine("\\\\?\\UNC\\s\\h\\x.cmd", [], CMD),
    '"\\\\s\\h\\x.cmd"',
  );
});

Deno.test("encodeBatchCommandLine: outside quotes there are only characters without meaning for cmd.exe", () => {
  const random = new Random(21);
  const alphabet = [...'"%^&|<>()!@=,;*?~ \t\\/:$#+-_.', "a", "B", "7", "ä", "日"];
  for (let i = 0; i < 5_000; i++) {
    const args = random.list(1, 4, () => random.list(0, 8, () => random.pick(alphabet)).join(""));
    const line = encodeBatchCommandLine("C:\\x.cmd", args, CMD);
    const [, command = ""] = /^"[^"]*" \/e:on \/v:off \/d \/s \/c "(.*)"$/s.exec(line) ?? [];
    assert(command !== "", line);
    // Every other piece between quotes is outside them; an odd number of pieces means that all quotes are closed.
    const pieces = command.split('"');
    assertEquals(pieces.length % 2, 1, line);
    for (let at = 0; at < pieces.length; at += 2) {
      assertMatch(pieces[at] ?? "", /^[A-Za-z0-9#$+\-./:@\\_ ]*$/, line);
    }
    // Each percent sign but those of the empty expansion is the one before it.
    assertEquals(command.replaceAll("%%cd:~,%", "").includes("%"), false, line);
    // What a program that gets %* reads, after cmd.exe has turned each "%%cd:~,%" into a percent
    // sign.
    const forwarded = splitCommandLine(command.replaceAll("%%cd:~,%", "%"), "ucrt");
    assertEquals(forwarded.slice(1), args, line);
  }
});

Deno.test("encodeBatchCommandLine: a line break or NUL is a TypeError that names the argument", () => {
  for (const bad of ["a\nb", "\r", "a\0"]) {
    const error = assertThrows(
      () => encodeBatchCommandLine("C:\\x.cmd", ["ok", bad], CMD),
      TypeError,
    );
    assertStringIncludes(error.message, 'argument 1 for batch file "C:\\x.cmd"');
  }
});

Deno.test("encodeBatchCommandLine: a script that cmd.exe could take for another is refused", () => {
  const cases: [string, string][] = [
    ["C:\\x.exe", "ends in .bat or .cmd"],
    ["x.cmd", "with its folder"],
    ["C:\\x.cmd::$DATA", "alternate stream"],
    ["C:\\x.cmd:s", "alternate stream"],
    ['C:\\a"b.cmd', "no quote"],
    ["C:\\*.cmd", "wildcard"],
    ["C:\\a\nb.cmd", "control character"],
    ["C:\\a\0.cmd", "control character"],
    ["\\\\?\\C:\\x.cmd ", "expected a path without"],
    ["\\\\?\\Volume{1}\\x.cmd", "expected a path without"],
    ["\\\\.\\C:\\x.cmd", "expected a path without"],
  ];
  for (const [script, text] of cases) {
    const error = assertThrows(() => encodeBatchCommandLine(script, [], CMD), TypeError);
    assertStringIncludes(error.message, text, script);
  }
});

Deno.test("encodeBatchCommandLine: accepts lines as long as cmd.exe does, and no longer", () => {
  const empty = encodeBatchCommandLine("C:\\x.cmd", ["a"], CMD).length - 1;
  const room = BATCH_COMMAND_LINE_MAX - empty;
  assertEquals(encodeBatchCommandLine("C:\\x.cmd", ["a".repeat(room)], CMD).length, 8190);
  const error = assertThrows(
    () => encodeBatchCommandLine("C:\\x.cmd", ["a".repeat(room + 1)], CMD),
    RangeError,
  );
  assertStringIncludes(error.message, "cmd.exe takes at most 8190 UTF-16 units, got 8191");
});

Deno.test("rawTail: the text typed after the command, letter by letter", () => {
  const cases: [string, string[], string | undefined][] = [
    ['jobbox run -- cmd /c echo "a&b"', ["cmd", "/c", "echo", "a&b"], '/c echo "a&b"'],
    ['jobbox run cmd  /c "echo "x" "y""  ', ["cmd", "/c", "echo x y"], '/c "echo "x" "y""  '],
    ['"C:\\a b\\jobbox.exe" run -- "p q" -x\t""', ["p q", "-x", ""], '-x\t""'],
    ['jobbox run -- x "a\\\\" b', ["x", "a\\", "b"], '"a\\\\" b'],
    ["jobbox run -- x", ["x"], ""],
    // Not its end, not its words, not only its words, none at all.
    ["jobbox run -- x a b", ["x", "a"], undefined],
    ["jobbox run -- x a", ["x", "b"], undefined],
    ["x a", ["x", "a"], undefined],
    ["a", ["x", "a", "b"], undefined],
    ["", ["x"], undefined],
    ["jobbox run", [], undefined],
  ];
  for (const [line, command, tail] of cases) assertEquals(rawTail(line, command), tail, line);
});

const TYPED: readonly string[] = [
  ...['"', '"', "\\", "\\", " ", " ", "\t", "a", "b", "&", "%", "^", "*", "ä", "\ud83d", "\n"],
];

Deno.test("rawTail: returns the same text and words for 20,000 random lines", () => {
  const random = new Random(40);
  const text = (most: number) => random.list(0, most, () => random.pick(TYPED)).join("");
  let found = 0;
  for (let i = 0; i < 20_000; i++) {
    const head = encodeCommandLine("C:\\p q\\jobbox.exe", ["run", text(4), "--"]);
    const typed = `cmd ${text(14)}`;
    const line = `${head} ${typed}`;
    const command = splitCommandLine(`x ${typed}`, "ucrt").slice(1);
    const tail = rawTail(line, command);
    assertEquals(tail === undefined, false, line);
    assertEquals(typed.endsWith(tail!), true, line);
    assertEquals(typed.slice(0, typed.length - tail!.length).trimEnd().startsWith("cmd"), true);
    // The command alone reads the words that it would have got.
    assertEquals(splitCommandLine(`"cmd" ${tail}`, "ucrt").slice(1), command.slice(1), line);
    if (tail !== "") found++;
  }
  assertEquals(found > 10_000, true);
});
