/**
 * Compiles `jobbox.exe`: `deno task compile [x64|arm64]…`, both when none is named.
 *
 * The tool is bundled first, which starts faster; the source maps of its modules stay next to the
 * executable. The permissions are baked in: foreign calls, and files to read and write,
 * since the user names reports and streams; no network, no environment, no `Deno.Command`.
 *
 * The executable that the program is put into is Deno's: the file that DENORT_BIN names,
 * otherwise the one in Deno's cache, otherwise Deno fetches it. Only its icon can be changed: the
 * version in the file's properties stays Deno's; `jobbox --version` prints the tool's.
 *
 * @module
 */
import { bundleTool, START_FILE, toolRecipe } from "../tools/host/bundle.ts";
import { exists } from "../tools/host/command.ts";
import { HostError } from "../tools/host/host_error.ts";
import { PERMISSIONS } from "../tools/host/jobbox.ts";
import { writeStderr } from "../tools/host/progress.ts";
import { PROJECT } from "../tools/host/project.ts";
import { defined } from "../values/defined.ts";
import { type Problem, problemOfBase, type Target, TARGETS } from "./base.ts";

/** The flags of V8 that the tool is compiled with. */
export const V8_FLAGS: readonly string[] = [];

/** What is compiled, and with what. */
export interface Compilation {
  /** The processor. */
  readonly target: Target;
  /** The module to compile. */
  readonly entry: string;
  /** Where the executable goes. */
  readonly output: string;
  /** The Deno that compiles: its program and version; absent means the running one. */
  readonly deno?: { readonly program: string; readonly version: string };
  /** The flags of permissions; absent means those of jobbox. */
  readonly permissions?: readonly string[];
  /** Flags of V8 that are baked in; absent means those of jobbox. */
  readonly v8Flags?: readonly string[];
  /** The base; absent means the one that DENORT_BIN names, or Deno's own. */
  readonly base?: string;
}

/**
 * The arguments of `deno` that compile the tool.
 *
 * @param compilation What is compiled.
 * @returns The subcommand, flags and entry.
 */
export function compileArguments(compilation: Compilation): string[] {
  const { target, entry, output, permissions = PERMISSIONS, v8Flags = V8_FLAGS } = compilation;
  return [
    ...["compile", "--no-check", "--no-config", ...permissions],
    // The cache would be a file in the temporary folder, whose code runs; it saves no time here.
    "--no-code-cache",
    ...v8Flags.length === 0 ? [] : [`--v8-flags=${v8Flags.join(",")}`],
    ...["--icon", `${PROJECT}/assets/icon.ico`],
    ...["--target", TARGETS[target], "--output", output, entry],
  ];
}

/**
 * Where the executable goes.
 *
 * @param target The processor.
 * @returns A path in the project.
 */
export function outputPath(target: Target): string {
  return `dist/${target}/jobbox.exe`;
}

/**
 * Returns why a compilation failed, and what to do.
 *
 * @param target The processor.
 * @param output What Deno wrote.
 * @returns Both as parts of a line.
 */
export function reasonOfFailure(target: Target, output: string): Problem {
  const name = TARGETS[target];
  if (/error sending request|dns error|Failed downloading|timed out/i.test(output)) {
    return {
      problem: `Deno's base for ${name} could not be fetched`,
      mend: `compile where there is a network, or set DENORT_BIN to denort.exe of Deno for ${name}`,
    };
  }
  if (/Failed to unpack archive|invalid Zip archive/i.test(output)) {
    return {
      problem: `Deno's base for ${name} in its cache is damaged`,
      mend: `remove denort-${name}.zip below DENO_DIR, which deno info names, and compile again`,
    };
  }
  const panic = /panicked at .*\n(.+)/.exec(output)?.[1];
  const said = panic ?? /error: (.+)/.exec(output)?.[1] ?? "nothing";
  return {
    problem: `deno compile ${panic === undefined ? "said" : "broke off"}: ${said}`,
    mend: "look at its flags in release/compile.ts",
  };
}

/**
 * Compiles one executable.
 *
 * @param compilation What is compiled, and with what.
 * @throws {HostError} If the base is unsuitable or missing, or `deno compile` fails.
 */
export async function compile(compilation: Compilation): Promise<void> {
  const { target, output, deno = { program: Deno.execPath(), version: Deno.version.deno } } =
    compilation;
  const base = compilation.base ?? (Deno.env.get("DENORT_BIN") || undefined);
  if (base !== undefined) checkBase(base, { target, version: deno.version });
  const { DENORT_BIN: _named, ...variables } = Deno.env.toObject();
  const finished = await new Deno.Command(deno.program, {
    args: compileArguments(compilation),
    env: {
      ...variables,
      ...defined({ DENORT_BIN: base }),
      NO_COLOR: "1",
      RUST_BACKTRACE: "0",
    },
    clearEnv: true,
    stdin: "null",
  }).output();
  if (finished.success) return;
  const decoder = new TextDecoder();
  const said = decoder.decode(finished.stdout) + decoder.decode(finished.stderr);
  const { problem, mend } = reasonOfFailure(target, said);
  throw new HostError(`Cannot compile ${output}: ${problem}`, mend);
}

/** Only a suitable base makes a program that starts. */
function checkBase(
  path: string,
  wanted: { readonly target: Target; readonly version: string },
): void {
  const found = problemOfBase(readBase(path), wanted);
  if (found === undefined) return;
  throw new HostError(
    `Cannot compile for ${wanted.target} with the base ${path}: ${found.problem}`,
    found.mend,
  );
}

function readBase(path: string): Uint8Array<ArrayBuffer> {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    throw new HostError(`Cannot read the base ${path}: ${messageOf(error)}`, "look at DENORT_BIN");
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The executable, its checksum, and the source maps of what is in it. */
async function compileInto(output: string, target: Target): Promise<void> {
  const { folder } = await bundleTool(await toolRecipe("system"));
  const entry = `${folder}/${START_FILE}`;
  const place = output.slice(0, output.lastIndexOf("/"));
  // Maps of an earlier build have other names.
  if (exists(place)) Deno.removeSync(place, { recursive: true });
  Deno.mkdirSync(place, { recursive: true });
  await compile({ target, entry, output });
  for (const { name } of Deno.readDirSync(folder)) {
    if (name.endsWith(".map")) Deno.copyFileSync(`${folder}/${name}`, `${place}/${name}`);
  }
  const bytes = await Deno.readFile(output);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  await Deno.writeTextFile(`${output}.sha256`, `${digest}  jobbox.exe\n`);
  writeStderr(`${output}: ${bytes.length} bytes, SHA-256 ${digest}\n`);
}

if (import.meta.main) {
  const wanted = Deno.args.length === 0 ? Object.keys(TARGETS) : Deno.args;
  const unknown = wanted.find((target) => !Object.hasOwn(TARGETS, target));
  try {
    if (unknown !== undefined) {
      const targets = Object.keys(TARGETS).join(" or ");
      throw new HostError(
        `Cannot compile for "${unknown}"`,
        `name ${targets}, or nothing for both`,
      );
    }
    for (const target of wanted as Target[]) await compileInto(outputPath(target), target);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    writeStderr(`${error.toLine()}\n`);
    Deno.exitCode = 1;
  }
}
