/**
 * The journals: one file for each container that is there, written before anything is made and
 * deleted when everything is taken back. A later run reads those of killed ones.
 *
 * @module
 */
import { ACCESS, ERROR, FILE, SECURITY, STANDARD_RIGHTS } from "../ffi/constants.ts";
import { check, errorSymbol, failure, Win32Error } from "../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../ffi/handle.ts";
import { kernel32 } from "../ffi/library.ts";
import { encodeWide } from "../ffi/strings.ts";
import { NativeMemory } from "../process/native_memory.ts";
import { shown } from "../values/shown.ts";
import { containerSid } from "./capabilities.ts";
import { deleteEntry, isFolder, isGone, isLink, LONG, namesIn, openEntry } from "./entries.ts";
import { GivenFolder, ownerOf, UnfitFolder } from "./folder_rights.ts";
import {
  type Journal,
  JOURNAL_MAX,
  JOURNAL_SUFFIX,
  type JournalFolder,
  makerOf,
  readJournal,
  writeJournal,
} from "./journal_format.ts";
import { deleteProfile } from "./profile.ts";
import { SID } from "./sid.ts";
import type { TokenFacts } from "./token_facts.ts";

/** What a journal that cannot be trusted is called from then on. */
const PUT_ASIDE = ".corrupt";

const TO_READ = {
  rights: STANDARD_RIGHTS.GENERIC_READ,
  share: FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE | FILE.FILE_SHARE_DELETE,
};

const TO_LIST = {
  rights: ACCESS.FILE_LIST_DIRECTORY | FILE.FILE_READ_ATTRIBUTES | STANDARD_RIGHTS.SYNCHRONIZE,
  share: TO_READ.share,
};

/** A code with which a folder is not there. */
function isMissing(error: unknown): error is Win32Error {
  return error instanceof Win32Error &&
    (error.code === ERROR.FILE_NOT_FOUND || error.code === ERROR.PATH_NOT_FOUND);
}

/** The reason of an error for a sentence. */
function reason(error: unknown): string {
  if (error instanceof Win32Error) return `${error.api}: ${errorSymbol(error.code)}`;
  return error instanceof Error ? error.message : String(error);
}

/** Makes the folder of the journals and the one above it. */
function makeFolder(folder: string): void {
  const above = folder.slice(0, folder.lastIndexOf("\\"));
  for (const path of [above, folder]) {
    const action = `Cannot make the folder ${shown(path)}`;
    const code = failure(kernel32.CreateDirectoryW(encodeWide(LONG + path, "a path"), null));
    if (code !== ERROR.SUCCESS && code !== ERROR.ALREADY_EXISTS) {
      throw new Win32Error(code, "CreateDirectoryW", action);
    }
    const entry = openEntry(LONG + path, TO_LIST);
    const isPlain = isFolder(entry);
    entry.handle.close();
    if (!isPlain) throw new Error(`${action}: a link or a file is there`);
  }
}

/** The file of one container. */
export class JournalFile {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Writes a journal, and returns when it is on the disk.
   *
   * @param folder The folder of the journals.
   * @param journal What is going to be made.
   * @returns The file.
   * @throws {Win32Error} If it cannot be written; then there is no file.
   */
  static write(folder: string, journal: Journal): JournalFile {
    makeFolder(folder);
    const path = `${LONG}${folder}\\${journal.name}${JOURNAL_SUFFIX}`;
    const action = `Cannot write ${shown(path)}`;
    const value = kernel32.CreateFileW(
      encodeWide(path, "a path"),
      STANDARD_RIGHTS.GENERIC_WRITE,
      FILE.FILE_SHARE_READ,
      null,
      FILE.CREATE_NEW,
      FILE.FILE_ATTRIBUTE_NORMAL,
      0n,
    );
    if (value === INVALID_HANDLE_VALUE) throw new Win32Error(failure(0), "CreateFileW", action);
    const file = new JournalFile(path);
    const handle = new OwnedHandle(value, "a journal");
    try {
      const bytes = new TextEncoder().encode(writeJournal(journal));
      const written = new Uint32Array(1);
      const length = bytes.byteLength;
      check(
        kernel32.WriteFile$bytes(handle.value, bytes, length, written, 0n),
        "WriteFile",
        action,
      );
      if (written[0] !== length) throw new Win32Error(ERROR.DISK_FULL, "WriteFile", action);
      check(kernel32.FlushFileBuffers(handle.value), "FlushFileBuffers", action);
    } catch (error) {
      handle.close();
      file.delete();
      throw error;
    }
    handle.close();
    return file;
  }

