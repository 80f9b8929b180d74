/*
 * The parts of the job-object interface that mingw-w64's <windows.h> lacks. Names, order and types follow
 * Microsoft's pages; each page is named next to its declaration. Layouts are asserted in layout.c.
 */
#ifndef JOBSIM_JOB_TYPES_H
#define JOBSIM_JOB_TYPES_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#endif
#include <windows.h>
#include <winternl.h>

/*
 * Information classes. See Microsoft's page on SetInformationJobObject; the numbers that the page omits follow
 * the order of JOBOBJECTINFOCLASS in winnt.h.
 */
enum {
    CLS_BASIC_ACCOUNTING = 1, CLS_BASIC_LIMIT = 2, CLS_PROCESS_IDS = 3, CLS_UI = 4, CLS_END_OF_JOB = 6,
    CLS_PORT = 7, CLS_BASIC_AND_IO = 8, CLS_EXTENDED_LIMIT = 9, CLS_JOB_SET = 10, CLS_GROUPS = 11,
    CLS_NOTIFY = 12, CLS_VIOLATION = 13, CLS_GROUPS_EX = 14, CLS_CPU_RATE = 15, CLS_FILTER = 16,
    CLS_COUNTER = 17, CLS_FREEZE = 18, CLS_EXTENDED_ACCOUNTING = 19, CLS_BACKGROUND = 21,
    CLS_RANK_BIAS = 22, CLS_TIMER_VIRTUAL = 23, CLS_CYCLE_TIME = 24, CLS_INTERFERENCE = 26,
    CLS_CLEAR_PEAK = 27, CLS_MEMORY_USAGE = 28, CLS_SHARED_COMMIT = 29, CLS_IO_RATE = 31,
    CLS_NET_RATE = 32, CLS_NOTIFY_2 = 33, CLS_VIOLATION_2 = 34, CLS_IO_ATTRIBUTION = 42,
    CLS_TELEMETRY_ID = 44, CLS_IO_PRIORITY = 48, CLS_PAGE_PRIORITY = 49, CLS_NETWORK = 51,
    CLS_LAST = 52
};

/* Limit flags of Windows 10. See Microsoft's pages on JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION_2
 * and JOBOBJECT_BASIC_LIMIT_INFORMATION. */
enum {
    LIM_MEMORY_LOW = 0x8000, LIM_READ_BYTES = 0x10000, LIM_WRITE_BYTES = 0x20000,
    LIM_CPU_TOLERANCE = 0x40000, LIM_IO_TOLERANCE = 0x80000, LIM_NET_TOLERANCE = 0x100000,
    LIM_SILO_READY = 0x400000,
    LIM_VALID_BASIC = 0xFF, LIM_VALID_EXTENDED = 0x7FFF, LIM_VALID_NOTIFY = 0x70204, LIM_VALID_NOTIFY_2 = 0x1F8204
};
#ifndef JOB_OBJECT_LIMIT_SUBSET_AFFINITY
#define JOB_OBJECT_LIMIT_SUBSET_AFFINITY 0x00004000
#endif

/* See Microsoft's page on JOBOBJECT_CPU_RATE_CONTROL_INFORMATION. */
enum { CPU_ENABLE = 1, CPU_WEIGHT = 2, CPU_HARD_CAP = 4, CPU_NOTIFY = 8, CPU_MIN_MAX = 16, CPU_PER_PROCESSOR = 32 };
typedef struct {
    DWORD ControlFlags;
    union {
        DWORD CpuRate;
        DWORD Weight;
        struct { WORD MinRate, MaxRate; } MinMax;
    } u;
} CPU_RATE_INFO;

/* See Microsoft's page on JOBOBJECT_NET_RATE_CONTROL_INFORMATION. */
enum { NET_ENABLE = 1, NET_BANDWIDTH = 2, NET_DSCP = 4, NET_VALID = 7 };
typedef struct { DWORD64 MaxBandwidth; DWORD ControlFlags; BYTE DscpTag; } NET_RATE_INFO;

/* See Microsoft's page on JOBOBJECT_IO_RATE_CONTROL_INFORMATION (jobapi2.h). */
enum { IO_ENABLE = 1, IO_VALID = 15 };
typedef struct {
    LONG64 MaxIops, MaxBandwidth, ReservationIops;
    const WCHAR *VolumeName;
    ULONG BaseIoSize;
    ULONG ControlFlags;
} IO_RATE_INFO;

/* JOBOBJECT_IO_RATE_CONTROL_INFORMATION_NATIVE, _V2 and _V3 of winnt.h: each begins with the one before. */
typedef struct {
    LONG64 MaxIops, MaxBandwidth, ReservationIops;
    WCHAR *VolumeName;
    DWORD BaseIoSize;
    DWORD ControlFlags;
    WORD VolumeNameLength;
} IO_RATE_NATIVE;
typedef struct { IO_RATE_NATIVE v1; LONG64 more[6]; } IO_RATE_NATIVE_V2;
typedef struct { IO_RATE_NATIVE v1; LONG64 more[12]; } IO_RATE_NATIVE_V3;

/* See Microsoft's page on JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION_2. */
typedef struct {
    DWORD64 IoReadBytesLimit, IoWriteBytesLimit;
    LARGE_INTEGER PerJobUserTimeLimit;
    DWORD64 JobHighMemoryLimit;
    DWORD CpuTolerance, CpuInterval;
    DWORD LimitFlags;
    DWORD IoTolerance;
    DWORD64 JobLowMemoryLimit;
    DWORD IoInterval;
    DWORD NetTolerance, NetInterval;
} NOTIFY_INFO_2;

