/**
 * Tokens: opening, reading and creating tokens with fewer rights.
 *
 * @module
 */
import { ERROR, TOKEN, TOKEN_INFORMATION_CLASS, TOKEN_TYPE } from "../ffi/constants.ts";
import { check, failure, Win32Error } from "../ffi/error.ts";
import { OwnedHandle } from "../ffi/handle.ts";
import { advapi32, kernel32, ntdll } from "../ffi/library.ts";
import { decodeWide, encodeWide } from "../ffi/strings.ts";
import { struct } from "../ffi/struct.ts";
import { STRUCTS } from "../ffi/structs.ts";
import { NativeMemory } from "../process/native_memory.ts";
import { Descriptor } from "./security.ts";
import { sidBytes } from "./sid.ts";
import {
  type Answer,
  firstSid,
  readGroups,
  readLessPrivileged,
  readPrivileges,
  type TokenFacts,
} from "./token_facts.ts";

const GROUP = struct(STRUCTS, "SID_AND_ATTRIBUTES");
const PRIVILEGE = struct(STRUCTS, "LUID_AND_ATTRIBUTES");
const LABEL = struct(STRUCTS, "TOKEN_MANDATORY_LABEL");
const OWNER = struct(STRUCTS, "TOKEN_OWNER");
const DEFAULT_DACL = struct(STRUCTS, "TOKEN_DEFAULT_DACL");
const LUID = struct(STRUCTS, "LUID");

/** The rights to our own token that creating another token from it requires. */
const OWN_RIGHTS = TOKEN.TOKEN_ASSIGN_PRIMARY | TOKEN.TOKEN_DUPLICATE | TOKEN.TOKEN_QUERY |
  TOKEN.TOKEN_ADJUST_DEFAULT;

/** Room for most results. */
const ROOM = 1024;
/** More than any result has. */
const ROOM_MAX = 1024 * ROOM;

/** The longest name of a privilege, in UTF-16 units. */
const NAME_MAX = 256;

/**
 * Opens the token of a process.
 *
 * @param process The process's handle.
 * @param rights The rights to the token.
 * @param action The action, beginning with "Cannot".
 * @returns The token; the caller closes it.
 * @throws {Win32Error} If the system refuses.
 * @throws {Deno.errors.NotCapable} If `--allow-ffi` does not cover advapi32.dll.
 */
export function openToken(
  process: bigint,
  rights: number,
  action = "Cannot open the token of a process",
): OwnedHandle {
  const memory = new BigUint64Array(1);
  check(advapi32.OpenProcessToken(process, rights, memory), "OpenProcessToken", action);
  return ownedToken(memory[0]!, "OpenProcessToken", action);
}

/** Opens this process's own token, to read it and to create another token from it. */
export function openOwnToken(): OwnedHandle {
  return openToken(kernel32.GetCurrentProcess(), OWN_RIGHTS, "Cannot open our own token");
}

/** A handle of 0 would start a process with our own rights. */
function ownedToken(handle: bigint, api: string, action: string): OwnedHandle {
  if (handle === 0n) throw new Win32Error(ERROR.INVALID_HANDLE, api, action);
  return new OwnedHandle(handle, "a token");
}

type InformationName = keyof typeof TOKEN_INFORMATION_CLASS;

/** Queries a token, and passes the result on while its memory exists. */
function ask<T>(token: bigint, name: InformationName, read: (answer: Answer) => T): T {
  const length = new Uint32Array(1);
  for (let room = ROOM;;) {
    using memory = new NativeMemory(room);
    const code = failure(
      advapi32.GetTokenInformation(
        token,
        TOKEN_INFORMATION_CLASS[name],
        memory.address,
        room,
        length,
      ),
    );
    if (code === ERROR.SUCCESS) return read({ view: memory.read(), base: memory.address });
    const isShort = code === ERROR.INSUFFICIENT_BUFFER || code === ERROR.BAD_LENGTH ||
      code === ERROR.MORE_DATA;
    if (!isShort || room >= ROOM_MAX) {
      throw new Win32Error(code, "GetTokenInformation", `Cannot read ${name} of a token`);
    }
    room = Math.max(2 * room, length[0]!);
  }
}

