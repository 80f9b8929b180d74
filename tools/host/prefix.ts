/**
 * Wine prefixes: a pool of them, each used by one run at a time.
 *
 * Wine needs seconds to make a prefix, so one template is made once and every slot of the pool is a
 * copy of it. The 700 MB below `drive_c/windows` are hard links, the rest are real copies.
 *
 * @module
 */

import { cached, CacheLock, cacheRoot, makeFolder } from "./cache.ts";
import { exists, run, type RunOptions, runOrFail } from "./command.ts";
import type { Entrance } from "./enter.ts";
import { wineEnvironment } from "./environment.ts";
import { HostError } from "./host_error.ts";
import { progress } from "./progress.ts";
import type { Wine } from "./rootfs.ts";

/** Another number for every other way to make a template: no copy of an older one is used. */
const TEMPLATE = 2;

/**
 * Where Wine registers its buses of input devices, USB and Bluetooth. It starts them in every
 * session, and a driver that is loaded before the plug-and-play manager exists crashes its host.
 */
const BUSES = String.raw`HKLM\System\CurrentControlSet\Enum\ROOT\WINE`;

/** Makes a prefix without those buses: `sh -c MAKE NAME KEY`. Another Wine may have none. */
const MAKE = `wineboot --init &&
if wine reg query "$1" >/dev/null 2>&1; then wine reg delete "$1" /f >/dev/null; fi &&
wineserver --wait`;

/** How long killed processes may take to disappear. */
const DYING_MS = 10_000;

/** A prefix that this process owns until the slot is disposed or the process ends. */
export interface Slot extends Disposable {
  /** The Wine prefix. */
  readonly prefix: string;
  /** A folder for Deno's caches of this slot, so that two runs never share a database. */
  readonly denoDir: string;
  /** The way to run Wine with this prefix. */
  readonly entrance: Entrance;
  /** A file that stays locked as long as one of the slot's processes lives. */
  readonly aliveFile: string;
  /** A file that wineserver keeps locked as long as it lives. */
  readonly serverFile: string;
  /** A file that is created when the server is ready, and receives the program's exit code. */
  readonly endFile: string;
  /** The words before a command that runs inside: they start the server and write `endFile`. */
  readonly starter: readonly string[];
}

/**
 * Starts the server and then becomes the program: `sh -c START NAME SERVER-FILE END-FILE PROGRAM…`.
 * Without a server file, another run has the server.
 */
const START = `if [ -n "$1" ] && ! flock --no-fork "$1" wineserver </dev/null >/dev/null 2>&1; then
  echo "jobbox host: Cannot start wineserver" >&2
  exit 125
fi
: >"$2" && shift 2 && exec "$@"`;

/**
 * The files and commands of a place for one run.
 *
 * @param folder The place's folder.
 * @param server The file that the server locks, and whether a run there starts its own.
 * @returns That part of a {@linkcode Slot}.
 */
export function placeOf(
  folder: string,
  server: { readonly file: string; readonly isOwn: boolean },
): Pick<Slot, "denoDir" | "aliveFile" | "serverFile" | "endFile" | "starter"> {
  const endFile = `${folder}/end`;
  return {
    // Two runs never share a database.
    denoDir: `${folder}/deno-dir`,
    aliveFile: `${folder}/alive`,
    serverFile: server.file,
    endFile,
    starter: ["sh", "-c", START, "jobbox-start", server.isOwn ? server.file : "", endFile],
  };
}

/**
 * Returns whether a server is running.
 *
 * @param serverFile The file that it locks.
 * @returns `false` if no process has the lock.
 */
export function isServed(serverFile: string): boolean {
  const free = CacheLock.tryShare(serverFile);
  free?.[Symbol.dispose]();
  return free === undefined;
}

/**
 * Takes the first free slot of the pool; adds one if none is free.
 *
 * @param wine The Wine that the prefix belongs to.
 * @param entrance The way to run it.
 * @returns The slot, with its prefix ready.
 */
export async function takeSlot(wine: Wine, entrance: Entrance): Promise<Slot> {
  const pool = `${cacheRoot()}/slots-${prefixId(wine)}`;
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
      ...placeOf(folder, { file: `${folder}/server`, isOwn: true }),
      entrance,
      [Symbol.dispose]: () => lock[Symbol.dispose](),
    };
  }
}

/**
 * Names the prefixes of a Wine that are made alike.
 *
 * @param wine The Wine that they belong to.
 * @returns A part of a file name.
 */
export function prefixId(wine: Wine): string {
  return `${TEMPLATE}-${wine.id}`;
}

/**
 * Makes a prefix if there is none.
 *
 * @param prefix The prefix; no other process may be making it.
 * @param use The Wine that it belongs to, and the way to run it.
 */
export async function makePrefix(
  prefix: string,
  { wine, entrance }: { readonly wine: Wine; readonly entrance: Entrance },
): Promise<void> {
  const template = await cached(`prefix-${prefixId(wine)}`, {
    what: "the Wine prefix",
    make: (path) => makeTemplate(path, entrance),
  });
  if (!exists(prefix)) await copyTemplate(template, prefix);
}

/**
 * Waits for the processes of the last user, which may still be ending. Without a process namespace
 * its server may even still run; it is then ended.
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
    await run(["wineserver", "--kill"], wineRun(prefix));
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

function wineRun(prefix: string): RunOptions {
  return { env: wineEnvironment(Deno.env.toObject(), prefix), clearEnv: true };
}

async function makeTemplate(path: string, entrance: Entrance): Promise<void> {
  progress("making the first Wine prefix (0.8 GB, some seconds)");
  Deno.mkdirSync(`${path}/run`, { recursive: true, mode: 0o700 });
  // The server writes the registry when it exits, so wait for that before the prefix is used.
  await runOrFail(
    entrance.command(["sh", "-c", MAKE, "jobbox-make", BUSES], "/"),
    {
      ...wineRun(path),
      what: "make the Wine prefix",
      mend: "run it again, and look at `wineboot --init` by hand if it fails again",
    },
  );
}

async function copyTemplate(template: string, prefix: string): Promise<void> {
  const temporary = `${prefix}.new`;
  // This process has the slot's lock, so anything left over belongs to a killed run.
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
