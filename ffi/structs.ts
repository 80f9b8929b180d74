/**
 * Every structure that this module reads or writes, as in `winnt.h` and related headers.
 *
 * Sizes and offsets are not written down: `struct()` derives them, and in `tests/abi/` a C compiler
 * checks each one against the Windows headers.
 *
 * @module
 */
import { SECURITY_STRUCTS } from "./security_structs.ts";

/**
 * C structures by name: fields in order, with their C types.
 *
 * @example
 * ```ts
 * import { STRUCTS } from "@jobbox/jobobject/ffi";
 *
 * console.log(Object.keys(STRUCTS.IO_COUNTERS));
 * ```
 */
export const STRUCTS = {
  // -- winnt.h: job objects -------------------------------------------------------------------

  IO_COUNTERS: {
    ReadOperationCount: "ULONGLONG",
    WriteOperationCount: "ULONGLONG",
    OtherOperationCount: "ULONGLONG",
    ReadTransferCount: "ULONGLONG",
    WriteTransferCount: "ULONGLONG",
    OtherTransferCount: "ULONGLONG",
  },
  JOBOBJECT_BASIC_ACCOUNTING_INFORMATION: {
    TotalUserTime: "LARGE_INTEGER",
    TotalKernelTime: "LARGE_INTEGER",
    ThisPeriodTotalUserTime: "LARGE_INTEGER",
    ThisPeriodTotalKernelTime: "LARGE_INTEGER",
    TotalPageFaultCount: "DWORD",
    TotalProcesses: "DWORD",
    ActiveProcesses: "DWORD",
    TotalTerminatedProcesses: "DWORD",
  },
  JOBOBJECT_BASIC_LIMIT_INFORMATION: {
    PerProcessUserTimeLimit: "LARGE_INTEGER",
    PerJobUserTimeLimit: "LARGE_INTEGER",
    LimitFlags: "DWORD",
    MinimumWorkingSetSize: "SIZE_T",
    MaximumWorkingSetSize: "SIZE_T",
    ActiveProcessLimit: "DWORD",
    Affinity: "ULONG_PTR",
    PriorityClass: "DWORD",
    SchedulingClass: "DWORD",
  },
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION: {
    BasicLimitInformation: "JOBOBJECT_BASIC_LIMIT_INFORMATION",
    IoInfo: "IO_COUNTERS",
    ProcessMemoryLimit: "SIZE_T",
    JobMemoryLimit: "SIZE_T",
    PeakProcessMemoryUsed: "SIZE_T",
    PeakJobMemoryUsed: "SIZE_T",
  },
  /** Variable length: the list continues. A query accepts 16 bytes or more. */
  JOBOBJECT_BASIC_PROCESS_ID_LIST: {
    NumberOfAssignedProcesses: "DWORD",
    NumberOfProcessIdsInList: "DWORD",
    ProcessIdList: "ULONG_PTR[1]",
  },
  JOBOBJECT_BASIC_UI_RESTRICTIONS: {
    UIRestrictionsClass: "DWORD",
  },
  JOBOBJECT_END_OF_JOB_TIME_INFORMATION: {
    EndOfJobTimeAction: "DWORD",
  },
  JOBOBJECT_ASSOCIATE_COMPLETION_PORT: {
    CompletionKey: "PVOID",
    CompletionPort: "HANDLE",
  },
  JOBOBJECT_BASIC_AND_IO_ACCOUNTING_INFORMATION: {
    BasicInfo: "JOBOBJECT_BASIC_ACCOUNTING_INFORMATION",
    IoInfo: "IO_COUNTERS",
  },
  JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION: {
    IoReadBytesLimit: "DWORD64",
    IoWriteBytesLimit: "DWORD64",
    PerJobUserTimeLimit: "LARGE_INTEGER",
    JobMemoryLimit: "DWORD64",
    RateControlTolerance: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
    RateControlToleranceInterval: "JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL",
    LimitFlags: "DWORD",
  },
  JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION_2: {
    IoReadBytesLimit: "DWORD64",
    IoWriteBytesLimit: "DWORD64",
    PerJobUserTimeLimit: "LARGE_INTEGER",
    memory: { union: { JobHighMemoryLimit: "DWORD64", JobMemoryLimit: "DWORD64" } },
    cpuTolerance: {
      union: {
        RateControlTolerance: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
        CpuRateControlTolerance: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
      },
    },
    cpuInterval: {
      union: {
        RateControlToleranceInterval: "JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL",
        CpuRateControlToleranceInterval: "JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL",
      },
    },
    LimitFlags: "DWORD",
    IoRateControlTolerance: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
    JobLowMemoryLimit: "DWORD64",
    IoRateControlToleranceInterval: "JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL",
    NetRateControlTolerance: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
    NetRateControlToleranceInterval: "JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL",
  },
  JOBOBJECT_LIMIT_VIOLATION_INFORMATION: {
    LimitFlags: "DWORD",
    ViolationLimitFlags: "DWORD",
    IoReadBytes: "DWORD64",
    IoReadBytesLimit: "DWORD64",
    IoWriteBytes: "DWORD64",
    IoWriteBytesLimit: "DWORD64",
    PerJobUserTime: "LARGE_INTEGER",
    PerJobUserTimeLimit: "LARGE_INTEGER",
    JobMemory: "DWORD64",
    JobMemoryLimit: "DWORD64",
    RateControlTolerance: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
    RateControlToleranceLimit: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
  },
  JOBOBJECT_LIMIT_VIOLATION_INFORMATION_2: {
    LimitFlags: "DWORD",
    ViolationLimitFlags: "DWORD",
    IoReadBytes: "DWORD64",
    IoReadBytesLimit: "DWORD64",
    IoWriteBytes: "DWORD64",
    IoWriteBytesLimit: "DWORD64",
    PerJobUserTime: "LARGE_INTEGER",
    PerJobUserTimeLimit: "LARGE_INTEGER",
    JobMemory: "DWORD64",
    memory: { union: { JobHighMemoryLimit: "DWORD64", JobMemoryLimit: "DWORD64" } },
    cpuTolerance: {
      union: {
        RateControlTolerance: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
        CpuRateControlTolerance: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
      },
    },
    cpuLimit: {
      union: {
        RateControlToleranceLimit: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
        CpuRateControlToleranceLimit: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
      },
    },
    JobLowMemoryLimit: "DWORD64",
    IoRateControlTolerance: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
    IoRateControlToleranceLimit: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
    NetRateControlTolerance: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
    NetRateControlToleranceLimit: "JOBOBJECT_RATE_CONTROL_TOLERANCE",
  },
  GROUP_AFFINITY: {
    Mask: "ULONG_PTR",
    Group: "WORD",
    Reserved: "WORD[3]",
  },
  JOBOBJECT_CPU_RATE_CONTROL_INFORMATION: {
    ControlFlags: "DWORD",
    value: {
      union: {
        CpuRate: "DWORD",
        Weight: "DWORD",
        range: { struct: { MinRate: "WORD", MaxRate: "WORD" } },
      },
    },
  },
  JOBOBJECT_NET_RATE_CONTROL_INFORMATION: {
    MaxBandwidth: "DWORD64",
    ControlFlags: "JOB_OBJECT_NET_RATE_CONTROL_FLAGS",
    DscpTag: "BYTE",
  },
  JOBOBJECT_IO_ATTRIBUTION_STATS: {
    IoCount: "ULONG_PTR",
    TotalNonOverlappedQueueTime: "ULONGLONG",
    TotalNonOverlappedServiceTime: "ULONGLONG",
    TotalSize: "ULONGLONG",
  },
  JOBOBJECT_IO_ATTRIBUTION_INFORMATION: {
    ControlFlags: "DWORD",
    ReadStats: "JOBOBJECT_IO_ATTRIBUTION_STATS",
    WriteStats: "JOBOBJECT_IO_ATTRIBUTION_STATS",
  },

  // -- jobapi2.h ------------------------------------------------------------------------------

  JOBOBJECT_IO_RATE_CONTROL_INFORMATION: {
    MaxIops: "LONG64",
    MaxBandwidth: "LONG64",
    ReservationIops: "LONG64",
    VolumeName: "PCWSTR",
    BaseIoSize: "ULONG",
    ControlFlags: "ULONG",
  },

  // -- not in public headers (System Informer's phnt, symbol-derived) --------------------------

  JOBOBJECT_WAKE_FILTER: {
    HighEdgeFilter: "ULONG",
    LowEdgeFilter: "ULONG",
  },
  JOBOBJECT_FREEZE_INFORMATION: {
    Flags: "ULONG",
    Freeze: "BOOLEAN",
    Swap: "BOOLEAN",
    Reserved0: "UCHAR[2]",
    WakeFilter: "JOBOBJECT_WAKE_FILTER",
  },
  JOBOBJECT_MEMORY_USAGE_INFORMATION: {
    JobMemory: "ULONG64",
    PeakJobMemoryUsed: "ULONG64",
  },

  // -- processthreadsapi.h, minwinbase.h, ioapiset.h, tlhelp32.h, psapi.h -----------------------

  SECURITY_ATTRIBUTES: {
    nLength: "DWORD",
    lpSecurityDescriptor: "LPVOID",
    bInheritHandle: "BOOL",
  },
  STARTUPINFOW: {
    cb: "DWORD",
    lpReserved: "LPWSTR",
    lpDesktop: "LPWSTR",
    lpTitle: "LPWSTR",
    dwX: "DWORD",
    dwY: "DWORD",
    dwXSize: "DWORD",
    dwYSize: "DWORD",
    dwXCountChars: "DWORD",
    dwYCountChars: "DWORD",
    dwFillAttribute: "DWORD",
    dwFlags: "DWORD",
    wShowWindow: "WORD",
    cbReserved2: "WORD",
    lpReserved2: "LPBYTE",
    hStdInput: "HANDLE",
    hStdOutput: "HANDLE",
    hStdError: "HANDLE",
  },
  STARTUPINFOEXW: {
    StartupInfo: "STARTUPINFOW",
    lpAttributeList: "LPPROC_THREAD_ATTRIBUTE_LIST",
  },
  PROCESS_INFORMATION: {
    hProcess: "HANDLE",
    hThread: "HANDLE",
    dwProcessId: "DWORD",
    dwThreadId: "DWORD",
  },
  OVERLAPPED: {
    Internal: "ULONG_PTR",
    InternalHigh: "ULONG_PTR",
    position: {
      union: {
        offset: { struct: { Offset: "DWORD", OffsetHigh: "DWORD" } },
        Pointer: "PVOID",
      },
    },
    hEvent: "HANDLE",
  },
  OVERLAPPED_ENTRY: {
    lpCompletionKey: "ULONG_PTR",
    lpOverlapped: "LPOVERLAPPED",
    Internal: "ULONG_PTR",
    dwNumberOfBytesTransferred: "DWORD",
  },
  FILETIME: {
    dwLowDateTime: "DWORD",
    dwHighDateTime: "DWORD",
  },
  PROCESS_BASIC_INFORMATION: {
    ExitStatus: "NTSTATUS",
    PebBaseAddress: "PPEB",
    AffinityMask: "ULONG_PTR",
    BasePriority: "LONG",
    UniqueProcessId: "ULONG_PTR",
    InheritedFromUniqueProcessId: "ULONG_PTR",
  },
  UNICODE_STRING: {
    Length: "USHORT",
    MaximumLength: "USHORT",
    Buffer: "PWSTR",
  },
  RTL_OSVERSIONINFOW: {
    dwOSVersionInfoSize: "ULONG",
    dwMajorVersion: "ULONG",
    dwMinorVersion: "ULONG",
    dwBuildNumber: "ULONG",
    dwPlatformId: "ULONG",
    szCSDVersion: "WCHAR[128]",
  },
  BY_HANDLE_FILE_INFORMATION: {
    dwFileAttributes: "DWORD",
    ftCreationTime: "FILETIME",
    ftLastAccessTime: "FILETIME",
    ftLastWriteTime: "FILETIME",
    dwVolumeSerialNumber: "DWORD",
    nFileSizeHigh: "DWORD",
    nFileSizeLow: "DWORD",
    nNumberOfLinks: "DWORD",
    nFileIndexHigh: "DWORD",
    nFileIndexLow: "DWORD",
  },
  PROCESSENTRY32W: {
    dwSize: "DWORD",
    cntUsage: "DWORD",
    th32ProcessID: "DWORD",
    th32DefaultHeapID: "ULONG_PTR",
    th32ModuleID: "DWORD",
    cntThreads: "DWORD",
    th32ParentProcessID: "DWORD",
    pcPriClassBase: "LONG",
    dwFlags: "DWORD",
    szExeFile: "WCHAR[260]",
  },
  PROCESS_MEMORY_COUNTERS: {
    cb: "DWORD",
    PageFaultCount: "DWORD",
    PeakWorkingSetSize: "SIZE_T",
    WorkingSetSize: "SIZE_T",
    QuotaPeakPagedPoolUsage: "SIZE_T",
    QuotaPagedPoolUsage: "SIZE_T",
    QuotaPeakNonPagedPoolUsage: "SIZE_T",
    QuotaNonPagedPoolUsage: "SIZE_T",
    PagefileUsage: "SIZE_T",
    PeakPagefileUsage: "SIZE_T",
  },
  ...SECURITY_STRUCTS,
} as const;

/** The name of a structure of {@linkcode STRUCTS}. */
export type StructName = keyof typeof STRUCTS;
