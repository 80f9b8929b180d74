/**
 * Runs the tools that provisioning needs.
 *
 * @module
 */

import { defined } from "../../values/defined.ts";
import { HostError } from "./host_error.ts";

/** The result of a finished tool. */
export interface Finished {
  /** The exit code; a signal counts as 128 plus its number. */
  readonly code: number;
  /** What it wrote to stdout. */
  readonly stdout: string;
  /** What it wrote to stderr. */
  readonly stderr: string;
}

/** How {@linkcode run} starts a tool. */
export interface RunOptions {
  /** The working folder; absent means that of this process. */
  readonly cwd?: string;
  /** Variables on top of those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gives it `env` alone; absent means `false`. */
  readonly clearEnv?: boolean;
  /** Ends the tool when aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a tool to its end and collects its output.
 *
 * @param command The tool and its arguments.
 * @param options See {@linkcode RunOptions}.
 * @returns Its exit code and output; code 127 for a missing tool.
 */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [program = "", ...args] = command;
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      ...defined({ cwd: options.cwd, env: options.env }),
      clearEnv: options.clearEnv ?? false,
      ...defined({ signal: options.signal }),
    }).output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { code: 127, stdout: "", stderr: `${program} is not installed` };
  }
}

/**
 * Runs a tool that must succeed.
 *
 * @param command The tool and its arguments.
 * @param options Its purpose, the advice to print, and {@linkcode RunOptions}.
 * @returns Its stdout.
 * @throws {HostError} If its exit code is not 0.
 */
export async function runOrFail(
  command: readonly string[],
  options: RunOptions & { readonly what: string; readonly mend: string },
): Promise<string> {
  const { code, stdout, stderr } = await run(command, options);
  if (code !== 0) {
    throw new HostError(
      `Cannot ${options.what}: ${command[0]} ended with ${code}, ${tellingLine(stderr || stdout)}`,
      options.mend,
    );
  }
  return stdout;
}

/**
 * Returns the line of a tool's output that most likely says why it failed.
 *
 * @param output The tool's output.
 * @returns Its first line that names an error, otherwise its last line, otherwise "it said
 * nothing".
 */
export function tellingLine(output: string): string {
  const lines = output.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  // Later error lines of apt-get, npm and gcc only refer to an earlier one.
  const named = lines.find((line) => /\berror\b|^E:|undefined reference|failed/i.test(line));
  return named ?? lines.at(-1) ?? "it said nothing";
}

/**
 * Finds a program on PATH.
 *
 * @param name The program's file name.
 * @returns Its path, or `undefined` when no folder of PATH has it.
 */
export function findOnPath(name: string): string | undefined {
  const separator = Deno.build.os === "windows" ? ";" : ":";
  for (const folder of (Deno.env.get("PATH") ?? "").split(separator)) {
    if (folder === "") continue;
    const path = `${folder}/${name}`;
    if (isReachable(path)) return path;
  }
  return undefined;
}

/** Like a shell, skips folders of PATH that it may not read. */
function isReachable(path: string): boolean {
  try {
    return exists(path);
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

/**
 * Returns whether a file or folder exists, following links.
 *
 * @param path Its path.
 * @returns `false` if nothing exists there.
 */
export function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
