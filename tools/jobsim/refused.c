/* Refused processes: each counts in its job until every handle to it is closed. */
#include "jobsim.h"

#define LINGER_LOOK 20     /* milliseconds between looks at their handles */
#define RELEASE_TAKES 3000 /* milliseconds that the engine may need for an end and such a look */

static LONGLONG creation_time(HANDLE process) {
    FILETIME made, ended, kernel, user;
    if (!GetProcessTimes(process, &made, &ended, &kernel, &user)) return 0;
    return (LONGLONG)made.dwHighDateTime << 32 | made.dwLowDateTime;
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
