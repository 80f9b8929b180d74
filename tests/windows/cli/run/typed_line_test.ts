import { assert, assertEquals } from "@std/assert";
import { attempt, TRIALS } from "../../../../release/smoke.ts";
import { CHILD, JOBBOX_PROGRAM, jobboxArgs } from "../../../helpers/jobbox_process.ts";
import { typablePath } from "../../../helpers/typable_path.ts";

const PROGRAM = typablePath(JOBBOX_PROGRAM);

interface Answer {
  readonly code: number;
  readonly out: string;
}

async function answer(program: string, line: string): Promise<Answer> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [line],
    windowsRawArguments: true,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout) + text(stderr) };
}

/** The result of a line typed alone, and after `jobbox run --`. */
async function both(program: string, rest: string): Promise<[alone: Answer, through: Answer]> {
  return [
    await answer(program, rest),
    await answer(PROGRAM, `${jobboxArgs(["run", "--"]).join(" ")} ${program} ${rest}`),
  ];
}

Deno.test("jobbox run: a line runs as it does without jobbox", async () => {
  // The tests of another ring may run in the same folder just then.
  const folder = `R&D${crypto.randomUUID().slice(0, 8)}`;
  await Deno.mkdir(folder);
  try {
    await Deno.writeTextFile(`${folder}\\f.txt`, "inside\r\n");
    const lines = [
      'echo "a&b"',
      `type "${folder}\\f.txt"`,
      '"echo "x" "y""',
      "for %i in (*.md) do @echo %i",
      'echo ^"a ^& b  c ^| d%OS%"',
      'if "a b"=="a b" (exit 3) else exit 4',
    ];
    for (const line of lines) {
      const [alone, through] = await both("cmd", `/c ${line}`);
      assertEquals(through, alone, line);
      assert(alone.code === 0 || alone.code === 3, `${line}: ${alone.out}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("jobbox run: a program gets the line as typed, with spaces and quotes", async () => {
  const child = CHILD.replaceAll("/", "\\");
  for (const rest of ['commandline   "ex"it   "0"', "commandline"]) {
    const through = await answer(
      PROGRAM,
      `${jobboxArgs(["run", "--"]).join(" ")} ${child} ${rest}`,
    );
    // By cmd.exe: Deno.Command writes a program's path without quotes before raw arguments.
    const alone = await answer("cmd", `/d /c ${child} ${rest}`);
    assertEquals([through.code, alone.code], [0, 0], through.out + alone.out);
    const typed: string = JSON.parse(alone.out);
    assertEquals(
      JSON.parse(through.out),
      `"${child}"${typed.slice(typed.indexOf(" commandline"))}`,
    );
  }
});

Deno.test("jobbox run: a batch file's arguments stay data", async () => {
  const script = `typed-line-${crypto.randomUUID()}.cmd`;
  await Deno.writeTextFile(script, "@echo off\r\necho [%1]\r\n");
  try {
    const typed = `.\\${script} "a&echo INJECTED" %OS%`;
    const line = `${jobboxArgs(["run", "--"]).join(" ")} ${typed}`;
    const { code, out } = await answer(PROGRAM, line);
    assertEquals([code, out], [0, '["a&echo INJECTED"]\r\n']);
    const quote = await answer(PROGRAM, line.replace("%OS%", '"\\"&echo INJECTED"'));
    assertEquals([quote.code, quote.out], [0, '["a&echo INJECTED"]\r\n']);
  } finally {
    await Deno.remove(script);
  }
});

Deno.test("TRIALS: the typed lines pass for the tool run from source", async () => {
  const typed = TRIALS.filter((trial) => trial.typed !== undefined);
  assertEquals(typed.length > 0, true);
  for (const trial of typed) {
    assertEquals(await attempt([PROGRAM, ...jobboxArgs([])], trial), undefined);
  }
});
