/**
 * What the GitHub Action does: fetches one version of jobbox, compares it with its checksum, runs a
 * script under limits, and reports it on the page of the run.
 *
 * `action.yml` passes its inputs as variables. Nothing runs before everything is checked.
 *
 * @module
 */
import { join } from "node:path";
import type { RunRecord } from "../cli/report/record.ts";
import { renderSummary } from "../cli/report/summary.ts";
import { executableName, fileUrl } from "../release/names.ts";

/** The inputs are wrong, or what they name cannot be fetched. */
export class ActionError extends Error {
  /** `"ActionError"`. */
  override readonly name = "ActionError";
}

/** How each shell runs a script: the script's suffix and first line, and the command line. */
const SHELLS = {
  cmd: {
    suffix: "cmd",
    begin: "@echo off\r\n",
    end: "",
    command: (path: string) => ["cmd", "/d", "/c", path],
  },
  pwsh: powershell("pwsh"),
  powershell: powershell("powershell"),
} as const;

/** As GitHub's own steps do: the first error stops, and a program's exit code is the script's. */
function powershell(program: string) {
  return {
    suffix: "ps1",
    // Windows PowerShell reads a script without this mark in the old code page.
    begin: "\ufeff$ErrorActionPreference = 'stop'\r\n",
    end: "\r\nif (Test-Path -LiteralPath variable:\\LASTEXITCODE) { exit $LASTEXITCODE }\r\n",
    command: (path: string) => [
      ...[program, "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", path],
    ],
  };
}

/** The inputs of the action. */
export interface Inputs {
  /** The version of jobbox. */
  readonly version: string;
  /** The SHA-256 of its executable, lower case. */
  readonly sha256: string;
  /** The repository that released it. */
  readonly repository: string;
  /** The server that has the repository. */
  readonly server: string;
  /** Options of `jobbox run`, as words. */
  readonly options: readonly string[];
  /** The script to run. */
  readonly script: string;
  /** What runs it. */
  readonly shell: keyof typeof SHELLS;
  /** A folder for the executable, the script, the record and the page. */
  readonly folder: string;
  /** The file of GitHub that takes the summary. */
  readonly summaryFile: string;
  /** The file of GitHub that takes the outputs. */
  readonly outputFile: string;
}

/** Each line is an option and, after the first blank, its value. */
function readOptions(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "")
    .flatMap((line) => {
      const [, option, value] = /^(--[a-z][a-z-]*)(?:\s+(.+))?$/.exec(line) ?? [];
      if (option === undefined) {
        throw new ActionError(`options: cannot read "${line}": write one --option VALUE per line`);
      }
      return value === undefined ? [option] : [option, value];
    });
}

/**
 * Reads the inputs.
 *
 * @param variable Returns a variable.
 * @returns The inputs, checked.
 * @throws {ActionError} If one is missing or has a wrong form.
 */
export function readInputs(variable: (name: string) => string | undefined): Inputs {
  const take = (name: string, shape: RegExp, what: string): string => {
    const value = variable(name)?.trim() ?? "";
    if (shape.test(value)) return value;
    throw new ActionError(`${name} is "${value}": expected ${what}`);
  };
  const anything = /./s;
  const shell = take("JOBBOX_SHELL", anything, Object.keys(SHELLS).join(", "));
  if (!Object.hasOwn(SHELLS, shell)) {
    throw new ActionError(`shell: "${shell}" is not one of ${Object.keys(SHELLS).join(", ")}`);
  }
  return {
    version: take("JOBBOX_VERSION", /^\d+\.\d+\.\d+$/, "a version such as 0.1.0"),
    sha256: take("JOBBOX_SHA256", /^[0-9a-f]{64}$/i, "the 64 digits of the .sha256 file")
      .toLowerCase(),
    repository: take("JOBBOX_REPOSITORY", /^[\w.-]+\/[\w.-]+$/, "OWNER/NAME"),
    server: take("GITHUB_SERVER_URL", /^https?:\/\/[^/]+$/, "the address of a server"),
    options: readOptions(variable("JOBBOX_OPTIONS") ?? ""),
    script: take("JOBBOX_RUN", anything, "a script"),
    shell: shell as keyof typeof SHELLS,
    // cmd.exe reads a slash as the start of an option, so the separator is the system's.
    folder: join(take("RUNNER_TEMP", anything, "a folder"), `jobbox-${crypto.randomUUID()}`),
    summaryFile: take("GITHUB_STEP_SUMMARY", anything, "a file"),
    outputFile: take("GITHUB_OUTPUT", anything, "a file"),
  };
}

