/**
 * Runs this system's own Deno with the arguments it is given, and with the standard library where
 * JSR is out of reach: `deno run -A tests/host/own_deno.ts SUBCOMMAND ARGUMENT…`
 *
 * @module
 */

import { HostError } from "./host_error.ts";
import { writeStderr } from "./progress.ts";
import { runHere } from "./run_in_wine.ts";
import { stdFlags } from "./std.ts";

if (import.meta.main) {
  const [subcommand = "help", ...args] = Deno.args;
  try {
    const flags = await stdFlags(subcommand);
    Deno.exitCode = await runHere([Deno.execPath(), subcommand, ...flags, ...args]);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    writeStderr(`${error.toLine()}\n`);
    Deno.exitCode = 125;
  }
}