function number(token: bigint, name: InformationName): number {
  return ask(token, name, ({ view }) => new Uint32Array(view.buffer, 0, 1)[0]!);
}

/** Reads the identifier of a structure that begins with a pointer to one. */
function identifier(token: bigint, name: InformationName): string {
  const sid = ask(token, name, firstSid);
  if (sid === undefined) {
    throw new Win32Error(ERROR.INVALID_DATA, "GetTokenInformation", `Cannot read ${name}: none`);
  }
  return sid;
}

/** Whether a container is one with fewer rights; only ntdll.dll reports it. */
function lessPrivileged(token: bigint): boolean | undefined {
  using memory = new NativeMemory(4 * ROOM);
  const status = ntdll.NtQueryInformationToken(
    token,
    TOKEN_INFORMATION_CLASS.TokenSecurityAttributes,
    memory.address,
    memory.size,
    new Uint32Array(1),
  );
  if (status < 0) return undefined;
  return readLessPrivileged({ view: memory.read(), base: memory.address });
}

/**
 * Reads the facts about a token.
 *
 * @param token The token, with the right to query.
 * @returns The facts.
 * @throws {Win32Error} If the system does not report it.
 */
export function readToken(token: bigint): TokenFacts {
  const isContained = number(token, "TokenIsAppContainer") !== 0;
  return {
    user: identifier(token, "TokenUser"),
    groups: ask(token, "TokenGroups", readGroups),
    privileges: ask(token, "TokenPrivileges", readPrivileges),
    integrity: identifier(token, "TokenIntegrityLevel"),
    owner: identifier(token, "TokenOwner"),
    elevated: number(token, "TokenElevation") !== 0,
    primary: number(token, "TokenType") === TOKEN_TYPE.TokenPrimary,
    session: number(token, "TokenSessionId"),
    container: isContained ? identifier(token, "TokenAppContainerSid") : undefined,
    capabilities: isContained
      ? ask(token, "TokenCapabilities", readGroups).map(({ sid }) => sid)
      : [],
    lessPrivileged: isContained ? lessPrivileged(token) : false,
  };
}

/** The rights that a new token lacks. */
export interface Restriction {
  /** Groups that only deny. */
  readonly denyOnly: readonly string[];
  /** Privileges to be taken away, by their numbers. */
  readonly privileges: readonly bigint[];
}

/**
 * Creates a token with fewer rights.
 *
 * @param token The original token.
 * @param restriction What to take away.
 * @returns The new token; the caller closes it.
 * @throws {Win32Error} If the system refuses.
 */
export function restrictToken(
  token: bigint,
  { denyOnly, privileges }: Restriction,
): OwnedHandle {
  using scope = new DisposableStack();
  const groups = new DataView(new ArrayBuffer(GROUP.size * denyOnly.length));
  for (const [at, sid] of denyOnly.entries()) {
    const memory = scope.use(NativeMemory.of(sidBytes(sid)));
    GROUP.encode({ Sid: memory.address, Attributes: 0 }, part(groups, at, GROUP.size));
  }
  const luids = new DataView(new ArrayBuffer(PRIVILEGE.size * privileges.length));
  for (const [at, luid] of privileges.entries()) {
    const value = { Luid: luidOf(luid), Attributes: 0 };
    PRIVILEGE.encode(value, part(luids, at, PRIVILEGE.size));
  }
  const action = "Cannot create a token with fewer rights";
  const memory = new BigUint64Array(1);
  // Lists instead of flags: not every system implements the flags.
  const made = advapi32.CreateRestrictedToken(
    token,
    0,
    denyOnly.length,
    denyOnly.length === 0 ? null : groups,
    privileges.length,
    privileges.length === 0 ? null : luids,
    0,
    null,
    memory,
  );
  check(made, "CreateRestrictedToken", action);
  return ownedToken(memory[0]!, "CreateRestrictedToken", action);
}

function part(view: DataView<ArrayBuffer>, at: number, size: number): DataView<ArrayBuffer> {
  return new DataView(view.buffer, at * size, size);
}

