/**
 * Constants of tokens, access rights, desktops and process mitigations, which only isolation needs;
 * a group's keys are C names unless it says otherwise.
 *
 * @module
 */

/**
 * Token rights, and attributes of the groups and privileges in a token (winnt.h).
 *
 * @example
 * ```ts
 * import { TOKEN } from "@jobbox/jobobject/ffi";
 *
 * const value: number = TOKEN.TOKEN_ASSIGN_PRIMARY;
 * ```
 */
export const TOKEN = {
  TOKEN_ASSIGN_PRIMARY: 0x1,
  TOKEN_DUPLICATE: 0x2,
  TOKEN_IMPERSONATE: 0x4,
  TOKEN_QUERY: 0x8,
  TOKEN_ADJUST_PRIVILEGES: 0x20,
  TOKEN_ADJUST_DEFAULT: 0x80,
  SE_PRIVILEGE_ENABLED: 0x2,
  SE_GROUP_ENABLED: 0x4,
  SE_GROUP_USE_FOR_DENY_ONLY: 0x10,
  SE_GROUP_INTEGRITY: 0x20,
} as const;

/**
 * `TOKEN_INFORMATION_CLASS` (winnt.h).
 *
 * @example
 * ```ts
 * import { TOKEN_INFORMATION_CLASS } from "@jobbox/jobobject/ffi";
 *
 * const value: number = TOKEN_INFORMATION_CLASS.TokenUser;
 * ```
 */
export const TOKEN_INFORMATION_CLASS = {
  TokenUser: 1,
  TokenGroups: 2,
  TokenPrivileges: 3,
  TokenOwner: 4,
  TokenDefaultDacl: 6,
  TokenType: 8,
  TokenSessionId: 12,
  TokenElevation: 20,
  TokenIntegrityLevel: 25,
  TokenIsAppContainer: 29,
  TokenCapabilities: 30,
  TokenAppContainerSid: 31,
  TokenSecurityAttributes: 39,
} as const;

/**
 * `TOKEN_TYPE` (winnt.h).
 *
 * @example
 * ```ts
 * import { TOKEN_TYPE } from "@jobbox/jobobject/ffi";
 *
 * const value: number = TOKEN_TYPE.TokenPrimary;
 * ```
 */
export const TOKEN_TYPE = { TokenPrimary: 1 } as const;

/**
 * The kinds of objects that have a security descriptor, and its parts (accctrl.h, winnt.h).
 *
 * @example
 * ```ts
 * import { SECURITY } from "@jobbox/jobobject/ffi";
 *
 * const value: number = SECURITY.SE_FILE_OBJECT;
 * ```
 */
export const SECURITY = {
  SE_FILE_OBJECT: 1,
  SE_KERNEL_OBJECT: 6,
  OWNER_SECURITY_INFORMATION: 0x1,
  DACL_SECURITY_INFORMATION: 0x4,
  LABEL_SECURITY_INFORMATION: 0x10,
  PROTECTED_DACL_SECURITY_INFORMATION: 0x80000000,
  SDDL_REVISION_1: 1,
  ACL_REVISION: 2,
  ACCESS_ALLOWED_ACE_TYPE: 0,
  ACCESS_DENIED_ACE_TYPE: 1,
  SYSTEM_MANDATORY_LABEL_ACE_TYPE: 0x11,
  OBJECT_INHERIT_ACE: 0x1,
  CONTAINER_INHERIT_ACE: 0x2,
  INHERITED_ACE: 0x10,
} as const;

/**
 * Access rights to files and keys, and a predefined key: its lower 32 bits, which must be
 * sign-extended (winnt.h, winreg.h).
 *
 * @example
 * ```ts
 * import { ACCESS } from "@jobbox/jobobject/ffi";
 *
 * const value: number = ACCESS.DELETE;
 * ```
 */
export const ACCESS = {
  DELETE: 0x10000,
  READ_CONTROL: 0x20000,
  WRITE_DAC: 0x40000,
  WRITE_OWNER: 0x80000,
  FILE_GENERIC_READ: 0x120089,
  FILE_GENERIC_WRITE: 0x120116,
  FILE_GENERIC_EXECUTE: 0x1200a0,
  FILE_DELETE_CHILD: 0x40,
  FILE_LIST_DIRECTORY: 0x1,
  KEY_QUERY_VALUE: 0x1,
  KEY_SET_VALUE: 0x2,
  KEY_ALL_ACCESS: 0xf003f,
  HKEY_CURRENT_USER_LOW: 0x80000001,
  REG_OPTION_VOLATILE: 0x1,
} as const;

/**
 * Attributes of files, and how they are opened and changed by a handle (winnt.h, minwinbase.h).
 *
 * @example
 * ```ts
 * import { FILE_ENTRY } from "@jobbox/jobobject/ffi";
 *
 * const value: number = FILE_ENTRY.FILE_ATTRIBUTE_READONLY;
 * ```
 */
