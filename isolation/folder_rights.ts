/**
 * The folders that a container is given: each is checked, held open, and gets one entry in its list
 * of rights, which is taken out through the same handle.
 *
 * Theory of operation. Only an entry of the container's own identifier is added and taken out, so
 * that a left one opens nothing: nobody has that identifier again. Two runs can give the same folder,
 * each with its own entry; the list is read and written under a lock that all of them take. The
 * handle is of the folder itself, not of its path, and as long as it is open nobody can put another
 * folder or a link in its place.
 *
 * @module
 */
import { ACCESS, ERROR, FILE, FILE_ENTRY, SECURITY, WAIT } from "../ffi/constants.ts";
import { check, Win32Error } from "../ffi/error.ts";
import { OwnedHandle } from "../ffi/handle.ts";
import { advapi32, kernel32 } from "../ffi/library.ts";
import { decodeWide, encodeWide } from "../ffi/strings.ts";
import { copyMemory } from "../process/native_memory.ts";
import { shown } from "../values/shown.ts";
import {
  type AccessList,
  accessText,
  type Grant,
  grantsOf,
  isProtected,
  isSameForOthers,
  readAccessList,
  withGrant,
  withoutGrants,
} from "./access_text.ts";
import { type Entry, isFolder, isLink, isSame, LONG, openEntry, PATH_MAX } from "./entries.ts";
import { readSecurity, type Secured, setSecurity } from "./security.ts";
import { readSid } from "./sid.ts";

/** How long another run may change the same list, in ms. */
const LOCK_WAIT = 60_000;

/** The longest identifier, in bytes. */
const SID_MAX = 68;

/** Networks' names of the system begin with these. */
const NETWORK = /^\\Device\\(?:Mup|LanmanRedirector|WebDavRedirector)(?:\\|$)/i;

/** A folder cannot be given. The message is one sentence. */
export class UnfitFolder extends Error {}

/**
 * The full path of a folder that may be relative to the current one.
 *
 * @param path The path.
 * @returns The path, without the prefix of long ones.
 * @throws {Win32Error} If the system does not understand it.
 */
export function fullFolder(path: string): string {
  const units = new Uint16Array(PATH_MAX);
  const name = encodeWide(path, "a path");
  const length = kernel32.GetFullPathNameW(name, units.length, units, 0n);
  return decodeWide(units, check(length, "GetFullPathNameW", `Cannot use ${shown(path)}`));
}

/**
 * Reads who owns an object.
 *
 * @param object The object, with the right to read its rights.
 * @returns The owner's identifier.
 * @throws {Win32Error} If the system refuses.
 */
export function ownerOf({ handle, kind, what }: Secured): string {
  const [owner, memory] = [new BigUint64Array(1), new BigUint64Array(1)];
  const { OWNER_SECURITY_INFORMATION: part } = SECURITY;
  const code = advapi32.GetSecurityInfo(handle, kind, part, owner, null, null, null, memory);
  const action = `Cannot read who owns ${what}`;
  if (code !== ERROR.SUCCESS) throw new Win32Error(code, "GetSecurityInfo", action);
  try {
    if (owner[0] === 0n) throw new Win32Error(ERROR.INVALID_DATA, "GetSecurityInfo", action);
    return sidAtAddress(owner[0]!);
  } finally {
    kernel32.LocalFree(memory[0]!);
  }
}

/** Reads an identifier at its address, no byte further than its own length. */
export function sidAtAddress(address: bigint): string {
  const count = copyMemory(address, 2).getUint8(1);
  return readSid(copyMemory(address, Math.min(8 + 4 * count, SID_MAX)), 0).text;
}

/** Does something under the lock of a folder's list of rights. */
function locked<T>(identity: string, act: () => T): T {
  const action = "Cannot change a folder's rights";
  const name = encodeWide(`Local\\jobbox-rights-${identity}`, "a lock's name");
  const value = check(kernel32.CreateMutexW(null, 0, name), "CreateMutexW", action);
  using lock = new OwnedHandle(value, "a folder's lock");
  const waited = kernel32.WaitForSingleObject(lock.value, LOCK_WAIT);
  // One that was killed in between has left a whole list: it is written by one call.
  if (waited !== WAIT.WAIT_OBJECT_0 && waited !== WAIT.WAIT_ABANDONED) {
    throw new Error(`${action}: another program has been changing them for ${LOCK_WAIT / 1000} s`);
  }
  try {
    return act();
  } finally {
    kernel32.ReleaseMutex(lock.value);
  }
}

const TO_GIVE = {
  // Only a handle with a right to the content keeps others from something.
  rights: ACCESS.READ_CONTROL | ACCESS.WRITE_DAC | FILE.FILE_READ_ATTRIBUTES |
    ACCESS.FILE_LIST_DIRECTORY,
  // Not to be deleted or renamed: the entry is to be taken out again.
  share: FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE,
};

const TO_PASS = {
  rights: FILE.FILE_READ_ATTRIBUTES,
  share: FILE.FILE_SHARE_READ | FILE.FILE_SHARE_WRITE | FILE.FILE_SHARE_DELETE,
};

