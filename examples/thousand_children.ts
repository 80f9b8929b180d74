/**
 * A thousand children in one job: some at a time, counted by exit code, ended with their owner.
 *
 *     deno run --allow-ffi examples/thousand_children.ts [COUNT [COMMAND [ARGUMENT…]]]
 *
 * Without arguments it starts `cmd /c exit 0` 1000 times. The exit code is 0 when every child
 * succeeded.
 */
// deno-lint-ignore-file no-console -- this program speaks to people
import { JobObject } from "@jobbox/jobobject";

const AT_ONCE = 16;

async function runMany(count: number, command: string, args: readonly string[]): Promise<boolean> {
  const started = performance.now();
  await using job = JobObject.create({
    killOnClose: true,
    // Room for what each child may start, and an end for a program that starts itself again and again.
    limits: { activeProcesses: 4 * AT_ONCE },
  });
  const codes = new Map<string, number>();
  let succeeded = 0;
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left--;
      const child = job.spawn(command, { args, stdin: "null", stdout: "null" });
      const { success, code, endedBy } = await child.status;
      if (success) succeeded++;
      const how = endedBy === "itself" ? `exit code ${code}` : `ended by ${endedBy}`;
      codes.set(how, (codes.get(how) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  // A child's own children may outlast it.
  await job.wait();

  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const { processes, memory } = job.stats();
  for (const [how, times] of codes) console.log(`${times} × ${how}`);
  console.log(
    `${processes.total} processes in ${seconds} s, ${processes.active} left, ` +
      `${Math.ceil(memory.peak / 1024 ** 2)} MiB at most`,
  );
  return succeeded === count;
}

const [count = "1000", command = "cmd", ...args] = Deno.args;
try {
  if (!/^[1-9]\d{0,5}$/.test(count)) {
    throw new TypeError(`COUNT must be a whole number, not ${count}`);
  }
  const all = Deno.args.length < 2 ? ["/c", "exit 0"] : args;
  Deno.exitCode = await runMany(Number(count), command, all) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exitCode = 2;
}
