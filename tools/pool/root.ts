/**
 * The Debian root folder that has HTCondor.
 *
 * @module
 */
import { cached } from "../host/cache.ts";
import { machine } from "../host/enter.ts";
import { bubblewrapMounts, mountsOver } from "../host/layout.ts";
import { ensureProgram } from "../host/packages.ts";
import { makeDebianRoot } from "../host/rootfs.ts";
import { DEBIAN_SUITE } from "../host/versions.ts";

/** HTCondor starts no job as root, so the user of the pool is another one. */
const USER = { name: "pool", id: "1000" };

/**
 * Makes the root folder with HTCondor, unless the cache has it.
 *
 * @returns Where it is.
 * @throws {HostError} If it cannot be made.
 */
export function poolRoot(): Promise<string> {
  return cached(`rootfs-${DEBIAN_SUITE}-condor`, {
    what: `the Debian ${DEBIAN_SUITE} root folder with HTCondor`,
    make: async (path) => {
      await makeDebianRoot(path, {
        packages: ["minicondor", "bubblewrap", "util-linux"],
        holds: "HTCondor",
        cost: "downloads 90 MB, takes 310 MB",
      });
      const line = `${USER.name}:x:${USER.id}:${USER.id}::/:/bin/sh\n`;
      Deno.writeTextFileSync(`${path}/etc/passwd`, line, { append: true });
    },
  });
}

/**
 * Returns a command that runs a program with the programs of the root folder and the other files of
 * this machine, as the pool's user.
 *
 * @param root The root folder.
 * @param program The program and its arguments.
 * @param options With `apart`, it has its own processes, which all end with it.
 * @returns The command.
 */
export async function inPool(
  root: string,
  program: readonly string[],
  { apart = false }: { readonly apart?: boolean } = {},
): Promise<string[]> {
  await ensureProgram("bwrap", {
    debian: "bubblewrap",
    purpose: "to enter the root folder with HTCondor",
    size: "under 1 MB",
  });
  const mounts = mountsOver(root, machine()).filter(({ kind }) => apart || kind !== "proc");
  return [
    ...["bwrap", "--die-with-parent", "--unshare-user", "--uid", USER.id, "--gid", USER.id],
    ...bubblewrapMounts(mounts),
    ...apart ? ["--unshare-pid"] : ["--bind", "/proc", "/proc"],
    ...["--chdir", "/", "--", ...program],
  ];
}
