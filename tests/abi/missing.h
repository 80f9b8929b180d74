/*
 * What Microsoft's headers declare and mingw's do not. Written from the pages named above each
 * declaration, and not from our tables: the two must agree.
 */
#ifndef MISSING_H
#define MISSING_H

/* https://learn.microsoft.com/windows/win32/api/winnt/ne-winnt-jobobjectinfoclass and the class
   table of https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-setinformationjobobject;
   18, 27, 28 and 42 are named in ntpsapi.h of System Informer's phnt only. */
#define JobObjectFreezeInformation ((JOBOBJECTINFOCLASS)18)
#define JobObjectClearPeakJobMemoryUsed ((JOBOBJECTINFOCLASS)27)
#define JobObjectMemoryUsageInformation ((JOBOBJECTINFOCLASS)28)
#define JobObjectNetRateControlInformation ((JOBOBJECTINFOCLASS)32)
#define JobObjectNotificationLimitInformation2 ((JOBOBJECTINFOCLASS)33)
#define JobObjectLimitViolationInformation2 ((JOBOBJECTINFOCLASS)34)
#define JobObjectIoAttribution ((JOBOBJECTINFOCLASS)42)

/* https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-jobobject_notification_limit_information_2 */
#define JOB_OBJECT_LIMIT_JOB_MEMORY_HIGH JOB_OBJECT_LIMIT_JOB_MEMORY
#define JOB_OBJECT_LIMIT_JOB_MEMORY_LOW 0x00008000
#define JOB_OBJECT_LIMIT_CPU_RATE_CONTROL JOB_OBJECT_LIMIT_RATE_CONTROL
#define JOB_OBJECT_LIMIT_IO_RATE_CONTROL 0x00080000
#define JOB_OBJECT_LIMIT_NET_RATE_CONTROL 0x00100000

typedef struct {
  DWORD64 IoReadBytesLimit;
  DWORD64 IoWriteBytesLimit;
  LARGE_INTEGER PerJobUserTimeLimit;
  union {
    DWORD64 JobHighMemoryLimit;
    DWORD64 JobMemoryLimit;
  };
  union {
    JOBOBJECT_RATE_CONTROL_TOLERANCE RateControlTolerance;
    JOBOBJECT_RATE_CONTROL_TOLERANCE CpuRateControlTolerance;
  };
  union {
    JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL RateControlToleranceInterval;
    JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL CpuRateControlToleranceInterval;
  };
  DWORD LimitFlags;
  JOBOBJECT_RATE_CONTROL_TOLERANCE IoRateControlTolerance;
  DWORD64 JobLowMemoryLimit;
  JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL IoRateControlToleranceInterval;
  JOBOBJECT_RATE_CONTROL_TOLERANCE NetRateControlTolerance;
  JOBOBJECT_RATE_CONTROL_TOLERANCE_INTERVAL NetRateControlToleranceInterval;
} JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION_2;

/* https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-jobobject_limit_violation_information_2 */
typedef struct {
  DWORD LimitFlags;
  DWORD ViolationLimitFlags;
  DWORD64 IoReadBytes;
  DWORD64 IoReadBytesLimit;
  DWORD64 IoWriteBytes;
  DWORD64 IoWriteBytesLimit;
  LARGE_INTEGER PerJobUserTime;
  LARGE_INTEGER PerJobUserTimeLimit;
  DWORD64 JobMemory;
  union {
    DWORD64 JobHighMemoryLimit;
    DWORD64 JobMemoryLimit;
  };
  union {
    JOBOBJECT_RATE_CONTROL_TOLERANCE RateControlTolerance;
    JOBOBJECT_RATE_CONTROL_TOLERANCE CpuRateControlTolerance;
  };
  union {
    JOBOBJECT_RATE_CONTROL_TOLERANCE RateControlToleranceLimit;
    JOBOBJECT_RATE_CONTROL_TOLERANCE CpuRateControlToleranceLimit;
  };
  DWORD64 JobLowMemoryLimit;
  JOBOBJECT_RATE_CONTROL_TOLERANCE IoRateControlTolerance;
  JOBOBJECT_RATE_CONTROL_TOLERANCE IoRateControlToleranceLimit;
  JOBOBJECT_RATE_CONTROL_TOLERANCE NetRateControlTolerance;
  JOBOBJECT_RATE_CONTROL_TOLERANCE NetRateControlToleranceLimit;
} JOBOBJECT_LIMIT_VIOLATION_INFORMATION_2;

/* https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-jobobject_cpu_rate_control_information
   mingw has the structure without its last two members. */
#define JOB_OBJECT_CPU_RATE_CONTROL_MIN_MAX_RATE 0x10

