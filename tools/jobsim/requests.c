/*
 * Requests of a program with jobsim for a member or a job's handle, which Wine would handle without regard to
 * the job.
 */
#include "jobsim.h"

/* See Microsoft's page on job objects, limits: a request for another priority class succeeds and is ignored. */
EXPORT_AS(SetPriorityClass, sim_SetPriorityClass);
BOOL WINAPI sim_SetPriorityClass(HANDLE process, DWORD priority) {
    const MEMBER *member;
    BOOL held;
    if (!start()) return FALSE;
    lock();
    member = find_member(GetProcessId(process));
    held = member && effective_priority(member);
    unlock();
    if (!held) return SetPriorityClass(process, priority);
    switch (priority) {
    case NORMAL_PRIORITY_CLASS:
    case IDLE_PRIORITY_CLASS:
    case HIGH_PRIORITY_CLASS:
    case REALTIME_PRIORITY_CLASS:
    case BELOW_NORMAL_PRIORITY_CLASS:
    case ABOVE_NORMAL_PRIORITY_CLASS: return TRUE;
    }
    return fail(ERROR_INVALID_PARAMETER);
}

/* See Microsoft's page on JOBOBJECT_BASIC_LIMIT_INFORMATION, Affinity. It names no error. */
EXPORT_AS(SetProcessAffinityMask, sim_SetProcessAffinityMask);
BOOL WINAPI sim_SetProcessAffinityMask(HANDLE process, DWORD_PTR mask) {
    const MEMBER *member;
    BOOL refused = FALSE, subset;
    ULONGLONG limit;
    if (!start()) return FALSE;
    lock();
    member = find_member(GetProcessId(process));
    if (member && effective_affinity(member, &limit, &subset)) refused = subset ? (mask & ~limit) != 0 : mask != limit;
    unlock();
    return refused ? fail(ERROR_ACCESS_DENIED) : SetProcessAffinityMask(process, mask);
}

static BOOL unsignaled(HANDLE handle) {
    BOOL yes = FALSE;
    int job;
    lock();
    job = known_job(handle);
    if (job >= 0) yes = registry->jobs[job].unsignaled;
    unlock();
    return yes;
}

/*
 * Wine's job stays signaled after the end of its time; on Windows only until the limit is reset. Waits until it
 * may be signaled again and subtracts that from the remaining time; FALSE if none remains.
 */
BOOL await_signal(HANDLE handle, DWORD *milliseconds) {
    ULONGLONG now = GetTickCount64(), deadline = now + *milliseconds;
    if (!registry || !unsignaled(handle)) return TRUE;
    do {
        LONG seen = relayed;
        if (*milliseconds != INFINITE && GetTickCount64() >= deadline) return FALSE;
        wait_relayed(seen, 10);
    } while (unsignaled(handle));
    now = GetTickCount64();
    if (*milliseconds != INFINITE) *milliseconds = now < deadline ? (DWORD)(deadline - now) : 0;
    return TRUE;
}
