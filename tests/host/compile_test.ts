/**
 * What of the compilation can be checked without Deno's executable for Windows.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { compileArguments, failureLine, type Target, TARGETS } from "../../release/compile.ts";
import { attempt, TRIALS } from "../../release/smoke.ts";
import { run } from "../../tools/host/command.ts";
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

Deno.test("the module graph of cli.ts is complete and without a dynamic import", async () => {
  const { modules } = await graphOf("cli.ts");
  for (const module of modules) {
    assertEquals(module.error, undefined, module.specifier);
    const dynamic = (module.dependencies ?? []).filter((dependency) => dependency.isDynamic);
    assertEquals(dynamic, [], module.specifier);
  }
});

Deno.test("no module of cli.ts loads another one by its URL, which compiling would miss", async () => {
  const { modules } = await graphOf("cli.ts");
  for (const { specifier } of modules) {
    if (!specifier.startsWith("file:")) continue;
    const source = await Deno.readTextFile(new URL(specifier));
    assertEquals(/new URL\("\.{1,2}\//.exec(source), null, specifier);
  }
});

for (const target of Object.keys(TARGETS) as Target[]) {
  Deno.test(`deno compile takes every flag for ${target}, up to the fetch of its base`, async () => {
    const { code, stderr } = await run(
      [Deno.execPath(), ...await compileArguments(target)],
      { cwd: PROJECT, env: { NO_COLOR: "1" } },
    );
    if (code === 0) return;
    // Whatever else is wrong, such as an unknown flag, is said in other words.
    assertMatch(failureLine(target, stderr), /could not be fetched/, stderr);
  });
}

Deno.test("failureLine() passes on what it does not know, in one line", () => {
  const line = failureLine(
    "x64",
    "error: unexpected argument '--icn' found\n\nUsage: deno compile",
  );
  assertEquals(line, "Cannot compile dist/x64/jobbox.exe: unexpected argument '--icn' found");
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
