/**
 * The npm packages of the tests, for the Windows build of Deno under Wine.
 *
 * Wine has certificates of its own, so that it cannot fetch what this machine can. This machine's
 * Deno fetches the packages once, into a cache that the Windows build then reads.
 *
 * @module
 */

import { cached } from "./cache.ts";
import { run, tellingLine } from "./command.ts";
import { HostError } from "./host_error.ts";
import { TEST_PACKAGES } from "./versions.ts";

/**
 * Fetches the packages where they are missing.
 *
 * @returns The folder that a Deno cache has under the name `npm`.
 * @throws {HostError} If they cannot be fetched.
 */
export async function npmCache(): Promise<string> {
  const name = TEST_PACKAGES.map((each) => each.replace(/\W+/g, "-")).join("-");
  const folder = await cached(name, {
    what: "the npm packages of the tests",
    make: async (path) => {
      const { code, stdout, stderr } = await run(
        [Deno.execPath(), "cache", "--no-config", "--no-lock", ...TEST_PACKAGES],
        { cwd: "/", env: { DENO_DIR: path } },
      );
      if (code === 0) return;
      throw new HostError(
        `Cannot fetch ${TEST_PACKAGES.join(", ")}: ${tellingLine(stderr || stdout)}`,
        "check the network, then run it again",
      );
    },
  });
  return `${folder}/npm`;
}

/**
 * Lets a Deno cache read the packages of another.
 *
 * @param denoDir The folder of the cache; made where it is missing.
 * @param npm The packages, as {@linkcode npmCache} gives them.
 */
export function linkNpmCache(denoDir: string, npm: string): void {
  const link = `${denoDir}/npm`;
  Deno.mkdirSync(denoDir, { recursive: true });
  try {
    if (Deno.readLinkSync(link) === npm) return;
  } catch {
    // None yet, or a folder of its own.
  }
  try {
    Deno.removeSync(link, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.symlinkSync(npm, link);
}
