/**
 * The facts about a token, decoded from the results of Windows. Pure.
 *
 * A result contains addresses within itself. Each one is checked to be inside the copy before it is
 * followed.
 *
 * @module
 */
import { TOKEN } from "../ffi/constants.ts";
import { struct } from "../ffi/struct.ts";
import { STRUCTS } from "../ffi/structs.ts";
import { readSid } from "./sid.ts";

const OWNER = struct(STRUCTS, "TOKEN_OWNER");
const GROUPS = struct(STRUCTS, "TOKEN_GROUPS");
const GROUP = struct(STRUCTS, "SID_AND_ATTRIBUTES");
const PRIVILEGES = struct(STRUCTS, "TOKEN_PRIVILEGES");
const PRIVILEGE = struct(STRUCTS, "LUID_AND_ATTRIBUTES");
const CLAIMS = struct(STRUCTS, "TOKEN_SECURITY_ATTRIBUTES_INFORMATION");
const CLAIM = struct(STRUCTS, "TOKEN_SECURITY_ATTRIBUTE_V1");

/** Where the list of a structure with a list at its end begins. */
const GROUPS_START = GROUPS.size - GROUP.size;
const PRIVILEGES_START = PRIVILEGES.size - PRIVILEGE.size;

/** The claim of a process to which rights of "all application packages" do not apply. */
const LESS_PRIVILEGED = "WIN://NOALLAPPPKG";

/** A group of a token. */
export interface TokenGroup {
  /** Its identifier. */
  readonly sid: string;
  /** Whether its rights apply. */
  readonly enabled: boolean;
  /** Whether it only denies. */
  readonly denyOnly: boolean;
}

/** A privilege of a token. */
export interface TokenPrivilege {
  /** Its number on this system. */
  readonly luid: bigint;
  /** Whether it is enabled. */
  readonly enabled: boolean;
}

/** The facts about a token. */
export interface TokenFacts {
  /** The user. */
  readonly user: string;
  /** The groups, in the token's order, without integrity levels. */
  readonly groups: readonly TokenGroup[];
  /** The privileges, in the token's order. */
  readonly privileges: readonly TokenPrivilege[];
  /** The integrity level. */
  readonly integrity: string;
  /** The owner of new objects. */
  readonly owner: string;
  /** Whether it has the rights of an administrator. */
  readonly elevated: boolean;
  /** Whether a process can be started with it. */
  readonly primary: boolean;
  /** The session. */
  readonly session: number;
  /** The container; `undefined` for a token without one. */
  readonly container: string | undefined;
  /** The capabilities of the container. */
  readonly capabilities: readonly string[];
  /**
   * Whether the container is one with fewer rights; `undefined` if the system does not report it.
   */
  readonly lessPrivileged: boolean | undefined;
}

/** A result of the system: a copy, and the address of the original. */
export interface Answer {
  /** The copy. */
  readonly view: DataView<ArrayBuffer>;
  /** The original's address. */
  readonly base: bigint;
}

/** The place in the copy of an address in the original. */
function placeOf({ view, base }: Answer, address: bigint, length: number): number {
  const offset = Number(address - base);
  if (offset < 0 || offset + length > view.byteLength) {
    throw new RangeError("Cannot read the facts about a token: an address in it is outside of it");
  }
  return offset;
}

/**
 * Reads an identifier that a result points to.
 *
 * @param answer The answer.
 * @param address The identifier's address.
 * @returns Its text.
 * @throws {RangeError} If the address is outside of the result, or not that of an identifier.
 */
export function sidAt(answer: Answer, address: bigint): string {
  return readSid(answer.view, placeOf(answer, address, 1)).text;
}

/**
 * Reads the identifier of a structure that begins with a pointer to one.
 *
 * @param answer The answer.
 * @returns The identifier; `undefined` for a null pointer.
 * @throws {RangeError} If the answer is cut short.
 */
export function firstSid(answer: Answer): string | undefined {
  const address = OWNER.decode(answer.view).Owner;
  return address === 0n ? undefined : sidAt(answer, address);
}

/**
 * Reads a list of groups.
 *
 * @param answer The system's result for TokenGroups or TokenCapabilities.
 * @returns The groups, without integrity levels.
 * @throws {RangeError} If the answer is cut short.
 */
export function readGroups(answer: Answer): TokenGroup[] {
  const { GroupCount: count } = GROUPS.decode(answer.view);
  return Array.from({ length: count }, (_, at) => {
    const { Attributes, Sid } = GROUP.decode(answer.view, GROUPS_START + at * GROUP.size);
    return { sid: sidAt(answer, Sid), attributes: Attributes };
  }).filter(({ attributes }) => (attributes & TOKEN.SE_GROUP_INTEGRITY) === 0)
    .map(({ attributes, sid }) => ({
      sid,
      enabled: (attributes & TOKEN.SE_GROUP_ENABLED) !== 0,
      denyOnly: (attributes & TOKEN.SE_GROUP_USE_FOR_DENY_ONLY) !== 0,
    }));
}

/**
 * Reads a list of privileges.
 *
 * @param answer The system's result for TokenPrivileges.
 * @returns The privileges.
 * @throws {RangeError} If the answer is cut short.
 */
export function readPrivileges({ view }: Answer): TokenPrivilege[] {
  const { PrivilegeCount: count } = PRIVILEGES.decode(view);
  return Array.from({ length: count }, (_, at) => {
    const { Attributes, Luid } = PRIVILEGE.decode(view, PRIVILEGES_START + at * PRIVILEGE.size);
    return {
      luid: BigInt(Luid.HighPart) << 32n | BigInt(Luid.LowPart),
      enabled: (Attributes & TOKEN.SE_PRIVILEGE_ENABLED) !== 0,
    };
  });
}

/**
 * Reads from a token's claims whether its container has fewer rights.
 *
 * @param answer The system's result for TokenSecurityAttributes.
 * @returns Whether it is.
 * @throws {RangeError} If an address in it is outside of it.
 */
export function readLessPrivileged(answer: Answer): boolean {
  const { AttributeCount, pAttributeV1 } = CLAIMS.decode(answer.view);
  for (let at = 0; at < AttributeCount; at++) {
    const address = pAttributeV1 + BigInt(at * CLAIM.size);
    const claim = CLAIM.decode(answer.view, placeOf(answer, address, CLAIM.size));
    const start = placeOf(answer, claim.Name.Buffer, claim.Name.Length);
    let name = "";
    for (let unit = 0; unit < claim.Name.Length; unit += 2) {
      name += String.fromCharCode(answer.view.getUint16(start + unit, true));
    }
    if (name !== LESS_PRIVILEGED || claim.ValueCount < 1) continue;
    return answer.view.getBigUint64(placeOf(answer, claim.Values, 8), true) === 1n;
  }
  return false;
}
