/* How ends are counted and reported. If Microsoft's pages leave it open, the model in JOBSIM_ENDS decides. */
#include "harness.h"

static DWORD active(HANDLE job) {
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION info = {.ActiveProcesses = 0xDEAD};
    api.QueryInformationJobObject(job, CLS_BASIC_ACCOUNTING, &info, sizeof info, NULL);
    return info.ActiveProcesses;
}

static DWORD listed(HANDLE job) {
    BYTE buffer[8 + 64 * sizeof(ULONG_PTR)] = {0};
    JOBOBJECT_BASIC_PROCESS_ID_LIST *list = (void *)buffer;
    api.QueryInformationJobObject(job, CLS_PROCESS_IDS, list, sizeof buffer, NULL);
    return list->NumberOfProcessIdsInList;
}

static BOOL is_signaled(void *handle) { return WaitForSingleObject(handle, 0) == WAIT_OBJECT_0; }

static BOOL has_none(void *job) { return !active(job); }

/* How many messages of these kinds come before the next ZERO; -1 if it does not come. */
static int count_to_zero(HANDLE port, DWORD kind) {
    MESSAGE m;
    int count = 0;
    for (;;) {
        if (!next_message(port, &m, 5000)) return -1;
        if (m.message == JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO) return count;
        count += m.message == kind;
    }
}

/* TerminateJobObject: "Terminates all processes currently associated with the job." ASSOCIATE_COMPLETION_PORT:
 * ACTIVE_PROCESS_ZERO when "the number of active processes has been decremented to 0". */
static void terminate(void) {
    RIG rig;
    CHILD child[3];
    MESSAGE m;
    CHECK(rig_open(&rig));
    for (int i = 0; i < 3; i++) CHECK(child_in(rig.job, L"sleep 60000", &child[i]));
    for (int i = 0; i < 3; i++) CHECK(await_message(rig.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    CHECK(api.TerminateJobObject(rig.job, 99));
    EQUAL(active(rig.job), 0);
    EQUAL(listed(rig.job), 0);
    if (ends_requested()) {
        EQUAL(is_signaled(rig.job), FALSE);
        for (int i = 0; i < 3; i++) EQUAL(is_signaled(child[i].process), FALSE);
        CHECK(next_message(rig.port, &m, 0));
        EQUAL(m.message, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO);
    } else {
        EQUAL(is_signaled(rig.job), TRUE);
        for (int i = 0; i < 3; i++) EQUAL(is_signaled(child[i].process), TRUE);
        EQUAL(count_to_zero(rig.port, JOB_OBJECT_MSG_EXIT_PROCESS), 3);
    }
    for (int i = 0; i < 3; i++) {
        EQUAL(exit_code(&child[i], HANG), 99);
        drop_child(&child[i]);
    }
    CHECK(wait_until(is_signaled, rig.job, HANG));
    CHECK(!next_message(rig.port, &m, 200));
    EQUAL(active(rig.job), 0);
    rig_close(&rig);
}

static BOOL counts(void *counter) { return *(volatile LONG *)counter > 5; }

/* TerminateProcess, which TerminateJobObject calls for each: it "stops execution of all threads within the
 * process and requests cancellation of all pending I/O". */
static void runs_nothing_more(void) {
    HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4, L"jobsim-test-ended");
    volatile LONG *counter = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 4);
    RIG rig;
    CHILD child;
    LONG stopped;
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"count jobsim-test-ended", &child));
    CHECK(wait_until(counts, (void *)counter, HANG));
    CHECK(api.TerminateJobObject(rig.job, 1));
    stopped = *counter;
    EQUAL(exit_code(&child, HANG), 1);
    EQUAL(*counter, stopped);
    drop_child(&child);
    rig_close(&rig);
    UnmapViewOfFile((void *)counter);
    api.CloseHandle(section);
}

/* TerminateJobObject: those "currently associated"; and the job can be used again. */
static void later_ones_go_on(void) {
    RIG rig;
    CHILD first, second;
    MESSAGE m;
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"sleep 60000", &first));
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    CHECK(api.TerminateJobObject(rig.job, 4));
    CHECK(child_in(rig.job, L"sleep 60000", &second));
    EQUAL(exit_code(&first, HANG), 4);
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, &m, HANG));
    EQUAL(WaitForSingleObject(second.process, 200), WAIT_TIMEOUT);
    EQUAL(active(rig.job), 1);
    CHECK(next_message(rig.port, &m, HANG));
    EQUAL(m.message, JOB_OBJECT_MSG_NEW_PROCESS);
    EQUAL(m.pid, second.pid);
    TerminateProcess(second.process, 1);
    EQUAL(count_to_zero(rig.port, JOB_OBJECT_MSG_EXIT_PROCESS), 1);
    drop_child(&first);
    drop_child(&second);
    rig_close(&rig);
}

