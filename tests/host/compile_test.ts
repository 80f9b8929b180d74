/**
 * What of the compilation can be checked without Deno's executable for Windows.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { TARGETS } from "../../release/base.ts";
import { compile, outputPath, reasonOfFailure } from "../../release/compile.ts";
import { attempt, TRIALS } from "../../release/smoke.ts";
import { run } from "../../tools/host/command.ts";
import { HostError } from "../../tools/host/host_error.ts";
import { PROJECT } from "../../tools/host/project.ts";
import { stdFlags } from "../../tools/host/std.ts";

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly isDynamic?: boolean;
    }[];
  }[];
}

async function graphOf(entry: string): Promise<Graph> {
  const { code, stdout, stderr } = await run(
    [Deno.execPath(), "info", ...await stdFlags("info"), "--json", entry],
    { cwd: PROJECT },
  );
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

Deno.test("the module graph of cli.ts is complete, with one dynamic import", async () => {
  const { modules } = await graphOf("cli.ts");
  const dynamic: string[] = [];
  for (const module of modules) {
    assertEquals(module.error, undefined, module.specifier);
    for (const { specifier, isDynamic } of module.dependencies ?? []) {
      if (isDynamic) dynamic.push(`${module.specifier} -> ${specifier}`);
    }
  }
  // Its target is text, so that compiling finds it; the list of the commands is not needed by run.
  const main = new URL("../../cli/main.ts", import.meta.url).href;
  assertEquals(dynamic, [`${main} -> ./commands/list.ts`]);
});

Deno.test("no module of cli.ts loads another one by its URL, which compiling would miss", async () => {
  const { modules } = await graphOf("cli.ts");
  for (const { specifier } of modules) {
    if (!specifier.startsWith("file:")) continue;
    const source = await Deno.readTextFile(new URL(specifier));
    assertEquals(/new URL\("\.{1,2}\//.exec(source), null, specifier);
  }
});

const SCRATCH = Deno.makeTempDirSync();
Deno.test.afterAll(() => Deno.removeSync(SCRATCH, { recursive: true }));

/** Compiles an empty program with Deno's cache in a folder that the test fills. */
async function compileEmpty(): Promise<void> {
  const entry = `${SCRATCH}/empty.js`;
  await Deno.writeTextFile(entry, "");
  await compile({ target: "x64", entry, output: `${SCRATCH}/empty.exe` });
}

async function withVariable<T>(name: string, value: string, body: () => Promise<T>): Promise<T> {
  const before = Deno.env.get(name);
  Deno.env.set(name, value);
  try {
    return await body();
  } finally {
    if (before === undefined) Deno.env.delete(name);
    else Deno.env.set(name, before);
  }
}

for (const target of ["x64", "arm64"] as const) {
  Deno.test(`deno compile takes every flag for ${target}, up to its base`, async () => {
    const entry = `${SCRATCH}/empty.js`;
    await Deno.writeTextFile(entry, "");
    try {
      await compile({ target, entry, output: `${SCRATCH}/${target}.exe` });
    } catch (error) {
      // Whatever else is wrong, such as an unknown flag, is said in other words.
      assert(error instanceof HostError, String(error));
      assertMatch(error.message, /could not be fetched|the base/);
    }
  });
}

Deno.test("compile() takes Deno's base from Deno's cache, and reports a damaged one", async () => {
  const folder = `${SCRATCH}/deno/dl/release/v${Deno.version.deno}`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/denort-${TARGETS.x64}.zip`, "PK, and then no archive");
  const error = await withVariable(
    "DENO_DIR",
    `${SCRATCH}/deno`,
    () => assertRejects(compileEmpty, HostError),
  );
  assertMatch(
    error.toLine(),
    /Cannot compile .*in its cache is damaged; to fix it: remove denort-/,
  );
});

Deno.test("compile() refuses an unsuitable base before Deno uses it", async () => {
  const file = `${SCRATCH}/base.exe`;
  await Deno.writeTextFile(file, "MZ, and no more");
  const refused = await withVariable(
    "DENORT_BIN",
    file,
    () => assertRejects(compileEmpty, HostError),
  );
  assertMatch(
    refused.toLine(),
    /base\.exe: it is not a complete Windows executable; to fix it: set/,
  );
  await Deno.remove(file);
  const missing = await withVariable(
    "DENORT_BIN",
    file,
    () => assertRejects(compileEmpty, HostError),
  );
  assertMatch(missing.toLine(), /Cannot read the base .*base\.exe: .*look at DENORT_BIN/);
});

Deno.test("compile.ts lists the processors if another is named", async () => {
  const { code, stderr } = await run(
    [Deno.execPath(), "run", "-A", "release/compile.ts", "x86"],
    { cwd: PROJECT },
  );
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^jobbox host: Cannot compile for "x86"; to fix it: name x64 or arm64, .*\n$/,
  );
});

Deno.test("outputPath() has a folder for each processor", () => {
  assertEquals(outputPath("arm64"), "dist/arm64/jobbox.exe");
});

Deno.test("reasonOfFailure() returns one line of what Deno wrote", () => {
  const reason = (output: string): string => reasonOfFailure("x64", output).problem;
  const unknown = "error: unexpected argument '--icn' found\n\nUsage: deno compile";
  assertEquals(reason(unknown), "deno compile said: unexpected argument '--icn' found");
  assertMatch(reason("error: Writing\nCaused by:\n 0: dns error: no name"), /could not be fetched/);
  assertEquals(
    reason("thread 'main' panicked at resource.rs:733:67:\nrange start index 9 out of range\n"),
    "deno compile broke off: range start index 9 out of range",
  );
  assertEquals(reason(""), "deno compile said: nothing");
});

Deno.test("the smoke trials pass for the tool as it is run from source", async (t) => {
  const command = [
    ...[Deno.execPath(), "run", "-A", "tools/host/main.ts", "run", "--no-prompt", "--no-check"],
    ...["--allow-ffi", "--allow-read", "--allow-write", "cli.ts"],
  ];
  for (const trial of TRIALS) {
    await t.step({
      name: trial.name,
      // Wine writes the line anew from this system's words.
      ignore: trial.typed !== undefined,
      fn: async () => assertEquals(await attempt(command, trial), undefined),
    });
  }
});

Deno.test("attempt() finds a wrong code, a wrong stdout and a wrong stderr", async () => {
  const command = [Deno.execPath(), "eval"];
  const trial = { name: "", args: ["console.log(1); console.error(2); Deno.exit(3)"], code: 3 };
  assertEquals(await attempt(command, { ...trial, stdout: "1\n", stderr: /2/ }), undefined);
  assertMatch(await attempt(command, { ...trial, code: 4 }) ?? "", /exit code 3, not 4/);
  assert(await attempt(command, { ...trial, stdout: "2\n" }));
  assert(await attempt(command, { ...trial, stderr: /3/ }));
});
