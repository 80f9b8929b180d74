/* GetProcessTimes of this process, of a live one, and of one that has ended. */
#include "harness.h"

typedef struct { LONGLONG made, ended, kernel, user; } TIMES; /* user and kernel in milliseconds */

static LONGLONG ticks(FILETIME time) { return (LONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime; }

static BOOL times_of(HANDLE process, TIMES *out) {
    FILETIME made, ended, kernel, user;
    if (!api.GetProcessTimes(process, &made, &ended, &kernel, &user)) return FALSE;
    out->made = ticks(made);
    out->ended = ticks(ended);
    out->kernel = ticks(kernel) / 10000;
    out->user = ticks(user) / 10000;
    return TRUE;
}

static LONGLONG now(void) {
    FILETIME time;
    GetSystemTimeAsFileTime(&time);
    return ticks(time);
}

static void live_then_ended(HANDLE job, const WCHAR *verb, BOOL kept) {
    EVENTS events;
    CHILD child;
    TIMES own, after, live, limited, ended, again;
    HANDLE few;
    LONGLONG begun = now();
    CHECK(events_open(&events));
    CHECK(child_in(job, verb, &child));
    EQUAL(WaitForSingleObject(events.ready, HANG), WAIT_OBJECT_0);
    CHECK(times_of(GetCurrentProcess(), &own));
    CHECK(times_of(child.process, &live));
    BETWEEN(live.user, 400, 600);
    BETWEEN(live.made, begun - 500000, now());
    EQUAL(live.ended, 0);
    few = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, child.pid);
    CHECK(times_of(few, &limited));
    BETWEEN(limited.user, 400, 600);
    SetEvent(events.go);
    EQUAL(WaitForSingleObject(child.process, HANG), WAIT_OBJECT_0);
    CHECK(times_of(child.process, &ended));
    EQUAL(ended.made, live.made);
    BETWEEN(ended.ended, live.made + 4000000, now());
    if (kept) BETWEEN(ended.user, live.user, 600);
    else EQUAL(ended.user + ended.kernel, 0);
    Sleep(100); /* its records go meanwhile */
    CHECK(times_of(few, &again));
    EQUAL(again.user, ended.user);
    EQUAL(again.kernel, ended.kernel);
    CHECK(times_of(GetCurrentProcess(), &after));
    EQUAL(after.made, own.made);
    BETWEEN(after.user + after.kernel - own.user - own.kernel, 0, 100);
    api.CloseHandle(few);
    drop_child(&child);
    events_close(&events);
}

static void of_a_member(void) {
    RIG rig;
    CHECK(rig_open(&rig));
    live_then_ended(rig.job, L"spin-then 500 jobsim-test-ready jobsim-test-go", TRUE);
    rig_close(&rig);
}

static void of_a_member_of_two(void) {
    RIG outer;
    HANDLE jobs[2];
    CHILD child;
    EVENTS events;
    TIMES live, ended;
    MESSAGE m;
    CHECK(events_open(&events));
    CHECK(rig_open(&outer));
    jobs[0] = outer.job;
    jobs[1] = api.CreateJobObjectW(NULL, NULL);
    CHECK(start_child(jobs, 2, L"spin-then 500 jobsim-test-ready jobsim-test-go", 0, &child));
    EQUAL(WaitForSingleObject(events.ready, HANG), WAIT_OBJECT_0);
    /* A sample while it runs: on a busy machine the last sample before an end can be old. */
    CHECK(times_of(child.process, &live));
    SetEvent(events.go);
    EQUAL(exit_code(&child, HANG), 0);
    CHECK(await_message(outer.port, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, &m, HANG));
    CHECK(times_of(child.process, &ended));
    BETWEEN(ended.user, 400, 600);
    api.CloseHandle(jobs[1]);
    rig_close(&outer);
    CHECK(times_of(child.process, &ended)); /* also when its jobs are gone */
    BETWEEN(ended.user, 400, 600);
    drop_child(&child);
    events_close(&events);
}

