/**
 * The profile of a container: its folder and its place in the registry.
 *
 * @module
 */
import { errorSymbol, Win32Error } from "../ffi/error.ts";
import { advapi32, kernel32, ole32, userenv } from "../ffi/library.ts";
import { decodeWide, encodeWide } from "../ffi/strings.ts";
import { struct } from "../ffi/struct.ts";
import { STRUCTS } from "../ffi/structs.ts";
import { UnsupportedPlatformError } from "../ffi/unsupported_platform.ts";
import { copyMemory, NativeMemory } from "../process/native_memory.ts";
import { sidAtAddress } from "./folder_rights.ts";
import { sidBytes } from "./sid.ts";

const ENTRY = struct(STRUCTS, "SID_AND_ATTRIBUTES");

/** SE_GROUP_ENABLED, which a capability must have. */
const ENABLED = 4;

/** How often a profile that is busy is tried to be deleted, and how long it is waited in ms. */
const TRIES = 20;
const PAUSE = 50;

/** An error of a function that returns an HRESULT, as its code of Windows where it has one. */
function codeOf(result: number): number {
  const code = result >>> 0;
  return code >>> 16 === 0x8007 ? code & 0xffff : code;
}

function checkResult(result: number, api: string, action: string): void {
  if (result < 0) throw new Win32Error(codeOf(result), api, action);
}

/**
 * Binds the functions of this system that a container needs.
 *
 * @throws {UnsupportedPlatformError} If one is missing.
 */
export function bindContainerFunctions(): void {
  try {
    void [
      userenv.CreateAppContainerProfile,
      userenv.DeleteAppContainerProfile,
      userenv.GetAppContainerFolderPath,
      advapi32.FreeSid,
      ole32.CoTaskMemFree,
    ];
  } catch (cause) {
    if (!(cause instanceof UnsupportedPlatformError)) throw cause;
    throw new UnsupportedPlatformError(
      `Cannot start the process in a container: this system has no containers: ${cause.message}`,
      { cause },
    );
  }
}

/** Capabilities in memory, as the calls of Windows take them. */
export class CapabilityList implements Disposable {
  readonly #scope = new DisposableStack();
  /** How many there are. */
  readonly count: number;
  /** Their bytes, which hold addresses that are valid as long as this object. */
  readonly bytes: Uint8Array<ArrayBuffer>;

  /**
   * Writes them down.
   *
   * @param sids Their identifiers.
   */
  constructor(sids: readonly string[]) {
    this.count = sids.length;
    const view = new DataView(new ArrayBuffer(ENTRY.size * sids.length));
    for (const [at, sid] of sids.entries()) {
      const memory = this.#scope.use(NativeMemory.of(sidBytes(sid)));
      const place = new DataView(view.buffer, at * ENTRY.size, ENTRY.size);
      ENTRY.encode({ Sid: memory.address, Attributes: ENABLED }, place);
    }
    this.bytes = new Uint8Array(view.buffer);
  }

  /** Frees the memory. */
  [Symbol.dispose](): void {
    this.#scope.dispose();
  }
}

/**
 * Makes a profile.
 *
 * @param name The container's name.
 * @param capabilities Its capabilities.
 * @returns The container's identifier, as the system says it.
 * @throws {Win32Error} If the system refuses, or has one of this name.
 */
export function createProfile(name: string, capabilities: CapabilityList): string {
  const memory = new BigUint64Array(1);
  const action = `Cannot make the container ${name}`;
  const api = "CreateAppContainerProfile";
  const result = userenv[api](
    encodeWide(name, "a container's name"),
    encodeWide(name),
    encodeWide("A command that jobbox runs"),
    capabilities.count === 0 ? null : capabilities.bytes,
    capabilities.count,
    memory,
  );
  checkResult(result, api, action);
  try {
    return sidAtAddress(memory[0]!);
  } finally {
    advapi32.FreeSid(memory[0]!);
  }
}

/**
 * Deletes a profile. It is busy for a moment after the last process has ended, so that it is tried
 * again for a second.
 *
 * @param name The container's name; one that is not there is deleted.
 * @returns A sentence if it is still there; else `undefined`.
 */
export function deleteProfile(name: string): string | undefined {
  const wide = encodeWide(name, "a container's name");
  for (let tried = 1;; tried++) {
    const result = userenv.DeleteAppContainerProfile(wide);
    if (result >= 0) return undefined;
    if (tried >= TRIES) {
      const code = errorSymbol(codeOf(result));
      return `Cannot delete the container ${name}: DeleteAppContainerProfile: ${code}`;
    }
    // This process does not end: it only takes the time.
    kernel32.WaitForSingleObject(kernel32.GetCurrentProcess(), PAUSE);
  }
}

/**
 * Finds the folder of a container.
 *
 * @param sid The container's identifier.
 * @returns The folder, which holds its temporary files too.
 * @throws {Win32Error} If the system does not say.
 */
export function profileFolder(sid: string): string {
  const memory = new BigUint64Array(1);
  const api = "GetAppContainerFolderPath";
  checkResult(userenv[api](encodeWide(sid), memory), api, `Cannot find the folder of ${sid}`);
  try {
    const length = kernel32.lstrlenW(memory[0]!);
    return decodeWide(new Uint16Array(copyMemory(memory[0]!, 2 * length).buffer));
  } finally {
    ole32.CoTaskMemFree(memory[0]!);
  }
}