  /**
   * Deletes it, when everything is taken back.
   *
   * @returns A sentence if it is still there.
   */
  delete(): string | undefined {
    return deleteFile(this.#path);
  }
}

function deleteFile(path: string): string | undefined {
  try {
    const entry = openEntry(path);
    try {
      deleteEntry(entry);
    } finally {
      entry.handle.close();
    }
  } catch (error) {
    if (!isMissing(error)) return `Cannot delete ${shown(path)}: ${reason(error)}`;
  }
  return undefined;
}

/**
 * Takes back the rights to a folder.
 *
 * @param folder The folder, open.
 * @param sid The container's identifier.
 * @returns A sentence if they are still there.
 */
export function takeBack(folder: GivenFolder, sid: string): string | undefined {
  try {
    folder.takeBack(sid);
    return undefined;
  } catch (error) {
    return `Cannot take the container out of the rights of ${shown(folder.path)}: ${reason(error)}`;
  }
}

/** What was found of a folder that a journal names. */
interface Swept {
  /** What to tell. */
  readonly told?: string | undefined;
  /** Whether it must be tried again. */
  readonly again: boolean;
}

/** Whether a path's drive is there: what is on one that is not may come back with it. */
function isDriveThere(path: string): boolean {
  try {
    openEntry(`${LONG}${path.slice(0, 2)}\\`, TO_LIST).handle.close();
    return true;
  } catch (error) {
    return !isMissing(error);
  }
}

function sweepFolder({ identity, path }: JournalFolder, sid: string): Swept {
  let folder: GivenFolder;
  try {
    folder = GivenFolder.open(path);
  } catch (error) {
    if (isMissing(error) && isDriveThere(path)) return { again: false };
    const told = `Cannot take a container out of the rights of ${shown(path)}: ${reason(error)}`;
    // What is a link by now is another folder.
    return { told, again: !(error instanceof UnfitFolder) };
  }
  using _folder = folder;
  if (folder.identity !== identity) {
    return {
      told: `Cannot take a container out of the rights of ${
        shown(path)
      }: another folder is there by now`,
      again: false,
    };
  }
  const told = takeBack(folder, sid);
  return { told, again: told !== undefined };
}

/** Takes back what a journal says; returns sentences, and whether all is done. */
function sweepOne({ folders, name }: Journal): { told: string[]; isDone: boolean } {
  const swept = folders.map((folder) => sweepFolder(folder, containerSid(name)));
  const profile = deleteProfile(name);
  const told = [...swept.map(({ told }) => told), profile].filter((text) => text !== undefined);
  return { told, isDone: profile === undefined && swept.every(({ again }) => !again) };
}

/** Why a journal's file is none that is acted on; its text if it is. */
function readFile(path: string, own: TokenFacts): { text: string } | { problem: string } {
  const entry = openEntry(path, TO_READ);
  using handle = entry.handle;
  if (isLink(entry) || isFolder(entry)) return { problem: "it is no file" };
  const what = shown(path);
  const owner = ownerOf({ handle: handle.value, kind: SECURITY.SE_FILE_OBJECT, what });
  if (![own.user, own.owner, SID.administrators, SID.system].includes(owner)) {
    return { problem: `it belongs to ${owner}` };
  }
  if (entry.size > JOURNAL_MAX) return { problem: "it is too long" };
  using memory = new NativeMemory(entry.size + 8);
  // The count is behind the content.
  const count = memory.address + BigInt(entry.size);
  const { size } = entry;
  if (size > 0) {
    const read = kernel32.ReadFile(handle.value, memory.address, size, count, 0n);
    check(read, "ReadFile", `Cannot read ${what}`);
  }
  return { text: new TextDecoder().decode(memory.read(size)) };
}

function putAside(path: string, why: string): string {
  const moved = kernel32.MoveFileExW(
    encodeWide(path, "a path"),
    encodeWide(path + PUT_ASIDE, "a path"),
    0,
  );
  const code = failure(moved);
  const name = shown(path.slice(LONG.length));
  return code === ERROR.SUCCESS
    ? `${name} was put aside as ${PUT_ASIDE}, and not acted on: ${why}`
    : `${name} was not acted on (${why}), and cannot be put aside: ${errorSymbol(code)}`;
}

/**
 * Takes back what killed runs have left.
 *
 * @param folder The folder of the journals.
 * @param own What our own token says: only its user's journals are acted on.
 * @returns A sentence for each thing that is still there, and for each journal that was put aside.
 */
export function sweepJournals(folder: string, own: TokenFacts): string[] {
  let names: string[];
  try {
    const entry = openEntry(LONG + folder, TO_LIST);
    using handle = entry.handle;
    if (!isFolder(entry)) {
      return [`${shown(folder)} is no folder: what killed runs left is not known`];
    }
    names = namesIn(handle.value, `Cannot list ${shown(folder)}`);
  } catch (error) {
    return isMissing(error) ? [] : [`Cannot look for journals: ${reason(error)}`];
  }
  return names.filter((file) => file.endsWith(JOURNAL_SUFFIX)).flatMap((file) => {
    const name = file.slice(0, -JOURNAL_SUFFIX.length);
    const maker = makerOf(name);
    if (maker === undefined || !isGone(maker)) return [];
    const path = `${LONG}${folder}\\${file}`;
    try {
      const content = readFile(path, own);
      if ("problem" in content) return [putAside(path, content.problem)];
      const journal = readJournal(content.text, name);
      if (journal === undefined) return [putAside(path, "it is torn, or none of jobbox's")];
      const { isDone, told } = sweepOne(journal);
      const left = isDone ? deleteFile(path) : undefined;
      return left === undefined ? told : [...told, left];
    } catch (error) {
      // Another run is doing the same.
      return isMissing(error) ? [] : [`Cannot read ${shown(path)}: ${reason(error)}`];
    }
  });
}