static void of_a_member_terminated(void) {
    RIG rig;
    CHILD child[3];
    EVENTS events;
    TIMES ended;
    CHECK(events_open(&events));
    CHECK(rig_open(&rig));
    for (int i = 0; i < 3; i++) {
        CHECK(child_in(rig.job, L"spin-then 500 jobsim-test-ready jobsim-test-go", &child[i]));
        EQUAL(WaitForSingleObject(events.ready, HANG), WAIT_OBJECT_0);
    }
    CHECK(api.TerminateJobObject(rig.job, 3));
    for (int i = 0; i < 3; i++) {
        EQUAL(exit_code(&child[i], HANG), 3);
        CHECK(times_of(child[i].process, &ended));
        BETWEEN(ended.user, 400, 600);
        drop_child(&child[i]);
    }
    rig_close(&rig);
    events_close(&events);
}

static void of_a_thread_that_ended(void) {
    RIG rig;
    CHECK(rig_open(&rig));
    live_then_ended(rig.job, L"spin-thread 500 jobsim-test-ready jobsim-test-go", TRUE);
    rig_close(&rig);
}

static void of_no_member(void) { live_then_ended(NULL, L"spin-then 500 jobsim-test-ready jobsim-test-go", FALSE); }

static void of_a_short_member(void) {
    RIG rig;
    int seen = 0;
    CHECK(rig_open(&rig));
    for (int i = 0; i < 10; i++) {
        CHILD child;
        TIMES ended;
        CHECK(child_in(rig.job, L"spin 60", &child));
        EQUAL(exit_code(&child, HANG), 0);
        CHECK(times_of(child.process, &ended));
        BETWEEN(ended.user, 0, 100);
        seen += ended.user >= 40;
        drop_child(&child);
    }
    CHECK(seen >= 5); /* usually its end is seen in time */
    rig_close(&rig);
}

static void of_a_second_process(void) {
    RIG rig;
    CHILD child, other;
    EVENTS events;
    WCHAR verb[40];
    CHECK(events_open(&events));
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"spin-then 500 jobsim-test-ready jobsim-test-go", &child));
    EQUAL(WaitForSingleObject(events.ready, HANG), WAIT_OBJECT_0);
    swprintf(verb, 40, L"sim-times %lu", child.pid);
    CHECK(child_in(NULL, verb, &other));
    EQUAL(exit_code(&other, HANG), 0);
    drop_child(&child);
    drop_child(&other);
    rig_close(&rig);
    events_close(&events);
}

static void refusals(void) {
    RIG rig;
    CHILD child;
    TIMES times;
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL), few;
    CHECK(rig_open(&rig));
    CHECK(child_in(rig.job, L"sleep 60000", &child));
    few = OpenProcess(SYNCHRONIZE, FALSE, child.pid);
    CHECK(few);
    REFUSED(times_of(few, &times), ERROR_ACCESS_DENIED);
    REFUSED(times_of(NULL, &times), ERROR_INVALID_HANDLE);
    REFUSED(times_of((HANDLE)0x7ffc, &times), ERROR_INVALID_HANDLE);
    REFUSED(times_of(event, &times), ERROR_INVALID_HANDLE);
    api.CloseHandle(few);
    api.CloseHandle(event);
    drop_child(&child);
    rig_close(&rig);
}

static void own_through_a_handle(void) {
    HANDLE self = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, GetCurrentProcessId());
    FILETIME made, ended, kernel, user;
    TIMES told;
    CHECK(GetProcessTimes(self, &made, &ended, &kernel, &user));
    CHECK(times_of(self, &told));
    EQUAL(told.made, ticks(made));
    BETWEEN(told.user - ticks(user) / 10000, 0, 20);
    CHECK(told.user + told.kernel > 0);
    api.CloseHandle(self);
}

const ENTRY timesTests[] = {
    {"times: of a member, live and after its end; the caller's own stay", of_a_member},
    {"times: of a member of two jobs, also when they are gone", of_a_member_of_two},
    {"times: of members that TerminateJobObject ended", of_a_member_terminated},
    {"times: a thread that has ended counts", of_a_thread_that_ended},
    {"times: of a process in no job, live; zeros after its end", of_no_member},
    {"times: of a member that lives 60 ms", of_a_short_member},
    {"times: a second process is told the same", of_a_second_process},
    {"times: what is no process, or lacks the right, is refused as in Windows", refusals},
    {"times: of this process by a real handle", own_through_a_handle},
    {NULL, NULL}};
