/* What the tests' children do. Verbs that begin with sim- have jobsim loaded. */
#include "harness.h"

static DWORD number(const WCHAR *text) { return (DWORD)wcstoul(text, NULL, 0); }

static void spin(DWORD milliseconds) {
    FILETIME a, b, c, user;
    volatile int waste = 0;
    do {
        for (int i = 0; i < 1000000; i++) waste++;
        GetProcessTimes(GetCurrentProcess(), &a, &b, &c, &user);
    } while (user.dwLowDateTime / 10000 < milliseconds);
}

static void touch(DWORD megabytes) {
    char *block = VirtualAlloc(NULL, (SIZE_T)megabytes << 20, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    if (block) memset(block, 1, (SIZE_T)megabytes << 20);
}

static HANDLE start_again(const WCHAR *verb) {
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION info;
    WCHAR self[MAX_PATH], line[1024];
    GetModuleFileNameW(NULL, self, MAX_PATH);
    swprintf(line, 1024, L"\"%ls\" --child none %ls", self, verb);
    if (!CreateProcessW(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info)) return NULL;
    CloseHandle(info.hThread);
    return info.hProcess;
}

static void signal(const WCHAR *name) {
    HANDLE event = OpenEventW(EVENT_MODIFY_STATE, FALSE, name);
    if (event) SetEvent(event);
}

static void await(const WCHAR *name) {
    HANDLE event = OpenEventW(SYNCHRONIZE, FALSE, name);
    WaitForSingleObject(event, 60000);
}

/* Counts in a named section, so that the test sees whether it runs. */
static void count_up(const WCHAR *name) {
    HANDLE section = OpenFileMappingW(FILE_MAP_WRITE, FALSE, name);
    volatile LONG *counter = section ? MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 4) : NULL;
    while (counter) {
        InterlockedIncrement(counter);
        Sleep(1);
    }
}

/* A second process on a named job: reads the job memory limit, changes it, freezes. */
static int second(const WCHAR *name, BOOL freeze) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
    FREEZE_INFO frozen = {.Flags = 1, .Freeze = 1};
    HANDLE job = api.OpenJobObjectW(JOB_OBJECT_ALL_ACCESS, FALSE, name);
    if (!job) return 91;
    if (!api.QueryInformationJobObject(job, CLS_EXTENDED_LIMIT, &limits, sizeof limits, NULL)) return 92;
    if (limits.JobMemoryLimit != 64 << 20) return 93;
    limits.JobMemoryLimit = 128 << 20;
    if (!api.SetInformationJobObject(job, CLS_EXTENDED_LIMIT, &limits, sizeof limits)) return 94;
    if (freeze && !api.SetInformationJobObject(job, CLS_FREEZE, &frozen, sizeof frozen)) return 95;
    return 0;
}

/* Creates a named job with a spinner in it, signals that, and waits for its own end. */
static int first(const WCHAR *name, const WCHAR *ready) {
    HANDLE job = api.CreateJobObjectW(NULL, name), child;
    if (!job) return 91;
    child = start_again(L"spin 60000");
    if (!child || !api.AssignProcessToJobObject(job, child)) return 92;
    signal(ready);
    Sleep(60000);
    return 0;
}

/* Ends a named job, and then returns (0), exits (1) or is killed (2). */
static int end(const WCHAR *name, UINT code, DWORD how) {
    HANDLE job = api.OpenJobObjectW(JOB_OBJECT_TERMINATE, FALSE, name);
    if (!job) return 91;
    if (!api.TerminateJobObject(job, code)) return 92;
    if (how == 1) ExitProcess(0);
    if (how == 2) TerminateProcess(GetCurrentProcess(), 0);
    api.CloseHandle(job);
    Sleep(200);
    return 0;
}

/* Ends a job of its own that does not kill on close, and is killed before its members have ended; passes the
 * pid of one. */
static int end_own(const WCHAR *section, const WCHAR *go, UINT code) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL), child, map = OpenFileMappingW(FILE_MAP_WRITE, FALSE, section);
    HANDLE opened = OpenEventW(SYNCHRONIZE, FALSE, go);
    volatile LONG *pid = MapViewOfFile(map, FILE_MAP_WRITE, 0, 0, 4);
    child = start_again(L"sleep 60000");
    if (!api.AssignProcessToJobObject(job, child)) return 92;
    *pid = (LONG)GetProcessId(child);
    if (WaitForSingleObject(opened, HANG) != WAIT_OBJECT_0) return 95;
    if (!api.TerminateJobObject(job, code)) return 93;
    TerminateProcess(GetCurrentProcess(), 0);
    return 94;
}

