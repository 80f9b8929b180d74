/**
 * A test runner: every test is a program in its own job, with its own limits.
 *
 *     deno run --allow-ffi --allow-read examples/test_runner.ts TESTS.json
 *
 * The file contains a list such as
 *
 *     [{ "name": "parser", "command": ["parser_test.exe", "--all"], "seconds": 10, "mebibytes": 256 }]
 *
 * The results are lines of the Test Anything Protocol. The exit code is 1 when a test fails, 2 when
 * the list cannot be used.
 */
// deno-lint-ignore-file no-console -- this program speaks to people
import { JobObject } from "@jobbox/jobobject";

interface Test {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  readonly seconds: number;
  readonly mebibytes: number;
}

/** Runs a test and returns why it failed, or `undefined`. */
async function failure({ command, seconds, mebibytes }: Test): Promise<string | undefined> {
  const [program, ...args] = command;
  // A job for each, so that a test that hangs or leaks does not affect the others.
  await using job = JobObject.create({
    killOnClose: true,
    limits: { jobMemory: mebibytes * 1024 ** 2, activeProcesses: 32 },
  });
  const child = job.spawn(program, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(seconds * 1000),
  });
  const { success, code, endedBy, stdout, stderr } = await child.output();
  if (success) return undefined;

  const limits = (await job.limitsReached()).map(({ limit }) => limit);
  const reason = endedBy === "timeout"
    ? `not done after ${seconds} s`
    : `exit code ${code}${limits.length === 0 ? "" : `, limit reached: ${limits.join(", ")}`}`;
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("").trimEnd();
  return text === "" ? reason : `${reason}\n${text}`;
}

function isTest(value: unknown): value is Test {
  const { name, command, seconds, mebibytes } = Object(value);
  return typeof name === "string" && Array.isArray(command) && command.length > 0 &&
    command.every((word) => typeof word === "string") && seconds > 0 && mebibytes > 0;
}

async function readTests(path: string): Promise<Test[]> {
  const tests: unknown = JSON.parse(await Deno.readTextFile(path));
  if (Array.isArray(tests) && tests.length > 0 && tests.every(isTest)) return tests;
  throw new TypeError(`${path} must hold a list of tests, each with its limits`);
}

async function runAll(tests: readonly Test[]): Promise<number> {
  console.log(`1..${tests.length}`);
  let failed = 0;
  const waiting = tests.entries();
  const worker = async (): Promise<void> => {
    for (const [at, test] of waiting) {
      // A test that could not be started has failed; the others go on.
      const why = await failure(test).catch((error) => `not started: ${error.message}`);
      if (why !== undefined) failed++;
      console.log(`${why === undefined ? "ok" : "not ok"} ${at + 1} - ${test.name}`);
      if (why !== undefined) console.log(why.replace(/^/gm, "# "));
    }
  };
  // The workers share one iterator, so each takes the next test when it is free.
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, worker));
  return failed === 0 ? 0 : 1;
}

try {
  const [path] = Deno.args;
  if (path === undefined) throw new TypeError("Usage: test_runner.ts TESTS.json");
  Deno.exitCode = await runAll(await readTests(path));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exitCode = 2;
}
