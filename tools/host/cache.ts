/**
 * The cache outside of the project. Every entry is complete, and is made once even if two runs
 * start together.
 *
 * An entry is made in its own folder under `tmp/` and renamed when it is complete, so an
 * interrupted run leaves nothing incomplete under the final name. With a lock file per entry, the
 * second of two runs waits for the first. The lock is a kernel lock on an open file, so it is
 * released when its process ends, however it ends.
 *
 * @module
 */

import { exists, run } from "./command.ts";
import { HostError } from "./host_error.ts";
import { progress } from "./progress.ts";
import { CACHE_FORMAT } from "./versions.ts";

/**
 * Returns the folder of everything that the host provisions.
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

/** A lock on a file of the cache. It is released by disposal or by the end of the process. */
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
   * Takes the lock shared if no process holds it exclusively.
   *
   * @param path The lock file; it is made when missing and never removed.
   * @returns The lock, or `undefined` if another process holds it exclusively.
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
   * @param what What the holder makes, for the line that is printed while waiting; if absent, no
   * line is printed.
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
   * Waits for the shared lock. Several processes may share it while none holds it exclusively.
   *
   * @param path The lock file.
   * @returns The lock.
   */
  static async share(path: string): Promise<CacheLock> {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    await file.lock(false);
    return new CacheLock(file);
  }

  /** Releases the lock. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

/**
 * Returns an entry of the cache; makes it if it is missing.
 *
 * @param name The entry's file or folder name in the cache; it must change whenever the content
 * changes.
 * @param options `what` names it in progress lines; `make` fills a path that does not exist yet,
 * which is renamed after `make` has returned.
 * @returns The entry's path.
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
 * Removes the entries of a kind that have not been used for some time. Touch an entry before using
 * it: the time of its folder is the time of its last use.
 *
 * @param prefix How the names of that kind begin.
 * @param options `keptMs` is the time in milliseconds; `except` is an entry to keep.
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
 * Marks an entry as used, for {@linkcode removeUnused}.
 *
 * @param path The entry's folder.
 */
export function touch(path: string): void {
  Deno.utimeSync(path, new Date(), new Date());
}

/** Only the holder of the lock calls this, so anything left under that name is unused. */
async function removeLeftovers(scratch: string, name: string): Promise<void> {
  for (const entry of Deno.readDirSync(scratch)) {
    if (entry.name.startsWith(`${name}.`)) await removeTree(`${scratch}/${entry.name}`);
  }
}

/** Never crosses a mount: an unfinished root folder may still contain the machine's own /dev. */
async function removeTree(path: string): Promise<void> {
  if (Deno.build.os === "windows") {
    if (exists(path)) Deno.removeSync(path, { recursive: true });
  } else {
    const remove = ["rm", "-rf", "--one-file-system", path];
    // Files made with sudo belong to root.
    if ((await run(remove)).code !== 0) await run(["sudo", "-n", ...remove]);
  }
}

/**
 * Creates a folder of the cache and its parents.
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
