/**
 * Naming the kernel that a ring of tests ran on.
 *
 * @module
 */

import { exists } from "./command.ts";
import { findEntrance } from "./enter.ts";
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
  if (!ring.startsWith("windows")) return undefined;
  if (Deno.build.os === "windows") return `Windows ${Deno.osRelease()}`;
  const entrance = await findEntrance(await findWine());
  const version = await wineVersion(entrance.command(["wine", "--version"], "/"));
  const wine = version.replace(/^wine-/, "Wine ").replace(/ \(.*/, "");
  if (ring === "windows-other-model") return `${wine} + jobsim's other model`;
  const simulated = ring === "windows" && exists(`${PROJECT}/tools/host/build/jobsim.dll`);
  return simulated ? `${wine} + jobsim` : wine;
}
