/**
 * The executable in places and with surroundings that a user may have, or somebody may have planted.
 */
import "../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import type { RunRecord } from "../../cli/report/record.ts";
import { encodeCommandLine } from "../../process/start/command_line.ts";
import { type DenoRun, runDeno } from "../helpers/deno_process.ts";
import { CHILD, EXECUTABLE, IS_WINE, runWithNothing } from "../helpers/executable.ts";
import { Folder } from "../helpers/reported_run.ts";

const HELLO = ["run", "--", "cmd", "/c", "echo hello& exit 7"];

/** Copies the executable, which is large, into a folder of one test. */
function copyInto(folder: Folder, name: string): string {
  const place = folder.file(name);
  Deno.mkdirSync(place);
  const copy = `${place}\\jobbox.exe`;
  Deno.copyFileSync(EXECUTABLE, copy);
  return copy;
}

async function assertHello(program: string, options: DenoRun = {}): Promise<void> {
  const { code, stdout, stderr } = await runDeno(HELLO, { program, ...options });
  assertEquals([code, stdout, stderr], [7, "hello\r\n", ""]);
}

Deno.test("jobbox.exe: starts from a path with blanks and letters of other scripts", async () => {
  using folder = new Folder();
  const program = copyInto(folder, "my tööls 工具 & (x86)");
  await assertHello(program, { cwd: program.replace(/\\[^\\]*$/, "") });
  const typed = `/d /s /c ""${program}" run -- cmd /c echo "a&b""`;
  const { code, stdout, stderr } = await runDeno([typed], { program: "cmd", typed: true });
  assertEquals([code, stdout, stderr], [0, '"a&b"\r\n', ""]);
});

const PLANTED = [
  ...["kernel32.dll", "ntdll.dll", "jobsim.dll", "deno.exe"],
  ...["deno.json", "deno.jsonc", "deno.lock", "package.json", "import_map.json", ".env", ".npmrc"],
];

function plant(folder: string, names: readonly string[]): void {
  // Whoever reads it says so.
  for (const name of names) Deno.writeTextFileSync(`${folder}\\${name}`, `MZ { this is no ${name}`);
}

Deno.test("jobbox.exe: nothing that is planted in the current folder changes anything", async () => {
  using folder = new Folder();
  const cwd = folder.file(".");
  plant(cwd, PLANTED);
  await assertHello(EXECUTABLE, { cwd });
});

Deno.test("jobbox.exe: nothing that is planted beside it changes anything", async () => {
  using folder = new Folder();
  const program = copyInto(folder, "planted");
  const cwd = program.replace(/\\[^\\]*$/, "");
  // Windows has both loaded before it looks anywhere; Wine takes them from beside any program.
  plant(cwd, IS_WINE ? PLANTED.slice(2) : PLANTED);
  await assertHello(program, { cwd });
  await assertHello(program);
});

Deno.test("jobbox.exe: leaves no file in the temporary folder", async () => {
  using folder = new Folder();
  const temporary = folder.file("temp");
  Deno.mkdirSync(temporary);
  await assertHello(EXECUTABLE, { env: { TEMP: temporary, TMP: temporary } });
  assertEquals([...Deno.readDirSync(temporary)].map(({ name }) => name), []);
});

/** A folder where nothing can be written, not even by whoever may do everything. */
const READ_ONLY = ["Z:\\usr", "C:\\Windows\\System32\\config"].find(isReadOnly);

function isReadOnly(folder: string): boolean {
  try {
    Deno.writeTextFileSync(`${folder}\\jobbox-test`, "");
    Deno.removeSync(`${folder}\\jobbox-test`);
    return false;
  } catch {
    return true;
  }
}

Deno.test({
  name: "jobbox.exe: runs in a folder where nothing can be written, its temporary one too",
  ignore: READ_ONLY === undefined,
  fn: async () => {
    await assertHello(EXECUTABLE, {
      cwd: READ_ONLY!,
      env: { TEMP: READ_ONLY!, TMP: READ_ONLY!, LOCALAPPDATA: READ_ONLY!, DENO_DIR: READ_ONLY! },
    });
  },
});

Deno.test("jobbox.exe: runs without a variable, a console or a standard handle", () => {
  using folder = new Folder();
  // Wine starts its desktop for the first console without a window, as a process of whoever is first.
  if (IS_WINE) {
    assertEquals(
      runWithNothing(encodeCommandLine(CHILD, "spawnwait 1 -- exit 0 ; exit 3".split(" "))),
      3,
    );
  }
  const files = ["--stdout", folder.file("out"), "--report", folder.file("r.json")];
  const command = ["run", ...files, "--", CHILD, "env", "print", "here", "exit", "5"];
  assertEquals(runWithNothing(encodeCommandLine(EXECUTABLE, command)), 5);
  const record: RunRecord = folder.record();
  assertEquals([record.verdict, record.exitCode], ["exited", 5]);
  const out = folder.text("out");
  assertEquals(out.slice(out.indexOf("]") + 1).trim(), "here");
});
