/* What the limits do to the members: applied when they join or a limit changes, compared at each sample. */
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

void apply_to_member(MEMBER *member) {
    ULONGLONG mask = systemMask;
    DWORD priority = 0;
    BOOL masked = FALSE;
    HANDLE process = member_process(member);
    for (int i = 0; i < member->count; i++) {
        const JOB *job = &registry->jobs[member->job[i]];
        for (DWORD k = 0; k < job->groupCount; k++)
            if (job->groups[k].Group == 0 && (mask & job->groups[k].Mask)) mask &= job->groups[k].Mask, masked = TRUE;
        if ((job->flags & JOB_OBJECT_LIMIT_AFFINITY) && (mask & job->affinity)) mask &= job->affinity, masked = TRUE;
        if (job->flags & JOB_OBJECT_LIMIT_PRIORITY_CLASS) priority = job->priorityClass;
    }
    if (process && (masked || member->masked)) SetProcessAffinityMask(process, mask);
    member->masked = masked;
    if (process && priority) SetPriorityClass(process, priority);
    suspend_or_resume(member);
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
                      JOB_OBJECT_LIMIT_JOB_MEMORY))
        return !job->exhausted;
    if (job->cpu.ControlFlags & CPU_HARD_CAP) return TRUE;
    return (job->notify.LimitFlags & ~(LIM_READ_BYTES | LIM_WRITE_BYTES)) != 0;
}

static void end_by_limit(MEMBER *member) {
    HANDLE process = member_process(member);
    if (process) TerminateProcess(process, ERROR_NOT_ENOUGH_QUOTA);
}

static void check_process(int index, MEMBER *member, int place) {
    JOB *job = &registry->jobs[index];
    BOOL above;
    if ((job->flags & JOB_OBJECT_LIMIT_PROCESS_TIME) && !member->timeKilled && member->user >= job->processTime) {
        member->timeKilled = TRUE;
        job->limitKills++;
        end_by_limit(member);
        announce(index, JOB_OBJECT_MSG_END_OF_PROCESS_TIME, member->pid);
    }
    above = (job->flags & JOB_OBJECT_LIMIT_PROCESS_MEMORY) && member->commit > job->processMemory;
    if (above && !member->memoryAbove[place]) announce(index, JOB_OBJECT_MSG_PROCESS_MEMORY_LIMIT, member->pid);
    member->memoryAbove[place] = (BYTE)above;
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
    job->limitKills += job->active;
    if (request_end(index, handle, ERROR_NOT_ENOUGH_QUOTA)) return;
    for (int i = 0; i < registry->memberHigh; i++)
        if (registry->members[i].count && place_in(&registry->members[i], index) >= 0) end_by_limit(&registry->members[i]);
}

static void check_job(int index, const SUMS *sums) {
    JOB *job = &registry->jobs[index];
    BOOL above = (job->flags & JOB_OBJECT_LIMIT_JOB_MEMORY) && sums->commit > job->jobMemory;
    if (above && !job->memoryAbove) announce(index, JOB_OBJECT_MSG_JOB_MEMORY_LIMIT, sums->growerPid);
    job->memoryAbove = above;
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
        check_job(i, &sums);
        check_notifications(i, &sums, 0, 0);
        for (int k = 0; k < registry->memberHigh; k++) {
            MEMBER *member = &registry->members[k];
            int place = member->count ? place_in(member, i) : -1;
            if (place >= 0) check_process(i, member, place);
        }
    }
    for (int i = 0; i < registry->memberHigh; i++)
        if (registry->members[i].count && registry->members[i].settled) suspend_or_resume(&registry->members[i]);
}
