/* What members request for themselves, bring into a job, and leave behind. */
#include "harness.h"

#define SET(job, number, value) api.SetInformationJobObject(job, number, &(value), sizeof(value))
#define GET(job, number, value) api.QueryInformationJobObject(job, number, &(value), sizeof(value), NULL)

static BOOL held(HANDLE job) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
    in.BasicLimitInformation.LimitFlags =
        JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_PRIORITY_CLASS | JOB_OBJECT_LIMIT_AFFINITY;
    in.BasicLimitInformation.PriorityClass = IDLE_PRIORITY_CLASS;
    in.BasicLimitInformation.Affinity = 1;
    return SET(job, CLS_EXTENDED_LIMIT, in);
}

typedef struct { HANDLE process; DWORD priority; DWORD_PTR mask; } WANTED;

static BOOL has_it(void *context) {
    WANTED *wanted = context;
    DWORD_PTR own = 0, all = 0;
    GetProcessAffinityMask(wanted->process, &own, &all);
    return GetPriorityClass(wanted->process) == wanted->priority && own == wanted->mask;
}

static void asks(const WCHAR *verb, DWORD code) {
    RIG rig;
    CHILD child;
    EVENTS events;
    WANTED wanted = {.priority = IDLE_PRIORITY_CLASS, .mask = 1};
    CHECK(events_open(&events));
    CHECK(rig_open(&rig));
    CHECK(held(rig.job));
    CHECK(child_in(rig.job, verb, &child));
    EQUAL(WaitForSingleObject(events.ready, HANG), WAIT_OBJECT_0);
    wanted.process = child.process;
    CHECK(wait_until(has_it, &wanted, HANG)); /* jobsim is not in it: undone at the next poll */
    SetEvent(events.go);
    EQUAL(exit_code(&child, HANG), code);
    drop_child(&child);
    rig_close(&rig);
    events_close(&events);
}

static void asks_for_priority(void) { asks(L"ask-priority 0x20 jobsim-test-ready jobsim-test-go", IDLE_PRIORITY_CLASS); }
static void asks_for_affinity(void) { asks(L"ask-affinity 3 jobsim-test-ready jobsim-test-go", 1); }

static void asks_with_jobsim(void) {
    RIG rig;
    CHILD child;
    CHECK(rig_open(&rig));
    CHECK(held(rig.job));
    CHECK(child_in(rig.job, L"sim-requests", &child));
    EQUAL(exit_code(&child, HANG), 0);
    drop_child(&child);
    rig_close(&rig);
}

static void memory_of_before(void) {
    RIG rig;
    CHILD child;
    EVENTS events;
    MESSAGE m;
    BOOL process = FALSE, job = FALSE;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0}, out;
    CHECK(events_open(&events));
    CHECK(rig_open(&rig));
    in.BasicLimitInformation.LimitFlags =
        JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_PROCESS_MEMORY | JOB_OBJECT_LIMIT_JOB_MEMORY;
    in.ProcessMemoryLimit = in.JobMemoryLimit = 20 << 20;
    CHECK(SET(rig.job, CLS_EXTENDED_LIMIT, in));
    CHECK(child_in(NULL, L"alloc-then 60 jobsim-test-ready jobsim-test-go 30", &child));
    EQUAL(WaitForSingleObject(events.ready, HANG), WAIT_OBJECT_0);
    CHECK(api.AssignProcessToJobObject(rig.job, child.process));
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    EQUAL(next_message(rig.port, &m, 400) ? m.message : 0, 0); /* what it had is not examined */
    CHECK(GET(rig.job, CLS_EXTENDED_LIMIT, out));
    BETWEEN(out.PeakProcessMemoryUsed >> 20, 60, 80); /* but it counts */
    SetEvent(events.go);
    while ((!process || !job) && next_message(rig.port, &m, HANG)) {
        process |= m.message == JOB_OBJECT_MSG_PROCESS_MEMORY_LIMIT && m.pid == child.pid;
        job |= m.message == JOB_OBJECT_MSG_JOB_MEMORY_LIMIT && m.pid == child.pid;
    }
    CHECK(process && job); /* its next commit is */
    EQUAL(WaitForSingleObject(events.ready, HANG), WAIT_OBJECT_0);
    in.JobMemoryLimit = 30 << 20; /* and a new limit examines nothing either */
    CHECK(SET(rig.job, CLS_EXTENDED_LIMIT, in));
    CHECK(!next_message(rig.port, &m, 400));
    drop_child(&child);
    rig_close(&rig);
    events_close(&events);
}