/* Starts a sleeper as the child of another process, as that one would, without jobsim. */
static BOOL start_as_child_of(HANDLE parent, CHILD *out) {
    STARTUPINFOEXW startup = {{.cb = sizeof startup}};
    PROCESS_INFORMATION info;
    BYTE list[256];
    SIZE_T size = sizeof list;
    WCHAR self[MAX_PATH], line[1024];
    BOOL started;
    startup.lpAttributeList = (void *)list;
    if (!InitializeProcThreadAttributeList(startup.lpAttributeList, 1, 0, &size)) return FALSE;
    UpdateProcThreadAttribute(startup.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_PARENT_PROCESS, &parent, sizeof parent, NULL, NULL);
    GetModuleFileNameW(NULL, self, MAX_PATH);
    swprintf(line, 1024, L"\"%ls\" --child none sleep 60000", self);
    started = CreateProcessW(NULL, line, NULL, NULL, FALSE, EXTENDED_STARTUPINFO_PRESENT, NULL, NULL, &startup.StartupInfo, &info);
    DeleteProcThreadAttributeList(startup.lpAttributeList);
    if (!started) return FALSE;
    CloseHandle(info.hThread);
    out->process = info.hProcess;
    out->pid = info.dwProcessId;
    return TRUE;
}

/* TerminateProcess "stops execution of all threads within the process": what is being ended starts no other. */
static void starts_nothing_more(void) {
    RIG rig;
    CHILD child, late;
    MESSAGE m;
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"sleep 60000", &child));
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    CHECK(api.TerminateJobObject(rig.job, 6));
    if (start_as_child_of(child.process, &late)) {
        EQUAL(exit_code(&late, HANG), 6);
        EQUAL(active(rig.job), 0);
        EQUAL(listed(rig.job), 0);
        drop_child(&late);
    }
    EQUAL(exit_code(&child, HANG), 6);
    drop_child(&child);
    CHECK(wait_until(is_signaled, rig.job, HANG));
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, &m, HANG));
    CHECK(!next_message(rig.port, &m, 200));
    EQUAL(active(rig.job), 0);
    CHECK(child_in(rig.job, L"exit 0", &child)); /* the job is as good as before */
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, &m, HANG));
    drop_child(&child);
    rig_close(&rig);
}

