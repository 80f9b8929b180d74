/**
 * A judge: runs a contestant's program on an input and compares what it writes.
 *
 *     deno run --allow-ffi --allow-read examples/judge.ts INPUT EXPECTED PROGRAM [ARGUMENT…]
 *
 * Prints a verdict with the time and memory used, as one line of JSON. The exit code is 0 for
 * "accepted", 1 for any other verdict, 2 when there is none.
 *
 * A job limits what a program uses. It does not block files or the network: run it under an
 * account that has neither.
 */
// deno-lint-ignore-file no-console -- this program prints its verdict
import { JobObject } from "@jobbox/jobobject";

const CPU_MS = 2_000;
const WALL_MS = 10_000;
const MEMORY = 256 * 1024 ** 2;
const OUTPUT = 1024 ** 2;

type Verdict =
  | "accepted"
  | "wrong answer"
  | "time limit exceeded"
  | "memory limit exceeded"
  | "output limit exceeded"
  | "runtime error";

interface Result {
  readonly verdict: Verdict;
  readonly milliseconds: number;
  readonly mebibytes: number;
}

/** Reads up to a number of bytes; `undefined` when there are more. */
async function readUpTo(
  stream: ReadableStream<Uint8Array>,
  most: number,
): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let count = 0;
  for await (const chunk of stream) {
    count += chunk.length;
    if (count > most) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Line ends and trailing blanks do not matter. */
function tidy(text: string): string {
  return text.replace(/[ \t\r]+$/gm, "").trimEnd();
}

async function judge(
  input: string,
  expected: string,
  [program, ...args]: readonly [string, ...string[]],
): Promise<Result> {
  await using job = JobObject.create({
    killOnClose: true,
    limits: { processUserTime: CPU_MS, processMemory: MEMORY, activeProcesses: 1 },
  });
  const child = job.spawn(program, {
    args,
    clearEnv: true,
    stdin: { path: input },
    stdout: "piped",
    stderr: "null",
    // A program that sleeps uses no processor time, so the wall time is limited too.
    signal: AbortSignal.timeout(WALL_MS),
  });
  const written = await readUpTo(child.stdout, OUTPUT);
  if (written === undefined) job.terminate();
  const { success, endedBy } = await child.status;

  const reached = new Set((await job.limitsReached()).map(({ limit }) => limit));
  const verdict = (): Verdict => {
    if (written === undefined) return "output limit exceeded";
    if (endedBy === "timeout" || reached.has("processUserTime")) return "time limit exceeded";
    if (success) return tidy(written) === tidy(expected) ? "accepted" : "wrong answer";
    // Windows refuses the allocation; the program then usually crashes.
    return reached.has("processMemory") ? "memory limit exceeded" : "runtime error";
  };
  const { userTime, memory } = job.stats();
  return {
    verdict: verdict(),
    milliseconds: Math.round(userTime),
    mebibytes: Math.ceil(memory.peak / 1024 ** 2),
  };
}

try {
  const [input, expectedPath, program, ...args] = Deno.args;
  if (input === undefined || expectedPath === undefined || program === undefined) {
    throw new TypeError("Usage: judge.ts INPUT EXPECTED PROGRAM [ARGUMENT…]");
  }
  const result = await judge(input, await Deno.readTextFile(expectedPath), [program, ...args]);
  console.log(JSON.stringify(result));
  Deno.exitCode = result.verdict === "accepted" ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exitCode = 2;
}