export const FILE_ENTRY = {
  FILE_ATTRIBUTE_READONLY: 0x1,
  FILE_ATTRIBUTE_REPARSE_POINT: 0x400,
  FILE_FLAG_OPEN_REPARSE_POINT: 0x200000,
  FILE_PERSISTENT_ACLS: 0x8,
  FSCTL_GET_REPARSE_POINT: 0x900a8,
  IO_REPARSE_TAG_APPEXECLINK: 0x8000001b,
  FileBasicInfo: 0,
  FileDispositionInfo: 4,
  FileFullDirectoryInfo: 14,
  ObjectNameInformation: 1,
} as const;

/**
 * Rights to a desktop, and the queries for one (winuser.h).
 *
 * @example
 * ```ts
 * import { DESKTOP } from "@jobbox/jobobject/ffi";
 *
 * const value: number = DESKTOP.DESKTOP_CREATEWINDOW;
 * ```
 */
export const DESKTOP = {
  DESKTOP_CREATEWINDOW: 0x2,
  DESKTOP_READOBJECTS: 0x1,
  DESKTOP_WRITEOBJECTS: 0x80,
  UOI_FLAGS: 1,
  UOI_NAME: 2,
  WSF_VISIBLE: 0x1,
} as const;

/**
 * Rights to a process in addition to those of `PROCESS` (winnt.h).
 *
 * @example
 * ```ts
 * import { PROCESS_ACCESS } from "@jobbox/jobobject/ffi";
 *
 * const value: number = PROCESS_ACCESS.PROCESS_VM_READ;
 * ```
 */
export const PROCESS_ACCESS = {
  PROCESS_VM_READ: 0x10,
  PROCESS_VM_WRITE: 0x20,
  PROCESS_ALL_ACCESS: 0x1fffff,
} as const;

/**
 * Access rights to a thread, and the flag for a snapshot of threads (winnt.h, tlhelp32.h).
 *
 * @example
 * ```ts
 * import { THREAD } from "@jobbox/jobobject/ffi";
 *
 * const value: number = THREAD.THREAD_TERMINATE;
 * ```
 */
export const THREAD = {
  THREAD_TERMINATE: 0x1,
  THREAD_SUSPEND_RESUME: 0x2,
  THREAD_SET_CONTEXT: 0x10,
  TH32CS_SNAPTHREAD: 0x4,
} as const;

/**
 * Attributes of a process at its creation (WinBase.h).
 *
 * @example
 * ```ts
 * import { BIRTH } from "@jobbox/jobobject/ffi";
 *
 * const value: number = BIRTH.PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY;
 * ```
 */
export const BIRTH = {
  PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY: 0x20007,
  PROC_THREAD_ATTRIBUTE_SECURITY_CAPABILITIES: 0x20009,
  PROC_THREAD_ATTRIBUTE_ALL_APPLICATION_PACKAGES_POLICY: 0x2000f,
  PROCESS_CREATION_ALL_APPLICATION_PACKAGES_OPT_OUT: 1,
} as const;

/**
 * Sockets of this machine (winsock2.h).
 *
 * @example
 * ```ts
 * import { SOCKETS } from "@jobbox/jobobject/ffi";
 *
 * const value: number = SOCKETS.AF_INET;
 * ```
 */
export const SOCKETS = {
  AF_INET: 2,
  SOCK_STREAM: 1,
  IPPROTO_TCP: 6,
  FIONBIO: 0x8004667e,
  WSAEWOULDBLOCK: 10035,
} as const;

/**
 * `PROCESS_MITIGATION_POLICY` (winnt.h).
 *
 * @example
 * ```ts
 * import { PROCESS_MITIGATION_POLICY } from "@jobbox/jobobject/ffi";
 *
 * const value: number = PROCESS_MITIGATION_POLICY.ProcessStrictHandleCheckPolicy;
 * ```
 */
export const PROCESS_MITIGATION_POLICY = {
  ProcessStrictHandleCheckPolicy: 3,
  ProcessSystemCallDisablePolicy: 4,
  ProcessExtensionPointDisablePolicy: 6,
  ProcessFontDisablePolicy: 9,
  ProcessImageLoadPolicy: 10,
} as const;

/**
 * Offsets in bytes of fields of a process's PEB, and of the parameters it points to (phnt).
 *
 * @example
 * ```ts
 * import { PLACE } from "@jobbox/jobobject/ffi";
 *
 * const value: number = PLACE.PEB_ProcessParameters;
 * ```
 */
export const PLACE = {
  PEB_ProcessParameters: 0x20,
  Environment: 0x80,
  DesktopInfo: 0xc0,
  EnvironmentSize: 0x3f0,
} as const;
