/**
 * An agent's command: runs what a model asked for and returns a result of bounded size.
 *
 *     deno run --allow-ffi --allow-env=PATH examples/agent_command.ts SECONDS COMMAND [ARGUMENT…]
 *
 * Prints one line of JSON: how the command ended, what it wrote, and which limits it reached. The
 * exit code is 0 when there is a result, whatever the command did, and 2 when there is none.
 *
 * A job limits what a command uses and leaves nothing running. It is not a security boundary: the
 * command can read the user's files and open sockets.
 */
// deno-lint-ignore-file no-console -- this program prints its result
import { JobObject } from "@jobbox/jobobject";

/** The kept part of an output: a model reads the beginning and the end. */
const HEAD = 8 * 1024;
const TAIL = 8 * 1024;

interface Kept {
  readonly text: string;
  /** Bytes in the middle that were left out. */
  readonly omitted: number;
}

/** Reads a stream to its end, but never holds more of it than is kept. */
async function keep(stream: ReadableStream<Uint8Array>): Promise<Kept> {
  let head = new Uint8Array();
  let tail = new Uint8Array();
  let omitted = 0;
  for await (const chunk of stream) {
    const free = HEAD - head.length;
    head = joined(head, chunk.subarray(0, free));
    const all = joined(tail, chunk.subarray(free));
    omitted += Math.max(0, all.length - TAIL);
    tail = all.slice(-TAIL);
  }
  const [begin, end] = [head, tail].map((bytes) => new TextDecoder().decode(bytes));
  return { text: omitted === 0 ? `${begin}${end}` : `${begin}\n…\n${end}`, omitted };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

async function answer(seconds: number, command: string, args: readonly string[]): Promise<unknown> {
  await using job = JobObject.create({
    killOnClose: true,
    limits: {
      jobMemory: 1024 ** 3,
      activeProcesses: 32,
      // No access to the clipboard, no logging off, no messages to windows of other processes.
      ui: ["readClipboard", "writeClipboard", "exitWindows", "handles"],
    },
  });
  // After this time the whole tree ends, with every process that still holds the pipes open.
  const timer = setTimeout(() => job.terminate(), seconds * 1000);
  try {
    const child = job.spawn(command, {
      args,
      // The environment of an agent contains keys that its commands must not see.
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    const [stdout, stderr, status] = await Promise.all([
      keep(child.stdout),
      keep(child.stderr),
      child.status,
    ]);
    return {
      success: status.success,
      exitCode: status.code,
      timedOut: status.endedBy === "terminate",
      stdout,
      stderr,
      limitsReached: (await job.limitsReached()).map(({ limit }) => limit),
      processes: job.stats().processes.total,
    };
  } finally {
    clearTimeout(timer);
  }
}

try {
  const [seconds, command, ...args] = Deno.args;
  if (!(Number(seconds) > 0) || command === undefined) {
    throw new TypeError("Usage: agent_command.ts SECONDS COMMAND [ARGUMENT…]");
  }
  console.log(JSON.stringify(await answer(Number(seconds), command, args)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exitCode = 2;
}
