/**
 * The trial of a container: one folder of jobbox is given to it and another one is not, and a port of
 * jobbox listens. What counts is what is in the folders and who came to the port.
 *
 * @module
 */
import { FILE, STANDARD_RIGHTS } from "../ffi/constants.ts";
import { check, failure, Win32Error } from "../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { encodeWide } from "../ffi/strings.ts";
import { shown } from "../values/shown.ts";
import { READ_RIGHTS, WRITE_RIGHTS } from "./access_text.ts";
import { openEntry } from "./entries.ts";
import { trialFolder } from "./fresh_folder.ts";
import { GivenFolder, UnfitFolder } from "./folder_rights.ts";
import { NetworkProbe } from "./network_probe.ts";
import type { TrialRoom } from "./work.ts";

/** The code of curl.exe for a connection that is refused at once; a timeout has another one. */
const NOT_CONNECTED = 7;

const TO_LOOK = {
  rights: FILE.FILE_READ_ATTRIBUTES,
  share: FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE | FILE.FILE_SHARE_DELETE,
};

function writeFile(path: string, text: string): void {
  const action = `Cannot write ${shown(path)}`;
  const value = kernel32.CreateFileW(
    encodeWide(path, "a path"),
    STANDARD_RIGHTS.GENERIC_WRITE,
    0,
    null,
    FILE.CREATE_NEW,
    FILE.FILE_ATTRIBUTE_NORMAL,
    0n,
  );
  if (value === INVALID_HANDLE_VALUE) throw new Win32Error(failure(0), "CreateFileW", action);
  using handle = new OwnedHandle(value, path);
  const bytes = new TextEncoder().encode(text);
  const written = new Uint32Array(1);
  check(
    kernel32.WriteFile$bytes(handle.value, bytes, bytes.byteLength, written, 0n),
    "WriteFile",
    action,
  );
}

/** Bytes of a file; -1 for one that is not there. */
function sizeOf(path: string): number {
  const attributes = kernel32.GetFileAttributesW(encodeWide(path, "a path"));
  if (attributes === FILE.INVALID_FILE_ATTRIBUTES) return -1;
  const entry = openEntry(path, TO_LOOK);
  entry.handle.close();
  return entry.size;
}

/** Gives a folder that jobbox has made for the trial. */
function give(path: string, sid: string): string | undefined {
  using folder = GivenFolder.open(path);
  try {
    folder.give({ sid, rights: WRITE_RIGHTS | READ_RIGHTS });
    return undefined;
  } catch (error) {
    if (error instanceof UnfitFolder) return error.message;
    throw error;
  }
}

/** What a trial shows, or why it does not show it. */
export type TrialResult = string | { readonly problem: string };

function tryFiles(room: TrialRoom, sid: string): string | undefined {
  using undo = new DisposableStack();
  const [open, closed] = [trialFolder(undo, room.left), trialFolder(undo, room.left)];
  const problem = give(open, sid);
  if (problem !== undefined) return `a folder of the trial could not be given: ${problem}`;
  for (const folder of [open, closed]) writeFile(`${folder}\\text.txt`, "a text");
  // One program tries all, so that only the folder is another one.
  const code = room.run(
    "cmd.exe",
    `/d /c (type "${open}\\text.txt">"${open}\\read.txt")` +
      `&(type "${closed}\\text.txt">"${open}\\copied.txt")` +
      `&(echo x>"${closed}\\written.txt")&(echo x>"${open}\\written.txt")`,
  );
  if (sizeOf(`${open}\\written.txt`) <= 0) {
    return `a folder that it was given could not be written, code ${code}`;
  }
  if (sizeOf(`${open}\\read.txt`) <= 0) {
    return "a file that it was given could not be read";
  }
  if (sizeOf(`${closed}\\written.txt`) >= 0) return "a folder of the user was written";
  const copied = sizeOf(`${open}\\copied.txt`);
  if (copied > 0) return "a file of the user was read";
  return copied < 0 ? "reading a file of the user was not tried" : undefined;
}

function tryNetwork(room: TrialRoom): string | undefined {
  using probe = new NetworkProbe();
  const code = room.run("curl.exe", `-s --noproxy * --max-time 10 127.0.0.1:${probe.port}`);
  const arrived = probe.arrivals();
  if (arrived > 0) return "a port of jobbox was reached";
  // Anything else may have another reason, such as a program that does not start.
  return code === NOT_CONNECTED ? undefined : `connecting ended with ${code}, which is no refusal`;
}

/**
 * Tries a container.
 *
 * @param room Where programs have its rights.
 * @param sid Its identifier.
 * @param isOffline Whether it has no network.
 * @returns What was shown, or why it was not.
 * @throws {Win32Error} If the system refuses something.
 */
export function tryContainer(room: TrialRoom, sid: string, isOffline: boolean): TrialResult {
  const problem = tryFiles(room, sid) ?? (isOffline ? tryNetwork(room) : undefined);
  if (problem !== undefined) return { problem };
  const files = "a folder that was given was read and written, another one was not";
  return isOffline ? `${files}; a port of jobbox was not reached` : files;
}
