/* Nested jobs. See Microsoft's pages on nested jobs and on AssignProcessToJobObject. */
#include "harness.h"

#define SET(job, number, value) api.SetInformationJobObject(job, number, &(value), sizeof(value))

typedef struct { RIG outer, inner; CHILD child; } NEST;

static BOOL priority_limit(HANDLE job, DWORD priority) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
    in.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_PRIORITY_CLASS;
    in.BasicLimitInformation.PriorityClass = priority;
    return SET(job, CLS_EXTENDED_LIMIT, in);
}

static BOOL nest_open(NEST *nest, const WCHAR *verb) {
    return rig_open(&nest->outer) && rig_open(&nest->inner) && child_in(NULL, verb, &nest->child);
}

static void nest_close(NEST *nest) {
    drop_child(&nest->child);
    rig_close(&nest->inner);
    rig_close(&nest->outer);
}

/* Without a pause between the two assignments. */
static void quick_limit_messages(void) {
    for (int i = 0; i < 20; i++) {
        NEST nest;
        MESSAGE m;
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
        in.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_PROCESS_TIME;
        in.BasicLimitInformation.PerProcessUserTimeLimit.QuadPart = 10000;
        CHECK(nest_open(&nest, L"spin 60000"));
        CHECK(SET(nest.inner.job, CLS_EXTENDED_LIMIT, in));
        CHECK(api.AssignProcessToJobObject(nest.outer.job, nest.child.process));
        CHECK(api.AssignProcessToJobObject(nest.inner.job, nest.child.process));
        CHECK(await_message(nest.outer.port, JOB_OBJECT_MSG_END_OF_PROCESS_TIME, &m, HANG));
        EQUAL(m.pid, nest.child.pid);
        CHECK(await_message(nest.inner.port, JOB_OBJECT_MSG_END_OF_PROCESS_TIME, &m, HANG));
        nest_close(&nest);
    }
}

static void quick_ui(void) {
    DWORD ui = JOB_OBJECT_UILIMIT_DESKTOP;
    for (int i = 0; i < 20; i++) {
        NEST nest;
        CHECK(nest_open(&nest, L"sleep 60000"));
        CHECK(api.SetInformationJobObject((i & 1 ? &nest.outer : &nest.inner)->job, CLS_UI, &ui, sizeof ui));
        CHECK(api.AssignProcessToJobObject(nest.outer.job, nest.child.process));
        REFUSED(api.AssignProcessToJobObject(nest.inner.job, nest.child.process), ERROR_ACCESS_DENIED);
        nest_close(&nest);
    }
}

static void quick_net(void) {
    for (int i = 0; i < 10; i++) {
        NEST nest;
        NET_RATE_INFO in = {.MaxBandwidth = 1000, .ControlFlags = NET_ENABLE | NET_BANDWIDTH};
        CHECK(nest_open(&nest, L"sleep 60000"));
        CHECK(api.AssignProcessToJobObject(nest.outer.job, nest.child.process));
        CHECK(api.AssignProcessToJobObject(nest.inner.job, nest.child.process));
        CHECK(SET(nest.outer.job, CLS_NET_RATE, in));
        REFUSED(SET(nest.inner.job, CLS_NET_RATE, in), ERROR_ACCESS_DENIED);
        nest_close(&nest);
    }
}

static void lowest_priority(void) {
    static const struct { DWORD outer, inner, effective; } rows[] = {
        {NORMAL_PRIORITY_CLASS, ABOVE_NORMAL_PRIORITY_CLASS, NORMAL_PRIORITY_CLASS},
        {IDLE_PRIORITY_CLASS, NORMAL_PRIORITY_CLASS, IDLE_PRIORITY_CLASS},
        {ABOVE_NORMAL_PRIORITY_CLASS, BELOW_NORMAL_PRIORITY_CLASS, BELOW_NORMAL_PRIORITY_CLASS}};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        NEST nest;
        CHECK(nest_open(&nest, L"sleep 60000"));
        CHECK(priority_limit(nest.outer.job, rows[i].outer));
        CHECK(priority_limit(nest.inner.job, rows[i].inner));
        CHECK(api.AssignProcessToJobObject(nest.outer.job, nest.child.process));
        CHECK(api.AssignProcessToJobObject(nest.inner.job, nest.child.process));
        EQUAL(GetPriorityClass(nest.child.process), rows[i].effective);
        nest_close(&nest);
    }
}

