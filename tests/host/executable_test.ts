/**
 * What compiles the tool for the ring `executable`, and what the ring says where nothing can.
 */
import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { compile } from "../../release/compile.ts";
import { runDeno } from "../helpers/deno_process.ts";
import { findOnPath } from "../../tools/host/command.ts";
import {
  describeExecutables,
  executableVariables,
  findCompiler,
  namedExecutable,
} from "../../tools/host/executable.ts";
import { HostError } from "../../tools/host/host_error.ts";
import { PROJECT } from "../../tools/host/project.ts";

const RING = ["run", "-A", `${PROJECT}/tests/run.ts`, "executable"];

Deno.test("the ring executable is skipped without npm, which is a failure in CI", async () => {
  const bin = await Deno.makeTempDir();
  await Deno.symlink(findOnPath("sh")!, `${bin}/sh`);
  const env = { PATH: bin, DENORT_BIN: "", CI: "" };
  const skipped = await runDeno(RING, { env });
  const [line, sum] = skipped.stdout.split("\n");
  assertMatch(line!, /^executable: skipped, it needs npm for Deno's base, .*install npm$/);
  assertEquals([sum, skipped.code], ["0 passed, 0 failed", 1]);
  const failed = await runDeno(RING, { env: { ...env, CI: "1" } });
  assertMatch(failed.stdout, /^executable: skipped, .* \(a failure in CI\)\n0 passed, 1 failed\n$/);
  await Deno.remove(bin, { recursive: true });
});

Deno.test("the ring executable says in one line that DENORT_BIN names no base", async () => {
  const { code, stdout } = await runDeno(RING, { env: { DENORT_BIN: `${PROJECT}/LICENSE` } });
  const [line, sum] = stdout.split("\n");
  assertMatch(
    line!,
    /^executable: jobbox host: .*LICENSE: it is not a complete Windows executable; to/,
  );
  assertEquals([sum, code], ["0 passed, 1 failed", 1]);
});

/** Real bytes: the base that the tests have. */
Deno.test("a base of another Deno, for another processor, or cut short is refused", async () => {
  const { base, program, version } = await findCompiler();
  // Deno's own base is in Deno's cache, and of this very Deno.
  if (base === undefined) return;
  const folder = await Deno.makeTempDir();
  const entry = `${folder}/empty.js`;
  await Deno.writeTextFile(entry, "");
  const output = `${folder}/empty.exe`;
  const refusal = async (what: Partial<Parameters<typeof compile>[0]>): Promise<string> => {
    const asked = {
      target: "x64",
      entry,
      output,
      base,
      deno: { program, version },
      ...what,
    } as const;
    return (await assertRejects(() => compile(asked), HostError)).toLine();
  };
  assertMatch(
    await refusal({ target: "arm64" }),
    /for arm64 with the base .*: it is for x64; to fix it/,
  );
  const other = { program, version: "1.2.3" };
  assertMatch(
    await refusal({ deno: other }),
    /: it is for Deno \d.*, but Deno 1\.2\.3 compiles; to/,
  );
  const half = `${folder}/half.exe`;
  const bytes = await Deno.readFile(base);
  await Deno.writeFile(half, bytes.subarray(0, bytes.length / 2));
  assertMatch(
    await refusal({ base: half }),
    /: it is not a complete Windows executable; to fix it: set/,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("executableVariables: the paths as Wine sees them", () => {
  assertEquals(
    executableVariables({ system: "/a/jobbox.exe", jobsim: "/b/jobbox.exe", version: "9.8.7" }),
    {
      JOBBOX_TEST_EXECUTABLE: "Z:\\a\\jobbox.exe",
      JOBBOX_TEST_EXECUTABLE_JOBSIM: "Z:\\b\\jobbox.exe",
      JOBBOX_TEST_EXECUTABLE_DENO: "9.8.7",
    },
  );
});

Deno.test("the ring executable says in one line that JOBBOX_EXE names no executable", async () => {
  const { code, stdout } = await runDeno(RING, { env: { JOBBOX_EXE: "LICENSE" } });
  const [line, sum] = stdout.split("\n");
  assertMatch(
    line!,
    /^executable: jobbox host: .*LICENSE of JOBBOX_EXE: deno compile did not.*; to/,
  );
  assertEquals([sum, code], ["0 passed, 1 failed", 1]);
  assertThrows(() => namedExecutable("no/such.exe"), HostError, "no/such.exe of JOBBOX_EXE: ");
});

Deno.test("JOBBOX_EXE: the file is found from the project, and its Deno version reported", async () => {
  const { base, program, version } = await findCompiler();
  const folder = await Deno.makeTempDir({ dir: PROJECT, prefix: ".jobbox-exe-" });
  try {
    const entry = `${folder}/empty.js`;
    await Deno.writeTextFile(entry, "");
    const output = `${folder}/a b.exe`;
    const how = { target: "x64", entry, output, deno: { program, version } } as const;
    await compile({ ...how, ...base === undefined ? {} : { base } });
    const named = output.slice(PROJECT.length + 1);
    assertEquals(namedExecutable(named), { named, system: output, version });
    assertEquals(namedExecutable(output), { named: output, system: output, version });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the verdict names the file that was tested", () => {
  const compiler = { version: "1.2.3", program: "", provenance: "Deno's own base" } as const;
  const [version, named] = ["9.8.7", "dist/x64/jobbox.exe"];
  assertEquals(describeExecutables({ version, named }), `${named} of Deno 9.8.7`);
  assertEquals(
    describeExecutables({ version, named, compiler }),
    `without jobsim ${named} of Deno 9.8.7, with jobsim as compiled by Deno 1.2.3 (Deno's own base)`,
  );
  assertEquals(
    describeExecutables({ version: "1.2.3", compiler }),
    "with and without jobsim, as compiled by Deno 1.2.3 (Deno's own base)",
  );
});
