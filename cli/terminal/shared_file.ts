/**
 * A file that several runs change at once, each as a whole: under a lock, written next to its place
 * and renamed. A program that is killed at any point leaves the old file or the new one.
 *
 * The lock is an open file that no one else can open for writing, so the system takes it back from
 * a program that ends. It stays in the folder: to remove it while another program waits for it
 * would let two have it.
 *
 * @module
 */
import { messageOf } from "../text/message.ts";
import { ERROR, HeldFile } from "../windows.ts";
import type { SharedUpdate } from "./io.ts";

/** How long another program's lock, or its use of the file, is waited for, in ms. */
export const SHARED_PATIENCE = 5000;

/** Time between two tries, in ms. */
const TRY_AGAIN = 20;

/** The most bytes that are read. */
const MOST_BYTES = 2 ** 20;

/** The clock of a wait. */
export interface SharedFileClock {
  /** Milliseconds on a monotonic clock. */
  elapsed(): number;
  /** Calls back once after some milliseconds. */
  after(milliseconds: number, callback: () => void): unknown;
}

function isHeld(error: unknown): boolean {
  return (error as { code?: unknown }).code === ERROR.SHARING_VIOLATION;
}

/** Repeats an action that another program's use of a file prevents, for a while. */
async function patiently<T>(
  action: () => T,
  clock: SharedFileClock,
  isTemporary: (error: unknown) => boolean,
): Promise<T> {
  const end = clock.elapsed() + SHARED_PATIENCE;
  for (;;) {
    try {
      return action();
    } catch (error) {
      if (!isTemporary(error) || clock.elapsed() >= end) throw error;
      await new Promise<void>((resolve) => void clock.after(TRY_AGAIN, resolve));
    }
  }
}

function lockProblem(path: string, error: unknown): string {
  if (isHeld(error)) return `another program has held ${path} for ${SHARED_PATIENCE / 1000} s`;
  const isMissing = (error as { code?: unknown }).code === ERROR.PATH_NOT_FOUND;
  return isMissing ? "there is no such folder: create it first" : `${messageOf(error)}: ${path}`;
}

async function lock(path: string, clock: SharedFileClock): Promise<HeldFile> {
  try {
    const held = await patiently(() => HeldFile.open(path), clock, isHeld);
    // Otherwise a new one is removed when it is closed.
    held.empty();
    return held;
  } catch (cause) {
    throw new Error(lockProblem(path, cause), { cause });
  }
}

function read(path: string): Uint8Array | undefined {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  using opened = file;
  const { isFile, size } = opened.statSync();
  if (!isFile) throw new Error("it is not a file");
  const bytes = new Uint8Array(Math.min(size, MOST_BYTES));
  let length = 0;
  for (let count: number | null = 1; length < bytes.length && count; length += count ?? 0) {
    count = opened.readSync(bytes.subarray(length));
  }
  return bytes.subarray(0, length);
}

function write(path: string, text: string): void {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
  // A crash of the machine must not keep the new name and lose the bytes.
  file.syncDataSync();
}

/** The files that a change uses beside the one that is changed. */
export interface SharedFiles {
  /** The lock; it stays. */
  readonly lock: string;
  /** The new content, until it is renamed. */
  readonly draft: string;
}

/**
 * Returns the files that a change uses beside the one that is changed: nothing else may write them
 * meanwhile.
 *
 * @param path The path of the file that is changed.
 * @returns Their paths.
 */
export function sharedFiles(path: string): SharedFiles {
  return { lock: `${path}.lock`, draft: `${path}.new` };
}

/**
 * Changes a file that others change too.
 *
 * @param path The path.
 * @param change Makes the new content from the old one, which is absent if there is no file.
 * @param clock The clock of the wait for others.
 * @returns The new path of an old file that was set aside; `undefined` if none was.
 * @throws {Error} If the folder or the file cannot be used, or another program holds it for too
 * long. Then the old file is still there, or set aside.
 */
export async function updateSharedFile(
  path: string,
  change: (old: string | undefined) => SharedUpdate,
  clock: SharedFileClock,
): Promise<string | undefined> {
  const { draft, lock: lockPath } = sharedFiles(path);
  using _lock = await lock(lockPath, clock);
  const isAny = (): boolean => true;
  const old = read(path);
  const { text, rejectsOld } = change(old && new TextDecoder().decode(old));
  let aside: string | undefined;
  if (rejectsOld && old !== undefined) {
    aside = `${path}.bad-${crypto.randomUUID().slice(0, 8)}`;
    const moved = aside;
    await patiently(() => Deno.renameSync(path, moved), clock, isAny);
  }
  write(draft, text);
  // A collector that reads the old file at this moment is soon done.
  await patiently(() => Deno.renameSync(draft, path), clock, isAny);
  return aside;
}
