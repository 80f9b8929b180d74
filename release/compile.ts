/**
 * Compiles `jobbox.exe`: `deno task compile [x64|arm64]…`, both when none is named.
 *
 * The permissions are baked in: foreign calls, and files to read and write, since the user names
 * reports and streams; no network, no environment, no `Deno.Command`. Deno fetches the executable
 * that the program is put into, so this needs a network or a filled cache of Deno. It takes an icon
 * and no other resource: the version in the file's properties stays Deno's, `jobbox --version` tells
 * the tool's.
 *
 * @module
 */
import { stdFlags } from "../tools/host/std.ts";

/** Deno's name of each processor. */
export const TARGETS = {
  x64: "x86_64-pc-windows-msvc",
  arm64: "aarch64-pc-windows-msvc",
} as const;

/** A processor that jobbox is compiled for. */
export type Target = keyof typeof TARGETS;

/** The permissions that are baked in. */
export const PERMISSIONS = ["--no-prompt", "--allow-ffi", "--allow-read", "--allow-write"];

/**
 * The arguments of `deno` that compile jobbox.
 *
 * @param target The processor.
 * @returns The subcommand, flags and entry.
 */
export async function compileArguments(target: Target): Promise<string[]> {
  return [
    "compile",
    ...await stdFlags("compile"),
    "--no-check",
    ...PERMISSIONS,
    "--icon",
    "assets/icon.ico",
    "--target",
    TARGETS[target],
    "--output",
    outputPath(target),
    "cli.ts",
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
 * Says in one line why a compilation failed.
 *
 * @param target The processor.
 * @param output What Deno wrote.
 * @returns The reason, with the mend where the reason is known.
 */
export function failureLine(target: Target, output: string): string {
  const reason = /error: (.+)/.exec(output)?.[1] ?? "deno compile said nothing";
  const mend = /denort|dl\.|error sending request|dns error/i.test(output)
    ? `Deno's own executable for ${
      TARGETS[target]
    } could not be fetched; compile where there is a ` +
      "network, as the release workflow does"
    : reason;
  return `Cannot compile ${outputPath(target)}: ${mend}`;
}

async function compile(target: Target): Promise<boolean> {
  const args = await compileArguments(target);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) {
    const decoder = new TextDecoder();
    write(failureLine(target, decoder.decode(stdout) + decoder.decode(stderr)));
    return false;
  }
  const bytes = await Deno.readFile(outputPath(target));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  await Deno.writeTextFile(`${outputPath(target)}.sha256`, `${digest}  jobbox.exe\n`);
  write(`${outputPath(target)}: ${bytes.length} bytes, SHA-256 ${digest}`);
  return true;
}

function write(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) {
  const wanted = Deno.args.length === 0 ? Object.keys(TARGETS) : Deno.args;
  const unknown = wanted.find((target) => !Object.hasOwn(TARGETS, target));
  if (unknown !== undefined) {
    write(`Cannot compile for "${unknown}": wanted ${Object.keys(TARGETS).join(" or ")}`);
    Deno.exit(1);
  }
  for (const target of wanted as Target[]) if (!await compile(target)) Deno.exit(1);
}
