import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import {
  encodeBatchCommandLine,
  encodeCommandLine,
  rawTail,
} from "../../../../process/start/command_line.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { childProgram, parseCommandLines } from "../../../helpers/argv_server.ts";
import { Random } from "../../../helpers/random.ts";
import { splitCommandLine } from "../../../helpers/split_command_line.ts";

const PARSERS = ["shell32", "ucrt"] as const;
const CMD = `${Deno.env.get("SystemRoot")}\\System32\\cmd.exe`;

const ALPHABET: readonly string[] = [
  '"',
  "\\",
  ...['"', "\\", "\\", " ", "\t", "a", "b", "*", "?", "\n", "\v", "%", "^", "&", "'", ";", "="],
  ...["ä", "日", "\ud83d", "\ude00"],
];

function randomText(random: Random, alphabet: readonly string[]): string {
  return random.list(0, 10, () => random.pick(alphabet)).join("");
}

Deno.test("encodeCommandLine: the real parsers give back 10,000 random argument lists", async () => {
  const random = new Random(30);
  const lists = Array.from({ length: 10_000 }, () => [
    "C:\\p q\\x.exe",
    ...random.list(0, 8, () => randomText(random, ALPHABET)),
  ]);
  const lines = lists.map(([program = "", ...args]) => encodeCommandLine(program, args));
  for (const parser of PARSERS) {
    const parsed = await parseCommandLines(lines, parser);
    assertEquals(parsed.length, lists.length);
    lists.forEach((list, index) => assertEquals(parsed[index], list, `${parser}: ${lines[index]}`));
  }
});

Deno.test("splitCommandLine: the model agrees with the real parsers on 1,000 random lines", async () => {
  const random = new Random(31);
  const lines = Array.from(
    { length: 1000 },
    () => `p ${random.list(0, 14, () => random.pick(ALPHABET)).join("")}`,
  );
  const parsed = await Promise.all(PARSERS.map((parser) => parseCommandLines(lines, parser)));
  lines.forEach((line, index) =>
    PARSERS.forEach((parser, at) =>
      assertEquals(parsed[at]?.[index], splitCommandLine(line, parser), `${parser}: ${line}`)
    )
  );
  // The lines are varied enough to distinguish the two, so that neither can replace the other.
  assertNotEquals(parsed[0], parsed[1]);
});

Deno.test("encodeCommandLine: a started program's wmain gets what was meant", async () => {
  const random = new Random(32);
  const child = childProgram("child");
  // The child writes UTF-8, which has no lone surrogates; argv.exe saw those.
  const alphabet = ALPHABET.filter((text) => text.isWellFormed());
  for (let i = 0; i < 20; i++) {
    const args = random.list(0, 8, () => randomText(random, alphabet));
    const line = encodeCommandLine(child, ["argv", ...args]);
    const lines = await run(child, line);
    assertEquals(lines.length, 3);
    for (const each of lines) assertEquals(JSON.parse(each).argv.slice(2), args, line);
  }
});

Deno.test("rawTail: the real C runtime reads the words of 3,000 random tails", async () => {
  const random = new Random(34);
  const typed = Array.from(
    { length: 3000 },
    () => `cmd ${random.list(0, 14, () => random.pick(ALPHABET)).join("")}`,
  );
  const commands = (await parseCommandLines(typed.map((line) => `x ${line}`), "ucrt"))
    .map((words) => words.slice(1));
  const tails = typed.map((line, at) =>
    rawTail(`"C:\\a b\\jobbox.exe" run -- ${line}`, commands[at]!)
  );
  const lines = tails.map((tail) => encodeCommandLine("cmd", [tail ?? "?"], { raw: true }));
  const parsed = await parseCommandLines(lines, "ucrt");
  typed.forEach((line, at) => {
    assert(line.endsWith(tails[at]!), line);
    assertEquals(parsed[at], commands[at], line);
  });
});

Deno.test("JobObject.spawn: cmd.exe does with 40 random raw lines what it does alone", async () => {
  const random = new Random(35);
  const alphabet = [
    '"',
    '"',
    "^",
    "&",
    "|",
    " ",
    " ",
    "a",
    "%OS%",
    "*",
    "?",
    "(",
    ")",
    "ä",
    "\\",
    "!",
  ];
  using job = JobObject.create({ killOnClose: true });
  for (let i = 0; i < 40; i++) {
    const rest = `/c echo ${random.list(1, 12, () => random.pick(alphabet)).join("")}`;
    const options = { stdin: "null", stdout: "piped", stderr: "piped" } as const;
    const [alone, ours] = await Promise.all([
      new Deno.Command(CMD, { ...options, args: [rest], windowsRawArguments: true }).output(),
      job.spawn(CMD, { ...options, args: ["not read"], rawArguments: rest }).output(),
    ]);
    assertEquals([ours.code, ours.stdout, ours.stderr], [
      ...[alone.code >>> 0, alone.stdout, alone.stderr],
    ], rest);
  }
});

