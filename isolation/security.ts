/**
 * Who may do what with an object: descriptors written as text (SDDL), set on a handle and read back.
 *
 * @module
 */
import { ERROR, SECURITY } from "../ffi/constants.ts";
import { check, Win32Error } from "../ffi/error.ts";
import { advapi32, kernel32 } from "../ffi/library.ts";
import { decodeWide, encodeWide } from "../ffi/strings.ts";
import { copyMemory } from "../process/native_memory.ts";

/** The longest text of a descriptor that is read, in UTF-16 units. */
const TEXT_MAX = 65_536;

/** A descriptor in memory, until it is disposed of. */
export class Descriptor implements Disposable {
  /** Where it is. */
  readonly address: bigint;

  /**
   * Creates a descriptor from its text.
   *
   * @param sddl Such as `"D:P(A;;GA;;;BA)"`.
   * @throws {Win32Error} If the system does not understand it.
   */
  constructor(sddl: string) {
    const memory = new BigUint64Array(1);
    check(
      advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW(
        encodeWide(sddl, "a security descriptor"),
        SECURITY.SDDL_REVISION_1,
        memory,
        null,
      ),
      "ConvertStringSecurityDescriptorToSecurityDescriptorW",
      `Cannot create a security descriptor from ${sddl}`,
    );
    this.address = memory[0]!;
  }

  /** The address of its owner; 0 if it has none. */
  get owner(): bigint {
    const memory = new BigUint64Array(1);
    check(
      advapi32.GetSecurityDescriptorOwner(this.address, memory, new Int32Array(1)),
      "GetSecurityDescriptorOwner",
      "Cannot read a security descriptor",
    );
    return memory[0]!;
  }

  /** The address of its access list. */
  get dacl(): bigint {
    return this.#list("GetSecurityDescriptorDacl");
  }

  /** The address of its label. */
  get sacl(): bigint {
    return this.#list("GetSecurityDescriptorSacl");
  }

  #list(api: "GetSecurityDescriptorDacl" | "GetSecurityDescriptorSacl"): bigint {
    const [present, memory] = [new Int32Array(1), new BigUint64Array(1)];
    const action = "Cannot read a security descriptor";
    check(advapi32[api](this.address, present, memory, new Int32Array(1)), api, action);
    // An absent or null list would allow everyone everything.
    if (present[0] === 0 || memory[0] === 0n) throw new Win32Error(ERROR.INVALID_DATA, api, action);
    return memory[0]!;
  }

  /** Frees it. */
  [Symbol.dispose](): void {
    kernel32.LocalFree(this.address);
  }
}

/** The type of an object, as GetSecurityInfo takes it. */
export type ObjectKind = typeof SECURITY.SE_FILE_OBJECT | typeof SECURITY.SE_KERNEL_OBJECT;

/** An object whose rights are set or read. */
export interface Secured {
  /** Its handle, with the required rights. */
  readonly handle: bigint;
  /** Its type. */
  readonly kind: ObjectKind;
  /** Its name for messages. */
  readonly what: string;
}

/**
 * Sets parts of an object's descriptor.
 *
 * @param object The object.
 * @param sddl The descriptor as text.
 * @param parts Which of its parts (`SECURITY…_INFORMATION`).
 * @throws {Win32Error} If the system refuses.
 */
export function setSecurity({ handle, kind, what }: Secured, sddl: string, parts: number): void {
  using descriptor = new Descriptor(sddl);
  const has = (part: number): boolean => (parts & part) !== 0;
  // The result is the error code; the last error is not set.
  const code = advapi32.SetSecurityInfo(
    handle,
    kind,
    parts,
    has(SECURITY.OWNER_SECURITY_INFORMATION) ? descriptor.owner : 0n,
    0n,
    has(SECURITY.DACL_SECURITY_INFORMATION) ? descriptor.dacl : 0n,
    has(SECURITY.LABEL_SECURITY_INFORMATION) ? descriptor.sacl : 0n,
  );
  if (code !== ERROR.SUCCESS) {
    throw new Win32Error(code, "SetSecurityInfo", `Cannot set who may use ${what}`);
  }
}

/**
 * Reads parts of an object's descriptor.
 *
 * @param object The object.
 * @param parts Which parts.
 * @returns The descriptor as text.
 * @throws {Win32Error} If the system refuses.
 */
export function readSecurity({ handle, kind, what }: Secured, parts: number): string {
  const action = `Cannot read who may use ${what}`;
  const memory = new BigUint64Array(1);
  const code = advapi32.GetSecurityInfo(handle, kind, parts, null, null, null, null, memory);
  if (code !== ERROR.SUCCESS) throw new Win32Error(code, "GetSecurityInfo", action);
  try {
    return securityText(memory[0]!, parts);
  } finally {
    kernel32.LocalFree(memory[0]!);
  }
}

/**
 * Writes a descriptor as text.
 *
 * @param address Where it is.
 * @param parts Which of its parts.
 * @returns The text.
 * @throws {Win32Error} If the system refuses.
 */
export function securityText(address: bigint, parts: number): string {
  const [text, length] = [new BigUint64Array(1), new Uint32Array(1)];
  const api = "ConvertSecurityDescriptorToStringSecurityDescriptorW";
  check(
    advapi32[api](address, SECURITY.SDDL_REVISION_1, parts, text, length),
    api,
    "Cannot read a security descriptor",
  );
  try {
    const units = Math.min(length[0]!, TEXT_MAX);
    return decodeWide(new Uint16Array(copyMemory(text[0]!, 2 * units).buffer));
  } finally {
    kernel32.LocalFree(text[0]!);
  }
}