/* Creates a named job and keeps running. */
static int maker(const WCHAR *name, const WCHAR *ready) {
    HANDLE job = api.CreateJobObjectW(NULL, name);
    if (!job) return 91;
    signal(ready);
    Sleep(60000);
    return 0;
}

/* Creates a kill-on-close job, puts a sleeper in it, passes its pid, and never exits. */
static int holder(const WCHAR *section) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL), child, map = OpenFileMappingW(FILE_MAP_WRITE, FALSE, section);
    volatile LONG *pid = MapViewOfFile(map, FILE_MAP_WRITE, 0, 0, 4);
    if (!set_flags(job, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE)) return 91;
    child = start_again(L"sleep 60000");
    if (!api.AssignProcessToJobObject(job, child)) return 92;
    *pid = (LONG)GetProcessId(child);
    Sleep(60000);
    return 0;
}

/* Takes an unnamed job's handle from another process: 0 if each call on it is refused. */
static int stranger(DWORD pid, DWORD value) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    HANDLE owner = OpenProcess(PROCESS_DUP_HANDLE, FALSE, pid), job = NULL;
    if (!DuplicateHandle(owner, (HANDLE)(ULONG_PTR)value, GetCurrentProcess(), &job, 0, FALSE, DUPLICATE_SAME_ACCESS)) return 91;
    if (api.QueryInformationJobObject(job, CLS_EXTENDED_LIMIT, &limits, sizeof limits, NULL) || GetLastError() != ERROR_NOT_SUPPORTED) return 92;
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (api.SetInformationJobObject(job, CLS_EXTENDED_LIMIT, &limits, sizeof limits) || GetLastError() != ERROR_NOT_SUPPORTED) return 93;
    if (api.AssignProcessToJobObject(job, GetCurrentProcess()) || GetLastError() != ERROR_NOT_SUPPORTED) return 94;
    if (api.TerminateJobObject(job, 1) || GetLastError() != ERROR_NOT_SUPPORTED) return 95;
    return 0;
}

/* What a member reads of its own job, without a handle. */
static int member(void) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
    JOBOBJECT_BASIC_PROCESS_ID_LIST ids;
    if (!api.QueryInformationJobObject(NULL, CLS_EXTENDED_LIMIT, &limits, sizeof limits, NULL)) return 91;
    if (!api.QueryInformationJobObject(NULL, CLS_PROCESS_IDS, &ids, sizeof ids, NULL)) return 92;
    if (ids.NumberOfProcessIdsInList != 1 || ids.ProcessIdList[0] != GetCurrentProcessId()) return 93;
    return limits.JobMemoryLimit == 64 << 20 ? 0 : 94;
}

static DWORD WINAPI spin_thread(void *milliseconds) {
    spin((DWORD)(ULONG_PTR)milliseconds);
    return 0;
}

/* What a second process reads about one that spun for 500 ms: 0 if that is right, otherwise the milliseconds. */
static int other_times(DWORD pid) {
    FILETIME made, ended, kernel, user;
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
    if (!process || !api.GetProcessTimes(process, &made, &ended, &kernel, &user)) return 91;
    return user.dwLowDateTime >= 4000000 && user.dwLowDateTime <= 6000000 ? 0 : 1000 + (int)(user.dwLowDateTime / 10000);
}

/* A member of a job with a priority class and one processor, with jobsim in it. */
static int requests(void) {
    HANDLE me = GetCurrentProcess();
    DWORD_PTR own = 0, all = 0;
    if (!api.SetPriorityClass(me, NORMAL_PRIORITY_CLASS)) return 81;
    if (GetPriorityClass(me) != IDLE_PRIORITY_CLASS) return 82;
    if (api.SetPriorityClass(me, 7) || GetLastError() != ERROR_INVALID_PARAMETER) return 83;
    GetProcessAffinityMask(me, &own, &all);
    if (own != 1) return 84;
    if (api.SetProcessAffinityMask(me, 2) || GetLastError() != ERROR_ACCESS_DENIED) return 85;
    if (!api.SetProcessAffinityMask(me, 1)) return 86;
    return 0;
}

