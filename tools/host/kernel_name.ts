/**
 * Names the kernel that a ring of tests ran on.
 *
 * @module
 */

import { exists } from "./command.ts";
import { findEntrance } from "./enter.ts";
import { describeExecutables, testExecutables } from "./executable.ts";
import { PROJECT } from "./project.ts";
import type { Ring } from "./rings.ts";
import { findWine, wineVersion } from "./rootfs.ts";

/**
 * Names the Windows kernel under a ring.
 *
 * @param ring The ring.
 * @returns For example `Windows 10.0.26100` or `Wine 10.0 + jobsim`; `undefined` for a ring that
 * needs none.
 */
export async function kernelName(ring: Ring): Promise<string | undefined> {
  if (ring === "executable") {
    return `${await systemName()}, ${describeExecutables(await testExecutables())}`;
  }
  if (ring === "engine") {
    return `HTCondor for Linux with ${await systemName()} + jobsim, without WM_CLOSE, exit codes of ` +
      "32 bits, condor_chirp.exe and accounts of slots";
  }
  if (!ring.startsWith("windows")) return undefined;
  const system = await systemName();
  if (Deno.build.os === "windows") return system;
  if (ring === "windows-other-model") return `${system} + jobsim's other model`;
  const simulated = ring === "windows" && exists(`${PROJECT}/tools/host/build/jobsim.dll`);
  return simulated ? `${system} + jobsim` : system;
}

async function systemName(): Promise<string> {
  if (Deno.build.os === "windows") return `Windows ${Deno.osRelease()}`;
  const entrance = await findEntrance(await findWine());
  const version = await wineVersion(entrance.command(["wine", "--version"], "/"));
  return version.replace(/^wine-/, "Wine ").replace(/ \(.*/, "");
}
