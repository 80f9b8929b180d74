/**
 * Starts a program inside the layout: with bubblewrap, otherwise with chroot, otherwise (with the
 * machine's own Wine) directly.
 *
 * The first two ways give the program its own process namespace that ends with this process. So
 * nothing of a killed run, such as its wineserver, is left to disturb the next user of its prefix.
 *
 * @module
 */

import { cacheRoot, makeFolder } from "./cache.ts";
import { run } from "./command.ts";
import { HostError } from "./host_error.ts";
import { bubblewrapMounts, chrootScript, mountsOfMachine, mountsOver } from "./layout.ts";
import type { Mount, RootEntry } from "./layout.ts";
import { canBeRoot, ensureProgram } from "./packages.ts";
import { replaceFile } from "./replace_file.ts";
import { MACHINE_FILES } from "./rootfs.ts";
import type { Wine } from "./rootfs.ts";

/** How to enter; `plain` is without isolation, for a machine's own Wine. */
export type Way = "bwrap" | "chroot" | "plain";

/** Starts programs in the layout of a Wine. */
export interface Entrance {
  /** The way that this machine allows. */
  readonly way: Way;
  /** Returns the command of this machine that runs a program inside. */
  command(program: readonly string[], cwd: string): string[];
  /**
   * The same for a program that outlives this process. Its namespaces end with it: it is the first
   * process there, and must reap the others.
   */
  stay(program: readonly string[], cwd: string): string[];
  /** The same, in the namespaces of a program started by `stay`; `keeper` is its process. */
  join(
    program: readonly string[],
    where: { readonly cwd: string; readonly keeper: number },
  ): string[];
}

/** For tests only: chooses the way. It has no effect on the product. */
const FORCE = "JOBBOX_TEST_HOST_ENTER";

/**
 * Finds the way that this machine allows.
 *
 * @param wine The Wine to enter.
 * @returns The entrance.
 * @throws {HostError} If Wine is in a root folder and no way into it works.
 */
export async function findEntrance(wine: Wine): Promise<Entrance> {
  const mounts = wine.rootfs === undefined ? mountsOfMachine() : mountsOver(wine.rootfs, machine());
  const forced = Deno.env.get(FORCE);
  const answer = `${cacheRoot()}/entrance`;
  const key = `${wine.id} ${Deno.uid()} ${bootId()}`;
  if (forced === undefined) {
    const known = readText(answer)?.split("\t");
    if (known?.[0] === key && isWay(known[1])) return entrance(known[1], mounts);
  }
  const reasons: string[] = [];
  for (const way of ways(wine, forced)) {
    if (way === "bwrap" && wine.rootfs !== undefined && forced === undefined) {
      await wantBubblewrap();
    }
    const found = entrance(way, mounts);
    const { code, stderr } = await run(found.command(["true"], "/"));
    if (code === 0) {
      if (forced === undefined) {
        makeFolder(cacheRoot());
        replaceFile(answer, `${key}\t${way}`);
      }
      return found;
    }
    reasons.push(`${way}: ${stderr.trim().split("\n").at(-1) ?? code}`);
  }
  throw new HostError(
    `Cannot enter the root folder ${wine.rootfs}: ${reasons.join(", ")}`,
    "allow user namespaces (sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu, " +
      "kernel.unprivileged_userns_clone=1 on Debian), or run it as root with CAP_SYS_ADMIN",
  );
}

function ways(wine: Wine, forced: string | undefined): Way[] {
  if (isWay(forced)) return [forced];
  return wine.rootfs === undefined ? ["bwrap", "chroot", "plain"] : ["bwrap", "chroot"];
}

function isWay(text: string | undefined): text is Way {
  return text === "bwrap" || text === "chroot" || text === "plain";
}

/** chroot is an alternative, so a missing bubblewrap is not an error. */
async function wantBubblewrap(): Promise<void> {
  if (!await canBeRoot()) return;
  try {
    await ensureProgram("bwrap", {
      debian: "bubblewrap",
      purpose: "to run Wine in its root folder",
      size: "under 1 MB",
    });
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
  }
}

function entrance(way: Way, mounts: readonly Mount[]): Entrance {
  switch (way) {
    case "bwrap": {
      const options = bubblewrapMounts(mounts);
      return {
        way,
        command: (program, cwd) => [
          ...["bwrap", "--die-with-parent", "--unshare-pid", ...options, "--chdir", cwd, "--"],
          ...program,
        ],
        stay: (program, cwd) => [
          ...["bwrap", "--unshare-pid", "--as-pid-1", ...options, "--chdir", cwd, "--"],
          ...program,
        ],
        join,
      };
    }
    case "chroot": {
      const root = `${cacheRoot()}/chroot`;
      makeFolder(root);
      const script = chrootScript(mounts, root);
      // Without root, mounting and changing the root only work in a user namespace.
      const own = Deno.uid() === 0 ? [] : ["--map-root-user"];
      const unshare = ["unshare", ...own, "--mount", "--pid", "--fork", "--kill-child"];
      return {
        way,
        command: (program, cwd) => [
          ...["setpriv", "--pdeathsig", "KILL", ...unshare, "--"],
          ...["sh", "-c", script, "sh", cwd, ...program],
        ],
        stay: (program, cwd) => [
          ...[...unshare, "--", "sh", "-c", script, "sh", cwd, ...program],
        ],
        join,
      };
    }
    case "plain": {
      const command = (program: readonly string[], cwd: string): string[] => [
        ...["env", "-C", cwd, ...program],
      ];
      return { way, command, stay: command, join: (program, { cwd }) => command(program, cwd) };
    }
  }
}

function join(
  program: readonly string[],
  { cwd, keeper }: { readonly cwd: string; readonly keeper: number },
): string[] {
  // bubblewrap makes a user namespace unless the user is root; entering one's own namespace is an
  // error.
  const other = readLink("/proc/self/ns/user") !== readLink(`/proc/${keeper}/ns/user`);
  return [
    ...["nsenter", "--target", String(keeper), "--mount", "--pid", "--root"],
    ...other ? ["--user", "--preserve-credentials"] : [],
    ...["--", "env", "-C", cwd, ...program],
  ];
}

/**
 * Returns what {@linkcode mountsOver} needs to know of this machine.
 *
 * @returns The folders and links of its root folder, and the files of /etc that name other machines.
 */
export function machine(): { entries: RootEntry[]; files: string[] } {
  const entries: RootEntry[] = [];
  for (const { name, isDirectory, isSymlink } of Deno.readDirSync("/")) {
    if (isSymlink) entries.push({ name, link: Deno.readLinkSync(`/${name}`) });
    else if (isDirectory) entries.push({ name });
  }
  const files = MACHINE_FILES.filter((path) => readText(path) !== undefined);
  return { entries, files };
}

/** The way is determined again after a boot, because kernel settings may have changed. */
function bootId(): string {
  return readText("/proc/sys/kernel/random/boot_id")?.trim() ?? "unknown";
}

function readLink(path: string): string | undefined {
  try {
    return Deno.readLinkSync(path);
  } catch {
    // The keeper has just been killed; entering will fail with a reason.
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // It cannot be read, for whatever reason, so it is useless here.
    return undefined;
  }
}
