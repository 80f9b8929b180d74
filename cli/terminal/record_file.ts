/**
 * A file that is written as a whole when a run is over: created next to its place and renamed over what
 * exists there. Until then nothing of it exists, so the command can neither write to it nor remove
 * it, and an older file survives a run that never ends.
 *
 * @module
 */
import { messageOf } from "../text/message.ts";
import { hasStream, namesDevice } from "../windows.ts";

/** A unique name in the folder of a path. */
function beside(path: string): string {
  const folder = path.slice(0, Math.max(path.lastIndexOf("\\"), path.lastIndexOf("/")) + 1);
  // `C:r.json` is in the current folder of its drive.
  const drive = folder === "" ? /^[A-Za-z]:/.exec(path)?.[0] ?? "" : "";
  return `${folder}${drive}jobbox-${crypto.randomUUID().slice(0, 8)}.tmp`;
}

function removed(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch {
    return false;
  }
}

function writeNew(path: string, bytes: Uint8Array): void {
  using file = Deno.openSync(path, { write: true, createNew: true });
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

function writeDevice(path: string, bytes: Uint8Array): void {
  using file = Deno.openSync(path, { write: true });
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/**
 * Finds out before a run whether a file can be written after it. Changes nothing.
 *
 * @param path The path.
 * @throws {Error} If its folder accepts no new file, its place is a folder, or an existing file
 * cannot be written.
 */
export function checkReplaceable(path: string): void {
  if (namesDevice(path)) return writeDevice(path, new Uint8Array());
  if (hasStream(path)) throw new Error("it names a stream inside a file: name a file");
  try {
    if (Deno.statSync(path).isDirectory) throw new Deno.errors.IsADirectory("it is a folder");
    Deno.openSync(path, { write: true }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const trial = beside(path);
  try {
    writeNew(trial, new Uint8Array());
  } finally {
    removed(trial);
  }
}

/**
 * Replaces whatever exists at a path: a file, a folder, or nothing.
 *
 * @param path The path.
 * @param bytes The whole content of the file.
 * @returns The new path of an obstacle that could only be moved aside; `undefined` if there
 * was none.
 * @throws {Error} If the file cannot be written; then the old file is still there. If only
 * its place is blocked, the message names the file that has the bytes.
 */
export function replaceFile(path: string, bytes: Uint8Array): string | undefined {
  if (namesDevice(path)) {
    writeDevice(path, bytes);
    return undefined;
  }
  const made = beside(path);
  try {
    writeNew(made, bytes);
  } catch (error) {
    removed(made);
    throw error;
  }
  try {
    Deno.renameSync(made, path);
    return undefined;
  } catch {
    // A folder, or a file that may be renamed but not replaced.
  }
  const aside = beside(path);
  try {
    Deno.renameSync(path, aside);
    Deno.renameSync(made, path);
    return aside;
  } catch (cause) {
    const message = messageOf(cause);
    throw new Error(`${message}: the new file is ${made}`, { cause });
  }
}
