import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { JobObject } from "../../../../job/job_object.ts";
import { decodeEnvironmentBlock } from "../../../../process/start/environment_block.ts";
import {
  prepareProgram,
  type ProgramOptions,
  systemDirectory,
  toPath,
} from "../../../../process/start/program.ts";
import { CHILD, within } from "../../../helpers/job_trials.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

const CHILD_PATH = toPath(CHILD);

async function say(verbs: readonly string[], options: ProgramOptions = {}): Promise<unknown> {
  using job = JobObject.create({ killOnClose: true });
  const child = job.spawn(CHILD, {
    ...options,
    args: verbs,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  });
  return JSON.parse(await within(child.stdout.text(), verbs.join(" ")));
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    await use(folder.replace(/^\\\\\?\\/, ""));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("toPath: file URLs of drives and shares, with what is encoded in them", () => {
  assertEquals(toPath("C:\\a b"), "C:\\a b");
  assertEquals(toPath(new URL("file:///C:/a%20b/%C3%A4")), "C:\\a b\\ä");
  assertEquals(toPath(new URL("file://server/share/x")), "\\\\server\\share\\x");
  assertEquals(toPath(new URL("file:///C:/100%")), "C:\\100%");
  assertThrows(() => toPath(new URL("https://example.com/x")), TypeError, "expected a file: URL");
});

Deno.test("prepareProgram: the child gets the requested argv and command line", async () => {
  const args = ["argv", "", "a b", 'c"d', "e\\", "\ud83d", "日", "%PATH%", "&calc"];
  using job = JobObject.create({ killOnClose: true });
  const child = job.spawn(CHILD, { args, stdin: "null", stdout: "piped" });
  const lines = (await within(child.stdout.text(), "its argv")).trim().split(/\r?\n/);
  assertEquals(lines.length, 3);
  for (const line of lines) {
    assertEquals((JSON.parse(line) as { argv: string[] }).argv.slice(1), args);
  }
  const raw = await say(["commandline", 'a "b c'], { windowsRawArguments: true });
  assertEquals(raw, `"${CHILD_PATH}" commandline a "b c`);
});

Deno.test("prepareProgram: arguments that are not strings are converted, as in Deno.Command", () => {
  const { commandLine } = prepareProgram(CHILD, { args: [1, true] as unknown as string[] });
  assertEquals(commandLine, `"${CHILD_PATH}" 1 true`);
});

Deno.test("prepareProgram: cwd, with non-ASCII, relative, and as a URL", () =>
  withFolder(async (folder) => {
    const inner = `${folder}\\ä 日`;
    await Deno.mkdir(inner);
    assertEquals(await say(["cwd"], { cwd: inner }), inner);
    assertEquals(
      await say(["cwd"], { cwd: new URL(`file:///${inner.replaceAll("\\", "/")}`) }),
      inner,
    );
    assertEquals(await say(["cwd"]), Deno.cwd());
    await Deno.writeTextFile(`${folder}\\file`, "");
    assertThrows(() => prepareProgram(CHILD, { cwd: `${folder}\\none` }), Deno.errors.NotFound);
    assertThrows(
      () => prepareProgram(CHILD, { cwd: `${folder}\\file` }),
      Deno.errors.NotADirectory,
      "it is a file, not a folder",
    );
  }));

Deno.test("prepareProgram: the environment is inherited, extended, reduced, or cleared", async () => {
  Deno.env.set("JobboxTest", "inherited");
  try {
    assertEquals(await say(["getenv", "JOBBOXTEST"]), "inherited");
    assertEquals(
      await say(["getenv", "JobboxTest"], { env: { JOBBOXTEST: "ä日😀=x" } }),
      "ä日😀=x",
    );
    assertEquals(await say(["getenv", "JobboxTest"], { env: { jobboxtest: null } }), null);
    assertEquals(await say(["getenv", "JobboxTest"], { clearEnv: true }), null);
    const names =
      (await say(["env"], { clearEnv: true, env: { zz: "1", AA: "2", "=C:": "C:\\" } }) as string[])
        .map((entry) => entry.split("=", 2)[0] || "=");
    for (const name of ["zz", "AA", "="]) assertEquals(names.includes(name), true, name);
    assertEquals(names.some((name) => name.toUpperCase() === "SYSTEMROOT"), true);
  } finally {
    Deno.env.delete("JobboxTest");
  }
  assertEquals(prepareProgram(CHILD).environment, null);
  const { environment } = prepareProgram(CHILD, { clearEnv: true, env: { B: "1", a: "2" } });
  const entries = decodeEnvironmentBlock(environment as Uint16Array<ArrayBuffer>);
  const keys = entries.map(([name]) => name.toUpperCase()).filter((name) => !name.startsWith("="));
  assertEquals(keys, keys.toSorted());
  assertThrows(
    () => prepareProgram(CHILD, { env: { A: undefined as unknown as string } }),
    TypeError,
    "expected a string or null, got undefined",
  );
});

Deno.test("prepareProgram: the child's PATH decides before the system's folders", () =>
  withFolder(async (folder) => {
    await Deno.copyFile(CHILD, `${folder}\\find.exe`);
    const first = prepareProgram("find", { env: { PATH: `${folder};${Deno.env.get("PATH")}` } });
    assertEquals(first.application.toLowerCase(), `${folder}\\find.exe`.toLowerCase());
    // cmd.exe of a batch file is the system's all the same.
    await Deno.copyFile(CHILD, `${folder}\\cmd.exe`);
    await Deno.writeTextFile(`${folder}\\x.cmd`, "");
    const { application } = prepareProgram("x", { env: { PATH: folder } });
    assertEquals(application, `${systemDirectory()}\\cmd.exe`);
    assertMatch(prepareProgram("cmd", { env: { PATH: "" } }).application, /system32\\cmd\.exe$/i);
  }));

Deno.test("prepareProgram: raw arguments are one text for a program, and words for a batch file", () =>
  withFolder(async (folder) => {
    const options = { args: ["/c", "echo", "a&b"], rawArguments: '/c echo "a&b"' };
    assertEquals(prepareProgram("cmd", options).commandLine, '"cmd" /c echo "a&b"');
    assertEquals(prepareProgram("cmd", { rawArguments: "" }).commandLine, '"cmd"');
    const script = `${folder}\\x.cmd`;
    await Deno.writeTextFile(script, "");
    assertEquals(
      prepareProgram(script, options).commandLine,
      prepareProgram(script, { args: options.args }).commandLine,
    );
    assertThrows(
      () => prepareProgram("cmd", { ...options, windowsRawArguments: true }),
      TypeError,
      "exclude each other",
    );
    assertThrows(
      () => prepareProgram("cmd", { rawArguments: ["a"] as unknown as string }),
      TypeError,
      "rawArguments must be a string, got object",
    );
    assertThrows(() => prepareProgram("cmd", { rawArguments: "a\0b" }), TypeError, "NUL");
  }));

Deno.test("prepareProgram: cmd.exe runs a loop over a wildcard", async () => {
  using job = JobObject.create({ killOnClose: true });
  const args = ["/c", "for", "%i", "in", "(*.md)", "do", "@echo", "%i"];
  const child = job.spawn("cmd", { args, stdin: "null", stdout: "piped", stderr: "piped" });
  const { code, stdout } = await within(child.output(), "cmd.exe");
  assertEquals(code, 0);
  const names = new TextDecoder().decode(stdout).trim().split(/\r\n/).sort();
  assertEquals(names.includes("README.md"), true, names.join());
});

Deno.test("prepareProgram: finds programs in the system's folder and on the child's own PATH", () =>
  withFolder(async (folder) => {
    assertMatch(prepareProgram("cmd").application, /\\system32\\cmd\.exe$/i);
    await Deno.copyFile(CHILD, `${folder}\\jobbox-probe.exe`);
    assertThrows(() => prepareProgram("jobbox-probe"), Deno.errors.NotFound, "on the PATH");
    const probe = `${folder}\\jobbox-probe.exe`;
    const found = [
      prepareProgram("jobbox-probe", { env: { Path: folder } }),
      prepareProgram("jobbox-probe", { cwd: folder, searchCwd: true }),
      prepareProgram(".\\jobbox-probe", { cwd: folder }),
      prepareProgram("jobbox-probe.exe", { env: { PATH: `C:\\none;"${folder}"` } }),
    ];
    for (const { application } of found) {
      assertEquals(application.toLowerCase(), probe.toLowerCase());
    }
    // The folder to run in is not searched unless asked.
    assertThrows(() => prepareProgram("jobbox-probe", { cwd: folder }), Deno.errors.NotFound);
    assertThrows(() => prepareProgram(`${folder}\\none.exe`), Deno.errors.NotFound);
    for (const name of [folder, `${folder}\\`, "C:\\", "." + "\\"]) {
      assertThrows(() => prepareProgram(name), Deno.errors.IsADirectory, "it is a folder", name);
    }
  }));

Deno.test("prepareProgram: a name with a folder is found without reading the environment", () => {
  let reads = 0;
  using _ = substituteKernel("GetEnvironmentStringsW", (real) => () => {
    reads++;
    return real();
  });
  const { file } = prepareProgram(CHILD);
  assertEquals([file, reads], [CHILD_PATH, 0]);
  prepareProgram("cmd");
  assertEquals(reads, 1);
});

Deno.test("prepareProgram: a batch file runs through the system's cmd.exe, and takes no raw arguments", () =>
  withFolder(async (folder) => {
    const script = `${folder}\\run.cmd`;
    await Deno.writeTextFile(script, "@echo off\r\necho [%1]\r\nexit /b 5\r\n");
    const { application } = prepareProgram(script, { args: ["x"] });
    assertEquals(application, `${systemDirectory()}\\cmd.exe`);
    for (const name of [script, `${folder}\\RUN.CMD`, `${folder}\\run.cmd. .`, `${folder}\\run`]) {
      assertEquals(prepareProgram(name).application, application, name);
      assertThrows(
        () => prepareProgram(name, { args: ["x"], windowsRawArguments: true }),
        TypeError,
        "windowsRawArguments must be off for a batch file",
      );
    }
    using job = JobObject.create({ killOnClose: true });
    const child = job.spawn(script, { args: ["a & echo bad"], stdin: "null", stdout: "piped" });
    const output = await within(child.output(), "the script");
    assertEquals(new TextDecoder().decode(output.stdout).trim(), '["a & echo bad"]');
    assertEquals(output.code, 5);
    assertThrows(() => prepareProgram(script, { args: ["a\nb"] }), TypeError, "no line break");
  }));

Deno.test("prepareProgram: what cannot be passed on unchanged is refused before anything starts", () => {
  assertThrows(() => prepareProgram("a\0b"), TypeError);
  for (const name of ["", " ", "\t", "\u00a0"]) {
    assertThrows(() => prepareProgram(name), TypeError, "the name is empty; give a name");
  }
  assertThrows(() => prepareProgram(CHILD, { args: ["a\0b"] }), TypeError, "NUL");
  assertThrows(() => prepareProgram(CHILD, { args: ["x".repeat(32_767)] }), RangeError);
  assertThrows(
    () => prepareProgram(CHILD, { args: "-v" as unknown as string[] }),
    TypeError,
    "args must be an array of strings, got string",
  );
  assertThrows(() => prepareProgram(CHILD, { cwd: "a\0b" }), TypeError, "NUL");
  assertThrows(() => prepareProgram(CHILD, { env: { "a=b": "" } }), TypeError);
});

Deno.test("prepareProgram: an executable is a file that exists, named by its full path", () =>
  withFolder((folder) => {
    const prepare = (executable: string) => prepareProgram("name", { executable });
    assertEquals(prepare(CHILD_PATH).application, CHILD_PATH);
    assertThrows(() => prepare("child.exe"), TypeError, '"child.exe" is not a full path');
    assertThrows(() => prepare(""), TypeError, "is not a full path");
    assertThrows(() => prepare(folder), Deno.errors.IsADirectory, "is a folder");
    // CreateProcessW itself may fail to return from such a name.
    const long = `C:\\${"x".repeat(32_700)}`;
    for (const missing of [`${folder}\\x.exe`, long]) {
      assertThrows(() => prepare(missing), Deno.errors.NotFound, "does not exist");
    }
    return Promise.resolve();
  }));
