/* Handles, kill on close, and scale. */
#include "harness.h"

static void names(void) {
    HANDLE job = api.CreateJobObjectW(NULL, L"jobsim-test-name"), again, event = CreateEventW(NULL, FALSE, FALSE, L"jobsim-test-event");
    CHECK(job);
    EQUAL(GetLastError(), ERROR_FILE_NOT_FOUND * 0);
    again = api.CreateJobObjectW(NULL, L"Local\\jobsim-test-name");
    EQUAL(GetLastError(), ERROR_ALREADY_EXISTS);
    CHECK(set_flags(job, JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION));
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION out;
    CHECK(api.QueryInformationJobObject(again, CLS_EXTENDED_LIMIT, &out, sizeof out, NULL));
    EQUAL(out.BasicLimitInformation.LimitFlags, JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION);
    api.CloseHandle(job);
    api.CloseHandle(again);
    REFUSED(api.OpenJobObjectW(JOB_OBJECT_ALL_ACCESS, FALSE, L"jobsim-test-name"), ERROR_FILE_NOT_FOUND);
    REFUSED(api.CreateJobObjectW(NULL, L"jobsim-test-event"), ERROR_INVALID_HANDLE);
    job = api.CreateJobObjectW(NULL, L"jobsim-test-name"); /* the same name, but a new job */
    CHECK(api.QueryInformationJobObject(job, CLS_EXTENDED_LIMIT, &out, sizeof out, NULL));
    EQUAL(out.BasicLimitInformation.LimitFlags, 0);
    api.CloseHandle(job);
    api.CloseHandle(event);
}

static void duplicate_is_the_same_job(void) {
    HANDLE job = api.CreateJobObjectW(NULL, NULL), other;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION out;
    CHECK(set_flags(job, JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION));
    CHECK(DuplicateHandle(GetCurrentProcess(), job, GetCurrentProcess(), &other, 0, FALSE, DUPLICATE_SAME_ACCESS));
    CHECK(api.QueryInformationJobObject(other, CLS_EXTENDED_LIMIT, &out, sizeof out, NULL));
    EQUAL(out.BasicLimitInformation.LimitFlags, JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION);
    api.CloseHandle(job);
    CHECK(api.QueryInformationJobObject(other, CLS_EXTENDED_LIMIT, &out, sizeof out, NULL));
    EQUAL(out.BasicLimitInformation.LimitFlags, JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION);
    api.CloseHandle(other);
}

static void killed_holder_takes_its_tree(void) {
    HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4, L"jobsim-test-holder"), sleeper;
    volatile LONG *pid = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 4);
    CHILD holder;
    CHECK(child_in(NULL, L"sim-holder jobsim-test-holder", &holder));
    for (int i = 0; i < 1000 && !*pid; i++) Sleep(5);
    CHECK(*pid);
    sleeper = OpenProcess(SYNCHRONIZE, FALSE, (DWORD)*pid);
    CHECK(sleeper);
    EQUAL(WaitForSingleObject(sleeper, 100), WAIT_TIMEOUT);
    TerminateProcess(holder.process, 1);
    EQUAL(WaitForSingleObject(sleeper, HANG), WAIT_OBJECT_0);
    api.CloseHandle(sleeper);
    drop_child(&holder);
    UnmapViewOfFile((void *)pid);
    api.CloseHandle(section);
}

static void batch_drops_the_list(void) {
    RIG rig;
    STARTUPINFOEXW startup = {0};
    PROCESS_INFORMATION info;
    BYTE list[256];
    SIZE_T size = sizeof list;
    WCHAR path[MAX_PATH], line[MAX_PATH + 8];
    HANDLE file;
    DWORD written;
    BOOL in = TRUE;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    CHECK(rig_open(&rig));
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_ACTIVE_PROCESS;
    limits.BasicLimitInformation.ActiveProcessLimit = 1;
    CHECK(api.SetInformationJobObject(rig.job, CLS_EXTENDED_LIMIT, &limits, sizeof limits));
    GetTempPathW(MAX_PATH, path);
    lstrcatW(path, L"jobsim_test.bat");
    file = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    CHECK(WriteFile(file, "@exit 5\r\n", 9, &written, NULL));
    api.CloseHandle(file);
    swprintf(line, MAX_PATH + 8, L"\"%ls\"", path);
    startup.StartupInfo.cb = sizeof startup;
    startup.lpAttributeList = (void *)list;
    CHECK(InitializeProcThreadAttributeList(startup.lpAttributeList, 1, 0, &size));
    CHECK(UpdateProcThreadAttribute(startup.lpAttributeList, 0, ATTRIBUTE_JOB_LIST, &rig.job, sizeof rig.job, NULL, NULL));
    CHECK(api.CreateProcessW(NULL, line, NULL, NULL, FALSE, EXTENDED_STARTUPINFO_PRESENT, NULL, NULL, &startup.StartupInfo, &info));
    CHECK(api.IsProcessInJob(info.hProcess, rig.job, &in));
    EQUAL(in, FALSE); /* as Wine does; the caller must assign such a process */
    EQUAL(WaitForSingleObject(info.hProcess, HANG), WAIT_OBJECT_0); /* and it was not left suspended */
    api.CloseHandle(info.hThread);
    api.CloseHandle(info.hProcess);
    DeleteFileW(path);
    rig_close(&rig);
}

