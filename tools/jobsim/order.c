/*
 * A process joins and leaves all jobs of a chain at once, the innermost first, even if the jobs have engines in
 * several processes: the first one reports for all.
 */
#include "jobsim.h"

/* Its own engine gets the same from Wine later, and must not report it twice. */
static void remember_told(int index, DWORD message, DWORD pid) {
    TOLD *told = &registry->told[registry->toldNext++ % MAX_TOLD];
    told->key = key_of(index);
    told->message = message;
    told->pid = pid;
}

BOOL was_told(ULONG_PTR key, DWORD message, DWORD pid) {
    for (int i = 0; i < MAX_TOLD; i++) {
        TOLD *told = &registry->told[i];
        if (told->key != key || told->message != message || told->pid != pid) continue;
        told->key = 0;
        return TRUE;
    }
    return FALSE;
}

/* The inner jobs that another engine relays: the innermost reports first. */
void leave_inner(int index, MEMBER *member) {
    for (;;) {
        int inner = -1;
        for (int i = 0; i < member->count; i++) {
            int job = member->job[i];
            if (job == index || registry->jobs[job].engine == self || !is_ancestor(index, job)) continue;
            if (inner < 0 || depth_of(job) > depth_of(inner)) inner = job;
        }
        if (inner < 0) return;
        remember_told(inner, JOB_OBJECT_MSG_EXIT_PROCESS, member->pid);
        leave(inner, member, place_in(member, inner), TRUE);
    }
}

/*
 * The deepest job below `above` that another engine relays, that a child of this process also joins, and of
 * which `pid` is not yet a member; or -1.
 */
static int inner_to_come(int above, const MEMBER *parent, DWORD pid) {
    const DWORD breakaway = JOB_OBJECT_LIMIT_BREAKAWAY_OK | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
    const MEMBER *member = find_member(pid);
    int best = -1;
    for (int i = 0; i < parent->count; i++) {
        int job = parent->job[i];
        if (job == above || registry->jobs[job].engine == self || (registry->jobs[job].flags & breakaway)) continue;
        if (!is_ancestor(above, job) || (member && place_in(member, job) >= 0)) continue;
        if (best < 0 || depth_of(job) > depth_of(best)) best = job;
    }
    return best;
}

static BOOL has_foreign_inner(int index) {
    for (int i = 0; i < registry->jobHigh; i++)
        if (i != index && registry->jobs[i].used && registry->jobs[i].engine != self && is_ancestor(index, i)) return TRUE;
    return FALSE;
}

/* A child joins the innermost job first, whichever engine is faster. */
void join_inner(int index, DWORD pid) {
    const MEMBER *parent;
    HANDLE process;
    DWORD creator;
    int inner = -1;
    if (!has_foreign_inner(index)) return;
    process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
    if (!process) return;
    creator = parent_of_process(process);
    real.CloseHandle(process);
    parent = find_member(creator);
    for (int i = 0; parent && i < MAX_CHAIN && (inner = inner_to_come(index, parent, pid)) >= 0; i++) {
        remember_told(inner, JOB_OBJECT_MSG_NEW_PROCESS, pid);
        join(inner, pid);
    }
}

/* The jobs around `index` that another engine relays: they report next, before anything else happens. */
void join_outer(int index, DWORD pid) {
    for (int i = 0, outer = parent_of(index); outer >= 0 && i < MAX_CHAIN; i++, outer = parent_of(outer)) {
        const MEMBER *member = find_member(pid);
        if (registry->jobs[outer].engine == self || (member && place_in(member, outer) >= 0)) continue;
        remember_told(outer, JOB_OBJECT_MSG_NEW_PROCESS, pid);
        join(outer, pid);
    }
}

void leave_outer(int index, DWORD pid) {
    for (int i = 0, outer = parent_of(index); outer >= 0 && i < MAX_CHAIN; i++, outer = parent_of(outer)) {
        MEMBER *member = find_member(pid);
        int place = member ? place_in(member, outer) : -1;
        if (registry->jobs[outer].engine == self || place < 0) continue;
        remember_told(outer, JOB_OBJECT_MSG_EXIT_PROCESS, pid);
        leave(outer, member, place, TRUE);
    }
}
