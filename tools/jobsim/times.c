/* GetProcessTimes: Wine returns the caller's own user and kernel times, whichever process is queried. */
#include "jobsim.h"

#define MOST_CLOCK_STEP 36000000000LL /* an hour, in units of 100 ns */

LONGLONG ticks_of(const FILETIME *time) { return (LONGLONG)time->dwHighDateTime << 32 | time->dwLowDateTime; }

static void put_ticks(FILETIME *time, LONGLONG ticks) {
    time->dwLowDateTime = (DWORD)ticks;
    time->dwHighDateTime = (DWORD)(ticks >> 32);
}

/* Without Linux's own numbers: what the main thread used after the last sample. */
static void final_thread_times(MEMBER *member) {
    FILETIME made, ended, kernel, user;
    LONGLONG u, k;
    if (!GetThreadTimes(localMembers[member - registry->members].thread, &made, &ended, &kernel, &user)) return;
    u = ticks_of(&user);
    k = ticks_of(&kernel);
    if (u > member->mainUser) member->user += u - member->mainUser, member->mainUser = u;
    if (k > member->mainKernel) member->kernel += k - member->mainKernel, member->mainKernel = k;
}

/* What an ended process has used. Numbers that were once reported as final do not change. */
void final_times(MEMBER *member) {
    LOCAL_MEMBER *local = &localMembers[member - registry->members];
    LINUX_USAGE usage;
    LINUX_MEMORY memory;
    if (member->final) return;
    if (linux_memory(member, &memory)) note_memory(member, &memory); /* it goes just now */
    else final_peak(member);
    if (linux_usage(member, &usage)) {
        if (usage.user > member->user) member->user = usage.user;
        if (usage.kernel > member->kernel) member->kernel = usage.kernel;
        if (usage.faults > member->faults) member->faults = usage.faults;
    } else if (local->generation == member->generation && local->thread) {
        final_thread_times(member);
    } else {
        return;
    }
    member->final = TRUE;
}

/* Page faults of a live member, which Wine does not count. */
void refresh_faults(MEMBER *member) {
    LINUX_USAGE usage;
    if (!member->final && linux_usage(member, &usage) && usage.faults > member->faults) member->faults = usage.faults;
}

/* For queries after its last record is gone. An id may be reused, with another creation time. */
void keep_times(const MEMBER *member, HANDLE process) {
    FILETIME made, ended, kernel, user;
    DWORD slot;
    if (!process || !GetProcessTimes(process, &made, &ended, &kernel, &user)) return;
    slot = registry->keptNext++ % MAX_KEPT;
    registry->kept[slot].pid = member->pid;
    registry->kept[slot].born = ticks_of(&made);
    registry->kept[slot].user = member->user;
    registry->kept[slot].kernel = member->kernel;
}

static void find_kept(DWORD pid, LONGLONG born, LONGLONG *user, LONGLONG *kernel) {
    for (DWORD i = 0; i < MAX_KEPT; i++) {
        if (registry->kept[i].pid != pid || registry->kept[i].born != born) continue;
        if (registry->kept[i].user > *user) *user = registry->kept[i].user;
        if (registry->kept[i].kernel > *kernel) *kernel = registry->kept[i].kernel;
    }
}

/* For a process that is being created, Wine returns whatever is in its memory. Unknown is 0. */
static void forget_nonsense(FILETIME *made) {
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    if (ticks_of(made) > ticks_of(&now) + MOST_CLOCK_STEP) put_ticks(made, 0);
}

EXPORT_AS(GetProcessTimes, sim_GetProcessTimes);
BOOL WINAPI sim_GetProcessTimes(HANDLE process, FILETIME *made, FILETIME *ended, FILETIME *kernel, FILETIME *user) {
    LONGLONG u = 0, k = 0;
    MEMBER *member;
    BOOL live;
    DWORD pid;
    /* Wine refuses the same calls as Windows, with the same errors. */
    if (!GetProcessTimes(process, made, ended, kernel, user)) return FALSE;
    pid = GetProcessId(process);
    if (pid == GetCurrentProcessId()) return TRUE;
    if (!start()) return FALSE;
    live = !ticks_of(ended) && sampled_times(pid, ticks_of(made), &u, &k);
    /* It may just have ended. */
    if (!live && !GetProcessTimes(process, made, ended, kernel, user)) return FALSE;
    lock();
    member = find_member(pid);
    if (member) {
        if (!live) final_times(member);
        if (member->user > u) u = member->user;
        if (member->kernel > k) k = member->kernel;
    } else if (!live) {
        find_kept(pid, ticks_of(made), &u, &k);
    }
    unlock();
    forget_nonsense(made);
    put_ticks(user, u);
    put_ticks(kernel, k);
    return TRUE;
}