const BATCH_ALPHABET: readonly string[] = [
  ...['"', "%", "&echo INJECTED&", "^", "|", "<", ">", "(", ")", "!", "%PATH%", "%1", "%~1", "\\"],
  ...[
    " ",
    "a",
    '"',
    "=",
    ",",
    ";",
    "*",
    "?",
    "\t",
    "ä",
    "日",
    "@",
    "'",
    "`",
    "%cd:~,%",
    "%%",
    "!a!",
  ],
];

/** The arguments of one run, and how many of them a script can name at a time. */
const ECHOES = 32;
const NAMED = 8;

Deno.test("encodeBatchCommandLine: 2,016 random arguments run no second command", async () => {
  const random = new Random(33);
  await withScript(async (script) => {
    const lists = Array.from(
      { length: 2016 / ECHOES },
      () => random.list(ECHOES, ECHOES, () => randomText(random, BATCH_ALPHABET)),
    );
    const next = lists.values();
    const worker = async () => {
      for (const args of next) checkEchoes(args, await runBatch(script, args));
    };
    await Promise.all([worker(), worker()]);
  });
});

Deno.test("encodeCommandLine: the fuzz detects that its line would run a second command from a batch file", async () => {
  await withScript(async (script) => {
    const command = encodeCommandLine(script, ['a"&echo INJECTED&rem "']);
    const line = encodeCommandLine(CMD, [`/d /s /c "${command}"`], { raw: true });
    const lines = await run(CMD, line);
    assert(lines.some((each) => each.startsWith("INJECTED")), lines.join("\n"));
  });
});

Deno.test("encodeBatchCommandLine: a script in a folder full of cmd.exe's own characters runs", async () => {
  for (const name of ["a b", "%PATH%", "x&y", "(z)", "^c^", "a;b,c=d", "!e!", "100%", "ä日"]) {
    await withScript(async (script) => {
      checkEchoes(Array(ECHOES).fill("q r"), await runBatch(script, Array(ECHOES).fill("q r")));
    }, name);
  }
});

async function withScript(use: (script: string) => Promise<void>, name = "plain"): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}\\${name}`);
    const script = `${folder}\\${name}\\echo.cmd`;
    const named = Array.from({ length: NAMED }, (_, index) => `echo [%${index + 1}]\r\n`);
    const round = named.join("") + "shift\r\n".repeat(NAMED);
    await Deno.writeTextFile(
      script,
      // By a variable: cmd.exe reads a script in a code page that may lack letters of the path.
      `@echo off\r\n${round.repeat(ECHOES / NAMED)}"%JOBBOX_TEST_CHILD%" argv %*\r\n`,
    );
    await use(script);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function runBatch(script: string, args: string[]): Promise<string[]> {
  return run(CMD, encodeBatchCommandLine(script, args, { cmdExe: CMD }));
}

function checkEchoes(args: string[], lines: string[]): void {
  const about = JSON.stringify({ args, lines });
  assertEquals(lines.length, ECHOES + 3, about);
  for (const echo of lines.slice(0, ECHOES)) assertMatch(echo, /^\[.*\]$/, about);
  const forwarded = lines.slice(ECHOES).map((line) => JSON.parse(line));
  for (const { by, argv } of forwarded) {
    // CommandLineToArgvW reads a doubled quote as the end of the quoted part, so that only the C runtime can be exact.
    if (by !== "shell32") assertEquals(argv.slice(2), args, about);
  }
}

async function run(program: string, line: string): Promise<string[]> {
  using job = JobObject.create({ killOnClose: true });
  // Not by Deno.Command, which writes a program's path without quotes before raw arguments.
  const { stdout, stderr } = await job.spawn(program, {
    rawArguments: line.slice(`"${program}" `.length),
    env: { JOBBOX_TEST_CHILD: childProgram("child") },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  assertEquals(new TextDecoder().decode(stderr), "");
  return new TextDecoder().decode(stdout).split(/\r?\n/).filter((each) => each !== "");
}
