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
  /** The way to run Wine with this prefix. */
  readonly entrance: Entrance;
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
  const pool = `${cacheRoot()}/slots-${wine.id}`;
  for (let number = 0;; number++) {
    const folder = `${pool}/${number}`;
    makeFolder(folder);
    const lock = CacheLock.tryTake(`${folder}/lock`);
    if (lock === undefined) continue;
    const prefix = `${folder}/prefix`;
    const aliveFile = `${folder}/alive`;
    try {
      await makePrefix(prefix, { wine, entrance });
      await waitUntilUnused(prefix, { alive: aliveFile, entrance });
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
    return {
      prefix,
      denoDir: `${folder}/deno-dir`,
      entrance,
      aliveFile,
      [Symbol.dispose]: () => lock[Symbol.dispose](),
    };
  }
}

/**
 * Makes a prefix where there is none.
 *
 * @param prefix The prefix, which nobody else may be making.
 * @param use The Wine that it belongs to, and the way to run it.
 */
export async function makePrefix(
  prefix: string,
  { wine, entrance }: { readonly wine: Wine; readonly entrance: Entrance },
): Promise<void> {
  const template = await cached(`prefix-${wine.id}`, {
    what: "the Wine prefix",
    make: (path) => makeTemplate(path, entrance),
  });
  if (!exists(prefix)) await copyTemplate(template, prefix);
}

/**
 * Waits for the last user's processes, which may still be dying; without a process namespace its
 * server may even still serve, and is ended.
 *
 * @param prefix The Wine prefix.
 * @param options The way to run Wine, and the file that the processes of a user keep locked.
 * @throws {HostError} If they do not end.
 */
export async function waitUntilUnused(
  prefix: string,
  { alive, entrance }: { readonly alive: string; readonly entrance: Entrance },
): Promise<void> {
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

/** Variables with a meaning for Linux that Windows programs would take for their own. */
const NOT_FOR_WINDOWS = [
  ...["SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "DENO_CERT", "OPENSSL_CONF"],
  ...["LD_LIBRARY_PATH", "LD_PRELOAD", "DISPLAY", "WAYLAND_DISPLAY"],
];

/**
 * All variables for a program under Wine: this process's own, as far as they suit, and Wine's.
 *
 * @param prefix The Wine prefix.
 * @returns The variables.
 */
export function wineEnvironment(prefix: string): Record<string, string> {
  const env = { ...Deno.env.toObject(), ...wineVariables(prefix) };
  for (const name of NOT_FOR_WINDOWS) Reflect.deleteProperty(env, name);
  return env;
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