static BOOL count_limit(HANDLE job, DWORD most) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
    in.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_ACTIVE_PROCESS;
    in.BasicLimitInformation.ActiveProcessLimit = most;
    return SET(job, CLS_EXTENDED_LIMIT, in);
}

static void kills_go_up(void) {
    NEST nest;
    CHILD second;
    HANDLE jobs[2];
    CHECK(nest_open(&nest, L"sleep 60000"));
    jobs[0] = nest.outer.job, jobs[1] = nest.inner.job;
    CHECK(api.AssignProcessToJobObject(jobs[0], nest.child.process));
    CHECK(api.AssignProcessToJobObject(jobs[1], nest.child.process));
    CHECK(count_limit(jobs[1], 1));
    REFUSED(start_child(jobs, 2, L"exit 0", 0, &second), ERROR_NOT_ENOUGH_QUOTA);
    EQUAL(limit_kills(jobs[1]), 1);
    EQUAL(limit_kills(jobs[0]), 1);
    nest_close(&nest);
}

/* The parent allows two processes, and a process of the child job is the second. */
static void parent_counts(void) {
    NEST nest;
    CHILD second, third;
    HANDLE jobs[2];
    CHECK(nest_open(&nest, L"sleep 60000"));
    jobs[0] = nest.outer.job, jobs[1] = nest.inner.job;
    CHECK(count_limit(jobs[0], 2));
    CHECK(api.AssignProcessToJobObject(jobs[0], nest.child.process));
    CHECK(start_child(jobs, 2, L"sleep 60000", 0, &second));
    REFUSED(child_in(jobs[0], L"exit 0", &third), ERROR_NOT_ENOUGH_QUOTA);
    drop_child(&second);
    nest_close(&nest);
}

static BOOL affinity_limit(HANDLE job, ULONG_PTR mask) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION in = {0};
    in.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_AFFINITY;
    in.BasicLimitInformation.Affinity = mask;
    return SET(job, CLS_EXTENDED_LIMIT, in);
}

static void wider_affinity(void) {
    NEST nest;
    DWORD_PTR own = 0, all = 0;
    GetProcessAffinityMask(GetCurrentProcess(), &own, &all);
    CHECK(nest_open(&nest, L"sleep 60000"));
    CHECK(affinity_limit(nest.outer.job, 1));
    CHECK(affinity_limit(nest.inner.job, all));
    CHECK(api.AssignProcessToJobObject(nest.outer.job, nest.child.process));
    CHECK(api.AssignProcessToJobObject(nest.inner.job, nest.child.process));
    CHECK(GetProcessAffinityMask(nest.child.process, &own, &all));
    EQUAL(own, 1);
    nest_close(&nest);
}

/* The caller closes the handle that it associated, and reads through another handle. */
static void job_holds_port(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    HANDLE other;
    CHECK(rig_open(&rig));
    CHECK(DuplicateHandle(GetCurrentProcess(), rig.port, GetCurrentProcess(), &other, 0, FALSE, DUPLICATE_SAME_ACCESS));
    CHECK(CloseHandle(rig.port));
    rig.port = other;
    CHECK(child_in(rig.job, L"exit 0", &child));
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    EQUAL(m.pid, child.pid);
    drop_child(&child);
    rig_close(&rig);
}

const ENTRY nestingTests[] = {
    {"nesting: the parent's process limit counts the child job's", parent_counts},
    {"nesting: a child's affinity wider than the parent's is ignored", wider_affinity},
    {"class 7: the job holds the port", job_holds_port},
    {"nesting: two quick assignments, 20 of 20 limit messages reach the outer port", quick_limit_messages},
    {"nesting: two quick assignments, UI limits of either job are refused", quick_ui},
    {"nesting: two quick assignments, one network rate in a hierarchy", quick_net},
    {"nesting: the lowest priority class of the chain", lowest_priority},
    {"nesting: TotalTerminatedProcesses is summed to the parent", kills_go_up},
    {NULL, NULL}};
