/**
 * Tries a built executable as a user would: `deno run -A release/smoke.ts dist/x64/jobbox.exe`.
 *
 * Each line is one thing that a user relies on; the exit code is 1 when one of them fails.
 *
 * @module
 */

/** One trial of the tool. */
export interface Trial {
  /** What is shown. */
  readonly name: string;
  /** The tool's arguments. */
  readonly args: readonly string[];
  /** What is typed after them, letter by letter; Windows only. */
  readonly typed?: string;
  /** The exit code that it must have. */
  readonly code: number;
  /** What stdout must be or match. */
  readonly stdout?: string | RegExp;
  /** What stderr must match. */
  readonly stderr?: RegExp;
}

/** The trials. */
export const TRIALS: readonly Trial[] = [
  { name: "says its version", args: ["--version"], code: 0, stdout: /^jobbox \d+\.\d+\.\d+/ },
  { name: "says its help", args: ["--help"], code: 0, stdout: /Usage:[\s\S]*\brun\b/ },
  {
    name: "runs a command and passes its output on",
    args: ["run", "--", "cmd", "/c", "echo hello"],
    code: 0,
    stdout: "hello\r\n",
  },
  {
    name: "runs a line as it was typed",
    args: ["run", "--"],
    typed: 'cmd /c echo "a&b"',
    code: 0,
    stdout: '"a&b"\r\n',
  },
  { name: "passes an exit code on", args: ["run", "--", "cmd", "/c", "exit 7"], code: 7 },
  {
    name: "names a program that is not there",
    args: ["run", "--", "no-such-program"],
    code: 127,
    stderr: /no-such-program/,
  },
  { name: "refuses a wrong option", args: ["run", "--memry", "1G"], code: 125, stderr: /--memory/ },
  {
    name: "ends a command at its wall time",
    args: ["run", "--timeout", "1s", "--grace", "0s", "--", "ping", "-n", "30", "127.0.0.1"],
    code: 124,
  },
  {
    name: "ends what the command left behind",
    args: ["run", "--no-wait-tree", "--", "cmd", "/c", "start /b ping -n 30 127.0.0.1 >NUL"],
    code: 0,
  },
];

/**
 * Runs one trial.
 *
 * @param command The tool: its path, and arguments that come before the trial's.
 * @param trial What to try.
 * @returns What is wrong, or `undefined`.
 */
export async function attempt(
  command: readonly string[],
  trial: Trial,
): Promise<string | undefined> {
  const [program, ...before] = command;
  const result = await new Deno.Command(program!, {
    ...trial.typed === undefined
      ? { args: [...before, ...trial.args] }
      : { args: [...before, ...trial.args, trial.typed], windowsRawArguments: true },
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const stdout = new TextDecoder().decode(result.stdout);
  const stderr = new TextDecoder().decode(result.stderr);
  if (result.code !== trial.code) return `exit code ${result.code}, not ${trial.code}: ${stderr}`;
  const { stdout: wanted } = trial;
  const right = wanted === undefined ||
    (typeof wanted === "string" ? stdout === wanted : wanted.test(stdout));
  if (!right) return `stdout is ${JSON.stringify(stdout)}, not ${wanted}`;
  if (trial.stderr !== undefined && !trial.stderr.test(stderr)) {
    return `stderr is ${JSON.stringify(stderr)}, which does not match ${trial.stderr}`;
  }
  return undefined;
}

if (import.meta.main) {
  let failed = 0;
  for (const trial of TRIALS) {
    const problem = await attempt(Deno.args, trial);
    if (problem !== undefined) failed++;
    const line = `${problem === undefined ? "ok" : "FAILED"} ${trial.name}${
      problem === undefined ? "" : `: ${problem}`
    }\n`;
    Deno.stdout.writeSync(new TextEncoder().encode(line));
  }
  Deno.exit(failed === 0 ? 0 : 1);
}
