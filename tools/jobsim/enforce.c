/* Enforces the limits on the members: applied when they join or a limit changes, checked at each sample. */
#include "jobsim.h"

/* Frozen, or over the CPU budget, in any job of its chain that this engine enforces. */
static BOOL wants_suspension(const MEMBER *member) {
    if (member->pid == GetCurrentProcessId()) return FALSE; /* the engine itself would stop */
    for (int i = 0; i < member->count; i++) {
        int job = member->job[i];
        if (registry->jobs[job].engine != self) continue;
        if (registry->jobs[job].frozen || localJobs[job].throttled) return TRUE;
    }
    return FALSE;
}

void suspend_or_resume(MEMBER *member) {
    BOOL wanted = wants_suspension(member), is = member->suspendedBy >> self & 1;
    HANDLE process;
    if (wanted == is) return;
    process = member_process(member);
    if (!process) return;
    if (wanted) {
        if (real.NtSuspendProcess(process) >= 0) member->suspendedBy |= 1ull << self;
    } else {
        real.NtResumeProcess(process);
        member->suspendedBy &= ~(1ull << self);
    }
}

static int rank_of(DWORD priority) {
    static const DWORD order[] = {IDLE_PRIORITY_CLASS, BELOW_NORMAL_PRIORITY_CLASS, NORMAL_PRIORITY_CLASS,
                                  ABOVE_NORMAL_PRIORITY_CLASS, HIGH_PRIORITY_CLASS, REALTIME_PRIORITY_CLASS};
    int rank = 0;
    while (rank < 5 && order[rank] != priority) rank++;
    return rank;
}

/* The lowest priority class of the chain; 0 when none of its jobs has that limit. */
DWORD effective_priority(const MEMBER *member) {
    DWORD lowest = 0;
    for (int i = 0; i < member->count; i++) {
        const JOB *job = &registry->jobs[member->job[i]];
        if (!(job->flags & JOB_OBJECT_LIMIT_PRIORITY_CLASS)) continue;
        if (!lowest || rank_of(job->priorityClass) < rank_of(lowest)) lowest = job->priorityClass;
    }
    return lowest;
}

/*
 * The processors that the chain allows; `subset` if each job that restricts them lets members choose among
 * them.
 */
BOOL effective_affinity(const MEMBER *member, ULONGLONG *mask, BOOL *subset) {
    BOOL masked = FALSE;
    *mask = systemMask;
    *subset = TRUE;
    for (int i = 0; i < member->count; i++) {
        const JOB *job = &registry->jobs[member->job[i]];
        for (DWORD k = 0; k < job->groupCount; k++)
            if (job->groups[k].Group == 0 && (*mask & job->groups[k].Mask)) *mask &= job->groups[k].Mask, masked = TRUE, *subset = FALSE;
        if (!(job->flags & JOB_OBJECT_LIMIT_AFFINITY) || !(*mask & job->affinity)) continue;
        *mask &= job->affinity, masked = TRUE;
        if (!(job->flags & JOB_OBJECT_LIMIT_SUBSET_AFFINITY)) *subset = FALSE;
    }
    return masked;
}

void apply_to_member(MEMBER *member) {
    DWORD priority = effective_priority(member);
    ULONGLONG mask;
    BOOL subset, masked = effective_affinity(member, &mask, &subset);
    HANDLE process = member_process(member);
    if (process && (masked || member->masked)) SetProcessAffinityMask(process, mask);
    member->masked = masked;
    if (process && priority) SetPriorityClass(process, priority);
    suspend_or_resume(member);
}

/* Undoes changes that a member without jobsim made through Wine: at the next sample, not at once. */
static void keep_limits(MEMBER *member) {
    DWORD priority = effective_priority(member);
    ULONGLONG mask;
    BOOL subset, masked = effective_affinity(member, &mask, &subset);
    HANDLE process = priority || masked ? member_process(member) : NULL;
    DWORD_PTR own = 0, all = 0;
    if (!process) return;
    if (priority && GetPriorityClass(process) != priority) SetPriorityClass(process, priority);
    if (!masked || !GetProcessAffinityMask(process, &own, &all) || own == mask) return;
    if (!subset || (own & ~mask)) SetProcessAffinityMask(process, mask);
}

