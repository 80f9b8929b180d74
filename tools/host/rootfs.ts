/**
 * Finds a Wine that is new enough, or makes a Debian root folder that has one.
 *
 * @module
 */

import { cached, cacheRoot } from "./cache.ts";
import { exists, findOnPath, run, runOrFail, tellingLine } from "./command.ts";
import { suitingVariables } from "./environment.ts";
import { HostError } from "./host_error.ts";
import { asRoot, canBeRoot, ensureProgram } from "./packages.ts";
import { progress } from "./progress.ts";
import { KEYRING, makeUnpackedRoot } from "./unpacked_root.ts";
import { DEBIAN_SUITE, WINE_MAJOR } from "./versions.ts";

/** The files of /etc that describe this machine's network; they are the same inside. */
export const MACHINE_FILES: readonly string[] = ["/etc/resolv.conf", "/etc/hosts"];

/** The location of a Wine. */
export interface Wine {
  /** The root folder that holds it, or `undefined` if this machine's own Wine is new enough. */
  readonly rootfs: string | undefined;
  /** A name that differs for each Wine, because a prefix belongs to one Wine. */
  readonly id: string;
}

/**
 * Reads the major version from the output of `wine --version`.
 *
 * @param text For example `wine-10.0 (Debian 10.0~repack-6)`.
 * @returns The number before the first dot, or `undefined` for any other text.
 */
export function wineMajor(text: string): number | undefined {
  const digits = /^wine-(\d+)\./.exec(text.trim())?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Returns the version of a Wine.
 *
 * @param command The command that prints it.
 * @returns Its output; empty if it could not be run.
 */
export async function wineVersion(command: readonly string[]): Promise<string> {
  const env = { ...suitingVariables(Deno.env.toObject()), WINEDEBUG: "-all" };
  return (await run(command, { env, clearEnv: true })).stdout.trim();
}

/**
 * Returns a Wine that can run the Windows Deno: this machine's own, otherwise one in a root folder.
 *
 * @returns Where it is.
 * @throws {HostError} If there is none and none can be made.
 */
export async function findWine(): Promise<Wine> {
  if (findOnPath("wine")) {
    const stdout = await wineVersion(["wine", "--version"]);
    const major = wineMajor(stdout);
    if (major !== undefined && major >= WINE_MAJOR) {
      return { rootfs: undefined, id: stdout.replaceAll(/[^\w.-]+/g, "_") };
    }
  }
  const id = `rootfs-${DEBIAN_SUITE}-wine`;
  if (!exists(`${cacheRoot()}/${id}`) && !await canBeRoot()) return await unpackedRoot();
  const rootfs = await cached(id, {
    what: `the Debian ${DEBIAN_SUITE} root folder`,
    make: makeRootfs,
  });
  return { rootfs, id };
}

/**
 * Returns the root folder that a plain user can make, with Wine and the compiler for Windows.
 *
 * @returns Where it is.
 * @throws {HostError} If it cannot be made.
 */
export async function unpackedRoot(): Promise<Wine & { readonly rootfs: string }> {
  const id = `unpacked-${DEBIAN_SUITE}-wine`;
  const rootfs = await cached(id, {
    what: `Wine from Debian ${DEBIAN_SUITE}`,
    make: async (path) => {
      await makeUnpackedRoot(path);
      await prepareRoot(path);
    },
  });
  return { rootfs, id };
}

async function makeRootfs(path: string): Promise<void> {
  await makeDebianRoot(path, {
    packages: ["wine64", "wine"],
    holds: `Wine ${WINE_MAJOR}`,
    cost: "downloads 220 MB, takes 1 GB, half a minute on a fast network",
  });
  await prepareRoot(path);
}

/**
 * Makes a Debian root folder by mmdebstrap, which only root can.
 *
 * @param path The folder to make.
 * @param about The packages, what they bring, and what it costs, in words.
 * @throws {HostError} If mmdebstrap is missing and cannot be installed, or fails.
 */
export async function makeDebianRoot(
  path: string,
  { cost, holds, packages }: {
    readonly packages: readonly string[];
    readonly holds: string;
    readonly cost: string;
  },
): Promise<void> {
  const purpose = `to make a Debian ${DEBIAN_SUITE} root folder with ${holds}`;
  await ensureProgram("mmdebstrap", { debian: "mmdebstrap", purpose, size: "1 MB" });
  await ensureProgram(KEYRING, { debian: "debian-archive-keyring", purpose, size: "1 MB" });
  progress(`making a Debian ${DEBIAN_SUITE} root folder with ${holds} (${cost})`);
  // In separate namespaces that end with this process. If this run is killed, no apt or dpkg keeps
  // writing, and none of its mounts is left, among them /dev/shm of this machine. Removing the
  // folder would otherwise remove the mounted files.
  const { code, stderr } = await run(asRoot([
    ...["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork"],
    ...["--kill-child", "--"],
    ...["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase"],
    ...[`--include=${packages.join(",")}`, "--dpkgopt=path-exclude=/usr/share/doc/*"],
    ...[DEBIAN_SUITE, path],
  ]));
  if (code !== 0) {
    throw new HostError(
      `Cannot make the Debian ${DEBIAN_SUITE} root folder: ${tellingLine(stderr)}`,
      "check the network and the disk (1.5 GB free), then run it again",
    );
  }
  if (Deno.uid() !== 0) {
    // With sudo it belongs to root: this user could neither move it to its place nor remove it.
    await runOrFail(asRoot(["chown", "--recursive", `${Deno.uid()}:${Deno.gid()}`, path]), {
      what: "take over the root folder",
      mend: "check the disk",
    });
  }
}

async function prepareRoot(path: string): Promise<void> {
  // Not /usr/bin/wine: that is an absolute link, which points out of the folder.
  if (!exists(`${path}/usr/bin/wine-stable`)) {
    throw new HostError(
      `Cannot use the Debian ${DEBIAN_SUITE} root folder: it has no wine-stable`,
      "report it with the version of Debian's package wine",
    );
  }
  // Mount points for this machine's own files, as the folder is bound read-only.
  for (const file of MACHINE_FILES) {
    const { code } = await run(["sh", "-c", 'rm -f "$1" && : >"$1"', "sh", `${path}${file}`]);
    if (code !== 0) throw new HostError(`Cannot write ${path}${file}`, "check the disk");
  }
}
