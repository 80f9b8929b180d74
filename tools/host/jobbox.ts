/**
 * Runs the tool: on Windows directly, on Linux in the Windows build of Deno under Wine.
 *
 * `deno run -A tools/host/jobbox.ts ARGUMENT…`
 *
 * It runs as one bundled module from the cache, which starts twice as fast as its sources. If no
 * bundle can be made, the sources run.
 *
 * @module
 */

import { BUNDLE_FILE, bundleTool, toolRecipe } from "./bundle.ts";
import { HostError } from "./host_error.ts";
import { buildNative, hostTargets } from "./native.ts";
import { progress, writeStderr } from "./progress.ts";
import { PROJECT } from "./project.ts";
import { windowsPath } from "./run_in_wine.ts";
import { runWindowsDeno } from "./windows_deno.ts";

/** The permissions of the tool, as its executable has them. */
export const PERMISSIONS = ["--no-prompt", "--allow-ffi", "--allow-read", "--allow-write"];

/**
 * The arguments of Deno that run the tool.
 *
 * @returns The subcommand, its flags and the program; the tool's own arguments follow.
 */
export async function toolArguments(): Promise<string[]> {
  const args = ["run", "--no-check", ...PERMISSIONS];
  try {
    const { folder } = await bundleTool(await toolRecipe("jobsim"));
    const path = `${folder}/${BUNDLE_FILE}`;
    return [...args, "--no-config", Deno.build.os === "windows" ? path : windowsPath(path)];
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    progress(`running jobbox from its sources, which start slower: ${error.message}`);
    return [...args, "cli.ts"];
  }
}

if (import.meta.main) {
  try {
    // The bundle must know whether jobsim is there.
    if (Deno.build.os !== "windows") await buildNative(hostTargets(PROJECT), { keepOlder: true });
    const args = [...await toolArguments(), ...Deno.args];
    Deno.exitCode = await runWindowsDeno(args, { bare: false, shared: true });
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    writeStderr(`${error.toLine()}\n`);
    Deno.exitCode = 125;
  }
}