void apply_to_job(int index) {
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        if (member->count && member->settled && place_in(member, index) >= 0) apply_to_member(member);
    }
}

BOOL needs_limits(int index) {
    const JOB *job = &registry->jobs[index];
    if (job->flags & (JOB_OBJECT_LIMIT_PROCESS_TIME | JOB_OBJECT_LIMIT_JOB_TIME | JOB_OBJECT_LIMIT_PROCESS_MEMORY |
                      JOB_OBJECT_LIMIT_JOB_MEMORY | JOB_OBJECT_LIMIT_PRIORITY_CLASS | JOB_OBJECT_LIMIT_AFFINITY))
        return !job->exhausted;
    if (job->groupCount) return TRUE;
    if (most_cpu(&job->cpu)) return TRUE;
    return (job->notify.LimitFlags & ~(LIM_READ_BYTES | LIM_WRITE_BYTES)) != 0;
}

static void end_by_limit(MEMBER *member) {
    HANDLE process = member_process(member);
    if (process) TerminateProcess(process, ERROR_NOT_ENOUGH_QUOTA);
}

/* In the job and in those in which it is nested. */
void count_kills(int index, DWORD count) {
    for (int i = 0; index >= 0 && i < MAX_CHAIN; i++, index = parent_of(index)) registry->jobs[index].limitKills += count;
}

static void check_process(int index, MEMBER *member) {
    const JOB *job = &registry->jobs[index];
    if ((job->flags & JOB_OBJECT_LIMIT_PROCESS_TIME) && !member->timeKilled && member->user >= job->processTime) {
        member->timeKilled = TRUE;
        count_kills(index, 1);
        end_by_limit(member);
        announce(index, JOB_OBJECT_MSG_END_OF_PROCESS_TIME, member->pid);
    }
}

static void end_job(int index) {
    JOB *job = &registry->jobs[index];
    HANDLE handle = any_handle(index, JOB_OBJECT_TERMINATE);
    if (job->endOfJobAction == JOB_OBJECT_POST_AT_END_OF_JOB && job->portEngine >= 0) {
        job->flags &= ~JOB_OBJECT_LIMIT_JOB_TIME;
        announce(index, JOB_OBJECT_MSG_END_OF_JOB_TIME, 0);
        return;
    }
    if (!all_can_end(index)) return; /* at the next sample, then */
    job->exhausted = TRUE;
    job->unsignaled = FALSE;
    count_kills(index, job->active);
    if (request_end(index, handle, ERROR_NOT_ENOUGH_QUOTA)) return;
    for (int i = 0; i < registry->memberHigh; i++)
        if (registry->members[i].count && place_in(&registry->members[i], index) >= 0) end_by_limit(&registry->members[i]);
}

static void check_job(int index, const SUMS *sums) {
    const JOB *job = &registry->jobs[index];
    if ((job->flags & JOB_OBJECT_LIMIT_JOB_TIME) && !job->exhausted && sums->user >= job->jobTimeEnd) end_job(index);
}

/* One pass over the jobs of this engine, after each sample. */
void enforce(ULONGLONG now) {
    for (int i = 0; i < registry->jobHigh; i++) {
        const JOB *job = &registry->jobs[i];
        SUMS sums;
        if (!job->used || job->engine != self || (!job->active && !io_pending(i))) continue;
        if (localJobs[i].generation != job->generation) {
            memset(&localJobs[i], 0, sizeof localJobs[i]);
            localJobs[i].generation = job->generation;
        }
        if (!needs_limits(i)) {
            if (localJobs[i].throttled) cap_tick(i, &sums, now);
            continue;
        }
        sum_job(i, &sums);
        cap_tick(i, &sums, now);
        rate_tick(i, &sums, now);
        check_memory(i);
        check_job(i, &sums);
        check_notifications(i, &sums, 0, 0);
        for (int k = 0; k < registry->memberHigh; k++) {
            MEMBER *member = &registry->members[k];
            if (member->count && place_in(member, i) >= 0) check_process(i, member);
        }
    }
    for (int i = 0; i < registry->memberHigh; i++)
        if (registry->members[i].count && registry->members[i].settled) {
            suspend_or_resume(&registry->members[i]);
            if (registry->jobs[registry->members[i].job[0]].engine == self) keep_limits(&registry->members[i]);
        }
}