static BOOL enable_priority(BOOL on) {
    TOKEN_PRIVILEGES set = {.PrivilegeCount = 1};
    HANDLE token;
    BOOL done;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token)) return FALSE;
    set.Privileges[0].Attributes = on ? SE_PRIVILEGE_ENABLED : 0;
    done = LookupPrivilegeValueA(NULL, SE_INC_BASE_PRIORITY_NAME, &set.Privileges[0].Luid) &&
           AdjustTokenPrivileges(token, FALSE, &set, sizeof set, NULL, NULL) && GetLastError() == ERROR_SUCCESS;
    CloseHandle(token);
    return done;
}

static void privilege(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION high = {0}, class6 = {0}, above = {0}, class5 = {0};
    high.BasicLimitInformation.LimitFlags = above.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_PRIORITY_CLASS;
    high.BasicLimitInformation.PriorityClass = HIGH_PRIORITY_CLASS;
    above.BasicLimitInformation.PriorityClass = ABOVE_NORMAL_PRIORITY_CLASS;
    class6.BasicLimitInformation.LimitFlags = class5.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_SCHEDULING_CLASS;
    class6.BasicLimitInformation.SchedulingClass = 6;
    class5.BasicLimitInformation.SchedulingClass = 5;
    CHECK(enable_priority(FALSE));
    REFUSED(SET(job, CLS_EXTENDED_LIMIT, high), ERROR_PRIVILEGE_NOT_HELD);
    REFUSED(SET(job, CLS_EXTENDED_LIMIT, class6), ERROR_PRIVILEGE_NOT_HELD);
    high.BasicLimitInformation.PriorityClass = REALTIME_PRIORITY_CLASS;
    REFUSED(SET(job, CLS_EXTENDED_LIMIT, high), ERROR_PRIVILEGE_NOT_HELD);
    CHECK(SET(job, CLS_EXTENDED_LIMIT, above));
    CHECK(SET(job, CLS_EXTENDED_LIMIT, class5));
    CHECK(enable_priority(TRUE));
    CHECK(SET(job, CLS_EXTENDED_LIMIT, high));
    CHECK(SET(job, CLS_EXTENDED_LIMIT, class6));
    api.CloseHandle(job);
}

static void signaled_until_reset(void) {
    RIG rig;
    CHILD child;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
    CHECK(rig_open(&rig));
    in.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_JOB_TIME;
    in.BasicLimitInformation.PerJobUserTimeLimit.QuadPart = 1000000;
    CHECK(SET(rig.job, CLS_EXTENDED_LIMIT, in));
    EQUAL(api.WaitForSingleObject(rig.job, 0), WAIT_TIMEOUT);
    CHECK(child_in(rig.job, L"spin 60000", &child));
    EQUAL(api.WaitForSingleObject(rig.job, HANG), WAIT_OBJECT_0);
    drop_child(&child);
    CHECK(SET(rig.job, CLS_EXTENDED_LIMIT, in));
    EQUAL(api.WaitForSingleObject(rig.job, 100), WAIT_TIMEOUT);
    CHECK(child_in(rig.job, L"spin 60000", &child));
    EQUAL(api.WaitForSingleObject(rig.job, HANG), WAIT_OBJECT_0); /* and once more */
    drop_child(&child);
    rig_close(&rig);
}

static void at_once(void) {
    RIG rig;
    for (int i = 0; i < 10; i++) {
        CHILD child;
        EVENTS events;
        JOBOBJECT_BASIC_ACCOUNTING_INFORMATION info;
        LONGLONG live;
        CHECK(events_open(&events));
        CHECK(rig_open(&rig));
        CHECK(child_in(NULL, L"spin-then 100 jobsim-test-ready jobsim-test-go", &child));
        EQUAL(WaitForSingleObject(events.ready, HANG), WAIT_OBJECT_0);
        CHECK(api.AssignProcessToJobObject(rig.job, child.process));
        CHECK(GET(rig.job, CLS_BASIC_ACCOUNTING, info));
        live = info.TotalUserTime.QuadPart / 10000;
        BETWEEN(live, 70, 200);
        CHECK(info.TotalPageFaultCount > 100);
        SetEvent(events.go);
        EQUAL(exit_code(&child, HANG), 0);
        drop_child(&child);
        CHECK(child_in(rig.job, L"spin 100", &child));
        EQUAL(exit_code(&child, HANG), 0);
        CHECK(GET(rig.job, CLS_BASIC_ACCOUNTING, info));
        BETWEEN(info.TotalUserTime.QuadPart / 10000 - live, 70, 200);
        drop_child(&child);
        rig_close(&rig);
        events_close(&events);
    }
}

