/**
 * Runs a Windows program other than Deno: directly on Windows, under Wine on Linux.
 *
 * `deno run -A tools/host/wine.ts PROGRAM ARGUMENT…`; a path is a path of this machine.
 *
 * @module
 */

import { findEntrance } from "./enter.ts";
import { HostError } from "./host_error.ts";
import { buildNative, hostTargets } from "./native.ts";
import { takeSlot } from "./prefix.ts";
import { writeStderr } from "./progress.ts";
import { PROJECT } from "./project.ts";
import { findWine } from "./rootfs.ts";
import { runHere, runInWine } from "./run_in_wine.ts";

/**
 * Runs a Windows program to its end with the project as its working folder.
 *
 * @param program The program and its arguments.
 * @returns Its exit code.
 * @throws {HostError} If Wine is missing and cannot be provisioned.
 */
export async function runWindowsProgram(program: readonly string[]): Promise<number> {
  if (Deno.build.os === "windows") return await runHere(program);
  await buildNative(hostTargets(PROJECT), { keepOlder: true });
  const wine = await findWine();
  const entrance = await findEntrance(wine);
  using slot = await takeSlot(wine, entrance);
  return await runInWine(program, { slot, cwd: PROJECT });
}

if (import.meta.main) {
  try {
    Deno.exitCode = await runWindowsProgram(Deno.args);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    writeStderr(`${error.toLine()}\n`);
    Deno.exitCode = 125;
  }
}
