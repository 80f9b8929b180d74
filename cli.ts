/**
 * The `jobbox` tool: runs a command in a job object under limits and reports what happened.
 *
 * @example Run it
 * ```sh
 * deno run --allow-ffi --allow-read --allow-write cli.ts run --memory 512M -- node build.js
 * ```
 *
 * @module
 */
import { main } from "./cli/main.ts";

/**
 * Runs the tool by this process's arguments, and ends the process with its exit code.
 *
 * @example Run it from a program of another name
 * ```ts ignore
 * import { start } from "@jobbox/jobobject/cli";
 *
 * await start();
 * ```
 *
 * @returns Never.
 */
export async function start(): Promise<never> {
  // Not Deno.exitCode: nothing that is still pending, such as a console event that hangs in the
  // system, may keep the tool alive once it has its exit code.
  Deno.exit(await main());
}

if (import.meta.main) await start();
