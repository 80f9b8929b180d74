/* The CPU hard cap as a budget of CPU time, and the part of an interval during which a rate was exceeded. */
#include "jobsim.h"

#define BURST 2000000 /* 100 ns: what an idle job may save up, per processor of its rate */

/*
 * A hard cap and a maximum rate have the same effect: no thread runs until the next interval. In 1/10000 of the
 * whole machine; 0 without either. See Microsoft's page on JOBOBJECT_CPU_RATE_CONTROL_INFORMATION.
 */
DWORD most_cpu(const CPU_RATE_INFO *cpu) {
    if (cpu->ControlFlags & CPU_HARD_CAP) return cpu->u.CpuRate;
    return (cpu->ControlFlags & CPU_MIN_MAX) && cpu->u.MinMax.MaxRate < 10000 ? cpu->u.MinMax.MaxRate : 0;
}

/* The rate that the chain leaves to this job. */
static DWORD hard_cap(int index) {
    DWORD rate = 0;
    for (int i = 0; index >= 0 && i < MAX_CHAIN; i++, index = parent_of(index)) {
        DWORD own = most_cpu(&registry->jobs[index].cpu);
        if (!own) continue;
        rate = rate ? rate * own / 10000 : own;
        if (!rate) rate = 1;
    }
    return rate;
}

/*
 * Fills the budget with the elapsed time, subtracts what the members used, and throttles the job while it is
 * overdrawn. Debt is carried over, so that the average is right for any period.
 */
void cap_tick(int index, const SUMS *sums, ULONGLONG now) {
    LOCAL_JOB *local = &localJobs[index];
    LONGLONG used = sums->user + sums->kernel, limit;
    double share = most_cpu(&registry->jobs[index].cpu) ? hard_cap(index) / 10000.0 * processors : 0;
    if (share <= 0) {
        local->throttled = FALSE;
        local->rateSeen = 0;
        return;
    }
    if (local->rateSeen) {
        local->credit += (LONGLONG)((double)(now - local->rateSeen) * share) - (used - local->lastCpu);
        limit = (LONGLONG)(BURST * share);
        if (local->credit > limit) local->credit = limit;
        local->throttled = local->credit < 0;
        local->throttledInSlice |= local->throttled;
    } else {
        local->credit = 0;
    }
    local->rateSeen = now;
    local->lastCpu = used;
}

static ULONGLONG interval_of(int index, int which) {
    const NOTIFY_INFO_2 *notify = &registry->jobs[index].notify;
    static const DWORD seconds[] = {10, 10, 60, 600};
    return (ULONGLONG)(seconds[(which ? notify->IoInterval : notify->CpuInterval) & 3] * 1e7 * timeScale);
}

/* The rate that notifies, in 1/10000 of the whole machine; 0 if none does. */
static DWORD noted_rate(const CPU_RATE_INFO *cpu) {
    if (!(cpu->ControlFlags & CPU_ENABLE) || !(cpu->ControlFlags & CPU_NOTIFY) || (cpu->ControlFlags & CPU_WEIGHT)) return 0;
    return (cpu->ControlFlags & CPU_MIN_MAX) ? cpu->u.MinMax.MaxRate : cpu->u.CpuRate;
}

static LONGLONG io_used(const JOB *job) { return (LONGLONG)(job->ioBytes[0] + job->ioBytes[1]); }

static LONGLONG io_rate(const JOB *job) {
    for (DWORD i = 0; i < job->ioCount; i++)
        if (job->io[i].rate.v1.MaxBandwidth > 0) return job->io[i].rate.v1.MaxBandwidth;
    return 0;
}

BOOL io_pending(int index) {
    const JOB *job = &registry->jobs[index];
    if (!(job->notify.LimitFlags & LIM_IO_TOLERANCE)) return FALSE;
    return localJobs[index].tolerance[1].backlog > 0 || localJobs[index].tolerance[1].used != io_used(job);
}

void rate_reset(int index, int which) {
    LOCAL_JOB *local = &localJobs[index];
    memset(&local->tolerance[which], 0, sizeof local->tolerance[which]);
    if (which) local->tolerance[1].used = io_used(&registry->jobs[index]);
    else local->throttledInSlice = FALSE;
}

static void close_slice(int index, int which, ULONGLONG now, BOOL exceeded) {
    DWORD place = localJobs[index].tolerance[which].next++ % 64;
    localJobs[index].tolerance[which].exceeded[place] = (BYTE)exceeded;
    localJobs[index].tolerance[which].length[place] = (DWORD)((now - localJobs[index].tolerance[which].start) / 10);
    if (localJobs[index].tolerance[which].count < 64) localJobs[index].tolerance[which].count++;
    localJobs[index].tolerance[which].start = now;
}

void rate_tick(int index, const SUMS *sums, ULONGLONG now) {
    const JOB *job = &registry->jobs[index];
    LOCAL_JOB *local = &localJobs[index];
    for (int which = 0; which < 2; which++) {
        LONGLONG used = which ? io_used(job) : sums->user + sums->kernel, allowed;
        ULONGLONG passed;
        if (!(job->notify.LimitFlags & (which ? LIM_IO_TOLERANCE : LIM_CPU_TOLERANCE))) continue;
        if (!local->tolerance[which].start) {
            local->tolerance[which].start = now;
            if (!which) local->tolerance[0].used = used;
            continue;
        }
        passed = now - local->tolerance[which].start;
        if (passed < interval_of(index, which) / 40) continue;
        if (which) {
            LONGLONG rate = io_rate(job);
            allowed = (LONGLONG)((double)rate * (double)passed / 1e7);
            local->tolerance[1].backlog += used - local->tolerance[1].used - allowed;
            if (local->tolerance[1].backlog < 0 || !rate) local->tolerance[1].backlog = 0;
            close_slice(index, 1, now, local->tolerance[1].backlog > 0);
        } else {
            DWORD rate = noted_rate(&job->cpu);
            allowed = (LONGLONG)((double)passed * rate / 10000.0 * processors);
            close_slice(index, 0, now, rate && (local->throttledInSlice || used - local->tolerance[0].used > allowed));
            local->throttledInSlice = local->throttled;
        }
        local->tolerance[which].used = used;
    }
}

/* 0, or the tolerance that the last interval exceeded: 1 at 20 %, 2 at 40 %, 3 at 60 % of it. */
DWORD rate_level(int index, int which) {
    const LOCAL_JOB *local = &localJobs[index];
    ULONGLONG interval = interval_of(index, which) / 10, seen = 0, exceeded = 0;
    DWORD count = local->tolerance[which].count, next = local->tolerance[which].next;
    for (DWORD i = 1; i <= count && seen < interval; i++) {
        DWORD place = (next - i) % 64;
        seen += local->tolerance[which].length[place];
        if (local->tolerance[which].exceeded[place]) exceeded += local->tolerance[which].length[place];
    }
    if (!interval || exceeded * 5 < interval) return 0;
    return exceeded * 5 >= interval * 3 ? 3 : exceeded * 5 >= interval * 2 ? 2 : 1;
}
