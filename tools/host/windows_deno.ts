/**
 * Runs the Windows Deno: on Windows the current program, on Linux under Wine.
 *
 * @module
 */

import { cached } from "./cache.ts";
import { withHostFlags } from "./deno_arguments.ts";
import { findEntrance } from "./enter.ts";
import { buildNative, hostTargets } from "./native.ts";
import { linkNpmCache, npmCache } from "./npm_cache.ts";
import { fetchNpmPackage } from "./packages.ts";
import { takeSlot } from "./prefix.ts";
import { PROJECT } from "./project.ts";
import { findWine } from "./rootfs.ts";
import { runHere, runInWine } from "./run_in_wine.ts";
import { joinSession } from "./session.ts";
import { DENO_INTEGRITY, DENO_PACKAGE, DENO_VERSION } from "./versions.ts";
import { windowsFlags } from "./windows_flags.ts";

/** How {@linkcode runWindowsDeno} runs it. */
export interface WindowsDenoOptions {
  /** Whether to use plain Wine, without jobsim. No effect on Windows. */
  readonly bare: boolean;
  /**
   * Whether to use the Wine that all such runs of this user share, so that they see each other's
   * jobs.
   */
  readonly shared: boolean;
}

/**
 * Runs the Windows Deno with the project as its working folder and this process's stdio.
 *
 * @param args The arguments of Deno, the subcommand first.
 * @param options See {@linkcode WindowsDenoOptions}.
 * @returns Its exit code. Under Wine it has 8 bits: the low bits of the Windows code, but 1 if
 * those are 0 and the code is not, so that a failure never looks like a success.
 * @throws {HostError} If something is missing that cannot be provisioned.
 */
export async function runWindowsDeno(
  args: readonly string[],
  options: WindowsDenoOptions,
): Promise<number> {
  if (Deno.build.os === "windows") return await runHere([Deno.execPath(), ...args]);
  const wine = await findWine();
  const entrance = await findEntrance(wine);
  const deno = await cached(`deno-win32-${DENO_VERSION}`, {
    what: "the Windows Deno",
    make: (path) =>
      fetchNpmPackage(path, {
        name: DENO_PACKAGE,
        version: DENO_VERSION,
        integrity: DENO_INTEGRITY,
        size: "42 MB, 97 MB unpacked",
      }),
  });
  await buildNative(hostTargets(PROJECT), { keepOlder: true });
  const take = options.shared ? joinSession : takeSlot;
  using slot = await take(wine, entrance);
  if (args[0] === "test") linkNpmCache(slot.denoDir, await npmCache());
  const program = [
    `${deno}/deno.exe`,
    ...withHostFlags(args, await windowsFlags(options)),
  ];
  return await runInWine(program, { slot, cwd: PROJECT });
}
