/**
 * Runs the tests ring by ring: `deno run -A tests/run.ts [-v] [RING | TEST FILE | FOLDER]…`
 *
 * One line a ring, a failed ring's own output before it, and as the last line, alone, the sum.
 * Two shares of the rings run side by side, so a ring's seconds are those of its shares together.
 *
 * @module
 */

import { exists } from "../tools/host/command.ts";
import { testExecutables } from "../tools/host/executable.ts";
import { HostError } from "../tools/host/host_error.ts";
import { addCounts, NO_TESTS } from "../tools/host/junit.ts";
import { kernelName } from "../tools/host/kernel_name.ts";
import { buildNative, compilerCommand, nativeTargets } from "../tools/host/native.ts";
import { writeStderr } from "../tools/host/progress.ts";
import { PROJECT } from "../tools/host/project.ts";
import { runRings, whyNot } from "../tools/host/ring_runner.ts";
import { type Ring, sortIntoRings } from "../tools/host/rings.ts";
import { poolRoot } from "../tools/pool/root.ts";
import { isCi } from "./helpers/is_ci.ts";

/** The test that checks the types of every file. */
const TYPE_CHECK = "tests/host/gate_test.ts";

const encoder = new TextEncoder();

function print(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

function testFiles(folder = "tests"): string[] {
  return [...Deno.readDirSync(`${PROJECT}/${folder}`)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (!isDirectory) return [path];
    return name === "build" ? [] : testFiles(path);
  });
}

/** A program that does not compile must fail the ring, not let it pass with an older build. */
function preparation(): (ring: Ring) => Promise<void> {
  const linux = Deno.build.os === "linux";
  let compiler: Promise<unknown> | undefined;
  let programs: Promise<void> | undefined;
  let executables: Promise<unknown> | undefined;
  let pool: Promise<unknown> | undefined;
  return async (ring) => {
    if (ring === "pure") return;
    // One after the other: two may not install at once.
    compiler ??= linux ? compilerCommand("to build the programs of the tests") : Promise.resolve();
    await compiler;
    if (ring !== "abi") await (programs ??= buildNative(nativeTargets(PROJECT)));
    // Deno and its base are fetched, and the tool compiled, before the clock of the ring runs.
    if (ring === "executable") await (executables ??= testExecutables());
    if (ring === "engine") await (pool ??= poolRoot());
  };
}

async function main(args: readonly string[]): Promise<number> {
  const verbose = args.includes("-v");
  const words = args.filter((word) => word !== "-v");
  let sum = NO_TESTS;
  const rings = sortIntoRings(testFiles(), words);
  for (const ring of [...rings.keys()]) {
    const cannot = whyNot(ring);
    if (cannot === undefined) continue;
    rings.delete(ring);
    // In CI a ring that this system should run and cannot is a failure, or nobody would see it.
    const failed = cannot.meant && isCi() ? 1 : 0;
    print(`${ring}: skipped, it ${cannot.reason}${failed ? " (a failure in CI)" : ""}`);
    sum = addCounts(sum, { ...NO_TESTS, failed });
  }
  const typesChecked = rings.get("host")?.includes(TYPE_CHECK) ?? false;
  const results = runRings(rings, { verbose, typesChecked, prepare: preparation() });
  for (const [ring, running] of results) {
    let result;
    try {
      result = await running;
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      print(`${ring}: ${error.toLine()}`);
      sum = addCounts(sum, { ...NO_TESTS, failed: 1 });
      continue;
    }
    if (result.failed > 0 && !verbose) writeStderr(result.output);
    for (const problem of result.problems) print(`${ring}: ${problem}`);
    const { passed, failed, ignored, seconds } = result;
    const counts = `${passed} passed, ${failed} failed${ignored ? `, ${ignored} ignored` : ""}`;
    const kernel = await kernelName(ring);
    print(`${ring}: ${counts} (${seconds.toFixed(1)} s)${kernel ? ` on ${kernel}` : ""}`);
    sum = addCounts(sum, result);
  }
  print(`${sum.passed} passed, ${sum.failed} failed`);
  return sum.failed > 0 || sum.passed === 0 ? 1 : 0;
}

/** Some tests have files there that Wine sees: a path that is not a folder would fail them all. */
function dropUselessTemporaryFolder(): void {
  const folder = Deno.env.get("TMPDIR");
  if (folder !== undefined && !(folder.startsWith("/") && exists(folder))) {
    Deno.env.delete("TMPDIR");
  }
}

if (import.meta.main) {
  dropUselessTemporaryFolder();
  try {
    Deno.exitCode = await main(Deno.args);
  } catch (error) {
    if (!(error instanceof HostError || error instanceof RangeError)) throw error;
    writeStderr(`${error instanceof HostError ? error.toLine() : error.message}\n`);
    print("0 passed, 1 failed");
    Deno.exitCode = 1;
  }
}
