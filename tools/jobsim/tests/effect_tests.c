/* The effects of limits. */
#include "harness.h"

static BOOL limit(HANDLE job, DWORD flags, JOBOBJECT_EXTENDED_LIMIT_INFORMATION *in) {
    in->BasicLimitInformation.LimitFlags = flags | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    return api.SetInformationJobObject(job, CLS_EXTENDED_LIMIT, in, sizeof *in);
}

static void active_limit_create(void) {
    RIG rig;
    CHILD child[3], fourth;
    MESSAGE m;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
    CHECK(rig_open(&rig));
    in.BasicLimitInformation.ActiveProcessLimit = 3;
    CHECK(limit(rig.job, JOB_OBJECT_LIMIT_ACTIVE_PROCESS, &in));
    for (int i = 0; i < 3; i++) CHECK(child_in(rig.job, L"sleep 60000", &child[i]));
    REFUSED(child_in(rig.job, L"exit 0", &fourth), ERROR_NOT_ENOUGH_QUOTA);
    EQUAL(limit_kills(rig.job), 1);
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_LIMIT, &m, HANG));
    EQUAL(count_messages(rig.port, JOB_OBJECT_MSG_EXIT_PROCESS, 300), !ends_requested());
    for (int i = 0; i < 3; i++) EQUAL(WaitForSingleObject(child[i].process, 0), WAIT_TIMEOUT);
    TerminateProcess(child[0].process, 1);
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_EXIT_PROCESS, &m, HANG));
    CHECK(child_in(rig.job, L"exit 0", &fourth)); /* there is room again */
    drop_child(&fourth);
    for (int i = 0; i < 3; i++) drop_child(&child[i]);
    rig_close(&rig);
}

static void active_limit_assign(void) {
    RIG rig;
    CHILD first, second, third;
    HANDLE fewest;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
    CHECK(rig_open(&rig));
    in.BasicLimitInformation.ActiveProcessLimit = 1;
    CHECK(limit(rig.job, JOB_OBJECT_LIMIT_ACTIVE_PROCESS, &in));
    CHECK(child_in(NULL, L"sleep 60000", &first));
    CHECK(child_in(NULL, L"sleep 60000", &second));
    CHECK(api.AssignProcessToJobObject(rig.job, first.process));
    REFUSED(api.AssignProcessToJobObject(rig.job, second.process), ERROR_NOT_ENOUGH_QUOTA);
    EQUAL(exit_code(&second, HANG), 0xC0000044);
    CHECK(child_in(NULL, L"sleep 60000", &third));
    CHECK((fewest = OpenProcess(PROCESS_SET_QUOTA | PROCESS_TERMINATE, FALSE, third.pid)) != NULL);
    REFUSED(api.AssignProcessToJobObject(rig.job, fewest), ERROR_NOT_ENOUGH_QUOTA);
    EQUAL(exit_code(&third, HANG), 0xC0000044);
    CloseHandle(fewest);
    drop_child(&third);
    drop_child(&first);
    drop_child(&second);
    rig_close(&rig);
}

static void active_limit_grandchildren(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    DWORD code;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
    CHECK(rig_open(&rig));
    in.BasicLimitInformation.ActiveProcessLimit = 3;
    CHECK(limit(rig.job, JOB_OBJECT_LIMIT_ACTIVE_PROCESS, &in));
    CHECK(child_in(rig.job, L"spawn 5 2", &child));
    code = exit_code(&child, 2 * HANG);
    EQUAL(code % 16, 2); /* two of its five run */
    BETWEEN(code / 16, 0, 3); /* the others are refused with 1816, or ended if the engine comes late */
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_LIMIT, &m, HANG));
    EQUAL(limit_kills(rig.job), 3);
    drop_child(&child);
    rig_close(&rig);
}