static void scale(void) {
    enum { CHILDREN = 200 };
    static CHILD child[CHILDREN];
    static BYTE born[65536], ended[65536];
    RIG rig;
    MESSAGE m;
    DWORD before, after;
    int zero = 0;
    CHECK(rig_open(&rig)); /* a first time, so that everything made only once exists */
    rig_close(&rig);
    memset(born, 0, sizeof born);
    memset(ended, 0, sizeof ended);
    before = own_handles();
    CHECK(rig_open(&rig));
    for (int i = 0; i < CHILDREN; i++) CHECK(child_in(rig.job, i % 2 ? L"exit 0" : L"sleep 60000", &child[i]));
    for (int i = 1; i < CHILDREN; i += 2) EQUAL(exit_code(&child[i], HANG), 0);
    CHECK(api.TerminateJobObject(rig.job, 3));
    while (!zero && next_message(rig.port, &m, HANG)) {
        if (m.message == JOB_OBJECT_MSG_NEW_PROCESS) born[m.pid / 4 % 65536]++;
        if (m.message == JOB_OBJECT_MSG_EXIT_PROCESS) ended[m.pid / 4 % 65536]++;
        if (m.message == JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO) zero = born[child[0].pid / 4 % 65536];
    }
    CHECK(zero);
    for (int i = 0; i < CHILDREN; i++) {
        EQUAL(born[child[i].pid / 4 % 65536], 1);
        EQUAL(ended[child[i].pid / 4 % 65536], i % 2 || !ends_requested());
        EQUAL(exit_code(&child[i], HANG), i % 2 ? 0 : 3);
        drop_child(&child[i]);
    }
    rig_close(&rig);
    after = own_handles();
    BETWEEN((int)after - (int)before, -2, 2);
}

static void many_jobs(void) {
    enum { JOBS = 200 };
    static RIG rig[JOBS];
    DWORD before = own_handles(), after;
    MESSAGE m;
    CHILD child;
    for (int i = 0; i < JOBS; i++) CHECK(rig_open(&rig[i]));
    for (int i = 0; i < JOBS; i += 20) {
        CHECK(child_in(rig[i].job, L"exit 0", &child));
        CHECK(await_message(rig[i].port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, &m, HANG));
        drop_child(&child);
    }
    for (int i = 0; i < JOBS; i++) rig_close(&rig[i]);
    after = own_handles();
    BETWEEN((int)after - (int)before, -2, 2);
}

static LONGLONG own_cpu(void) {
    FILETIME made, ended, kernel, user;
    GetProcessTimes(GetCurrentProcess(), &made, &ended, &kernel, &user);
    return (LONGLONG)(kernel.dwLowDateTime + user.dwLowDateTime) / 10000;
}

/* Whether there comes a second that costs this process at most this much; on a busy machine earlier work continues for a while. */
static BOOL calms_down_to(LONGLONG most) {
    for (int i = 0; i < 10; i++) {
        LONGLONG before = own_cpu();
        Sleep(1000);
        if (own_cpu() - before <= most) return TRUE;
    }
    return FALSE;
}

static void idle_costs_nothing(void) {
    RIG rig;
    CHILD child;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_JOB_MEMORY;
    limits.JobMemoryLimit = 64 << 20;
    CHECK(rig_open(&rig));
    CHECK(api.SetInformationJobObject(rig.job, CLS_EXTENDED_LIMIT, &limits, sizeof limits));
    CHECK(calms_down_to(10)); /* no member */
    CHECK(set_flags(rig.job, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE));
    CHECK(child_in(rig.job, L"sleep 60000", &child));
    Sleep(1500);
    CHECK(calms_down_to(30)); /* a member that does nothing, and no limit */
    drop_child(&child);
    rig_close(&rig);
}

const ENTRY lifetimeTests[] = {
    {"names: the same name is the same job while it lives", names},
    {"handles: a duplicate is the same job", duplicate_is_the_same_job},
    {"kill on close: also when the holder is killed", killed_holder_takes_its_tree},
    {"CreateProcessW: a batch file drops the job list, as in Wine", batch_drops_the_list},
    {"scale: 200 children, every NEW and EXIT at most once, handles return", scale},
    {"scale: 200 jobs at once, handles return", many_jobs},
    {"idle: costs next to nothing", idle_costs_nothing},
    {NULL, NULL}};
