/* What arrives at the caller's port, and what is counted. */
#include "harness.h"

static BOOL active_is_zero(void *job) {
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION info;
    return api.QueryInformationJobObject(job, CLS_BASIC_ACCOUNTING, &info, sizeof info, NULL) && !info.ActiveProcesses;
}

static void new_exit_zero(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"exit 7", &child));
    CHECK(next_message(rig.port, &m, HANG));
    EQUAL(m.message, JOB_OBJECT_MSG_NEW_PROCESS);
    EQUAL(m.pid, child.pid);
    EQUAL(m.key, 42);
    CHECK(next_message(rig.port, &m, HANG));
    EQUAL(m.message, JOB_OBJECT_MSG_EXIT_PROCESS);
    EQUAL(m.pid, child.pid);
    CHECK(next_message(rig.port, &m, HANG));
    EQUAL(m.message, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO);
    EQUAL(m.pid, 0);
    EQUAL(exit_code(&child, HANG), 7);
    drop_child(&child);
    rig_close(&rig);
}

static void abnormal_exit(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"fault", &child));
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_ABNORMAL_EXIT_PROCESS, &m, HANG));
    EQUAL(m.pid, child.pid);
    drop_child(&child);
    rig_close(&rig);
}

static void attach_detach_replay(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT port = {(void *)7, NULL};
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"sleep 60000", &child));
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    port.CompletionPort = rig.port;
    REFUSED(api.SetInformationJobObject(rig.job, CLS_PORT, &port, sizeof port), ERROR_INVALID_PARAMETER);
    port.CompletionPort = NULL;
    CHECK(api.SetInformationJobObject(rig.job, CLS_PORT, &port, sizeof port));
    CHECK(api.SetInformationJobObject(rig.job, CLS_PORT, &port, sizeof port));
    port.CompletionPort = event;
    REFUSED(api.SetInformationJobObject(rig.job, CLS_PORT, &port, sizeof port), ERROR_INVALID_HANDLE);
    port.CompletionPort = rig.port;
    CHECK(api.SetInformationJobObject(rig.job, CLS_PORT, &port, sizeof port));
    CHECK(next_message(rig.port, &m, HANG));
    EQUAL(m.message, JOB_OBJECT_MSG_NEW_PROCESS);
    EQUAL(m.pid, child.pid);
    EQUAL(m.key, 7);
    port.CompletionPort = NULL;
    CHECK(api.SetInformationJobObject(rig.job, CLS_PORT, &port, sizeof port));
    CHECK(api.TerminateJobObject(rig.job, 1));
    CHECK(wait_until(active_is_zero, rig.job, HANG));
    CHECK(!next_message(rig.port, &m, 100));
    drop_child(&child);
    rig_close(&rig);
    api.CloseHandle(event);
}

static void accounting(void) {
    RIG rig;
    CHILD child;
    JOBOBJECT_BASIC_AND_IO_ACCOUNTING_INFORMATION info;
    MESSAGE m;
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"spin 400", &child));
    EQUAL(exit_code(&child, HANG), 0);
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, &m, HANG));
    CHECK(api.JobsimChargeIo(rig.job, 1000, 20, 0));
    CHECK(api.JobsimChargeIo(rig.job, 1, 0, 0));
    CHECK(api.QueryInformationJobObject(rig.job, CLS_BASIC_AND_IO, &info, sizeof info, NULL));
    EQUAL(info.BasicInfo.TotalProcesses, 1);
    EQUAL(info.BasicInfo.ActiveProcesses, 0);
    EQUAL(info.BasicInfo.TotalTerminatedProcesses, 0);
    BETWEEN(info.BasicInfo.TotalUserTime.QuadPart / 10000, 330, 480);
    EQUAL(info.IoInfo.ReadOperationCount, 2);
    EQUAL(info.IoInfo.ReadTransferCount, 1001);
    EQUAL(info.IoInfo.WriteOperationCount, 1);
    EQUAL(info.IoInfo.WriteTransferCount, 20);
    drop_child(&child);
    rig_close(&rig);
}

static BOOL peak_reached(void *job) {
    MEMORY_INFO info = {0};
    api.QueryInformationJobObject(job, CLS_MEMORY_USAGE, &info, sizeof info, NULL);
    return info.PeakJobMemoryUsed >= 80u << 20 && info.JobMemory >= 80u << 20;
}

static void memory_peaks(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    MEMORY_INFO info;
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"alloc 80 60000", &child));
    CHECK(wait_until(peak_reached, rig.job, HANG));
    CHECK(api.QueryInformationJobObject(rig.job, CLS_EXTENDED_LIMIT, &limits, sizeof limits, NULL));
    BETWEEN(limits.PeakProcessMemoryUsed >> 20, 80, 120);
    BETWEEN(limits.PeakJobMemoryUsed >> 20, 80, 120);
    CHECK(api.TerminateJobObject(rig.job, 1));
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, &m, HANG));
    EQUAL(api.WaitForSingleObject(child.process, HANG), WAIT_OBJECT_0);
    CHECK(api.QueryInformationJobObject(rig.job, CLS_MEMORY_USAGE, &info, sizeof info, NULL));
    EQUAL(info.JobMemory, 0);
    BETWEEN(info.PeakJobMemoryUsed >> 20, 80, 120);
    CHECK(api.SetInformationJobObject(rig.job, CLS_CLEAR_PEAK, NULL, 0));
    CHECK(api.QueryInformationJobObject(rig.job, CLS_MEMORY_USAGE, &info, sizeof info, NULL));
    EQUAL(info.PeakJobMemoryUsed, 0);
    drop_child(&child);
    rig_close(&rig);
}

