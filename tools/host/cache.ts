/**
 * The cache outside the project: whole things only, made once even when two runs start together.
 *
 * A thing is made in a folder of its own under `tmp/` and renamed when it is complete, so an
 * interrupted run leaves nothing half-made under the final name. A lock file per thing lets the
 * second of two runs wait for the first; the lock is a kernel lock on an open file, so it ends with
 * the process that held it, however that ended.
 *
 * @module
 */

import { exists, run } from "./command.ts";
import { HostError } from "./host_error.ts";
import { progress } from "./progress.ts";
import { CACHE_FORMAT } from "./versions.ts";

/**
 * Where the host keeps what it provisions.
 *
 * @returns `$XDG_CACHE_HOME/jobbox/host-1`, by default below `~/.cache`.
 * @throws {HostError} If neither XDG_CACHE_HOME nor a home folder is set.
 */
export function cacheRoot(): string {
  const windows = Deno.build.os === "windows";
  const home = Deno.env.get(windows ? "LOCALAPPDATA" : "HOME");
  // The XDG specification says that a relative path there is to be ignored.
  const xdg = Deno.env.get("XDG_CACHE_HOME");
  const base = xdg?.startsWith("/") ? xdg : home && (windows ? home : `${home}/.cache`);
  if (!base) {
    throw new HostError("Cannot find the cache folder: HOME is not set", "set XDG_CACHE_HOME");
  }
  return `${base.replaceAll("\\", "/")}/jobbox/host-${CACHE_FORMAT}`;
}

/** A lock on a file of the cache; it is freed by disposal or by the end of the process. */
export class CacheLock implements Disposable {
  readonly #file: Deno.FsFile;

  /** @param file The open file that carries the lock. */
  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Takes the lock if it is free.
   *
   * @param path The lock file; it is made when missing and never removed.
   * @returns The lock, or `undefined` when another process holds it.
   */
  static tryTake(path: string): CacheLock | undefined {
    return CacheLock.#try(path, true);
  }

  /**
   * Takes a part in the lock if nobody holds it alone.
   *
   * @param path The lock file; it is made when missing and never removed.
   * @returns The lock, or `undefined` when another process holds it alone.
   */
  static tryShare(path: string): CacheLock | undefined {
    return CacheLock.#try(path, false);
  }

  static #try(path: string, alone: boolean): CacheLock | undefined {
    const file = Deno.openSync(path, { read: true, write: true, create: true });
    if (file.tryLockSync(alone)) return new CacheLock(file);
    file.close();
    return undefined;
  }

  /**
   * Waits for the lock.
   *
   * @param path The lock file.
   * @param what What the holder is making, for the line that is printed when it must be waited for;
   * absent when that is nothing that a user need know of.
   * @returns The lock.
   */
  static async take(path: string, what?: string): Promise<CacheLock> {
    const free = CacheLock.tryTake(path);
    if (free) return free;
    if (what !== undefined) progress(`waiting for another run that makes ${what}`);
    const file = await Deno.open(path, { read: true, write: true, create: true });
    await file.lock(true);
    return new CacheLock(file);
  }

  /**
   * Waits for a part in the lock: many may hold it so, while nobody takes it alone.
   *
   * @param path The lock file.
   * @returns The lock.
   */
  static async share(path: string): Promise<CacheLock> {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    await file.lock(false);
    return new CacheLock(file);
  }

  /** Frees the lock. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/**
 * Gives a thing of the cache, and makes it when it is missing.
 *
 * @param name The thing's file or folder name in the cache; it must change when its content would.
 * @param options `what` names it in progress lines; `make` fills the path it is given, which does
 * not exist yet and is renamed when `make` returns.
 * @returns The thing's path.
 */
export async function cached(
  name: string,
  options: { readonly what: string; readonly make: (path: string) => Promise<void> },
): Promise<string> {
  const root = cacheRoot();
  const path = `${root}/${name}`;
  if (exists(path)) return path;
  const scratch = `${root}/tmp`;
  makeFolder(scratch);
  makeFolder(`${root}/locks`);
  using _lock = await CacheLock.take(`${root}/locks/${name}.lock`, options.what);
  if (exists(path)) return path;
  await removeLeftovers(scratch, name);
  const temporary = `${scratch}/${name}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    await options.make(temporary);
    Deno.renameSync(temporary, path);
  } catch (error) {
    await removeTree(temporary);
    throw error;
  }
  return path;
}

/**
 * Removes the things of a kind that nobody has used for a time. What is used must be touched before:
 * the time of a thing's folder is that of its last use.
 *
 * @param prefix How the names of that kind begin.
 * @param options `keptMs` is the time in milliseconds; `except` is one that stays.
 */
export function removeUnused(
  prefix: string,
  options: { readonly keptMs: number; readonly except: string },
): void {
  const root = cacheRoot();
  for (const { name } of Deno.readDirSync(root)) {
    if (!name.startsWith(prefix) || name === options.except) continue;
    try {
      const { mtime } = Deno.statSync(`${root}/${name}`);
      if (mtime !== null && Date.now() - mtime.getTime() > options.keptMs) {
        Deno.removeSync(`${root}/${name}`, { recursive: true });
      }
    } catch (error) {
      // Another run removed it.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/**
 * Notes that a thing is used, for {@linkcode removeUnused}.
 *
 * @param path The thing's folder.
 */
export function touch(path: string): void {
  Deno.utimeSync(path, new Date(), new Date());
}

/** Only the holder of the lock calls this, so whatever is left under that name is nobody's. */
async function removeLeftovers(scratch: string, name: string): Promise<void> {
  for (const entry of Deno.readDirSync(scratch)) {
    if (entry.name.startsWith(`${name}.`)) await removeTree(`${scratch}/${entry.name}`);
  }
}

/** Never across a mount: a rootfs that was being made may still have the machine's own /dev in it. */
async function removeTree(path: string): Promise<void> {
  if (Deno.build.os === "windows") {
    if (exists(path)) Deno.removeSync(path, { recursive: true });
  } else {
    const remove = ["rm", "-rf", "--one-file-system", path];
    // What was made by sudo is root's.
    if ((await run(remove)).code !== 0) await run(["sudo", "-n", ...remove]);
  }
}

/**
 * Makes a folder of the cache with its parents.
 *
 * @param path The folder.
 * @throws {HostError} If it cannot be made or written.
 */
export function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HostError(
      `Cannot make the cache folder ${path}: ${why}`,
      "set XDG_CACHE_HOME to a folder that can be written",
    );
  }
}