static void peak_of_a_short_one(void) {
    for (int i = 0; i < 3; i++) {
        RIG rig;
        CHILD child;
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION out;
        CHECK(rig_open(&rig));
        CHECK(child_in(rig.job, L"alloc 40 1000", &child)); /* it is not queried while the process runs */
        EQUAL(exit_code(&child, HANG), 0);
        CHECK(GET(rig.job, CLS_EXTENDED_LIMIT, out));
        BETWEEN(out.PeakProcessMemoryUsed >> 20, 40, 60);
        BETWEEN(out.PeakJobMemoryUsed >> 20, 40, 60);
        drop_child(&child);
        rig_close(&rig);
    }
}

static void peak_of_the_shortest(void) {
    for (int i = 0; i < 10; i++) {
        RIG rig;
        CHILD child;
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION out;
        DWORD size = 100 + 20 * i; /* far more than this program ever has */
        WCHAR verb[32];
        swprintf(verb, 32, L"alloc %lu", size);
        CHECK(rig_open(&rig));
        CHECK(child_in(rig.job, verb, &child)); /* it ends as soon as it has the memory */
        EQUAL(exit_code(&child, HANG), 0);
        CHECK(GET(rig.job, CLS_EXTENDED_LIMIT, out));
        BETWEEN(out.PeakProcessMemoryUsed >> 20, size, size + 15);
        BETWEEN(out.PeakJobMemoryUsed >> 20, size, size + 15);
        drop_child(&child);
        rig_close(&rig);
    }
}

static void limited_right(void) {
    RIG rig;
    CHILD child;
    HANDLE limited;
    BOOL in = FALSE;
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"sleep 60000", &child));
    limited = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, child.pid);
    CHECK(limited);
    CHECK(api.IsProcessInJob(limited, rig.job, &in));
    CHECK(in);
    CHECK(api.IsProcessInJob(limited, NULL, &in));
    CHECK(in);
    api.CloseHandle(limited);
    limited = OpenProcess(SYNCHRONIZE, FALSE, child.pid);
    REFUSED(api.IsProcessInJob(limited, rig.job, &in), ERROR_ACCESS_DENIED);
    api.CloseHandle(limited);
    drop_child(&child);
    rig_close(&rig);
}

static void long_names(void) {
    WCHAR name[MAX_PATH + 2];
    HANDLE job;
    for (int i = 0; i < MAX_PATH + 1; i++) name[i] = L'n';
    name[MAX_PATH] = 0;
    REFUSED(api.CreateJobObjectW(NULL, name), ERROR_FILENAME_EXCED_RANGE);
    REFUSED(api.OpenJobObjectW(JOB_OBJECT_QUERY, FALSE, name), ERROR_FILENAME_EXCED_RANGE);
    name[MAX_PATH - 1] = 0;
    job = api.CreateJobObjectW(NULL, name);
    CHECK(job);
    api.CloseHandle(job);
}

static void class_2_shows_all(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL);
    JOBOBJECT_BASIC_LIMIT_INFORMATION out;
    CHECK(set_flags(job, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_BREAKAWAY_OK));
    CHECK(GET(job, CLS_BASIC_LIMIT, out));
    EQUAL(out.LimitFlags, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_BREAKAWAY_OK);
    api.CloseHandle(job);
}

const ENTRY memberTests[] = {
    {"members: another priority class is asked for and not had", asks_for_priority},
    {"members: other processors are asked for and not had", asks_for_affinity},
    {"members: with jobsim in them, requests have their documented results", asks_with_jobsim},
    {"members: memory of before the assignment is not examined, the next commit is", memory_of_before},
    {"class 9: raising limits need SeIncreaseBasePriority", privilege},
    {"job time: signaled until the limit is set anew", signaled_until_reset},
    {"class 1: times and faults at once after an assignment and after an end", at_once},
    {"class 9: the peak of a process that is never asked for while it lives", peak_of_a_short_one},
    {"class 9: the peak of a process that ends as soon as it has it", peak_of_the_shortest},
    {"members: IsProcessInJob with PROCESS_QUERY_LIMITED_INFORMATION", limited_right},
    {"names: MAX_PATH characters are too many", long_names},
    {"class 2: shows the flags of class 9", class_2_shows_all},
    {NULL, NULL}};
