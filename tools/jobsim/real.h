/* The functions that jobsim stands in for, and those that only ntdll has. */
#ifndef REAL_H
#define REAL_H

#include "job_types.h"

/* kernel32's and ntdll's own functions. */
typedef struct {
    HANDLE(WINAPI *CreateJobObjectW)(SECURITY_ATTRIBUTES *, const WCHAR *);
    HANDLE(WINAPI *OpenJobObjectW)(DWORD, BOOL, const WCHAR *);
    BOOL(WINAPI *AssignProcessToJobObject)(HANDLE, HANDLE);
    BOOL(WINAPI *TerminateJobObject)(HANDLE, UINT);
    BOOL(WINAPI *SetInformationJobObject)(HANDLE, int, void *, DWORD);
    BOOL(WINAPI *QueryInformationJobObject)(HANDLE, int, void *, DWORD, DWORD *);
    BOOL(WINAPI *IsProcessInJob)(HANDLE, HANDLE, BOOL *);
    BOOL(WINAPI *CreateProcessW)(const WCHAR *, WCHAR *, SECURITY_ATTRIBUTES *, SECURITY_ATTRIBUTES *, BOOL, DWORD,
                                 void *, const WCHAR *, STARTUPINFOW *, PROCESS_INFORMATION *);
    BOOL(WINAPI *CloseHandle)(HANDLE);
    NTSTATUS(NTAPI *NtQuerySystemInformation)(int, void *, ULONG, ULONG *);
    NTSTATUS(NTAPI *NtQueryObject)(HANDLE, int, void *, ULONG, ULONG *);
    NTSTATUS(NTAPI *NtCompareObjects)(HANDLE, HANDLE);
    NTSTATUS(NTAPI *NtCreateIoCompletion)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, ULONG);
    NTSTATUS(NTAPI *NtOpenIoCompletion)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *);
    NTSTATUS(NTAPI *NtQueryInformationProcess)(HANDLE, int, void *, ULONG, ULONG *);
    NTSTATUS(NTAPI *NtSuspendProcess)(HANDLE);
    NTSTATUS(NTAPI *NtResumeProcess)(HANDLE);
    NTSTATUS(NTAPI *NtGetNextThread)(HANDLE, HANDLE, ACCESS_MASK, ULONG, ULONG, HANDLE *);
    NTSTATUS(NTAPI *NtDelayExecution)(BOOLEAN, const LARGE_INTEGER *);
    NTSTATUS(NTAPI *RtlWaitOnAddress)(const void *, const void *, SIZE_T, const LARGE_INTEGER *);
    void(NTAPI *RtlWakeAddressAll)(const void *);
} REAL;

extern REAL real;

#endif
