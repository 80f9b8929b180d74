/* Jobs that several processes have open. */
#include "harness.h"

static BOOL named(HANDLE *job, const WCHAR *name) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_JOB_MEMORY | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    limits.JobMemoryLimit = 64 << 20;
    *job = api.CreateJobObjectW(NULL, name);
    return *job && api.SetInformationJobObject(*job, CLS_EXTENDED_LIMIT, &limits, sizeof limits);
}

static void second_process_changes_limits(void) {
    HANDLE job;
    CHILD child;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
    CHECK(named(&job, L"jobsim-test-shared"));
    CHECK(child_in(NULL, L"sim-second jobsim-test-shared", &child));
    EQUAL(exit_code(&child, HANG), 0);
    CHECK(api.QueryInformationJobObject(job, CLS_EXTENDED_LIMIT, &limits, sizeof limits, NULL));
    EQUAL(limits.JobMemoryLimit, 128 << 20);
    drop_child(&child);
    api.CloseHandle(job);
}

static BOOL counting(void *counter) { return *(volatile LONG *)counter > 5; }

static void second_process_freezes(void) {
    HANDLE job, section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4, L"jobsim-test-count2");
    volatile LONG *counter = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 4);
    CHILD child, other;
    LONG stopped;
    CHECK(named(&job, L"jobsim-test-frozen"));
    CHECK(child_in(job, L"count jobsim-test-count2", &child));
    CHECK(wait_until(counting, (void *)counter, HANG));
    CHECK(child_in(NULL, L"sim-freeze jobsim-test-frozen", &other));
    EQUAL(exit_code(&other, HANG), 0);
    Sleep(50);
    stopped = *counter;
    Sleep(200);
    EQUAL(*counter, stopped);
    api.CloseHandle(job);
    EQUAL(WaitForSingleObject(child.process, HANG), WAIT_OBJECT_0);
    drop_child(&child);
    drop_child(&other);
    UnmapViewOfFile((void *)counter);
    api.CloseHandle(section);
}

static void member_asks_without_a_handle(void) {
    HANDLE job;
    CHILD child;
    CHECK(named(&job, L"jobsim-test-member"));
    CHECK(child_in(job, L"sim-member", &child));
    EQUAL(exit_code(&child, HANG), 0);
    drop_child(&child);
    api.CloseHandle(job);
}

static void enforcement_outlives_its_process(void) {
    HANDLE job, event = CreateEventW(NULL, FALSE, FALSE, L"jobsim-test-ready"), port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    CHILD first, late;
    MESSAGE m;
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT association = {(void *)9, port};
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    CHECK(child_in(NULL, L"sim-first jobsim-test-heir jobsim-test-ready", &first));
    EQUAL(WaitForSingleObject(event, HANG), WAIT_OBJECT_0);
    job = api.OpenJobObjectW(JOB_OBJECT_ALL_ACCESS, FALSE, L"jobsim-test-heir");
    CHECK(job);
    CHECK(api.SetInformationJobObject(job, CLS_PORT, &association, sizeof association));
    CHECK(next_message(port, &m, HANG)); /* the spinner, replayed */
    EQUAL(m.message, JOB_OBJECT_MSG_NEW_PROCESS);
    CHECK(child_in(job, L"sleep 60000", &late)); /* relayed by the other process to our port */
    CHECK(next_message(port, &m, HANG));
    EQUAL(m.pid, late.pid);
    TerminateProcess(first.process, 1);
    Sleep(600);
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_JOB_TIME | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    limits.BasicLimitInformation.PerJobUserTimeLimit.QuadPart = 2000000;
    CHECK(api.SetInformationJobObject(job, CLS_EXTENDED_LIMIT, &limits, sizeof limits));
    CHECK(await_message(port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, &m, HANG));
    EQUAL(exit_code(&late, HANG), ERROR_NOT_ENOUGH_QUOTA);
    drop_child(&first);
    drop_child(&late);
    api.CloseHandle(job);
    api.CloseHandle(port);
    api.CloseHandle(event);
}

/* jobsim cannot find the record of such a job: it refuses, where another record would look like success. */
static void unnamed_elsewhere(void) {
    RIG rig;
    CHILD child, stranger;
    WCHAR verb[64];
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"sleep 60000", &child));
    swprintf(verb, 64, L"sim-stranger %lu %lu", GetCurrentProcessId(), (DWORD)(ULONG_PTR)rig.job);
    CHECK(child_in(NULL, verb, &stranger));
    EQUAL(exit_code(&stranger, HANG), 0);
    EQUAL(WaitForSingleObject(child.process, 0), WAIT_TIMEOUT);
    drop_child(&stranger);
    drop_child(&child);
    rig_close(&rig);
}

/* Sets who may open this process. */
static BOOL open_to(SECURITY_DESCRIPTOR *who) {
    return SetKernelObjectSecurity(GetCurrentProcess(), DACL_SECURITY_INFORMATION, who);
}

/* A program that nobody may open has not ended: its record of jobs is not taken over. */
static void closed_to_others(void) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0}, found;
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, L"jobsim-test-ready");
    BYTE before[1024];
    SECURITY_DESCRIPTOR nobody;
    ACL empty;
    RIG rig;
    CHILD other, child;
    MESSAGE m;
    DWORD length;
    BOOL started;
    CHECK(GetKernelObjectSecurity(GetCurrentProcess(), DACL_SECURITY_INFORMATION, before, sizeof before, &length));
    CHECK(InitializeSecurityDescriptor(&nobody, SECURITY_DESCRIPTOR_REVISION));
    CHECK(InitializeAcl(&empty, sizeof empty, ACL_REVISION));
    CHECK(SetSecurityDescriptorDacl(&nobody, TRUE, &empty, FALSE));
    CHECK(rig_open(&rig));
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_ACTIVE_PROCESS | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    limits.BasicLimitInformation.ActiveProcessLimit = 6;
    CHECK(api.SetInformationJobObject(rig.job, CLS_EXTENDED_LIMIT, &limits, sizeof limits));
    CHECK(open_to(&nobody));
    started = child_in(NULL, L"sim-first jobsim-test-closed jobsim-test-ready", &other) &&
              WaitForSingleObject(event, HANG) == WAIT_OBJECT_0;
    CHECK(open_to((void *)before));
    CHECK(started);
    CHECK(child_in(rig.job, L"sleep 60000", &child));
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    EQUAL(m.pid, child.pid);
    CHECK(api.QueryInformationJobObject(rig.job, CLS_EXTENDED_LIMIT, &found, sizeof found, NULL));
    EQUAL(found.BasicLimitInformation.LimitFlags, limits.BasicLimitInformation.LimitFlags);
    EQUAL(found.BasicLimitInformation.ActiveProcessLimit, 6);
    drop_child(&child);
    drop_child(&other);
    api.CloseHandle(event);
    rig_close(&rig);
}

const ENTRY sharedTests[] = {
    {"named job: a second process reads and changes its limits", second_process_changes_limits},
    {"named job: a second process freezes it", second_process_freezes},
    {"query without a handle: the member's own job", member_asks_without_a_handle},
    {"named job: enforcement passes on when its process is killed", enforcement_outlives_its_process},
    {"shared: a handle to an unnamed job of another process is refused", unnamed_elsewhere},
    {"shared: a process that nobody may open keeps its jobs", closed_to_others},
    {NULL, NULL}};