static void process_ids(void) {
    RIG rig;
    CHILD child[3];
    BYTE buffer[64];
    JOBOBJECT_BASIC_PROCESS_ID_LIST *list = (void *)buffer;
    CHECK(rig_open(&rig));
    CHECK(api.QueryInformationJobObject(rig.job, CLS_PROCESS_IDS, list, 16, NULL));
    EQUAL(list->NumberOfAssignedProcesses, 0);
    for (int i = 0; i < 3; i++) CHECK(child_in(rig.job, L"sleep 60000", &child[i]));
    REFUSED(api.QueryInformationJobObject(rig.job, CLS_PROCESS_IDS, list, 16, NULL), ERROR_MORE_DATA);
    EQUAL(list->NumberOfAssignedProcesses, 3);
    EQUAL(list->NumberOfProcessIdsInList, 1);
    CHECK(api.QueryInformationJobObject(rig.job, CLS_PROCESS_IDS, list, sizeof buffer, NULL));
    EQUAL(list->NumberOfProcessIdsInList, 3);
    for (int i = 0; i < 3; i++) drop_child(&child[i]);
    rig_close(&rig);
}

static void nested_jobs(void) {
    RIG outer, inner;
    HANDLE chain[2];
    CHILD child;
    MESSAGE m;
    JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION limits = {.LimitFlags = LIM_READ_BYTES, .IoReadBytesLimit = 10};
    JOBOBJECT_BASIC_AND_IO_ACCOUNTING_INFORMATION info;
    CHECK(rig_open(&outer) && rig_open(&inner));
    chain[0] = outer.job, chain[1] = inner.job;
    CHECK(start_child(chain, 2, L"sleep 60000", 0, &child));
    CHECK(await_message(outer.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    EQUAL(m.pid, child.pid);
    CHECK(await_message(inner.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    EQUAL(m.pid, child.pid);
    /* A message of an inner job goes up the chain, and its I/O counts for its parent too. */
    CHECK(api.SetInformationJobObject(inner.job, CLS_NOTIFY, &limits, sizeof limits));
    CHECK(api.JobsimChargeIo(inner.job, 50, 0, child.pid));
    CHECK(await_message(inner.port, JOB_OBJECT_MSG_NOTIFICATION_LIMIT, &m, HANG));
    CHECK(await_message(outer.port, JOB_OBJECT_MSG_NOTIFICATION_LIMIT, &m, HANG));
    CHECK(api.QueryInformationJobObject(outer.job, CLS_BASIC_AND_IO, &info, sizeof info, NULL));
    EQUAL(info.IoInfo.ReadTransferCount, 50);
    CHECK(api.TerminateJobObject(inner.job, 5));
    CHECK(await_message(inner.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, &m, HANG));
    CHECK(await_message(outer.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, &m, HANG));
    drop_child(&child);
    rig_close(&inner);
    rig_close(&outer);
}

static void ui_and_nesting(void) {
    RIG outer, inner;
    CHILD child;
    DWORD ui = JOB_OBJECT_UILIMIT_HANDLES;
    HANDLE chain[2];
    CHECK(rig_open(&outer) && rig_open(&inner));
    CHECK(api.SetInformationJobObject(inner.job, CLS_UI, &ui, sizeof ui));
    chain[0] = outer.job, chain[1] = inner.job;
    REFUSED(start_child(chain, 2, L"exit 0", 0, &child), ERROR_ACCESS_DENIED);
    CHECK(start_child(&chain[1], 1, L"exit 3", 0, &child));
    EQUAL(exit_code(&child, HANG), 3);
    drop_child(&child);
    rig_close(&inner);
    rig_close(&outer);
}

static void list_with_no_job(void) {
    RIG rig;
    CHILD child;
    HANDLE chain[2] = {NULL, NULL};
    CHECK(rig_open(&rig));
    REFUSED(start_child(chain, 1, L"exit 0", 0, &child), ERROR_INVALID_HANDLE);
    chain[0] = chain[1] = rig.job;
    CHECK(start_child(chain, 2, L"exit 0", 0, &child)); /* the same job twice is not an error */
    EQUAL(count_messages(rig.port, JOB_OBJECT_MSG_NEW_PROCESS, 300), 1);
    drop_child(&child);
    rig_close(&rig);
}

static void breakaway(void) {
    RIG rig;
    CHILD child;
    MESSAGE m;
    CHECK(rig_open(&rig));
    CHECK(set_flags(rig.job, JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE));
    CHECK(child_in(rig.job, L"spawn 1 1", &child));
    EQUAL(exit_code(&child, HANG), 1);
    EQUAL(count_messages(rig.port, JOB_OBJECT_MSG_NEW_PROCESS, 200), 1); /* the grandchild is outside */
    drop_child(&child);
    CHECK(set_flags(rig.job, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE));
    CHECK(child_in(rig.job, L"grandchild", &child));
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    CHECK(await_message(rig.port, JOB_OBJECT_MSG_NEW_PROCESS, &m, HANG));
    drop_child(&child);
    rig_close(&rig);
}

const ENTRY messageTests[] = {
    {"messages: NEW, EXIT, ZERO in order with the caller's key", new_exit_zero},
    {"messages: an access violation is an abnormal exit", abnormal_exit},
    {"class 7: one port, detached by NULL, replays NEW", attach_detach_replay},
    {"classes 1 and 8: times of ended processes, counts, I/O", accounting},
    {"classes 9, 28 and 27: peaks, and their reset", memory_peaks},
    {"class 3: 234 with both counts", process_ids},
    {"nesting: messages and I/O go up the chain", nested_jobs},
    {"nesting: refused with UI limits", ui_and_nesting},
    {"job list: NULL is 6, twice the same is once", list_with_no_job},
    {"breakaway: silent leaves, none stays", breakaway},
    {NULL, NULL}};