/* See Microsoft's page on JOBOBJECT_LIMIT_VIOLATION_INFORMATION_2. */
typedef struct {
    DWORD LimitFlags, ViolationLimitFlags;
    DWORD64 IoReadBytes, IoReadBytesLimit, IoWriteBytes, IoWriteBytesLimit;
    LARGE_INTEGER PerJobUserTime, PerJobUserTimeLimit;
    DWORD64 JobMemory, JobHighMemoryLimit;
    DWORD CpuTolerance, CpuToleranceLimit;
    DWORD64 JobLowMemoryLimit;
    DWORD IoTolerance, IoToleranceLimit, NetTolerance, NetToleranceLimit;
} VIOLATION_INFO_2;

/* JOBOBJECT_IO_ATTRIBUTION_STATS and JOBOBJECT_IO_ATTRIBUTION_INFORMATION of winnt.h. */
typedef struct { ULONG_PTR IoCount; ULONGLONG QueueTime, ServiceTime, TotalSize; } ATTRIBUTION_STATS;
typedef struct { DWORD ControlFlags; ATTRIBUTION_STATS ReadStats, WriteStats; } ATTRIBUTION_INFO;

/* Classes without a Microsoft page; layouts as in the symbols of Windows. */
typedef struct { ULONG Flags; BOOLEAN Freeze, Swap; UCHAR Reserved[2]; ULONG HighEdge, LowEdge; } FREEZE_INFO;
typedef struct { ULONG64 JobMemory, PeakJobMemoryUsed; } MEMORY_INFO;
typedef struct { MEMORY_INFO basic; ULONG64 JobSharedMemory, Reserved[2]; } MEMORY_INFO_V2;
typedef struct { JOBOBJECT_EXTENDED_LIMIT_INFORMATION v1; SIZE_T JobTotalMemoryLimit; } EXTENDED_LIMIT_V2;
typedef struct {
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION BasicInfo;
    IO_COUNTERS IoInfo;
    ULONG64 Disk[5], ContextSwitches, TotalCycleTime, ReadyTime;
} EXTENDED_ACCOUNTING;

/* Attribute list that UpdateProcThreadAttribute fills. No Microsoft page; the same in Windows and
 * Wine. See Microsoft's page on UpdateProcThreadAttribute for the attribute itself. */
#define ATTRIBUTE_JOB_LIST 0x0002000D
typedef struct {
    DWORD mask, capacity, count, pad;
    void *unused;
    struct { DWORD_PTR attribute; SIZE_T size; void *value; } entry[1];
} ATTRIBUTE_LIST;

/* See Microsoft's page on NtQuerySystemInformation (SystemProcessInformation); the fields that the
 * page calls reserved are named as winternl.h's users know them. */
typedef struct {
    LARGE_INTEGER KernelTime, UserTime, CreateTime;
    ULONG WaitTime;
    void *StartAddress;
    HANDLE ProcessId, ThreadId;
    LONG Priority, BasePriority;
    ULONG Switches, State, WaitReason;
} THREAD_INFO;
typedef struct {
    ULONG NextEntryOffset, NumberOfThreads;
    BYTE reserved1[24];
    LARGE_INTEGER CreateTime, UserTime, KernelTime;
    UNICODE_STRING ImageName;
    LONG BasePriority;
    HANDLE UniqueProcessId, InheritedFrom;
    ULONG HandleCount, SessionId;
    ULONG_PTR PageDirectoryBase;
    SIZE_T PeakVirtualSize, VirtualSize;
    ULONG PageFaultCount;
    SIZE_T PeakWorkingSetSize, WorkingSetSize, PeakPagedPool, PagedPool, PeakNonPagedPool, NonPagedPool;
    SIZE_T PagefileUsage, PeakPagefileUsage, PrivatePageCount;
    LARGE_INTEGER Io[6];
    THREAD_INFO Threads[1];
} PROCESS_INFO;

/*
 * The prototypes of the functions that jobsim replaces and also calls itself: the first fields of both tables.
 */
#define JOB_FUNCTIONS                                                                                            \
    HANDLE(WINAPI *CreateJobObjectW)(SECURITY_ATTRIBUTES *, const WCHAR *);                                      \
    HANDLE(WINAPI *OpenJobObjectW)(DWORD, BOOL, const WCHAR *);                                                  \
    BOOL(WINAPI *AssignProcessToJobObject)(HANDLE, HANDLE);                                                      \
    BOOL(WINAPI *TerminateJobObject)(HANDLE, UINT);                                                              \
    BOOL(WINAPI *SetInformationJobObject)(HANDLE, int, void *, DWORD);                                           \
    BOOL(WINAPI *QueryInformationJobObject)(HANDLE, int, void *, DWORD, DWORD *);                                \
    BOOL(WINAPI *IsProcessInJob)(HANDLE, HANDLE, BOOL *);                                                        \
    BOOL(WINAPI *CreateProcessW)(const WCHAR *, WCHAR *, SECURITY_ATTRIBUTES *, SECURITY_ATTRIBUTES *, BOOL,     \
                                 DWORD, void *, const WCHAR *, STARTUPINFOW *, PROCESS_INFORMATION *);           \
    BOOL(WINAPI *CloseHandle)(HANDLE);

#endif
