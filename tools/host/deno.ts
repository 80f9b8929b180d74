/**
 * Runs this machine's own Deno so that it finds the standard library.
 *
 * `deno run -A tools/host/deno.ts SUBCOMMAND ARGUMENT…`, for `check`, `lint`, `doc`, `publish`,
 * `test` and the like. If JSR can be reached, it adds nothing.
 *
 * @module
 */

import { HostError } from "./host_error.ts";
import { writeStderr } from "./progress.ts";
import { stdFlags } from "./std.ts";

if (import.meta.main) {
  const [subcommand = "help", ...args] = Deno.args;
  try {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [subcommand, ...await stdFlags(subcommand), ...args],
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn().status;
    Deno.exitCode = code;
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    writeStderr(`${error.toLine()}\n`);
    Deno.exitCode = 125;
  }
}
