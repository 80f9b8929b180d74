/**
 * Runs the Windows Deno with the arguments it is given: itself on Windows, under Wine on Linux.
 *
 * `deno run -A tests/host/main.ts [--bare] SUBCOMMAND ARGUMENT…`
 *
 * @module
 */

import { HostError } from "./host_error.ts";
import { writeStderr } from "./progress.ts";
import { runWindowsDeno } from "./windows_deno.ts";

if (import.meta.main) {
  const bare = Deno.args[0] === "--bare";
  try {
    Deno.exitCode = await runWindowsDeno(bare ? Deno.args.slice(1) : Deno.args, { bare });
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    writeStderr(`${error.toLine()}\n`);
    Deno.exitCode = 125;
  }
}
