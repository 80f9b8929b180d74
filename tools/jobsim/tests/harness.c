/* Runs the tests: jobsim_test.exe [PATH-OF-JOBSIM.DLL [PART-OF-A-NAME]]. */
#include "harness.h"
#include <shellapi.h>
#include <stdarg.h>

API api;
static const char *current;
static char why[600];
static WCHAR self[MAX_PATH], library[MAX_PATH];

void fail_test(const char *file, int line, const char *format, ...) {
    va_list list;
    char text[400];
    const char *name = strrchr(file, '/');
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    snprintf(why, sizeof why, "%s:%d: %s", name ? name + 1 : file, line, text);
}

BOOL set_flags(HANDLE job, DWORD flags) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    limits.BasicLimitInformation.LimitFlags = flags;
    return api.SetInformationJobObject(job, CLS_EXTENDED_LIMIT, &limits, sizeof limits);
}

BOOL ends_requested(void) {
    WCHAR model[16] = L"";
    GetEnvironmentVariableW(L"JOBSIM_ENDS", model, 16);
    return wcscmp(model, L"finished") != 0;
}

BOOL rig_open(RIG *rig) {
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT port;
    rig->job = api.CreateJobObjectW(NULL, NULL);
    rig->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    port.CompletionKey = (void *)42;
    port.CompletionPort = rig->port;
    return rig->job && rig->port && set_flags(rig->job, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE) &&
           api.SetInformationJobObject(rig->job, CLS_PORT, &port, sizeof port);
}

void rig_close(RIG *rig) {
    if (rig->job) api.CloseHandle(rig->job);
    if (rig->port) api.CloseHandle(rig->port);
    memset(rig, 0, sizeof *rig);
}

BOOL next_message(HANDLE port, MESSAGE *out, DWORD milliseconds) {
    OVERLAPPED_ENTRY entry;
    ULONG count = 0;
    if (!GetQueuedCompletionStatusEx(port, &entry, 1, &count, milliseconds, FALSE) || !count) return FALSE;
    out->message = entry.dwNumberOfBytesTransferred;
    out->pid = (DWORD)(ULONG_PTR)entry.lpOverlapped;
    out->key = entry.lpCompletionKey;
    return TRUE;
}

BOOL await_message(HANDLE port, DWORD kind, MESSAGE *out, DWORD milliseconds) {
    ULONGLONG deadline = GetTickCount64() + milliseconds;
    for (;;) {
        ULONGLONG now = GetTickCount64();
        if (now > deadline || !next_message(port, out, (DWORD)(deadline - now))) return FALSE;
        if (out->message == kind) return TRUE;
    }
}

int count_messages(HANDLE port, DWORD kind, DWORD milliseconds) {
    ULONGLONG deadline = GetTickCount64() + milliseconds;
    MESSAGE message;
    int count = 0;
    for (;;) {
        ULONGLONG now = GetTickCount64();
        if (now > deadline || !next_message(port, &message, (DWORD)(deadline - now))) return count;
        count += message.message == kind;
    }
}

BOOL start_child(const HANDLE *jobs, int count, const WCHAR *verb, DWORD flags, CHILD *out) {
    STARTUPINFOEXW startup = {0};
    PROCESS_INFORMATION info;
    BYTE list[256];
    SIZE_T size = sizeof list;
    WCHAR line[1024];
    BOOL started;
    DWORD error;
    startup.StartupInfo.cb = sizeof startup;
    startup.lpAttributeList = (void *)list;
    if (!InitializeProcThreadAttributeList(startup.lpAttributeList, 1, 0, &size)) return FALSE;
    if (count && !UpdateProcThreadAttribute(startup.lpAttributeList, 0, ATTRIBUTE_JOB_LIST, (void *)jobs, count * sizeof *jobs, NULL, NULL))
        return FALSE;
    swprintf(line, 1024, L"\"%ls\" --child \"%ls\" %ls", self, library, verb);
    started = api.CreateProcessW(NULL, line, NULL, NULL, FALSE, flags | EXTENDED_STARTUPINFO_PRESENT, NULL, NULL,
                                 &startup.StartupInfo, &info);
    error = GetLastError();
    DeleteProcThreadAttributeList(startup.lpAttributeList);
    SetLastError(error);
    if (!started) return FALSE;
    api.CloseHandle(info.hThread);
    out->process = info.hProcess;
    out->pid = info.dwProcessId;
    return TRUE;
}

BOOL child_in(HANDLE job, const WCHAR *verb, CHILD *out) { return start_child(&job, job ? 1 : 0, verb, 0, out); }

DWORD exit_code(const CHILD *child, DWORD milliseconds) {
    DWORD code = 0;
    if (WaitForSingleObject(child->process, milliseconds) != WAIT_OBJECT_0) return 0xDEAD0000;
    GetExitCodeProcess(child->process, &code);
    return code;
}

void drop_child(CHILD *child) {
    TerminateProcess(child->process, 1);
    api.CloseHandle(child->process);
}

static JOBOBJECT_BASIC_ACCOUNTING_INFORMATION accounting(HANDLE job) {
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION info = {0};
    api.QueryInformationJobObject(job, CLS_BASIC_ACCOUNTING, &info, sizeof info, NULL);
    return info;
}