/** Opens a folder, and looks at each folder above it. */
function openFolder(path: string): Entry {
  const [drive = "", ...names] = path.replace(/\\+$/, "").split("\\");
  const root = openEntry(`${LONG}${drive}\\`, TO_PASS);
  root.handle.close();
  if (NETWORK.test(root.real)) throw new UnfitFolder("it is on another computer");
  let above = root.real.replace(/\\+$/, "");
  let at = `${LONG}${drive}`;
  for (const [index, name] of names.entries()) {
    at += `\\${name}`;
    const entry = openEntry(at, index === names.length - 1 ? TO_GIVE : TO_PASS);
    try {
      if (isLink(entry) || !isSame(entry.real, `${above}\\${name}`)) {
        throw new UnfitFolder(`${shown(name)} in it is a link, or not the folder's full name`);
      }
      if (!isFolder(entry)) throw new UnfitFolder(`${shown(name)} in it is no folder`);
      if (index === names.length - 1) return entry;
    } catch (error) {
      entry.handle.close();
      throw error;
    }
    entry.handle.close();
    above = entry.real;
  }
  throw new UnfitFolder("it is the root of a drive");
}

/** Whether a volume keeps lists of rights. */
function keepsRights(handle: bigint): boolean {
  const flags = new Uint32Array(1);
  check(
    kernel32.GetVolumeInformationByHandleW(handle, null, 0, null, null, flags, null, 0),
    "GetVolumeInformationByHandleW",
    "Cannot find out whether a volume keeps lists of rights",
  );
  return (flags[0]! & FILE_ENTRY.FILE_PERSISTENT_ACLS) !== 0;
}

/** A folder whose list of rights can get an entry. */
export class GivenFolder implements Disposable {
  /** Its full path. */
  readonly path: string;
  /** Which folder it is. */
  readonly identity: string;
  readonly #object: Secured;
  readonly #handle: OwnedHandle;

  private constructor(path: string, handle: OwnedHandle, identity: string) {
    this.path = path;
    this.identity = identity;
    this.#handle = handle;
    this.#object = { handle: handle.value, kind: SECURITY.SE_FILE_OBJECT, what: shown(path) };
  }

  /**
   * Opens a folder.
   *
   * @param path Its full path.
   * @returns The folder, to be disposed of.
   * @throws {UnfitFolder} If it is reached by a link, is no folder, or its volume keeps no rights.
   * @throws {Win32Error} If the system refuses.
   */
  static open(path: string): GivenFolder {
    const { handle, identity } = openFolder(path);
    try {
      if (!keepsRights(handle.value)) {
        throw new UnfitFolder("its volume keeps no lists of rights, as FAT does not");
      }
      return new GivenFolder(path, handle, identity);
    } catch (error) {
      handle.close();
      throw error;
    }
  }

  /** The owner's identifier. */
  get owner(): string {
    return ownerOf(this.#object);
  }

  /** Its list of rights as text (SDDL). */
  get rights(): string {
    return readSecurity(this.#object, SECURITY.DACL_SECURITY_INFORMATION);
  }

  #read(): AccessList {
    const text = this.rights;
    const list = readAccessList(text);
    if (list !== undefined) return list;
    throw new UnfitFolder(`its list of rights (${text === "" ? "none" : text}) cannot be added to`);
  }

  #write(list: AccessList): AccessList {
    // What is said of the folders above stays as it is.
    const parts = SECURITY.DACL_SECURITY_INFORMATION |
      (isProtected(list) ? SECURITY.PROTECTED_DACL_SECURITY_INFORMATION : 0);
    setSecurity(this.#object, accessText(list), parts >>> 0);
    return this.#read();
  }

  /**
   * Adds an entry, and reads it back.
   *
   * @param grant What to grant.
   * @returns What the list grants then, as text.
   * @throws {UnfitFolder} If the list is otherwise than it must be then.
   * @throws {Win32Error} If the system refuses.
   */
  give(grant: Grant): string {
    return locked(this.identity, () => {
      const before = this.#read();
      if (grantsOf(before, grant.sid).length > 0) {
        throw new UnfitFolder("its list of rights names the container already");
      }
      const after = this.#write(withGrant(before, grant));
      const found = grantsOf(after, grant.sid);
      if (found.length !== 1 || found[0] !== `OICI 0x${grant.rights.toString(16)}`) {
        throw new UnfitFolder(
          `its list of rights says ${found.join(", ") || "nothing"} afterwards`,
        );
      }
      if (!isSameForOthers(before, after, grant.sid)) {
        throw new UnfitFolder("its list of rights is another one for others afterwards");
      }
      return found[0]!;
    });
  }

  /**
   * Takes out the entries of an identifier, and reads that they are gone.
   *
   * @param sid The identifier.
   * @throws {UnfitFolder} If one is still there.
   * @throws {Win32Error} If the system refuses.
   */
  takeBack(sid: string): void {
    locked(this.identity, () => {
      const before = this.#read();
      const without = withoutGrants(before, sid);
      if (without === before) return;
      if (grantsOf(this.#write(without), sid).length > 0) {
        throw new UnfitFolder("its list of rights still names the container");
      }
    });
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.#handle.close();
  }
}
