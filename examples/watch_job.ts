/**
 * Watches the job of another process until it is empty.
 *
 *     deno run --allow-ffi examples/watch_job.ts NAME [SECONDS]
 *
 * `NAME` is what `JobObject.create({ name })` or `jobbox run --name` was given; `SECONDS` between
 * two lines, 1 when absent. The exit code is 2 when there is no such job.
 */
// deno-lint-ignore-file no-console -- this program speaks to people
import { JobObject, Win32Error } from "@jobbox/jobobject";

const MIB = 1024 ** 2;

async function watch(name: string, seconds: number): Promise<void> {
  // Only the right to query: a watcher cannot change or end what it watches. But while it
  // has the job open, the end of the owner does not close it; so do not watch forever.
  using job = JobObject.open(name, { access: ["query"] });
  let before = job.stats();
  let at = performance.now();
  while (before.processes.active > 0) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const stats = job.stats();
    const time = performance.now();
    const used = stats.userTime + stats.kernelTime - before.userTime - before.kernelTime;
    // Share of the whole machine, as Windows counts it.
    const percent = (100 * used / (time - at) / navigator.hardwareConcurrency).toFixed(0);
    // Not every Windows reports the current memory; all report the peak.
    const { current, peak } = stats.memory;
    console.log(
      `${stats.processes.active} processes, ${percent} % of the processors, ` +
        `${current === undefined ? "?" : Math.ceil(current / MIB)} MiB (${
          Math.ceil(peak / MIB)
        } at most)`,
    );
    [before, at] = [stats, time];
  }
  console.log(`empty after ${before.processes.total} processes`);
}

try {
  const [name, seconds = "1"] = Deno.args;
  if (name === undefined || !(Number(seconds) > 0)) {
    throw new TypeError("Usage: watch_job.ts NAME [SECONDS]");
  }
  await watch(name, Number(seconds));
} catch (error) {
  const isMissing = error instanceof Win32Error && error.codeName === "ERROR_FILE_NOT_FOUND";
  console.error(
    isMissing ? `There is no job ${Deno.args[0]}` : error instanceof Error ? error.message : error,
  );
  Deno.exitCode = 2;
}