typedef struct {
  DWORD ControlFlags;
  union {
    DWORD CpuRate;
    DWORD Weight;
    struct {
      WORD MinRate;
      WORD MaxRate;
    };
  };
} WHOLE_CPU_RATE_CONTROL_INFORMATION;

#define SAME_MEMBER(a, b, member)                                                                  \
  _Static_assert(offsetof(a, member) == offsetof(b, member) &&                                     \
                     __builtin_types_compatible_p(__typeof__(((a *)0)->member),                    \
                                                  __typeof__(((b *)0)->member)),                   \
                 "missing.h: " #b " differs from the header in " #member)
_Static_assert(sizeof(JOBOBJECT_CPU_RATE_CONTROL_INFORMATION) ==
                   sizeof(WHOLE_CPU_RATE_CONTROL_INFORMATION),
               "missing.h: WHOLE_CPU_RATE_CONTROL_INFORMATION differs from the header in size");
SAME_MEMBER(JOBOBJECT_CPU_RATE_CONTROL_INFORMATION, WHOLE_CPU_RATE_CONTROL_INFORMATION,
            ControlFlags);
SAME_MEMBER(JOBOBJECT_CPU_RATE_CONTROL_INFORMATION, WHOLE_CPU_RATE_CONTROL_INFORMATION, CpuRate);
SAME_MEMBER(JOBOBJECT_CPU_RATE_CONTROL_INFORMATION, WHOLE_CPU_RATE_CONTROL_INFORMATION, Weight);
#define JOBOBJECT_CPU_RATE_CONTROL_INFORMATION WHOLE_CPU_RATE_CONTROL_INFORMATION

/* https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-jobobject_net_rate_control_information
   https://learn.microsoft.com/windows/win32/api/winnt/ne-winnt-job_object_net_rate_control_flags */
typedef enum {
  JOB_OBJECT_NET_RATE_CONTROL_ENABLE = 0x1,
  JOB_OBJECT_NET_RATE_CONTROL_MAX_BANDWIDTH = 0x2,
  JOB_OBJECT_NET_RATE_CONTROL_DSCP_TAG = 0x4
} JOB_OBJECT_NET_RATE_CONTROL_FLAGS;

typedef struct {
  DWORD64 MaxBandwidth;
  JOB_OBJECT_NET_RATE_CONTROL_FLAGS ControlFlags;
  BYTE DscpTag;
} JOBOBJECT_NET_RATE_CONTROL_INFORMATION;

/* https://learn.microsoft.com/windows/win32/api/jobapi2/ns-jobapi2-jobobject_io_rate_control_information
   https://learn.microsoft.com/windows/win32/api/winnt/ne-winnt-job_object_io_rate_control_flags */
typedef enum {
  JOB_OBJECT_IO_RATE_CONTROL_ENABLE = 0x1
} JOB_OBJECT_IO_RATE_CONTROL_FLAGS;

typedef struct {
  LONG64 MaxIops;
  LONG64 MaxBandwidth;
  LONG64 ReservationIops;
  PCWSTR VolumeName;
  ULONG BaseIoSize;
  ULONG ControlFlags;
} JOBOBJECT_IO_RATE_CONTROL_INFORMATION;

/* https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-setioratecontrolinformationjobobject */
DWORD WINAPI SetIoRateControlInformationJobObject(HANDLE, JOBOBJECT_IO_RATE_CONTROL_INFORMATION *);
/* https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-queryioratecontrolinformationjobobject */
DWORD WINAPI QueryIoRateControlInformationJobObject(HANDLE, PCWSTR,
                                                    JOBOBJECT_IO_RATE_CONTROL_INFORMATION **,
                                                    ULONG *);
/* https://learn.microsoft.com/windows/win32/api/jobapi2/nf-jobapi2-freememoryjobobject */
VOID WINAPI FreeMemoryJobObject(VOID *);

/* No page: winnt.h of the Windows SDK 10.0.26100 declares these. */
#define JOBOBJECT_IO_ATTRIBUTION_CONTROL_ENABLE 0x1
#define JOBOBJECT_IO_ATTRIBUTION_CONTROL_DISABLE 0x2

typedef struct {
  ULONG_PTR IoCount;
  ULONGLONG TotalNonOverlappedQueueTime;
  ULONGLONG TotalNonOverlappedServiceTime;
  ULONGLONG TotalSize;
} JOBOBJECT_IO_ATTRIBUTION_STATS;

typedef struct {
  DWORD ControlFlags;
  JOBOBJECT_IO_ATTRIBUTION_STATS ReadStats;
  JOBOBJECT_IO_ATTRIBUTION_STATS WriteStats;
} JOBOBJECT_IO_ATTRIBUTION_INFORMATION;

#define JOB_OBJECT_MSG_SILO_TERMINATED 13

/* https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-jobobject_basic_ui_restrictions; the
   last two limits in winnt.h of the Windows SDK 10.0.26100 only. */
#define JOB_OBJECT_UILIMIT_IME 0x00000100
#define JOB_OBJECT_UILIMIT_INJECTION 0x00000200

/* In no header of Microsoft's: ntpsapi.h of System Informer's phnt. */
#define JOB_OBJECT_OPERATION_FREEZE 0x1

typedef struct {
  ULONG HighEdgeFilter;
  ULONG LowEdgeFilter;
} JOBOBJECT_WAKE_FILTER;

typedef struct {
  ULONG Flags;
  BOOLEAN Freeze;
  BOOLEAN Swap;
  UCHAR Reserved0[2];
  JOBOBJECT_WAKE_FILTER WakeFilter;
} JOBOBJECT_FREEZE_INFORMATION;

typedef struct {
  ULONG64 JobMemory;
  ULONG64 PeakJobMemoryUsed;
} JOBOBJECT_MEMORY_USAGE_INFORMATION;

/* In no header of Microsoft's: ntpsapi.h of System Informer's phnt; since Windows 8.1. */
#define ProcessCommandLineInformation ((PROCESSINFOCLASS)60)

/* https://learn.microsoft.com/windows/win32/debug/system-error-codes--500-999- */
#define ERROR_OBJECT_NAME_EXISTS 698L
#define ERROR_ELEVATION_REQUIRED 740L

/* https://learn.microsoft.com/windows/win32/devnotes/rtlmovememory
   kernel32.dll exports it; mingw has a macro in its place. */
#undef RtlMoveMemory
VOID WINAPI RtlMoveMemory(VOID *, const VOID *, SIZE_T);

/* https://gitlab.winehq.org/wine/wine/-/wikis/Developer-FAQ: exported by Wine's ntdll.dll only. */
LPSTR WINAPI wine_get_version(void);

/* https://learn.microsoft.com/windows/win32/devnotes/rtlgetversion */
NTSTATUS WINAPI RtlGetVersion(PRTL_OSVERSIONINFOW);

/* ntseapi.h of System Informer's phnt: the attributes of a token, and what asks for them. */
typedef struct {
  UNICODE_STRING Name;
  USHORT ValueType;
  USHORT Reserved;
  ULONG Flags;
  ULONG ValueCount;
  PVOID Values;
} TOKEN_SECURITY_ATTRIBUTE_V1;

typedef struct {
  USHORT Version;
  USHORT Reserved;
  ULONG AttributeCount;
  PVOID pAttributeV1;
} TOKEN_SECURITY_ATTRIBUTES_INFORMATION;

NTSTATUS WINAPI NtQueryInformationToken(HANDLE, TOKEN_INFORMATION_CLASS, PVOID, ULONG, PULONG);

/* The low half of a predefined key, which is extended by its sign. */
#define HKEY_CURRENT_USER_LOW ((DWORD)(ULONG_PTR)HKEY_CURRENT_USER)

/* ntrtl.h of System Informer's phnt: where a process has its environment and its desktop's name. */
typedef struct {
  ULONG MaximumLength, Length, Flags, DebugFlags;
  HANDLE ConsoleHandle;
  ULONG ConsoleFlags;
  HANDLE StandardInput, StandardOutput, StandardError;
  struct {
    UNICODE_STRING DosPath;
    HANDLE Handle;
  } CurrentDirectory;
  UNICODE_STRING DllPath, ImagePathName, CommandLine;
  PVOID Environment;
  ULONG StartingX, StartingY, CountX, CountY, CountCharsX, CountCharsY;
  ULONG FillAttribute, WindowFlags, ShowWindowFlags;
  UNICODE_STRING WindowTitle, DesktopInfo, ShellInfo, RuntimeData;
  struct {
    USHORT Flags, Length;
    ULONG TimeStamp;
    UNICODE_STRING DosPath;
  } CurrentDirectories[32];
  ULONG_PTR EnvironmentSize;
} PROCESS_PARAMETERS;

#define PLACE_PEB_ProcessParameters offsetof(PEB, ProcessParameters)
#define PLACE_Environment offsetof(PROCESS_PARAMETERS, Environment)
#define PLACE_DesktopInfo offsetof(PROCESS_PARAMETERS, DesktopInfo)
#define PLACE_EnvironmentSize offsetof(PROCESS_PARAMETERS, EnvironmentSize)

/* ntobapi.h of System Informer's phnt. */
#define ObjectNameInformation 1

/* ws2def.h of the Windows SDK. */
typedef const struct sockaddr *LPCSOCKADDR;

#endif