function luidOf(luid: bigint): { LowPart: number; HighPart: number } {
  return {
    LowPart: Number(BigInt.asUintN(32, luid)),
    HighPart: Number(BigInt.asIntN(32, luid >> 32n)),
  };
}

/**
 * Sets the integrity level of a token. A system may report success without setting it, so read it
 * back.
 *
 * @param token The token, with the right to adjust its defaults.
 * @param level The level's identifier.
 * @throws {Win32Error} If the system refuses.
 */
export function setIntegrity(token: bigint, level: string): void {
  const bytes = sidBytes(level);
  using sid = NativeMemory.of(bytes);
  const label = LABEL.encode({
    Label: { Sid: sid.address, Attributes: TOKEN.SE_GROUP_INTEGRITY },
  });
  check(
    advapi32.SetTokenInformation(
      token,
      TOKEN_INFORMATION_CLASS.TokenIntegrityLevel,
      label,
      LABEL.size + bytes.byteLength,
    ),
    "SetTokenInformation",
    "Cannot set the integrity level of a token",
  );
}

/**
 * Makes the user the owner of new objects, with all rights to them. Otherwise the processes that run
 * with the token could not open each other's objects.
 *
 * @param token The token, with the right to adjust its defaults.
 * @param user The user's identifier.
 * @throws {Win32Error} If the system refuses.
 */
export function setOwner(token: bigint, user: string): void {
  const action = "Cannot set the owner of a token";
  using sid = NativeMemory.of(sidBytes(user));
  const { TokenOwner } = TOKEN_INFORMATION_CLASS;
  const owner = OWNER.encode({ Owner: sid.address });
  check(
    advapi32.SetTokenInformation(token, TokenOwner, owner, OWNER.size),
    "SetTokenInformation",
    action,
  );
  setUserRights(token, user);
}

/**
 * Gives the user all rights to new objects, so that the processes that run with the token can open
 * each other's objects.
 *
 * @param token The token, with the right to adjust its defaults.
 * @param user The user's identifier.
 * @throws {Win32Error} If the system refuses.
 */
export function setUserRights(token: bigint, user: string): void {
  setDefaultRights(token, `D:(A;;GA;;;${user})(A;;GA;;;SY)`);
}

/**
 * Sets the default rights to objects that are created with a token.
 *
 * @param token The token, with the right to adjust its defaults.
 * @param sddl The rights as text.
 * @throws {Win32Error} If the system refuses.
 */
export function setDefaultRights(token: bigint, sddl: string): void {
  using rights = new Descriptor(sddl);
  const list = DEFAULT_DACL.encode({ DefaultDacl: rights.dacl });
  const { TokenDefaultDacl } = TOKEN_INFORMATION_CLASS;
  check(
    advapi32.SetTokenInformation(token, TokenDefaultDacl, list, DEFAULT_DACL.size),
    "SetTokenInformation",
    "Cannot set the default rights of a token",
  );
}

/**
 * Finds a privilege's number on this system.
 *
 * @param name Its name, such as `"SeDebugPrivilege"`.
 * @returns The number; `undefined` where the system knows no such privilege.
 * @throws {TypeError} If the name holds a NUL.
 */
export function privilegeNumber(name: string): bigint | undefined {
  const luid = LUID.allocate();
  if (!advapi32.LookupPrivilegeValueW(null, encodeWide(name, "a privilege's name"), luid)) {
    return undefined;
  }
  const { HighPart, LowPart } = LUID.decode(luid);
  return BigInt(HighPart) << 32n | BigInt(LowPart);
}

/**
 * Names a privilege.
 *
 * @param luid Its number on this system.
 * @returns Its name; the number as text if the system does not know it.
 */
export function privilegeName(luid: bigint): string {
  const units = new Uint16Array(NAME_MAX);
  const length = new Uint32Array([NAME_MAX]);
  const named = advapi32.LookupPrivilegeNameW(null, LUID.encode(luidOf(luid)), units, length);
  return named ? decodeWide(units, length[0]!) : String(luid);
}
