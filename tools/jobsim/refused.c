/*
 * Processes that may not run: refused ones, which count until every handle to them is closed, and children of the
 * dead.
 */
#include "jobsim.h"

#define LINGER_LOOK 20     /* milliseconds between looks at their handles */
#define RELEASE_TAKES 3000 /* milliseconds that the engine may need for an end and such a look */

LONGLONG creation_time(HANDLE process) {
    FILETIME made, ended, kernel, user;
    return GetProcessTimes(process, &made, &ended, &kernel, &user) ? ticks_of(&made) : 0;
}

/*
 * Whether a process has not been given its first thread. Wine signals it then, as if it had ended, and does not
 * end it.
 */
BOOL has_no_thread(HANDLE process) {
    FILETIME made, ended, kernel, user;
    if (WaitForSingleObject(process, 0) != WAIT_OBJECT_0) return FALSE;
    return GetProcessTimes(process, &made, &ended, &kernel, &user) && !ticks_of(&ended);
}

/* A refused process that has ended counts until no one holds a handle to it. */
void linger(int index, DWORD pid, HANDLE process) {
    JOB *job = &registry->jobs[index];
    for (int i = 0; i < MAX_LINGERING; i++) {
        if (registry->lingering[i].pid) continue;
        registry->lingering[i].pid = pid;
        registry->lingering[i].born = process ? creation_time(process) : 0;
        registry->lingering[i].job = index;
        registry->lingering[i].generation = job->generation;
        PostQueuedCompletionStatus(enginePort, 0, 0, NULL);
        return;
    }
    if (job->active) job->active--;
    if (job->held) job->held--;
}

/* The object can be found by its id as long as someone holds a handle. */
static BOOL is_held(DWORD pid, LONGLONG born) {
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
    BOOL same = process && creation_time(process) == born;
    if (process) real.CloseHandle(process);
    return same;
}

/* Milliseconds until the next look. */
DWORD look_at_lingering(void) {
    DWORD wait = INFINITE;
    for (int i = 0; i < MAX_LINGERING; i++) {
        int index = registry->lingering[i].job;
        JOB *job = &registry->jobs[index];
        BOOL known = job->used && job->generation == registry->lingering[i].generation;
        if (!registry->lingering[i].pid || (known && job->engine != self)) continue;
        if (known && is_held(registry->lingering[i].pid, registry->lingering[i].born)) {
            wait = LINGER_LOOK;
            continue;
        }
        registry->lingering[i].pid = 0;
        if (!known) continue;
        if (job->active) job->active--;
        if (job->held) job->held--;
        tell_if_empty(index);
        if (!job->openBy && !job->active && !has_members(index)) free_job(index);
    }
    return wait;
}

static BOOL is_lingering(DWORD pid) {
    const MEMBER *member = find_member(pid);
    for (int i = 0; member && i < member->count; i++)
        if (member->refused[i]) return TRUE;
    for (int i = 0; i < MAX_LINGERING; i++)
        if (registry->lingering[i].pid == pid) return TRUE;
    return FALSE;
}

/*
 * Waits until a refused process to which the caller has no handle left no longer counts; briefly, since others
 * may hold it.
 */
void await_released(DWORD pid) {
    ULONGLONG deadline = GetTickCount64() + RELEASE_TAKES;
    for (;;) {
        LONG seen = relayed;
        BOOL lingers;
        lock();
        lingers = is_lingering(pid);
        unlock();
        if (!lingers || GetTickCount64() > deadline) return;
        PostQueuedCompletionStatus(enginePort, 0, 0, NULL);
        wait_relayed(seen, 5);
    }
}

/* Whether a process had ended by a moment; FALSE if nobody holds it any more. */
static BOOL had_ended(DWORD pid, LONGLONG moment, DWORD *code) {
    FILETIME made, ended = {0}, kernel, user;
    HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, pid);
    BOOL over = process && WaitForSingleObject(process, 0) == WAIT_OBJECT_0 && GetExitCodeProcess(process, code) &&
                GetProcessTimes(process, &made, &ended, &kernel, &user);
    if (process) real.CloseHandle(process);
    return over && ticks_of(&ended) && ticks_of(&ended) <= moment;
}

/* 0 if unknown. */
DWORD parent_of_process(HANDLE process) {
    PROCESS_BASIC_INFORMATION info = {0};
    if (real.NtQueryInformationProcess(process, ProcessBasicInformation, &info, sizeof info, NULL) < 0) return 0;
    return (DWORD)info.InheritedFromUniqueProcessId;
}

/* Whether OpenProcess has just failed because nothing has the id; a process that may not be opened is there. */
BOOL no_such_process(void) { return GetLastError() == ERROR_INVALID_PARAMETER; }

BOOL has_ended(HANDLE process) { return WaitForSingleObject(process, 0) == WAIT_OBJECT_0 && !has_no_thread(process); }

/* Whether the process that made this one no longer exists, or another one has its id. */
BOOL has_dead_parent(HANDLE process) {
    HANDLE parent = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, parent_of_process(process));
    BOOL dead = parent ? has_ended(parent) || creation_time(parent) > creation_time(process) : no_such_process();
    if (parent) real.CloseHandle(parent);
    return dead;
}

/*
 * On Windows a process whose end was requested starts no other, nor is one that has ended given a child. Here
 * it may run until it is complete, and Wine accepts a parent that has ended: such a child never counts, and
 * ends too.
 */
BOOL ends_with_parent(int index, MEMBER *member) {
    HANDLE process = member_process(member);
    const MEMBER *parent;
    LONGLONG born;
    DWORD pid, code = 0;
    if (member->ending) return TRUE; /* known from another job of its chain */
    if (!process || !(pid = parent_of_process(process))) return FALSE;
    born = creation_time(process);
    parent = find_member(pid);
    if (parent && (!parent->ending || place_in(parent, index) < 0 || born < parent->endAsked)) parent = NULL;
    if (!parent && !had_ended(pid, born, &code)) return FALSE;
    member->ending = ENDING;
    member->endCode = parent ? parent->endCode : code;
    member->endAsked = parent ? parent->endAsked : born;
    member->endEngine = self;
    member->endDue = GetTickCount64();
    return TRUE;
}
