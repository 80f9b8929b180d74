/**
 * The npm packages of the tests, for the Windows build of Deno under Wine.
 *
 * Wine has its own certificates, so it cannot fetch everything that this machine can. So this
 * machine's Deno fetches the packages once, into a cache that the Windows build then reads.
 *
 * @module
 */

import { cached } from "./cache.ts";
import { run, tellingLine } from "./command.ts";
import { readLock } from "./config.ts";
import { HostError } from "./host_error.ts";
import { PROJECT } from "./project.ts";
import { TEST_PACKAGES } from "./versions.ts";

/**
 * The packages, as deno.lock pins them.
 *
 * @returns Their npm specifiers.
 * @throws {HostError} If deno.lock lacks one of them.
 */
export function testPackages(): string[] {
  const known = Object.keys(readLock(PROJECT)?.["specifiers"] ?? {});
  return TEST_PACKAGES.map((name) => {
    const specifier = known.find((each) => each.startsWith(`npm:${name}@`));
    if (specifier !== undefined) return specifier;
    throw new HostError(`Cannot find npm:${name} in deno.lock`, "deno task lock, which writes it");
  });
}

/**
 * Fetches the packages if they are missing.
 *
 * @returns The folder for the entry `npm` of a Deno cache.
 * @throws {HostError} If they cannot be fetched.
 */
export async function npmCache(): Promise<string> {
  const packages = testPackages();
  const name = packages.map((each) => each.replace(/\W+/g, "-")).join("-");
  const folder = await cached(name, {
    what: "the npm packages of the tests",
    make: async (path) => {
      // The Windows build has no lock file under Wine, and then needs more than a fetch with one leaves.
      const { code, stdout, stderr } = await run(
        [Deno.execPath(), "cache", "--no-config", "--no-lock", ...packages],
        { cwd: "/", env: { DENO_DIR: path } },
      );
      if (code === 0) return;
      throw new HostError(
        `Cannot fetch ${packages.join(", ")}: ${tellingLine(stderr || stdout)}`,
        "check the network, then run it again",
      );
    },
  });
  return `${folder}/npm`;
}

/**
 * Makes a Deno cache use the packages of another.
 *
 * @param denoDir The folder of the cache; created if it is missing.
 * @param npm The packages, as {@linkcode npmCache} returns them.
 */
export function linkNpmCache(denoDir: string, npm: string): void {
  const link = `${denoDir}/npm`;
  Deno.mkdirSync(denoDir, { recursive: true });
  try {
    if (Deno.readLinkSync(link) === npm) return;
  } catch {
    // There is none yet, or a real folder.
  }
  try {
    Deno.removeSync(link, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.symlinkSync(npm, link);
}
