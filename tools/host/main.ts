/**
 * Runs the Windows Deno with the arguments it is given: itself on Windows, under Wine on Linux.
 *
 * `deno run -A tools/host/main.ts [--bare] [--shared] SUBCOMMAND ARGUMENT…`
 *
 * `--bare` leaves jobsim out; with `--shared` all such runs of a user see each other's jobs.
 *
 * @module
 */

import { HostError } from "./host_error.ts";
import { buildNative, childTargets } from "./native.ts";
import { writeStderr } from "./progress.ts";
import { PROJECT } from "./project.ts";
import { runWindowsDeno } from "./windows_deno.ts";

if (import.meta.main) {
  const own = new Set(["--bare", "--shared"]);
  const found = Deno.args.findIndex((argument) => !own.has(argument));
  const count = found < 0 ? Deno.args.length : found;
  const flags = Deno.args.slice(0, count);
  try {
    // What runs may start the child programs of the tests.
    if (Deno.build.os !== "windows") await buildNative(childTargets(PROJECT), { keepOlder: true });
    Deno.exitCode = await runWindowsDeno(Deno.args.slice(count), {
      bare: flags.includes("--bare"),
      shared: flags.includes("--shared"),
    });
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    writeStderr(`${error.toLine()}\n`);
    Deno.exitCode = 125;
  }
}
