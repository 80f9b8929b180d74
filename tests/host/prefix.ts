/**
 * Wine prefixes: a pool of them, each used by one run at a time.
 *
 * Making a prefix takes Wine seconds, so one template is made once and every slot of the pool is a
 * copy of it: the 700 MB below `drive_c/windows` as hard links, the rest as true copies.
 *
 * @module
 */

import { cached, CacheLock, cacheRoot, makeFolder } from "./cache.ts";
import { exists, run, runOrFail } from "./command.ts";
import type { Entrance } from "./enter.ts";
import { HostError } from "./host_error.ts";
import { progress } from "./progress.ts";
import type { Wine } from "./rootfs.ts";

/** How long killed processes may take to be gone. */
const DYING_MS = 10_000;

/** A prefix that is ours until it is disposed of or this process ends. */
export interface Slot extends Disposable {
  /** The Wine prefix. */
  readonly prefix: string;
  /** A folder for Deno's caches of this slot, so that two runs never share a database. */
  readonly denoDir: string;
  /** A file that the slot's processes keep locked as long as one of them lives. */
  readonly aliveFile: string;
}

/**
 * Takes the first free slot of the pool, and adds one when none is free.
 *
 * @param wine The Wine that the prefix belongs to.
 * @param entrance The way to run it.
 * @returns The slot, with its prefix ready.
 */
export async function takeSlot(wine: Wine, entrance: Entrance): Promise<Slot> {
  const template = await cached(`prefix-${wine.id}`, {
    what: "the Wine prefix",
    make: (path) => makeTemplate(path, entrance),
  });
  const pool = `${cacheRoot()}/slots-${wine.id}`;
  for (let number = 0;; number++) {
    const folder = `${pool}/${number}`;
    makeFolder(folder);
    const lock = CacheLock.tryTake(`${folder}/lock`);
    if (lock === undefined) continue;
    const prefix = `${folder}/prefix`;
    const aliveFile = `${folder}/alive`;
    try {
      if (!exists(prefix)) await copyTemplate(template, prefix);
      await waitUntilUnused(aliveFile, prefix, entrance);
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
    return {
      prefix,
      denoDir: `${folder}/deno-dir`,
      aliveFile,
      [Symbol.dispose]: () => lock[Symbol.dispose](),
    };
  }
}

/** The last user's processes may still be dying, or, without a process namespace, still serve. */
async function waitUntilUnused(alive: string, prefix: string, entrance: Entrance): Promise<void> {
  using free = CacheLock.tryTake(alive);
  if (free) return;
  if (entrance.way === "plain") {
    await run(["wineserver", "--kill"], { env: wineVariables(prefix) });
  }
  const file = await Deno.open(alive, { write: true });
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() =>
    reject(
      new HostError(
        `Cannot use the Wine prefix ${prefix}: processes of an earlier run still use it`,
        `end them: fuser --kill ${alive}`,
      ),
    ), DYING_MS);
  try {
    await Promise.race([file.lock(true), late]);
  } finally {
    clearTimeout(timer);
    file.close();
  }
}

/**
 * The variables that Wine needs, on top of those that the program is to see.
 *
 * @param prefix The Wine prefix.
 * @returns The variables.
 */
export function wineVariables(prefix: string): Record<string, string> {
  return {
    WINEPREFIX: prefix,
    WINEDEBUG: "-all",
    WINEARCH: "win64",
    // No menus, no .NET, no HTML engine: each would cost seconds or ask to download something.
    WINEDLLOVERRIDES: "winemenubuilder.exe,mscoree,mshtml=",
    // Wine prints a line about it when it is missing.
    XDG_RUNTIME_DIR: `${prefix}/run`,
    // The code page of arguments and file names; anything else turns non-ASCII into "?".
    LC_ALL: "C.UTF-8",
  };
}

async function makeTemplate(path: string, entrance: Entrance): Promise<void> {
  progress("making the first Wine prefix (0.8 GB, some seconds)");
  Deno.mkdirSync(`${path}/run`, { recursive: true, mode: 0o700 });
  // The server writes the registry when it ends, so wait for it before the prefix is used.
  await runOrFail(
    entrance.command(["sh", "-c", "wineboot --init && wineserver --wait"], "/"),
    {
      env: { ...wineVariables(path), DISPLAY: "" },
      what: "make the Wine prefix",
      mend: "run it again, and look at `wineboot --init` by hand if it fails again",
    },
  );
}

async function copyTemplate(template: string, prefix: string): Promise<void> {
  const temporary = `${prefix}.new`;
  // The slot's lock is ours, so a leftover is a killed run's.
  await run(["rm", "-rf", "--one-file-system", temporary]);
  const options = { what: "copy the Wine prefix", mend: "check the disk" };
  Deno.mkdirSync(`${temporary}/drive_c`, { recursive: true });
  for (
    const [from, to] of [[template, temporary], [`${template}/drive_c`, `${temporary}/drive_c`]]
  ) {
    for (const { name } of Deno.readDirSync(from ?? "")) {
      if (name === "drive_c") continue;
      const how = name === "windows" ? "-al" : "-a";
      await runOrFail(["cp", how, "--", `${from}/${name}`, `${to}/${name}`], options);
    }
  }
  Deno.renameSync(temporary, prefix);
}