static void process_time(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
    CHECK(rig_open(&rig));
    in.BasicLimitInformation.PerProcessUserTimeLimit.QuadPart = 10000000;
    CHECK(limit(rig.job, JOB_OBJECT_LIMIT_PROCESS_TIME, &in));
    CHECK(child_in(rig.job, L"spin 60000", &child));
    EQUAL(exit_code(&child, HANG), ERROR_NOT_ENOUGH_QUOTA);
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_END_OF_PROCESS_TIME, &m, HANG));
    EQUAL(m.pid, child.pid);
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_EXIT_PROCESS, &m, HANG));
    BETWEEN(user_time(rig.job) / 10000, 980, 1200);
    EQUAL(limit_kills(rig.job), 1);
    drop_child(&child);
    rig_close(&rig);
}

static void job_time_terminates(void) {
    RIG rig;
    CHILD child, late;
    MESSAGE m;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
    CHECK(rig_open(&rig));
    in.BasicLimitInformation.PerJobUserTimeLimit.QuadPart = 4000000;
    CHECK(limit(rig.job, JOB_OBJECT_LIMIT_JOB_TIME, &in));
    CHECK(child_in(rig.job, L"spin 60000", &child));
    EQUAL(exit_code(&child, HANG), ERROR_NOT_ENOUGH_QUOTA);
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, &m, HANG));
    EQUAL(WaitForSingleObject(rig.job, 0), WAIT_OBJECT_0);
    REFUSED(child_in(rig.job, L"exit 0", &late), ERROR_NOT_ENOUGH_QUOTA);
    CHECK(limit(rig.job, JOB_OBJECT_LIMIT_JOB_TIME, &in)); /* a new limit counts from what is used */
    CHECK(child_in(rig.job, L"exit 6", &late));
    EQUAL(exit_code(&late, HANG), 6);
    drop_child(&child);
    drop_child(&late);
    rig_close(&rig);
}

static void job_time_posts(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    DWORD post = JOB_OBJECT_POST_AT_END_OF_JOB;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
    CHECK(rig_open(&rig));
    CHECK(api.SetInformationJobObject(rig.job, CLS_END_OF_JOB, &post, sizeof post));
    in.BasicLimitInformation.PerJobUserTimeLimit.QuadPart = 2000000;
    CHECK(limit(rig.job, JOB_OBJECT_LIMIT_JOB_TIME, &in));
    CHECK(child_in(rig.job, L"spin 600", &child));
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_END_OF_JOB_TIME, &m, HANG));
    EQUAL(exit_code(&child, HANG), 0);
    CHECK(api.QueryInformationJobObject(rig.job, CLS_EXTENDED_LIMIT, &in, sizeof in, NULL));
    EQUAL(in.BasicLimitInformation.LimitFlags, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE);
    drop_child(&child);
    rig_close(&rig);
}

static void memory_messages(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    BOOL process = FALSE, job = FALSE;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
    CHECK(rig_open(&rig));
    in.ProcessMemoryLimit = 30 << 20;
    in.JobMemoryLimit = 40 << 20;
    CHECK(limit(rig.job, JOB_OBJECT_LIMIT_PROCESS_MEMORY | JOB_OBJECT_LIMIT_JOB_MEMORY, &in));
    CHECK(child_in(rig.job, L"alloc 100 60000", &child));
    while ((!process || !job) && next_message(rig.port, &m, HANG)) {
        process |= m.message == JOB_OBJECT_MSG_PROCESS_MEMORY_LIMIT && m.pid == child.pid;
        job |= m.message == JOB_OBJECT_MSG_JOB_MEMORY_LIMIT && m.pid == child.pid;
    }
    CHECK(process);
    CHECK(job);
    CHECK(!next_message(rig.port, &m, 300)); /* once for each crossing */
    drop_child(&child);
    rig_close(&rig);
}

/*
 * How much of one processor a child uses over some time. Only its upper bound is meaningful: other programs may
 * use the processors too.
 */
static LONGLONG percent_used(const RIG *rig, const CHILD *child, DWORD milliseconds) {
    ULONGLONG begun = GetTickCount64();
    LONGLONG before = user_time(rig->job), used;
    if (WaitForSingleObject(child->process, milliseconds) != WAIT_TIMEOUT) return -1;
    used = (user_time(rig->job) - before) / 10000;
    return used * 100 / (LONGLONG)(GetTickCount64() - begun);
}

