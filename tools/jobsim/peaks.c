/* The largest memory of members, up to their very end. */
#include "jobsim.h"

#define YOUNG 1000     /* milliseconds */
#define MOST_WAIT 5000 /* until an ended process is so for Linux too: on a busy machine its memory goes slowly */

/* The largest commit is the largest resident size minus the pages that do not count as committed. */
void note_memory(MEMBER *member, const LINUX_MEMORY *memory) {
    ULONGLONG peak = memory->largest > memory->file ? memory->largest - memory->file : 0;
    member->file = memory->file;
    if (peak < memory->commit) peak = memory->commit;
    for (int i = 0; i < member->count; i++) {
        JOB *job = &registry->jobs[member->job[i]];
        if (peak > job->peakProcess) job->peakProcess = peak;
        if (peak > job->peakJob) job->peakJob = peak;
    }
}

static void note_largest(const PEAK *peak, ULONGLONG largest) {
    ULONGLONG own = largest - (peak->file < largest ? peak->file : largest);
    if (largest <= peak->forkedFrom) return; /* it may have been as large before it ran its program */
    for (int i = 0; i < peak->count; i++) {
        JOB *job = &registry->jobs[peak->job[i]];
        if (job->generation != peak->generation[i]) continue;
        if (own > job->peakProcess) job->peakProcess = own;
        if (own > job->peakJob) job->peakJob = own;
    }
}

/* FALSE while Linux has not reported it yet. */
static BOOL settle_peak(PEAK *peak) {
    ULONGLONG largest;
    LINUX_END end = linux_end(peak->pid, peak->start, &largest);
    if (end == TOLD_SIZE) note_largest(peak, largest);
    else if (end == NOT_YET && GetTickCount64() < peak->due) return FALSE;
    peak->pid = 0;
    return TRUE;
}

/* For a process that has ended and whose memory is gone. */
void final_peak(const MEMBER *member) {
    PEAK *peak = &registry->peaks[registry->peakNext % MAX_PEAKS];
    if (!member->linuxPid || !member->forkedFrom) return;
    peak->pid = member->linuxPid;
    peak->start = member->linuxStart;
    peak->due = GetTickCount64() + MOST_WAIT;
    peak->forkedFrom = member->forkedFrom;
    peak->file = member->file;
    peak->count = member->count;
    for (int i = 0; i < member->count; i++) {
        peak->job[i] = member->job[i];
        peak->generation[i] = registry->jobs[member->job[i]].generation;
    }
    if (!settle_peak(peak)) registry->peakNext++;
}

static BOOL settle_peaks(int index) {
    BOOL all = TRUE;
    for (int i = 0; i < MAX_PEAKS; i++) {
        PEAK *peak = &registry->peaks[i];
        for (int k = 0; peak->pid && k < peak->count; k++)
            if (peak->job[k] == index && peak->generation[k] == registry->jobs[index].generation) all &= settle_peak(peak);
    }
    return all;
}

/* A query right after an end must get its peak. The lock is not held. */
void await_peaks(int index) {
    LARGE_INTEGER moment;
    moment.QuadPart = -5000; /* 500 us */
    for (;;) {
        BOOL settled;
        lock();
        settled = settle_peaks(index);
        unlock();
        if (settled) return;
        real.NtDelayExecution(FALSE, &moment);
    }
}

/*
 * The memory of new members is checked more often than samples are taken, so that the peak of a short-lived one
 * is known: its size before the last sixteenth of its life, if the machine has time for the engine. Returns the
 * milliseconds until the next check, INFINITE without new members. A memory limit is compared at each look too.
 */
DWORD watch_young(void) {
    ULONGLONG now = GetTickCount64();
    DWORD wait = INFINITE;
    static BYTE looked[MAX_JOBS];
    memset(looked, 0, sizeof looked);
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        LINUX_MEMORY memory;
        if (!member->count || !member->settled || member->final || now - member->joined > YOUNG) continue;
        if (registry->jobs[member->job[0]].engine != self) continue;
        if (now >= member->look) {
            if (linux_memory(member, &memory)) {
                note_memory(member, &memory);
                member->commit = memory.commit;
                for (int k = 0; k < member->count; k++) looked[member->job[k]] = 1;
            }
            member->look = now + 1 + (now - member->joined) / 16;
        }
        if (member->look - now < wait) wait = (DWORD)(member->look - now);
    }
    for (int i = 0; i < registry->jobHigh; i++)
        if (looked[i] && registry->jobs[i].engine == self && !registry->jobs[i].exhausted) check_memory(i);
    return wait;
}