/* Nested Jobs: a message goes to "all jobs in the parent job chain". Both jobs have one port here. */
static void nested(void) {
    RIG outer, inner;
    HANDLE chain[2];
    CHILD child;
    MESSAGE m;
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT port = {(void *)7, NULL};
    CHECK(rig_open(&outer) && rig_open(&inner));
    CHECK(api.SetInformationJobObject(inner.job, CLS_PORT, &port, sizeof port));
    port.CompletionPort = outer.port;
    CHECK(api.SetInformationJobObject(inner.job, CLS_PORT, &port, sizeof port));
    chain[0] = outer.job, chain[1] = inner.job;
    CHECK(start_child(chain, 2, L"sleep 60000", 0, &child));
    for (int i = 0; i < 2; i++) CHECK(await_message(outer.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    CHECK(api.TerminateJobObject(inner.job, 5));
    EQUAL(active(outer.job), 0);
    for (ULONG_PTR key = 7; key; key = key == 7 ? 42 : 0) {
        if (!ends_requested()) {
            CHECK(next_message(outer.port, &m, HANG));
            EQUAL(m.message, JOB_OBJECT_MSG_EXIT_PROCESS);
            EQUAL(m.key, key);
        }
        CHECK(next_message(outer.port, &m, HANG));
        EQUAL(m.message, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO);
        EQUAL(m.key, key);
    }
    EQUAL(exit_code(&child, HANG), 5);
    CHECK(!next_message(outer.port, &m, 100));
    drop_child(&child);
    rig_close(&inner);
    rig_close(&outer);
}

/* ASSOCIATE_COMPLETION_PORT: NEW_PROCESS "a new process has been added to the job", EXIT_PROCESS "a process
 * associated with the job has exited". */
static void there_in_time(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    for (int i = 0; i < 20; i++) {
        CHECK(rig_open(&rig));
        CHECK(child_in(NULL, L"sleep 60000", &child));
        CHECK(api.AssignProcessToJobObject(rig.job, child.process));
        CHECK(next_message(rig.port, &m, ends_requested() ? 0 : HANG));
        EQUAL(m.message, JOB_OBJECT_MSG_NEW_PROCESS);
        TerminateProcess(child.process, 3);
        EQUAL(api.WaitForSingleObject(child.process, HANG), WAIT_OBJECT_0);
        CHECK(next_message(rig.port, &m, ends_requested() ? 0 : HANG));
        EQUAL(m.message, JOB_OBJECT_MSG_EXIT_PROCESS);
        EQUAL(m.pid, child.pid);
        CHECK(next_message(rig.port, &m, ends_requested() ? 0 : HANG));
        EQUAL(m.message, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO);
        drop_child(&child);
        rig_close(&rig);
    }
}

/* Job Objects, Managing: with KILL_ON_JOB_CLOSE "closing the last job object handle terminates all associated
 * processes and then destroys the job object itself". */
static void kill_on_close(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    HANDLE grandchild;
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"grandchild", &child));
    do CHECK(await_message(rig.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    while (m.pid == child.pid);
    grandchild = OpenProcess(SYNCHRONIZE, FALSE, m.pid);
    CHECK(grandchild);
    api.CloseHandle(rig.job);
    if (ends_requested()) CHECK(next_message(rig.port, &m, 0));
    else EQUAL(count_to_zero(rig.port, JOB_OBJECT_MSG_EXIT_PROCESS), 2);
    if (ends_requested()) EQUAL(m.message, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO);
    EQUAL(WaitForSingleObject(child.process, HANG), WAIT_OBJECT_0);
    EQUAL(WaitForSingleObject(grandchild, HANG), WAIT_OBJECT_0);
    CHECK(!next_message(rig.port, &m, 200));
    api.CloseHandle(grandchild);
    drop_child(&child);
    api.CloseHandle(rig.port);
}

/* Job Objects, Managing: without the flag the job "is destroyed when its last handle has been closed and all
 * associated processes have been terminated". */
static void members_outlive_the_handle(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    CHECK(rig_open(&rig));
    CHECK(set_flags(rig.job, 0));
    CHECK(child_in(rig.job, L"sleep 60000", &child));
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    api.CloseHandle(rig.job);
    EQUAL(WaitForSingleObject(child.process, 100), WAIT_TIMEOUT);
    drop_child(&child);
    if (ends_requested()) CHECK(!next_message(rig.port, &m, 300));
    else EQUAL(count_to_zero(rig.port, JOB_OBJECT_MSG_EXIT_PROCESS), 1);
    api.CloseHandle(rig.port);
}

/* END_OF_JOB_TIME, JOB_OBJECT_TERMINATE_AT_END_OF_JOB: "Terminates all processes and sets the exit status to
 * ERROR_NOT_ENOUGH_QUOTA", and the job is signaled. */
static void job_time(void) {
    RIG rig;
    CHILD child[2];
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    CHECK(rig_open(&rig));
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_JOB_TIME | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    limits.BasicLimitInformation.PerJobUserTimeLimit.QuadPart = 1000000;
    CHECK(api.SetInformationJobObject(rig.job, CLS_EXTENDED_LIMIT, &limits, sizeof limits));
    CHECK(child_in(rig.job, L"sleep 60000", &child[0]));
    CHECK(child_in(rig.job, L"spin 60000", &child[1]));
    EQUAL(count_to_zero(rig.port, JOB_OBJECT_MSG_EXIT_PROCESS), ends_requested() ? 0 : 2);
    for (int i = 0; i < 2; i++) {
        EQUAL(exit_code(&child[i], HANG), ERROR_NOT_ENOUGH_QUOTA);
        drop_child(&child[i]);
    }
    CHECK(wait_until(is_signaled, rig.job, HANG));
    rig_close(&rig);
}

/* BASIC_LIMIT, remarks: a refused process counts "until it terminates and all handles to it are closed". */
static void refused_counts_while_held(void) {
    RIG rig;
    CHILD first, second, third;
    MESSAGE m;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    CHECK(rig_open(&rig));
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_ACTIVE_PROCESS | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    limits.BasicLimitInformation.ActiveProcessLimit = 1;
    CHECK(api.SetInformationJobObject(rig.job, CLS_EXTENDED_LIMIT, &limits, sizeof limits));
    CHECK(child_in(rig.job, L"sleep 60000", &first));
    CHECK(child_in(NULL, L"sleep 60000", &second));
    REFUSED(api.AssignProcessToJobObject(rig.job, second.process), ERROR_NOT_ENOUGH_QUOTA);
    EQUAL(api.WaitForSingleObject(second.process, HANG), WAIT_OBJECT_0);
    EQUAL(active(rig.job), 2);
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_LIMIT, &m, HANG));
    EQUAL(next_message(rig.port, &m, 300), !ends_requested()); /* it had no NEW, and so no EXIT */
    TerminateProcess(first.process, 1);
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_EXIT_PROCESS, &m, HANG));
    CHECK(!next_message(rig.port, &m, 200)); /* no ZERO */
    EQUAL(active(rig.job), 1);
    CHECK(child_in(NULL, L"sleep 60000", &third));
    REFUSED(api.AssignProcessToJobObject(rig.job, third.process), ERROR_NOT_ENOUGH_QUOTA);
    drop_child(&third);
    drop_child(&second);
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, &m, HANG));
    CHECK(wait_until(has_none, rig.job, HANG));
    CHECK(child_in(rig.job, L"exit 0", &third));
    drop_child(&first);
    drop_child(&third);
    rig_close(&rig);
}

const ENTRY endTests[] = {
    {"ends: TerminateJobObject, counted and told", terminate},
    {"ends: a terminated process runs nothing more", runs_nothing_more},
    {"ends: a terminated process starts nothing more", starts_nothing_more},
    {"ends: a process that comes after TerminateJobObject goes on", later_ones_go_on},
    {"ends: the innermost job tells first, and both count", nested},
    {"ends: NEW is there after the call, EXIT and ZERO after the wait", there_in_time},
    {"ends: a kill on close, with a grandchild", kill_on_close},
    {"ends: without a kill on close the members go on", members_outlive_the_handle},
    {"ends: the end of job time", job_time},
    {"ends: a refused process counts while a handle to it is open", refused_counts_while_held},
    {NULL, NULL}};
