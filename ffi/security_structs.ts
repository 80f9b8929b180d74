/**
 * The structures of tokens, access lists and files that only isolation needs.
 *
 * @module
 */

/** C structures by name, a part of `STRUCTS`. */
export const SECURITY_STRUCTS = {
  // -- winnt.h: tokens ------------------------------------------------------------------------

  LUID: {
    LowPart: "DWORD",
    HighPart: "LONG",
  },
  LUID_AND_ATTRIBUTES: {
    Luid: "LUID",
    Attributes: "DWORD",
  },
  TOKEN_PRIVILEGES: {
    PrivilegeCount: "DWORD",
    Privileges: "LUID_AND_ATTRIBUTES[1]",
  },
  SID_AND_ATTRIBUTES: {
    Sid: "PSID",
    Attributes: "DWORD",
  },
  /** Variable length: the list continues. */
  TOKEN_GROUPS: {
    GroupCount: "DWORD",
    Groups: "SID_AND_ATTRIBUTES[1]",
  },
  TOKEN_USER: {
    User: "SID_AND_ATTRIBUTES",
  },
  TOKEN_OWNER: {
    Owner: "PSID",
  },
  TOKEN_DEFAULT_DACL: {
    DefaultDacl: "PACL",
  },
  TOKEN_MANDATORY_LABEL: {
    Label: "SID_AND_ATTRIBUTES",
  },
  TOKEN_APPCONTAINER_INFORMATION: {
    TokenAppContainer: "PSID",
  },
  SECURITY_CAPABILITIES: {
    AppContainerSid: "PSID",
    Capabilities: "PSID_AND_ATTRIBUTES",
    CapabilityCount: "DWORD",
    Reserved: "DWORD",
  },
  /** Variable length: the pointer gives the address of the attributes. */
  TOKEN_SECURITY_ATTRIBUTES_INFORMATION: {
    Version: "USHORT",
    Reserved: "USHORT",
    AttributeCount: "ULONG",
    pAttributeV1: "PVOID",
  },
  TOKEN_SECURITY_ATTRIBUTE_V1: {
    Name: "UNICODE_STRING",
    ValueType: "USHORT",
    Reserved: "USHORT",
    Flags: "ULONG",
    ValueCount: "ULONG",
    Values: "PVOID",
  },

  // -- winnt.h: access lists ------------------------------------------------------------------

  /** Variable length: the entries follow. */
  ACL: {
    AclRevision: "BYTE",
    Sbz1: "BYTE",
    AclSize: "WORD",
    AceCount: "WORD",
    Sbz2: "WORD",
  },
  ACE_HEADER: {
    AceType: "BYTE",
    AceFlags: "BYTE",
    AceSize: "WORD",
  },
  /** Variable length: the SID begins at `SidStart`. A mandatory label has the same form. */
  ACCESS_ALLOWED_ACE: {
    Header: "ACE_HEADER",
    Mask: "ACCESS_MASK",
    SidStart: "DWORD",
  },

  // -- tlhelp32.h: threads --------------------------------------------------------------------

  THREADENTRY32: {
    dwSize: "DWORD",
    cntUsage: "DWORD",
    th32ThreadID: "DWORD",
    th32OwnerProcessID: "DWORD",
    tpBasePri: "LONG",
    tpDeltaPri: "LONG",
    dwFlags: "DWORD",
  },

  // -- minwinbase.h, WinBase.h: files ---------------------------------------------------------

  /** Variable: the name goes on. */
  FILE_FULL_DIR_INFO: {
    NextEntryOffset: "ULONG",
    FileIndex: "ULONG",
    CreationTime: "LARGE_INTEGER",
    LastAccessTime: "LARGE_INTEGER",
    LastWriteTime: "LARGE_INTEGER",
    ChangeTime: "LARGE_INTEGER",
    EndOfFile: "LARGE_INTEGER",
    AllocationSize: "LARGE_INTEGER",
    FileAttributes: "ULONG",
    FileNameLength: "ULONG",
    EaSize: "ULONG",
    FileName: "WORD[1]",
  },
  FILE_BASIC_INFO: {
    CreationTime: "LARGE_INTEGER",
    LastAccessTime: "LARGE_INTEGER",
    LastWriteTime: "LARGE_INTEGER",
    ChangeTime: "LARGE_INTEGER",
    FileAttributes: "DWORD",
  },
  FILE_DISPOSITION_INFO: {
    DeleteFile: "BOOLEAN",
  },
} as const;
