/**
 * A build step: a command and everything it starts, inside limits, with what they used.
 *
 *     deno run --allow-ffi examples/build_step.ts SECONDS COMMAND [ARGUMENT…]
 *     deno run --allow-ffi examples/build_step.ts 600 npm.cmd run build
 *
 * The exit code is the command's own, 124 when the time ran out, 125 when nothing was started.
 */
// deno-lint-ignore-file no-console -- this program speaks to people
import { JobObject } from "@jobbox/jobobject";

const MIB = 1024 ** 2;

async function build(seconds: number, command: string, args: readonly string[]): Promise<number> {
  // The end of the scope ends what the build left running, such as a compiler's server.
  await using job = JobObject.create({
    killOnClose: true,
    limits: { jobMemory: 2048 * MIB, activeProcesses: 64 },
  });
  const child = job.spawn(command, { args, signal: AbortSignal.timeout(seconds * 1000) });
  const { success, code, endedBy } = await child.status;

  const { memory, processes, userTime, kernelTime } = job.stats();
  const cpu = ((userTime + kernelTime) / 1000).toFixed(1);
  const peak = Math.ceil(memory.peak / MIB);
  console.error(`${processes.total} processes, ${cpu} s of processor time, ${peak} MiB at most`);
  for (const { limit, evidence } of await job.limitsReached()) {
    console.error(`limit reached: ${limit} (reported by ${evidence})`);
  }

  if (endedBy === "timeout") {
    console.error(`not done after ${seconds} s`);
    return 124;
  }
  // A command ended from outside can have code 0 and is still not a success.
  return success ? 0 : code || 1;
}

const [seconds, command, ...args] = Deno.args;
if (!(Number(seconds) > 0) || command === undefined) {
  console.error("Usage: build_step.ts SECONDS COMMAND [ARGUMENT…]");
  Deno.exitCode = 125;
} else {
  try {
    Deno.exitCode = await build(Number(seconds), command, args);
  } catch (error) {
    // Not Windows, no such command, or a limit that this system does not enforce.
    console.error(error instanceof Error ? error.message : error);
    Deno.exitCode = 125;
  }
}