/**
 * Fetches the executable into the folder.
 *
 * @param inputs The inputs.
 * @returns Its path.
 * @throws {ActionError} If there is no such version, or its checksum differs; then it is not kept.
 */
export async function fetchExecutable(inputs: Inputs): Promise<string> {
  const { version, sha256, server, folder } = inputs;
  const target = Deno.build.arch === "aarch64" ? "arm64" : "x64";
  const url = fileUrl(inputs, executableName(version, target), server);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(300_000) });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`the server says ${response.status}`);
    }
    bytes = await response.bytes();
  } catch (error) {
    throw new ActionError(`Cannot fetch ${url}: ${error instanceof Error ? error.message : error}`);
  }
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  if (found !== sha256) {
    throw new ActionError(`${url} has the SHA-256 ${found}, expected ${sha256}: not run`);
  }
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, "jobbox.exe");
  await Deno.writeFile(path, bytes, { mode: 0o755 });
  return path;
}

/**
 * Writes a script as its shell reads it.
 *
 * @param shell The shell.
 * @param script The lines of the input.
 * @returns The text of the file, with the line ends of Windows.
 */
export function scriptText(shell: keyof typeof SHELLS, script: string): string {
  const { begin, end } = SHELLS[shell];
  return `${begin}${script.replace(/\r?\n/g, "\r\n")}${end}`;
}

/**
 * Runs the script under limits and reports it.
 *
 * @param inputs The inputs.
 * @param executable The path of jobbox.
 * @returns The exit code of jobbox.
 * @throws {ActionError} If jobbox left no record.
 */
export async function runScript(inputs: Inputs, executable: string): Promise<number> {
  const { folder, options, script, shell } = inputs;
  const { suffix, command } = SHELLS[shell];
  const file = join(folder, `script.${suffix}`);
  await Deno.writeTextFile(file, scriptText(shell, script));
  const [record, page] = [join(folder, "record.json"), join(folder, "report.html")];
  const { code } = await new Deno.Command(executable, {
    args: ["run", ...options, "--report", record, "--report", page, "--", ...command(file)],
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  const told = await readRecord(record);
  const summary = renderSummary(told);
  // A longer fence than any in the text keeps it one block.
  const fence = "`".repeat(
    Math.max(3, ...(summary.match(/`+/g) ?? []).map((run) => run.length + 1)),
  );
  const block = `### jobbox\n\n${fence}text\n${summary}${fence}\n`;
  await Deno.writeTextFile(inputs.summaryFile, block, { append: true });
  const outputs = { verdict: told.verdict, "exit-code": code, record, page };
  const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`);
  await Deno.writeTextFile(inputs.outputFile, lines.join(""), { append: true });
  return code;
}

async function readRecord(path: string): Promise<RunRecord> {
  try {
    const record = JSON.parse(await Deno.readTextFile(path));
    if (record.schema === "urn:jobbox:run-record:1") return record;
  } catch {
    // Reported below, as for a record of another kind.
  }
  throw new ActionError(
    "jobbox left no record that this action can read, so it is unknown how the run ended",
  );
}

if (import.meta.main) {
  try {
    const inputs = readInputs((name) => Deno.env.get(name));
    Deno.exitCode = await runScript(inputs, await fetchExecutable(inputs));
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    // GitHub shows such a line as an error of the step.
    const line = `::error::${error.message.replaceAll("\n", " ")}\n`;
    Deno.stdout.writeSync(new TextEncoder().encode(line));
    Deno.exitCode = 1;
  }
}