int child_main(int count, WCHAR **arguments) {
    const WCHAR *verb = arguments[0];
    SetErrorMode(SEM_NOGPFAULTERRORBOX | SEM_FAILCRITICALERRORS);
    if (!wcscmp(verb, L"exit")) return (int)number(arguments[1]);
    if (!wcscmp(verb, L"sleep")) Sleep(number(arguments[1]));
    if (!wcscmp(verb, L"spin")) spin(number(arguments[1]));
    if (!wcscmp(verb, L"spin-then")) { /* ms, event that signals it, event that lets it end */
        spin(number(arguments[1]));
        signal(arguments[2]);
        await(arguments[3]);
    }
    if (!wcscmp(verb, L"spin-thread")) { /* ms, in a thread that ends first, event, event */
        HANDLE thread = CreateThread(NULL, 0, spin_thread, (void *)(ULONG_PTR)number(arguments[1]), 0, NULL);
        WaitForSingleObject(thread, 60000);
        signal(arguments[2]);
        await(arguments[3]);
    }
    if (!wcscmp(verb, L"sim-times")) return other_times(number(arguments[1]));
    if (!wcscmp(verb, L"alloc")) {
        touch(number(arguments[1]));
        if (count > 2) Sleep(number(arguments[2]));
    }
    if (!wcscmp(verb, L"waves")) { /* MB, event to continue, twice up and once down */
        DWORD size = number(arguments[1]);
        for (int i = 0; i < 2; i++) {
            char *block = VirtualAlloc(NULL, (SIZE_T)size << 20, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
            memset(block, 1, (SIZE_T)size << 20);
            await(arguments[2]);
            VirtualFree(block, 0, MEM_RELEASE);
            await(arguments[2]);
        }
    }
    if (!wcscmp(verb, L"ask-priority") || !wcscmp(verb, L"ask-affinity")) { /* value, event that signals it, event that lets it end */
        DWORD_PTR own = 0, all = 0;
        BOOL priority = !wcscmp(verb, L"ask-priority");
        if (priority ? !SetPriorityClass(GetCurrentProcess(), number(arguments[1]))
                     : !SetProcessAffinityMask(GetCurrentProcess(), number(arguments[1])))
            return 80;
        signal(arguments[2]);
        await(arguments[3]);
        GetProcessAffinityMask(GetCurrentProcess(), &own, &all);
        return priority ? (int)GetPriorityClass(GetCurrentProcess()) : (int)own;
    }
    if (!wcscmp(verb, L"sim-requests")) return requests();
    if (!wcscmp(verb, L"sim-stranger")) return stranger(number(arguments[1]), number(arguments[2]));
    if (!wcscmp(verb, L"alloc-then")) { /* MB, event, event, MB more, event */
        touch(number(arguments[1]));
        signal(arguments[2]);
        await(arguments[3]);
        touch(number(arguments[4]));
        signal(arguments[2]);
        await(arguments[3]);
    }
    if (!wcscmp(verb, L"fault")) TerminateProcess(GetCurrentProcess(), STATUS_ACCESS_VIOLATION);
    if (!wcscmp(verb, L"grandchild")) {
        start_again(L"sleep 60000");
        Sleep(60000);
    }
    if (!wcscmp(verb, L"spawn")) { /* how many sleepers, of how many are to run on; the exit code: how many do + 16 * refused */
        HANDLE list[16];
        int alive, refused = 0, wanted = (int)number(arguments[1]), most = (int)number(arguments[2]);
        ULONGLONG deadline = GetTickCount64() + HANG;
        for (int i = 0; i < wanted; i++) {
            list[i] = start_again(L"sleep 60000");
            refused += !list[i] && GetLastError() == ERROR_NOT_ENOUGH_QUOTA;
        }
        do {
            Sleep(20);
            alive = 0;
            for (int i = 0; i < wanted; i++) alive += list[i] && WaitForSingleObject(list[i], 0) == WAIT_TIMEOUT;
        } while (alive > most && GetTickCount64() < deadline);
        return alive + 16 * refused;
    }
    if (!wcscmp(verb, L"start-one")) {
        WaitForSingleObject(start_again(L"exit 0"), 60000);
        Sleep(20); /* so that the two ends stay apart */
    }
    if (!wcscmp(verb, L"count")) count_up(arguments[1]);
    if (!wcscmp(verb, L"affinity")) {
        DWORD_PTR own = 0, all = 0;
        GetProcessAffinityMask(GetCurrentProcess(), &own, &all);
        return (int)own;
    }
    if (!wcscmp(verb, L"priority")) return (int)GetPriorityClass(GetCurrentProcess());
    if (!wcscmp(verb, L"sim-second")) return second(arguments[1], FALSE);
    if (!wcscmp(verb, L"sim-freeze")) return second(arguments[1], TRUE);
    if (!wcscmp(verb, L"sim-first")) return first(arguments[1], arguments[2]);
    if (!wcscmp(verb, L"sim-end-own")) return end_own(arguments[1], arguments[2], number(arguments[3]));
    if (!wcscmp(verb, L"sim-end")) return end(arguments[1], number(arguments[2]), number(arguments[3]));
    if (!wcscmp(verb, L"sim-maker")) return maker(arguments[1], arguments[2]);
    if (!wcscmp(verb, L"sim-holder")) return holder(arguments[1]);
    if (!wcscmp(verb, L"sim-member")) return member();
    return 0;
}
