/* The memory limits. Windows checks each commit against them; jobsim only sees the growth. */
#include "jobsim.h"

/* Only memory that was touched is seen; touching memory that is already committed is not a commit. */
#define COMMIT_SEEN (64u << 10)

/* Memory that a running process committed before it is assigned is not checked. See Microsoft's page on
 * AssignProcessToJobObject. The lock is not held. */
void note_arrival(DWORD pid) {
    ULONGLONG commit = sampled_commit(pid);
    lock();
    forget_arrival(pid);
    registry->arrivals[registry->arrivalNext % MAX_ARRIVALS].commit = commit;
    registry->arrivals[registry->arrivalNext++ % MAX_ARRIVALS].pid = pid;
    unlock();
}

BOOL limits_memory(int index) {
    for (int i = 0; index >= 0 && i < MAX_CHAIN; i++, index = parent_of(index))
        if (registry->jobs[index].flags & (JOB_OBJECT_LIMIT_JOB_MEMORY | JOB_OBJECT_LIMIT_PROCESS_MEMORY)) return TRUE;
    return FALSE;
}

/* For a process that was created in the job, all memory is checked. */
ULONGLONG arrived_with(DWORD pid) {
    for (int i = 0; i < MAX_ARRIVALS; i++)
        if (registry->arrivals[i].pid == pid) return registry->arrivals[i].commit;
    return 0;
}

void forget_arrival(DWORD pid) {
    for (int i = 0; i < MAX_ARRIVALS; i++)
        if (registry->arrivals[i].pid == pid) registry->arrivals[i].pid = 0;
}

/* A new limit does not check memory that is already committed. */
void examine_all(int index) {
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        int place = member->count ? place_in(member, index) : -1;
        if (place < 0) continue;
        member->examined[place] = member->commit;
        member->memoryAbove[place] = 0;
    }
    registry->jobs[index].memoryAbove = FALSE;
}

/*
 * Messages 9 and 10, once per crossing: a member has committed more while it, or the job, is above its limit.
 */
void check_memory(int index) {
    JOB *job = &registry->jobs[index];
    BOOL all = (job->flags & JOB_OBJECT_LIMIT_JOB_MEMORY) != 0, one = (job->flags & JOB_OBJECT_LIMIT_PROCESS_MEMORY) != 0;
    ULONGLONG sum = 0, most = 0;
    DWORD grower = 0;
    if (!all && !one) return;
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        int place = member->count ? place_in(member, index) : -1;
        BOOL above, grew;
        ULONGLONG growth;
        if (place < 0) continue;
        sum += member->commit;
        above = one && member->commit > job->processMemory;
        growth = member->commit > member->examined[place] ? member->commit - member->examined[place] : 0;
        grew = growth >= COMMIT_SEEN;
        if (grew && growth > most) most = growth, grower = member->pid;
        if (grew || !growth) member->examined[place] = member->commit;
        if (above && grew && !member->memoryAbove[place]) {
            member->memoryAbove[place] = 1;
            announce(index, JOB_OBJECT_MSG_PROCESS_MEMORY_LIMIT, member->pid);
        }
        if (!above) member->memoryAbove[place] = 0;
    }
    all = all && sum > job->jobMemory;
    if (all && grower && !job->memoryAbove) {
        job->memoryAbove = TRUE;
        announce(index, JOB_OBJECT_MSG_JOB_MEMORY_LIMIT, grower);
    }
    if (!all) job->memoryAbove = FALSE;
}
