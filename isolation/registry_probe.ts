/**
 * Two registry keys for a trial: one that the user may write, and one that only administrators may
 * write. They are volatile: after a crash they disappear at the next logon.
 *
 * @module
 */
import { ACCESS, ERROR, SECURITY } from "../ffi/constants.ts";
import { errorSymbol, Win32Error } from "../ffi/error.ts";
import { advapi32 } from "../ffi/library.ts";
import { encodeWide } from "../ffi/strings.ts";
import { Descriptor } from "./security.ts";

/** Predefined keys are sign-extended to 64 bits. */
const CURRENT_USER = BigInt.asUintN(64, BigInt(ACCESS.HKEY_CURRENT_USER_LOW | 0));

/** A key of the probe. */
export type ProbeKey = "open" | "closed";

const PREPARE = "Cannot prepare the keys of a trial";
const READ = "Cannot read what a trial did to a key";

/** The functions of the registry return the error code. */
function checkCode(code: number, api: string, action: string): void {
  if (code !== ERROR.SUCCESS) throw new Win32Error(code, api, action);
}

/** Both keys; disposing deletes them. */
export class RegistryProbe implements Disposable {
  readonly #root: string;
  readonly #made: string[] = [];
  readonly #left: string[];

  /**
   * Creates the keys.
   *
   * @param user The user's identifier, who may write one of them.
   * @param left Gets a sentence for each key that could not be deleted.
   * @throws {Win32Error} If the system refuses.
   */
  constructor(user: string, left: string[]) {
    this.#left = left;
    this.#root = `Software\\jobbox-trial-${crypto.randomUUID()}`;
    try {
      const all = `D:P(A;;KA;;;BA)(A;;KA;;;${user})`;
      this.#make(this.#root, all);
      this.#make(`${this.#root}\\open`, all);
      this.#make(`${this.#root}\\closed`, "D:P(A;;KA;;;BA)");
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** A key's path, as `reg.exe` takes it. */
  path(key: ProbeKey): string {
    return `HKCU\\${this.#root}\\${key}`;
  }

  /** Whether this process may set values of a key. */
  mayWrite(key: ProbeKey): boolean {
    const [code, handle] = this.#open(key, ACCESS.KEY_SET_VALUE);
    if (code !== ERROR.SUCCESS) return false;
    advapi32.RegCloseKey(handle);
    return true;
  }

  /**
   * Whether a key has the trial's value.
   *
   * @throws {Win32Error} If the system refuses.
   */
  hasValue(key: ProbeKey): boolean {
    const [opened, handle] = this.#open(key, ACCESS.KEY_QUERY_VALUE);
    checkCode(opened, "RegOpenKeyExW", READ);
    try {
      const code = advapi32.RegQueryValueExW(handle, encodeWide("trial"), null, null, null, null);
      if (code !== ERROR.FILE_NOT_FOUND) checkCode(code, "RegQueryValueExW", READ);
      return code === ERROR.SUCCESS;
    } finally {
      advapi32.RegCloseKey(handle);
    }
  }

  #open(key: ProbeKey, rights: number): [code: number, handle: bigint] {
    const memory = new BigUint64Array(1);
    const name = encodeWide(`${this.#root}\\${key}`);
    const code = advapi32.RegOpenKeyExW(CURRENT_USER, name, 0, rights, memory);
    return [code, memory[0]!];
  }

  #make(path: string, sddl: string): void {
    const memory = new BigUint64Array(1);
    const code = advapi32.RegCreateKeyExW(
      CURRENT_USER,
      encodeWide(path),
      0,
      null,
      ACCESS.REG_OPTION_VOLATILE,
      ACCESS.KEY_ALL_ACCESS,
      null,
      memory,
      null,
    );
    checkCode(code, "RegCreateKeyExW", PREPARE);
    this.#made.push(path);
    const key = memory[0]!;
    try {
      using descriptor = new Descriptor(sddl);
      // Not every system applies a descriptor that is passed at creation.
      const { DACL_SECURITY_INFORMATION } = SECURITY;
      const set = advapi32.RegSetKeySecurity(key, DACL_SECURITY_INFORMATION, descriptor.address);
      checkCode(set, "RegSetKeySecurity", PREPARE);
    } finally {
      advapi32.RegCloseKey(key);
    }
  }

  /** Deletes them. */
  [Symbol.dispose](): void {
    for (const path of this.#made.splice(0).reverse()) {
      const code = advapi32.RegDeleteKeyW(CURRENT_USER, encodeWide(path));
      if (code === ERROR.SUCCESS) continue;
      this.#left.push(`Cannot delete HKCU\\${path}: RegDeleteKeyW: ${errorSymbol(code)}`);
    }
  }
}
