/**
 * The C prototype of every Win32 function that this module calls, by the DLL that exports it.
 *
 * @module
 */
import { SECURITY_FUNCTIONS } from "./security_functions.ts";

/**
 * Prototypes by DLL and name. `"address"` before a parameter means that it takes an address, not
 * JavaScript memory. A function that is called in two ways has a second row, named with `$` and a
 * word.
 *
 * @example
 * ```ts
 * import { FUNCTIONS } from "@jobbox/jobobject/ffi";
 *
 * console.log(FUNCTIONS.kernel32.CloseHandle); // ["BOOL", "HANDLE hObject"]
 * ```
 */
export const FUNCTIONS = {
  kernel32: {
    // jobapi.h, jobapi2.h, winbase.h: job objects
    CreateJobObjectW: ["HANDLE", "LPSECURITY_ATTRIBUTES lpJobAttributes", "LPCWSTR lpName"],
    OpenJobObjectW: ["HANDLE", "DWORD dwDesiredAccess", "BOOL bInheritHandle", "LPCWSTR lpName"],
    AssignProcessToJobObject: ["BOOL", "HANDLE hJob", "HANDLE hProcess"],
    TerminateJobObject: ["BOOL", "HANDLE hJob", "UINT uExitCode"],
    SetInformationJobObject: [
      "BOOL",
      "HANDLE hJob",
      "JOBOBJECTINFOCLASS JobObjectInformationClass",
      "LPVOID lpJobObjectInformation",
      "DWORD cbJobObjectInformationLength",
    ],
    QueryInformationJobObject: [
      "BOOL",
      "HANDLE hJob",
      "JOBOBJECTINFOCLASS JobObjectInformationClass",
      "LPVOID lpJobObjectInformation",
      "DWORD cbJobObjectInformationLength",
      "LPDWORD lpReturnLength",
    ],
    IsProcessInJob: ["BOOL", "HANDLE ProcessHandle", "HANDLE JobHandle", "PBOOL Result"],
    SetIoRateControlInformationJobObject: [
      "DWORD",
      "HANDLE hJob",
      "JOBOBJECT_IO_RATE_CONTROL_INFORMATION* IoRateControlInfo",
    ],
    QueryIoRateControlInformationJobObject: [
      "DWORD",
      "HANDLE hJob",
      "PCWSTR VolumeName",
      "JOBOBJECT_IO_RATE_CONTROL_INFORMATION** InfoBlocks",
      "PULONG InfoBlockCount",
    ],
    FreeMemoryJobObject: ["void", "address LPVOID Buffer"],

    // errhandlingapi.h, handleapi.h, winbase.h: errors, handles, memory
    GetLastError: ["DWORD"],
    SetLastError: ["void", "DWORD dwErrCode"],
    FormatMessageW: [
      "DWORD",
      "DWORD dwFlags",
      "address LPCVOID lpSource",
      "DWORD dwMessageId",
      "DWORD dwLanguageId",
      "LPWSTR lpBuffer",
      "DWORD nSize",
      "address va_list* Arguments",
    ],
    GetErrorMode: ["UINT"],
    SetErrorMode: ["UINT", "UINT uMode"],
    CloseHandle: ["BOOL", "HANDLE hObject"],
    DuplicateHandle: [
      "BOOL",
      "HANDLE hSourceProcessHandle",
      "HANDLE hSourceHandle",
      "HANDLE hTargetProcessHandle",
      "LPHANDLE lpTargetHandle",
      "DWORD dwDesiredAccess",
      "BOOL bInheritHandle",
      "DWORD dwOptions",
    ],
    SetHandleInformation: ["BOOL", "HANDLE hObject", "DWORD dwMask", "DWORD dwFlags"],
    LocalAlloc: ["HLOCAL", "UINT uFlags", "SIZE_T uBytes"],
    LocalFree: ["HLOCAL", "HLOCAL hMem"],
    RtlMoveMemory: ["void", "LPVOID Destination", "address LPCVOID Source", "SIZE_T Length"],
    RtlMoveMemory$write: [
      "void",
      "address LPVOID Destination",
      "LPCVOID Source",
      "SIZE_T Length",
    ],
    VirtualAllocEx: [
      "LPVOID",
      "HANDLE hProcess",
      "address LPVOID lpAddress",
      "SIZE_T dwSize",
      "DWORD flAllocationType",
      "DWORD flProtect",
    ],
    WriteProcessMemory: [
      "BOOL",
      "HANDLE hProcess",
      "address LPVOID lpBaseAddress",
      "LPCVOID lpBuffer",
      "SIZE_T nSize",
      "address SIZE_T* lpNumberOfBytesWritten",
    ],
    lstrlenW: ["int", "address LPCWSTR lpString"],

    // processthreadsapi.h, processenv.h, synchapi.h: processes
    CreateProcessW: [
      "BOOL",
      "LPCWSTR lpApplicationName",
      "LPWSTR lpCommandLine",
      "LPSECURITY_ATTRIBUTES lpProcessAttributes",
      "LPSECURITY_ATTRIBUTES lpThreadAttributes",
      "BOOL bInheritHandles",
      "DWORD dwCreationFlags",
      "LPVOID lpEnvironment",
      "LPCWSTR lpCurrentDirectory",
      "LPSTARTUPINFOW lpStartupInfo",
      "LPPROCESS_INFORMATION lpProcessInformation",
    ],
    InitializeProcThreadAttributeList: [
      "BOOL",
      "address LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList",
      "DWORD dwAttributeCount",
      "DWORD dwFlags",
      "PSIZE_T lpSize",
    ],
    UpdateProcThreadAttribute: [
      "BOOL",
      "address LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList",
      "DWORD dwFlags",
      "DWORD_PTR Attribute",
      "PVOID lpValue",
      "SIZE_T cbSize",
      "address PVOID lpPreviousValue",
      "address PSIZE_T lpReturnSize",
    ],
    DeleteProcThreadAttributeList: [
      "void",
      "address LPPROC_THREAD_ATTRIBUTE_LIST lpAttributeList",
    ],
    ResumeThread: ["DWORD", "HANDLE hThread"],
    OpenProcess: ["HANDLE", "DWORD dwDesiredAccess", "BOOL bInheritHandle", "DWORD dwProcessId"],
    TerminateProcess: ["BOOL", "HANDLE hProcess", "UINT uExitCode"],
    WaitForSingleObject: ["DWORD", "HANDLE hHandle", "DWORD dwMilliseconds"],
    GetExitCodeProcess: ["BOOL", "HANDLE hProcess", "LPDWORD lpExitCode"],
    GetProcessTimes: [
      "BOOL",
      "HANDLE hProcess",
      "LPFILETIME lpCreationTime",
      "LPFILETIME lpExitTime",
      "LPFILETIME lpKernelTime",
      "LPFILETIME lpUserTime",
    ],
    GetProcessIoCounters: ["BOOL", "HANDLE hProcess", "PIO_COUNTERS lpIoCounters"],
    GetProcessHandleCount: ["BOOL", "HANDLE hProcess", "LPDWORD pdwHandleCount"],
    K32GetProcessMemoryInfo: [
      "BOOL",
      "HANDLE Process",
      "PPROCESS_MEMORY_COUNTERS ppsmemCounters",
      "DWORD cb",
    ],
    QueryFullProcessImageNameW: [
      "BOOL",
      "HANDLE hProcess",
      "DWORD dwFlags",
      "LPWSTR lpExeName",
      "LPDWORD lpdwSize",
    ],
    GetCurrentProcess: ["HANDLE"],
    GetCurrentProcessId: ["DWORD"],
    GetProcessAffinityMask: [
      "BOOL",
      "HANDLE hProcess",
      "PDWORD_PTR lpProcessAffinityMask",
      "PDWORD_PTR lpSystemAffinityMask",
    ],
    SetProcessAffinityMask: ["BOOL", "HANDLE hProcess", "DWORD_PTR dwProcessAffinityMask"],
    GetPriorityClass: ["DWORD", "HANDLE hProcess"],
    SetPriorityClass: ["BOOL", "HANDLE hProcess", "DWORD dwPriorityClass"],
    GetActiveProcessorCount: ["DWORD", "WORD GroupNumber"],
    GetComputerNameExW: [
      "BOOL",
      "COMPUTER_NAME_FORMAT NameType",
      "LPWSTR lpBuffer",
      "LPDWORD nSize",
    ],
    CreateToolhelp32Snapshot: ["HANDLE", "DWORD dwFlags", "DWORD th32ProcessID"],
    Process32FirstW: ["BOOL", "HANDLE hSnapshot", "LPPROCESSENTRY32W lppe"],
    Process32NextW: ["BOOL", "HANDLE hSnapshot", "LPPROCESSENTRY32W lppe"],
    GetCommandLineW: ["LPWSTR"],
    GetEnvironmentStringsW: ["LPWCH"],
    FreeEnvironmentStringsW: ["BOOL", "address LPWCH penv"],
    GetSystemDirectoryW: ["UINT", "LPWSTR lpBuffer", "UINT uSize"],
    GetWindowsDirectoryW: ["UINT", "LPWSTR lpBuffer", "UINT uSize"],
    GetCurrentDirectoryW: ["DWORD", "DWORD nBufferLength", "LPWSTR lpBuffer"],
    GetFullPathNameW: [
      "DWORD",
      "LPCWSTR lpFileName",
      "DWORD nBufferLength",
      "LPWSTR lpBuffer",
      "address LPWSTR* lpFilePart",
    ],
    GetShortPathNameW: [
      "DWORD",
      "LPCWSTR lpszLongPath",
      "LPWSTR lpszShortPath",
      "DWORD cchBuffer",
    ],
    GetFileAttributesW: ["DWORD", "LPCWSTR lpFileName"],
    GetStdHandle: ["HANDLE", "DWORD nStdHandle"],
    GenerateConsoleCtrlEvent: ["BOOL", "DWORD dwCtrlEvent", "DWORD dwProcessGroupId"],

    // ioapiset.h, fileapi.h, namedpipeapi.h: completion port, pipes, files
    CreateIoCompletionPort: [
      "HANDLE",
      "HANDLE FileHandle",
      "HANDLE ExistingCompletionPort",
      "ULONG_PTR CompletionKey",
      "DWORD NumberOfConcurrentThreads",
    ],
    // Writes to native memory: the call may outlive the JavaScript engine that made it.
    GetQueuedCompletionStatusEx: [
      "BOOL",
      "HANDLE CompletionPort",
      "address LPOVERLAPPED_ENTRY lpCompletionPortEntries",
      "ULONG ulCount",
      "address PULONG ulNumEntriesRemoved",
      "DWORD dwMilliseconds",
      "BOOL fAlertable",
    ],
    PostQueuedCompletionStatus: [
      "BOOL",
      "HANDLE CompletionPort",
      "DWORD dwNumberOfBytesTransferred",
      "ULONG_PTR dwCompletionKey",
      "address LPOVERLAPPED lpOverlapped",
    ],
    CreateNamedPipeW: [
      "HANDLE",
      "LPCWSTR lpName",
      "DWORD dwOpenMode",
      "DWORD dwPipeMode",
      "DWORD nMaxInstances",
      "DWORD nOutBufferSize",
      "DWORD nInBufferSize",
      "DWORD nDefaultTimeOut",
      "LPSECURITY_ATTRIBUTES lpSecurityAttributes",
    ],
    CreateFileW: [
      "HANDLE",
      "LPCWSTR lpFileName",
      "DWORD dwDesiredAccess",
      "DWORD dwShareMode",
      "LPSECURITY_ATTRIBUTES lpSecurityAttributes",
      "DWORD dwCreationDisposition",
      "DWORD dwFlagsAndAttributes",
      "HANDLE hTemplateFile",
    ],
    ReadFile: [
      "BOOL",
      "HANDLE hFile",
      "address LPVOID lpBuffer",
      "DWORD nNumberOfBytesToRead",
      "address LPDWORD lpNumberOfBytesRead",
      "address LPOVERLAPPED lpOverlapped",
    ],
    WriteFile: [
      "BOOL",
      "HANDLE hFile",
      "address LPCVOID lpBuffer",
      "DWORD nNumberOfBytesToWrite",
      "address LPDWORD lpNumberOfBytesWritten",
      "address LPOVERLAPPED lpOverlapped",
    ],
    WriteFile$bytes: [
      "BOOL",
      "HANDLE hFile",
      "LPCVOID lpBuffer",
      "DWORD nNumberOfBytesToWrite",
      "LPDWORD lpNumberOfBytesWritten",
      "address LPOVERLAPPED lpOverlapped",
    ],
    GetFileInformationByHandle: [
      "BOOL",
      "HANDLE hFile",
      "LPBY_HANDLE_FILE_INFORMATION lpFileInformation",
    ],
    GetFileType: ["DWORD", "HANDLE hFile"],
    SetEndOfFile: ["BOOL", "HANDLE hFile"],
    GetOverlappedResult: [
      "BOOL",
      "HANDLE hFile",
      "address LPOVERLAPPED lpOverlapped",
      "LPDWORD lpNumberOfBytesTransferred",
      "BOOL bWait",
    ],
    SetFileCompletionNotificationModes: ["BOOL", "HANDLE FileHandle", "UCHAR Flags"],
    CancelIoEx: ["BOOL", "HANDLE hFile", "address LPOVERLAPPED lpOverlapped"],
    ...SECURITY_FUNCTIONS.kernel32,
  },
  ntdll: {
    // Only Wine has it.
    wine_get_version: ["LPSTR"],
    RtlGetVersion: ["NTSTATUS", "PRTL_OSVERSIONINFOW lpVersionInformation"],
    NtQueryInformationProcess: [
      "NTSTATUS",
      "HANDLE ProcessHandle",
      "PROCESSINFOCLASS ProcessInformationClass",
      "PVOID ProcessInformation",
      "ULONG ProcessInformationLength",
      "PULONG ReturnLength",
    ],
    ...SECURITY_FUNCTIONS.ntdll,
  },
  user32: {
    UserHandleGrantAccess: ["BOOL", "HANDLE hUserHandle", "HANDLE hJob", "BOOL bGrant"],
    ...SECURITY_FUNCTIONS.user32,
  },
  advapi32: {
    OpenProcessToken: [
      "BOOL",
      "HANDLE ProcessHandle",
      "DWORD DesiredAccess",
      "PHANDLE TokenHandle",
    ],
    LookupPrivilegeValueW: ["BOOL", "LPCWSTR lpSystemName", "LPCWSTR lpName", "PLUID lpLuid"],
    AdjustTokenPrivileges: [
      "BOOL",
      "HANDLE TokenHandle",
      "BOOL DisableAllPrivileges",
      "PTOKEN_PRIVILEGES NewState",
      "DWORD BufferLength",
      "address PTOKEN_PRIVILEGES PreviousState",
      "address LPDWORD ReturnLength",
    ],
    ...SECURITY_FUNCTIONS.advapi32,
  },
  userenv: SECURITY_FUNCTIONS.userenv,
  ole32: SECURITY_FUNCTIONS.ole32,
  ws2_32: SECURITY_FUNCTIONS.ws2_32,
} as const;

/**
 * The functions that may block. They are bound a second time, with `Async` after the name, to run
 * on the blocking pool.
 *
 * @example
 * ```ts
 * import { BLOCKING_FUNCTIONS } from "@jobbox/jobobject/ffi";
 *
 * const mayBlock: readonly string[] = BLOCKING_FUNCTIONS;
 * ```
 */
export const BLOCKING_FUNCTIONS = [
  "GetQueuedCompletionStatusEx",
  "WriteFile$bytes",
] as const;
