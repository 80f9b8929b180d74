/**
 * Runs the real tool as a separate process, as a user does, with only its permissions.
 *
 * @module
 */
import { SYSTEM_DIRECTORY } from "../../ffi/dll.ts";
import { dllPath } from "../../ffi/dll.ts";
import { DenoProcess, type DenoRun, runDeno } from "./deno_process.ts";

/** The child program, relative to the project's folder. */
export const CHILD = "tests/children/build/child.exe";

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * The configuration that this test runs under itself: the kernel is the same for what it starts.
 *
 * @returns Flags of Deno; none on Windows.
 */
export function configFlags(): string[] {
  const substituted = !dllPath("kernel32", "CreateJobObjectW").startsWith(SYSTEM_DIRECTORY);
  const config = substituted ? ".deno.jobsim.json" : ".deno.bare.json";
  return exists(config) ? [`--config=${config}`] : [];
}

/** The compiled tool, where the tests of the tool run once more on that. */
const COMPILED = Deno.env.get("JOBBOX_TEST_EXECUTABLE_JOBSIM") || undefined;

/** The program that is the tool: this Deno, or the compiled tool. */
export const JOBBOX_PROGRAM = COMPILED ?? Deno.execPath();

/**
 * The arguments of {@linkcode JOBBOX_PROGRAM} that run the tool.
 *
 * @param args The tool's arguments.
 * @returns The program's arguments.
 */
export function jobboxArgs(args: readonly string[]): string[] {
  if (COMPILED !== undefined) return [...args];
  return [
    "run",
    ...configFlags(),
    ...["--no-prompt", "--no-check", "--allow-ffi", "--allow-read", "--allow-write"],
    "cli.ts",
    ...args,
  ];
}

/** What a finished tool left. */
export interface JobboxResult {
  /** Its exit code, unsigned as Windows has it. */
  readonly code: number;
  /** What it and its command wrote to stdout. */
  readonly out: string;
  /** What it and its command wrote to stderr. */
  readonly err: string;
  /** The bytes that were written to stdout. */
  readonly bytes: Uint8Array;
}

/**
 * Runs the tool to its end.
 *
 * @param args The tool's arguments.
 * @param options Input, variables and the deadline.
 * @returns What it left.
 */
export async function jobbox(
  args: readonly string[],
  options: DenoRun = {},
): Promise<JobboxResult> {
  const { bytes, code, stdout, stderr } = await runDeno(jobboxArgs(args), {
    program: JOBBOX_PROGRAM,
    ...options,
  });
  return { code: code >>> 0, out: stdout, err: stderr, bytes };
}

/**
 * Starts the tool, to be talked with.
 *
 * @param args The tool's arguments.
 * @returns The running tool.
 */
export function startJobbox(args: readonly string[]): DenoProcess {
  return new DenoProcess(jobboxArgs(args), { program: JOBBOX_PROGRAM });
}

let counter = 0;

/**
 * A job's name that nobody else has.
 *
 * @returns The name.
 */
export function uniqueName(): string {
  return `jobbox-test-${Deno.pid}-${++counter}-${crypto.randomUUID().slice(0, 8)}`;
}