typedef struct { HANDLE job; LONGLONG wanted; } USED;

static BOOL has_used(void *context) {
    const USED *used = context;
    return user_time(used->job) >= used->wanted;
}

/* Whether a child can use 90 ms more of processor time, however busy the processors are. */
static BOOL goes_on(const RIG *rig) {
    USED used = {rig->job, user_time(rig->job) + 900000};
    return wait_until(has_used, &used, HANG);
}

static void cpu_maximum(void) {
    RIG rig;
    CHILD child;
    SYSTEM_INFO system;
    LONGLONG before;
    CPU_RATE_INFO info = {CPU_ENABLE | CPU_MIN_MAX, {0}};
    GetSystemInfo(&system);
    CHECK(rig_open(&rig));
    info.u.MinMax.MaxRate = (WORD)(2500 / system.dwNumberOfProcessors); /* a quarter of one processor */
    CHECK(api.SetInformationJobObject(rig.job, CLS_CPU_RATE, &info, sizeof info));
    CHECK(child_in(rig.job, L"spin 60000", &child));
    Sleep(300);
    BETWEEN(percent_used(&rig, &child, 2000), 0, 33);
    CHECK(goes_on(&rig));
    info.u.MinMax.MaxRate = 1;
    CHECK(api.SetInformationJobObject(rig.job, CLS_CPU_RATE, &info, sizeof info));
    Sleep(100);
    before = user_time(rig.job);
    EQUAL(WaitForSingleObject(child.process, 1000), WAIT_TIMEOUT);
    BETWEEN((user_time(rig.job) - before) / 10000, 0, 30);
    info.u.MinMax.MaxRate = 10000;
    CHECK(api.SetInformationJobObject(rig.job, CLS_CPU_RATE, &info, sizeof info));
    CHECK(goes_on(&rig)); /* the whole machine */
    drop_child(&child);
    rig_close(&rig);
}

static void cpu_cap(void) {
    RIG rig;
    CHILD child;
    SYSTEM_INFO system;
    LONGLONG before;
    CPU_RATE_INFO info = {CPU_ENABLE | CPU_HARD_CAP, {0}};
    GetSystemInfo(&system);
    CHECK(rig_open(&rig));
    info.u.CpuRate = 2500 / system.dwNumberOfProcessors; /* a quarter of one processor */
    CHECK(api.SetInformationJobObject(rig.job, CLS_CPU_RATE, &info, sizeof info));
    CHECK(child_in(rig.job, L"spin 60000", &child));
    Sleep(300);
    BETWEEN(percent_used(&rig, &child, 3000), 0, 33);
    CHECK(goes_on(&rig));
    info.u.CpuRate = 1;
    CHECK(api.SetInformationJobObject(rig.job, CLS_CPU_RATE, &info, sizeof info));
    Sleep(100);
    before = user_time(rig.job);
    EQUAL(WaitForSingleObject(child.process, 1000), WAIT_TIMEOUT);
    BETWEEN((user_time(rig.job) - before) / 10000, 0, 30);
    info.ControlFlags = 0;
    CHECK(api.SetInformationJobObject(rig.job, CLS_CPU_RATE, &info, sizeof info));
    CHECK(goes_on(&rig)); /* it runs freely again */
    drop_child(&child);
    rig_close(&rig);
}

