/* Ends and names between processes: two engines, a killed caller, a name that is used again. */
#include "harness.h"

static HANDLE named(const WCHAR *name, HANDLE port, ULONG_PTR key) {
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT association = {(void *)key, port};
    HANDLE job = api.CreateJobObjectW(NULL, name);
    BOOL fresh = job && GetLastError() != ERROR_ALREADY_EXISTS;
    if (fresh && api.SetInformationJobObject(job, CLS_PORT, &association, sizeof association)) return job;
    return NULL;
}

/* CreateJobObjectW, lpName, and Object Names: a name belongs to an object while handles to it are open. */
static void name_comes_again(void) {
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), first, second, again;
    CHILD old, child, other;
    MESSAGE m;
    for (int ended = 0; ended < 2; ended++) {
        CHECK((first = named(L"jobsim-test-again", port, 1)) != NULL);
        CHECK(child_in(first, L"sleep 60000", &old));
        CHECK(await_message(port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
        if (ended) TerminateProcess(old.process, 1);
        if (ended) EQUAL(WaitForSingleObject(old.process, HANG), WAIT_OBJECT_0); /* its handle stays open */
        api.CloseHandle(first);
        REFUSED(api.OpenJobObjectW(JOB_OBJECT_ALL_ACCESS, FALSE, L"jobsim-test-again"), ERROR_FILE_NOT_FOUND);
        while (next_message(port, &m, 100)) {}
        CHECK((second = named(L"jobsim-test-again", port, 2)) != NULL);
        CHECK(child_in(second, L"sleep 60000", &child));
        CHECK(await_message(port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
        EQUAL(m.key, 2);
        EQUAL(m.pid, child.pid);
        again = api.CreateJobObjectW(NULL, L"jobsim-test-again");
        EQUAL(GetLastError(), ERROR_ALREADY_EXISTS);
        CHECK(child_in(NULL, L"sim-end jobsim-test-again 6 0", &other));
        EQUAL(exit_code(&other, HANG), 0);
        EQUAL(exit_code(&child, HANG), 6);
        if (!ended) EQUAL(WaitForSingleObject(old.process, 0), WAIT_TIMEOUT);
        while (next_message(port, &m, 100)) {}
        api.CloseHandle(again);
        api.CloseHandle(second);
        drop_child(&old);
        drop_child(&child);
        drop_child(&other);
    }
    api.CloseHandle(port);
}

/* TerminateJobObject: the kernel ends the processes, whatever happens to the caller. */
static void caller_ends_at_once(void) {
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), job;
    CHILD child, other;
    CHECK((job = named(L"jobsim-test-caller", port, 1)) != NULL);
    for (int killed = 0; killed < 2; killed++) {
        CHECK(child_in(job, L"sleep 60000", &child));
        CHECK(child_in(NULL, killed ? L"sim-end jobsim-test-caller 8 2" : L"sim-end jobsim-test-caller 8 1", &other));
        EQUAL(exit_code(&child, HANG), 8);
        drop_child(&child);
        drop_child(&other);
    }
    api.CloseHandle(job);
    api.CloseHandle(port);
}

/* The same if no other process has a handle to the job or ever queries the caller. */
static void lonely_caller_is_killed(void) {
    HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4, L"jobsim-test-lonely"), member;
    HANDLE opened = CreateEventW(NULL, TRUE, FALSE, L"jobsim-test-lonely-opened");
    volatile LONG *pid = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 4);
    CHILD caller;
    CHECK(child_in(NULL, L"sim-end-own jobsim-test-lonely jobsim-test-lonely-opened 8", &caller));
    for (int i = 0; i < 2000 && !*pid; i++) Sleep(5);
    CHECK(*pid);
    CHECK((member = OpenProcess(SYNCHRONIZE, FALSE, (DWORD)*pid)) != NULL);
    SetEvent(opened);
    EQUAL(exit_code(&caller, HANG), 0);
    EQUAL(WaitForSingleObject(member, HANG), WAIT_OBJECT_0);
    CloseHandle(member);
    CloseHandle(opened);
    drop_child(&caller);
    UnmapViewOfFile((void *)pid);
    CloseHandle(section);
}

/* Nested Jobs: "the immediate job" first, then its parents. The engine of the inner job is in another process. */
static void two_engines(void) {
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), chain[2];
    HANDLE ready = CreateEventW(NULL, FALSE, FALSE, L"jobsim-test-maker");
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT association = {(void *)7, port};
    CHILD maker, child;
    MESSAGE m[2];
    CHECK(child_in(NULL, L"sim-maker jobsim-test-inner jobsim-test-maker", &maker));
    EQUAL(WaitForSingleObject(ready, HANG), WAIT_OBJECT_0);
    CHECK((chain[1] = api.OpenJobObjectW(JOB_OBJECT_ALL_ACCESS, FALSE, L"jobsim-test-inner")) != NULL);
    CHECK((chain[0] = named(L"jobsim-test-outer", port, 42)) != NULL);
    CHECK(api.SetInformationJobObject(chain[1], CLS_PORT, &association, sizeof association));
    for (int i = 0; i < 10; i++) {
        CHECK(start_child(chain, 2, L"start-one", 0, &child)); /* starts another process, and waits for it */
        for (int k = 0; k < 2; k++) CHECK(await_message(port, JOB_OBJECT_MSG_NEW_PROCESS, &m[k], HANG));
        for (int step = 0; step < 3; step++) { /* the grandchild starts and ends, then the child ends */
            DWORD kind = step ? JOB_OBJECT_MSG_EXIT_PROCESS : JOB_OBJECT_MSG_NEW_PROCESS;
            for (int k = 0; k < 2; k++) CHECK(await_message(port, kind, &m[k], HANG));
            EQUAL(m[0].pid, m[1].pid);
            EQUAL(m[0].key, 7);
            EQUAL(m[1].key, 42);
        }
        while (next_message(port, &m[0], 50)) EQUAL(m[0].message, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO); /* each reported once */
        drop_child(&child);
    }
    drop_child(&maker);
    api.CloseHandle(chain[0]);
    api.CloseHandle(chain[1]);
    api.CloseHandle(ready);
    api.CloseHandle(port);
}

const ENTRY endSharedTests[] = {
    {"ends: a name ends with the last handle, and comes again with messages", name_comes_again},
    {"ends: what was requested is done, though the caller ends or is killed", caller_ends_at_once},
    {"ends: what was requested is done, though the caller is killed and nobody else knows of it", lonely_caller_is_killed},
    {"ends: the innermost job tells first when two processes relay", two_engines},
    {NULL, NULL}};
