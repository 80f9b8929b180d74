/* NtQueryInformationProcess: Wine 10 lacks the class of a process's command line. It is read where Windows
 * itself reads it, in the parameters of the process. */
#include "jobsim.h"
#include <winternl.h>

#define COMMAND_LINE 60
#define INVALID_CLASS ((NTSTATUS)0xC0000003)
#define TOO_SHORT ((NTSTATUS)0xC0000004)
#define GONE ((NTSTATUS)0xC000010A)

/* The caller's handle need not have the right to read memory. */
static NTSTATUS read_command_line(HANDLE process, UNICODE_STRING *out, ULONG size, ULONG *length) {
    PROCESS_BASIC_INFORMATION basic;
    RTL_USER_PROCESS_PARAMETERS parameters;
    PEB peb;
    SIZE_T got;
    NTSTATUS status = GONE;
    HANDLE reader = OpenProcess(PROCESS_VM_READ | PROCESS_QUERY_INFORMATION, FALSE, GetProcessId(process));
    if (!reader) return GONE;
    if (NtQueryInformationProcess(reader, ProcessBasicInformation, &basic, sizeof basic, NULL) >= 0 &&
        ReadProcessMemory(reader, basic.PebBaseAddress, &peb, sizeof peb, &got) &&
        ReadProcessMemory(reader, peb.ProcessParameters, &parameters, sizeof parameters, &got)) {
        ULONG bytes = parameters.CommandLine.Length, needed = sizeof *out + bytes + sizeof(WCHAR);
        if (length) *length = needed;
        if (size < needed) {
            status = TOO_SHORT;
        } else if (ReadProcessMemory(reader, parameters.CommandLine.Buffer, out + 1, bytes, &got)) {
            out->Length = (USHORT)bytes;
            out->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
            out->Buffer = (WCHAR *)(out + 1);
            out->Buffer[bytes / sizeof(WCHAR)] = 0;
            status = 0;
        }
    }
    CloseHandle(reader);
    return status;
}

EXPORT_AS(NtQueryInformationProcess, sim_NtQueryInformationProcess);
NTSTATUS NTAPI sim_NtQueryInformationProcess(HANDLE process, PROCESSINFOCLASS class, void *out, ULONG size, ULONG *length) {
    NTSTATUS status = NtQueryInformationProcess(process, class, out, size, length);
    if (status != INVALID_CLASS || (int)class != COMMAND_LINE) return status;
    return read_command_line(process, out, size, length);
}
