/**
 * Builds the C code of the tests for Windows: jobsim and the child programs.
 *
 * @module
 */

import { exists, findOnPath, run, tellingLine } from "./command.ts";
import { HostError } from "./host_error.ts";
import { findEntrance } from "./enter.ts";
import { canBeRoot, ensureProgram } from "./packages.ts";
import { progress } from "./progress.ts";
import { unpackedRoot } from "./rootfs.ts";

/** One thing to build. */
export interface NativeTarget {
  /** The file to make. */
  readonly output: string;
  /** The C files to compile. */
  readonly sources: readonly string[];
  /** Headers and other files that the result depends on. */
  readonly alsoReads: readonly string[];
  /** Flags before the sources. */
  readonly flags: readonly string[];
}

const COMPILER = "x86_64-w64-mingw32-gcc";
const COMMON_FLAGS = ["-O2", "-s", "-Wall", "-Wextra", "-static-libgcc"];
const LIBRARIES = ["-lpsapi", "-ladvapi32", "-luser32", "-lshell32", "-lntdll"];

/**
 * Returns the C targets that every run under Wine needs.
 *
 * @param project The project's folder.
 * @returns jobsim and the launcher if their sources exist.
 */
export function hostTargets(project: string): NativeTarget[] {
  const targets: NativeTarget[] = [];
  const host = `${project}/tools/host`;
  const parts = listFiles(`${project}/tools/jobsim`);
  const sources = parts.filter((path) => path.endsWith(".c"));
  if (sources.length > 0) {
    targets.push({
      output: `${host}/build/jobsim.dll`,
      sources,
      alsoReads: parts.filter((path) => path.endsWith(".h")),
      flags: ["-shared"],
    });
  }
  if (exists(`${host}/launch.c`)) {
    targets.push({
      output: `${host}/build/launch.exe`,
      sources: [`${host}/launch.c`],
      alsoReads: [],
      flags: ["-municode"],
    });
  }
  return targets;
}

/**
 * Returns the child programs of the tests.
 *
 * @param project The project's folder.
 * @returns A program for each file in `tests/children/`.
 */
export function childTargets(project: string): NativeTarget[] {
  const children = `${project}/tests/children`;
  const files = listFiles(children);
  return files.filter((path) => path.endsWith(".c")).map((source) => ({
    output: `${children}/build/${source.slice(children.length + 1, -2)}.exe`,
    sources: [source],
    alsoReads: files.filter((path) => path.endsWith(".h")),
    flags: ["-municode"],
  }));
}

/**
 * Returns all C targets of the tests.
 *
 * @param project The project's folder.
 * @returns Those of {@linkcode hostTargets} and {@linkcode childTargets}.
 */
export function nativeTargets(project: string): NativeTarget[] {
  return [...hostTargets(project), ...childTargets(project)];
}

/**
 * Returns the target of jobsim's own tests, which only the tests of the host need.
 *
 * @param project The project's folder.
 * @returns What to build.
 */
export function jobsimTestTarget(project: string): NativeTarget {
  const host = `${project}/tools/host`;
  const files = listFiles(`${project}/tools/jobsim/tests`);
  return {
    output: `${host}/build/jobsim_test.exe`,
    sources: files.filter((path) => path.endsWith(".c")),
    alsoReads: [...files, ...listFiles(`${project}/tools/jobsim`)].filter((path) =>
      path.endsWith(".h")
    ),
    flags: [],
  };
}

/**
 * Builds every target that is missing or was built from other sources.
 *
 * @param targets What to build.
 * @param options With `keepOlder`, a source that does not compile is only reported if an older
 * build exists, so that an unfinished edit of one program does not block all others.
 * @throws {HostError} If the compiler is missing and cannot be installed, or refuses a source.
 */
export async function buildNative(
  targets: readonly NativeTarget[],
  options: { readonly keepOlder?: boolean } = {},
): Promise<void> {
  for (const target of targets) {
    const digest = await digestOf(target);
    const record = `${target.output}.digest`;
    if (exists(target.output) && exists(record) && Deno.readTextFileSync(record) === digest) {
      continue;
    }
    try {
      await build(target);
    } catch (error) {
      if (!(error instanceof HostError && options.keepOlder && exists(target.output))) throw error;
      progress(`using an OLDER build of ${target.output}: ${error.message}`);
      continue;
    }
    Deno.writeTextFileSync(record, digest);
  }
}

/**
 * Returns the compiler for Windows; installs it if it is missing.
 *
 * @param purpose Its purpose.
 * @returns The words before its arguments; a relative path is resolved against `cwd`.
 * @throws {HostError} If it cannot be installed.
 */
export async function compilerCommand(
  purpose: string,
  cwd: string = Deno.cwd(),
): Promise<string[]> {
  if (Deno.build.os === "windows") return ["gcc"];
  if (!findOnPath(COMPILER) && !await canBeRoot()) {
    const root = await unpackedRoot();
    return (await findEntrance(root)).command([`/usr/bin/${COMPILER}`], cwd);
  }
  await ensureProgram(COMPILER, {
    debian: "gcc-mingw-w64-x86-64",
    purpose,
    size: "downloads 130 MB, takes 700 MB",
  });
  return [COMPILER];
}

async function build(target: NativeTarget): Promise<void> {
  const name = target.output.split("/").at(-1) ?? target.output;
  const compiler = await compilerCommand(`to build ${name}`);
  progress(`building ${name}`);
  Deno.mkdirSync(target.output.slice(0, target.output.lastIndexOf("/")), { recursive: true });
  // Two runs may build it at once: each builds its own copy, and the last rename wins.
  const temporary = `${target.output}.${crypto.randomUUID().slice(0, 8)}`;
  const { code, stderr } = await run([
    ...compiler,
    ...[...COMMON_FLAGS, ...target.flags, "-o", temporary, ...target.sources, ...LIBRARIES],
  ]);
  if (code !== 0) {
    throw new HostError(
      `Cannot build ${name}: ${COMPILER} said: ${tellingLine(stderr)}`,
      code === 127 ? "put mingw-w64's gcc on PATH" : `look at ${target.sources.join(" ")}`,
    );
  }
  Deno.renameSync(temporary, target.output);
}

async function digestOf(target: NativeTarget): Promise<string> {
  const parts = [JSON.stringify([COMMON_FLAGS, target.flags, LIBRARIES, target.sources.length])];
  for (const path of [...target.sources, ...target.alsoReads].toSorted()) {
    parts.push(path.split("/").at(-1) ?? path, Deno.readTextFileSync(path));
  }
  const bytes = new TextEncoder().encode(parts.join("\0"));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function listFiles(folder: string): string[] {
  if (!exists(folder)) return [];
  return [...Deno.readDirSync(folder)].filter((entry) => entry.isFile)
    .map((entry) => `${folder}/${entry.name}`).toSorted();
}
