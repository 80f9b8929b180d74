/* The functions that jobsim replaces, and those that only ntdll has. */
#ifndef REAL_H
#define REAL_H

#include "job_types.h"

/* kernel32's and ntdll's own functions. */
typedef struct {
    JOB_FUNCTIONS
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