LONGLONG user_time(HANDLE job) { return accounting(job).TotalUserTime.QuadPart; }
DWORD limit_kills(HANDLE job) { return accounting(job).TotalTerminatedProcesses; }

BOOL events_open(EVENTS *events) {
    events->ready = CreateEventW(NULL, FALSE, FALSE, L"jobsim-test-ready");
    events->go = CreateEventW(NULL, FALSE, FALSE, L"jobsim-test-go");
    return events->ready && events->go;
}

void events_close(EVENTS *events) {
    api.CloseHandle(events->ready);
    api.CloseHandle(events->go);
}

/* In Wine GetProcessHandleCount returns 0, and the process list gives the size of the table. */
DWORD own_handles(void) {
    const SYSTEM_INFORMATION_CLASS EXTENDED_HANDLES = 64;
    typedef struct { void *object; ULONG_PTR pid, handle; ULONG access; USHORT trace, type; ULONG attributes, reserved; } HANDLE_INFO;
    typedef struct { ULONG_PTR count, reserved; HANDLE_INFO entry[1]; } HANDLES;
    ULONG size = 1 << 20, needed;
    HANDLES *all = malloc(size);
    DWORD count = 0;
    while (NtQuerySystemInformation(EXTENDED_HANDLES, all, size, &needed) < 0 && size < 1u << 27) all = realloc(all, size *= 2);
    for (ULONG_PTR i = 0; i < all->count; i++) count += all->entry[i].pid == GetCurrentProcessId();
    free(all);
    return count;
}

BOOL wait_until(BOOL (*condition)(void *), void *context, DWORD milliseconds) {
    ULONGLONG deadline = GetTickCount64() + milliseconds;
    while (!condition(context)) {
        if (GetTickCount64() > deadline) return FALSE;
        Sleep(5);
    }
    return TRUE;
}

static BOOL load(const WCHAR *path) {
    HMODULE module = LoadLibraryW(path);
    if (!module) return FALSE;
#define TAKE(name) if (!(api.name = (void *)GetProcAddress(module, #name))) { printf("not ok exports: %s is missing\n", #name); return FALSE; }
    TAKE(CreateJobObjectW) TAKE(OpenJobObjectW) TAKE(AssignProcessToJobObject) TAKE(TerminateJobObject)
    TAKE(SetInformationJobObject) TAKE(QueryInformationJobObject) TAKE(IsProcessInJob)
    TAKE(SetIoRateControlInformationJobObject) TAKE(QueryIoRateControlInformationJobObject) TAKE(FreeMemoryJobObject)
    TAKE(CreateProcessW) TAKE(CloseHandle) TAKE(UserHandleGrantAccess) TAKE(GetProcessTimes)
    TAKE(SetPriorityClass) TAKE(SetProcessAffinityMask) TAKE(WaitForSingleObject)
    TAKE(JobsimChargeIo) TAKE(JobsimSetTimeScale) TAKE(JobsimVersion)
#undef TAKE
    return TRUE;
}

static void run_all(const ENTRY *tests, const char *part, int *passed, int *failed) {
    for (; tests->name; tests++) {
        ULONGLONG begun = GetTickCount64();
        if (part && !strstr(tests->name, part)) continue;
        current = tests->name;
        why[0] = 0;
        tests->run();
        if (why[0]) {
            printf("not ok %s: %s\n", current, why);
            ++*failed;
        } else {
            printf("ok %s (%llu ms)\n", current, GetTickCount64() - begun);
            ++*passed;
        }
    }
}

int main(void) {
    int count, passed = 0, failed = 0;
    WCHAR **arguments = CommandLineToArgvW(GetCommandLineW(), &count);
    char part[100] = "";
    setvbuf(stdout, NULL, _IONBF, 0);
    GetModuleFileNameW(NULL, self, MAX_PATH);
    if (count > 3 && !wcscmp(arguments[1], L"--child")) {
        lstrcpynW(library, arguments[2], MAX_PATH);
        if (!wcsncmp(arguments[3], L"sim-", 4) && !load(library)) return 90;
        return child_main(count - 3, arguments + 3);
    }
    lstrcpynW(library, self, MAX_PATH);
    lstrcpyW(wcsrchr(library, L'\\') + 1, L"jobsim.dll");
    if (count > 1) lstrcpynW(library, arguments[1], MAX_PATH);
    if (count > 2) snprintf(part, sizeof part, "%ls", arguments[2]);
    if (!load(library)) {
        printf("not ok load: cannot load jobsim.dll (error %lu)\n0 passed, 1 failed\n", GetLastError());
        return 1;
    }
    run_all(limitTests, part, &passed, &failed);
    run_all(messageTests, part, &passed, &failed);
    run_all(effectTests, part, &passed, &failed);
    run_all(notifyTests, part, &passed, &failed);
    run_all(lifetimeTests, part, &passed, &failed);
    run_all(sharedTests, part, &passed, &failed);
    run_all(timesTests, part, &passed, &failed);
    run_all(endTests, part, &passed, &failed);
    run_all(endSharedTests, part, &passed, &failed);
    run_all(nestingTests, part, &passed, &failed);
    run_all(memberTests, part, &passed, &failed);
    run_all(threadTests, part, &passed, &failed);
    printf("%d passed, %d failed\n", passed, failed);
    return failed || !passed;
}