static void affinity_and_priority(void) {
    RIG rig;
    CHILD child;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
    GROUP_AFFINITY group = {.Mask = 1};
    DWORD_PTR own = 0, all = 0;
    CHECK(rig_open(&rig));
    in.BasicLimitInformation.Affinity = 2;
    in.BasicLimitInformation.PriorityClass = IDLE_PRIORITY_CLASS;
    GetProcessAffinityMask(GetCurrentProcess(), &own, &all);
    if (!(all & 2)) in.BasicLimitInformation.Affinity = 1;
    CHECK(limit(rig.job, JOB_OBJECT_LIMIT_AFFINITY | JOB_OBJECT_LIMIT_PRIORITY_CLASS, &in));
    CHECK(child_in(rig.job, L"affinity", &child));
    EQUAL(exit_code(&child, HANG), in.BasicLimitInformation.Affinity);
    drop_child(&child);
    CHECK(child_in(rig.job, L"priority", &child));
    EQUAL(exit_code(&child, HANG), IDLE_PRIORITY_CLASS);
    drop_child(&child);
    CHECK(set_flags(rig.job, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE));
    CHECK(api.SetInformationJobObject(rig.job, CLS_GROUPS_EX, &group, sizeof group));
    CHECK(child_in(rig.job, L"affinity", &child));
    EQUAL(exit_code(&child, HANG), 1);
    drop_child(&child);
    CHECK(child_in(rig.job, L"sleep 60000", &child)); /* also for processes that already run */
    CHECK(api.SetInformationJobObject(rig.job, CLS_GROUPS_EX, NULL, 0));
    CHECK(GetProcessAffinityMask(child.process, &own, &all));
    EQUAL(own, all);
    drop_child(&child);
    rig_close(&rig);
}

static BOOL counts(void *counter) { return *(volatile LONG *)counter > 5; }

static void freeze_and_thaw(void) {
    RIG rig;
    CHILD child, born;
    FREEZE_INFO info = {.Flags = 1, .Freeze = 1};
    HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4, L"jobsim-test-count");
    volatile LONG *counter = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 4);
    LONG stopped;
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"count jobsim-test-count", &child));
    CHECK(wait_until(counts, (void *)counter, HANG));
    CHECK(api.SetInformationJobObject(rig.job, CLS_FREEZE, &info, sizeof info));
    stopped = *counter;
    CHECK(child_in(rig.job, L"exit 0", &born)); /* a process that joins a frozen job is frozen */
    EQUAL(WaitForSingleObject(born.process, 300), WAIT_TIMEOUT);
    EQUAL(*counter, stopped);
    memset(&info, 0, sizeof info);
    CHECK(api.QueryInformationJobObject(rig.job, CLS_FREEZE, &info, sizeof info, NULL));
    EQUAL(info.Freeze, 1);
    info.Flags = 1, info.Freeze = 0;
    *counter = 0;
    CHECK(api.SetInformationJobObject(rig.job, CLS_FREEZE, &info, sizeof info));
    CHECK(wait_until(counts, (void *)counter, HANG));
    EQUAL(exit_code(&born, HANG), 0);
    info.Freeze = 1;
    CHECK(api.SetInformationJobObject(rig.job, CLS_FREEZE, &info, sizeof info));
    CHECK(api.TerminateJobObject(rig.job, 44)); /* frozen processes can be ended */
    EQUAL(exit_code(&child, HANG), 44);
    drop_child(&child);
    drop_child(&born);
    rig_close(&rig);
    UnmapViewOfFile((void *)counter);
    api.CloseHandle(section);
}

const ENTRY effectTests[] = {
    {"active processes: the fourth of three is refused with 1816, message 3", active_limit_create},
    {"active processes: assigning one too many fails and ends it", active_limit_assign},
    {"active processes: grandchildren are judged too", active_limit_grandchildren},
    {"process time: the spinner ends near its limit, message 2", process_time},
    {"job time: terminates all, refuses newcomers until it is set anew", job_time_terminates},
    {"job time: with POST only message 1, and the limit is gone", job_time_posts},
    {"memory: messages 9 and 10 once for each crossing", memory_messages},
    {"CPU hard cap: a quarter of a processor, then free", cpu_cap},
    {"CPU maximum rate: a quarter of a processor, then the whole machine", cpu_maximum},
    {"affinity and priority: applied to members", affinity_and_priority},
    {"freeze: stops, also newcomers; thaw goes on", freeze_and_thaw},
    {NULL, NULL}};
