/* Classes 12, 13, 33 and 34: limits that only notify, and the violation that the query re-arms. */
#include "jobsim.h"

static DWORD check_tolerance(DWORD flags, DWORD flag, DWORD *tolerance, DWORD *interval) {
    if (!(flags & flag)) {
        *tolerance = *interval = 0;
        return ERROR_SUCCESS;
    }
    if (*tolerance > 3 || *interval > 3) return ERROR_INVALID_PARAMETER;
    if (!*tolerance) *tolerance = 3; /* ToleranceHigh */
    if (!*interval) *interval = 1;   /* ToleranceIntervalShort */
    return ERROR_SUCCESS;
}

DWORD set_notify(int index, int number, const void *info) {
    JOB *job = &registry->jobs[index];
    NOTIFY_INFO_2 next = {0};
    DWORD valid = LIM_VALID_NOTIFY_2, error;
    SUMS sums;
    if (number == CLS_NOTIFY) {
        const JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION *first = info;
        valid = LIM_VALID_NOTIFY;
        next.IoReadBytesLimit = first->IoReadBytesLimit;
        next.IoWriteBytesLimit = first->IoWriteBytesLimit;
        next.PerJobUserTimeLimit = first->PerJobUserTimeLimit;
        next.JobHighMemoryLimit = first->JobMemoryLimit;
        next.CpuTolerance = first->RateControlTolerance;
        next.CpuInterval = first->RateControlToleranceInterval;
        next.LimitFlags = first->LimitFlags;
    } else {
        next = *(const NOTIFY_INFO_2 *)info;
    }
    if (next.LimitFlags & ~valid) return ERROR_INVALID_PARAMETER;
    error = check_tolerance(next.LimitFlags, LIM_CPU_TOLERANCE, &next.CpuTolerance, &next.CpuInterval);
    if (!error) error = check_tolerance(next.LimitFlags, LIM_IO_TOLERANCE, &next.IoTolerance, &next.IoInterval);
    if (!error) error = check_tolerance(next.LimitFlags, LIM_NET_TOLERANCE, &next.NetTolerance, &next.NetInterval);
    if (error) return error;
    if ((next.LimitFlags & JOB_OBJECT_LIMIT_JOB_TIME) && next.PerJobUserTimeLimit.QuadPart < 0) return ERROR_INVALID_PARAMETER;
    if (!(next.LimitFlags & LIM_READ_BYTES)) next.IoReadBytesLimit = 0;
    if (!(next.LimitFlags & LIM_WRITE_BYTES)) next.IoWriteBytesLimit = 0;
    if (!(next.LimitFlags & JOB_OBJECT_LIMIT_JOB_TIME)) next.PerJobUserTimeLimit.QuadPart = 0;
    if (!(next.LimitFlags & JOB_OBJECT_LIMIT_JOB_MEMORY)) next.JobHighMemoryLimit = 0;
    if (!(next.LimitFlags & LIM_MEMORY_LOW)) next.JobLowMemoryLimit = 0;
    sum_job(index, &sums);
    job->notify = next;
    job->notifyTimeEnd = next.PerJobUserTimeLimit.QuadPart + sums.user;
    job->violationPending = FALSE;
    memset(&job->violation, 0, sizeof job->violation);
    job->crossed = 0;
    /*
     * A value that is already low has not fallen below the limit; one that is already high is reported at the
     * next check.
     */
    job->above = sums.commit < next.JobLowMemoryLimit ? LIM_MEMORY_LOW : 0;
    rate_reset(index, 0);
    rate_reset(index, 1);
    wake_engine(index);
    return ERROR_SUCCESS;
}

void query_notify(int index, int number, void *info) {
    const NOTIFY_INFO_2 *notify = &registry->jobs[index].notify;
    JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION *first = info;
    if (number == CLS_NOTIFY_2) {
        *(NOTIFY_INFO_2 *)info = *notify;
        return;
    }
    memset(first, 0, sizeof *first);
    first->IoReadBytesLimit = notify->IoReadBytesLimit;
    first->IoWriteBytesLimit = notify->IoWriteBytesLimit;
    first->PerJobUserTimeLimit = notify->PerJobUserTimeLimit;
    first->JobMemoryLimit = notify->JobHighMemoryLimit;
    first->RateControlTolerance = notify->CpuTolerance;
    first->RateControlToleranceInterval = notify->CpuInterval;
    first->LimitFlags = notify->LimitFlags & LIM_VALID_NOTIFY;
}

/* Remembers the limits and measured values at the time of the violation. */
static void record(JOB *job, DWORD bits, const SUMS *sums, const DWORD level[2]) {
    VIOLATION_INFO_2 *v = &job->violation;
    v->ViolationLimitFlags |= bits;
    if (bits & LIM_READ_BYTES) v->IoReadBytes = job->ioBytes[0];
    if (bits & LIM_WRITE_BYTES) v->IoWriteBytes = job->ioBytes[1];
    if (bits & JOB_OBJECT_LIMIT_JOB_TIME) v->PerJobUserTime.QuadPart = sums->user;
    if (bits & (JOB_OBJECT_LIMIT_JOB_MEMORY | LIM_MEMORY_LOW)) v->JobMemory = sums->commit;
    if (bits & LIM_CPU_TOLERANCE) v->CpuTolerance = level[0];
    if (bits & LIM_IO_TOLERANCE) v->IoTolerance = level[1];
}

/* The limits that are exceeded now. */
static DWORD exceeded(const JOB *job, const SUMS *sums, const DWORD level[2]) {
    const NOTIFY_INFO_2 *limit = &job->notify;
    DWORD now = 0;
    if (job->ioBytes[0] > limit->IoReadBytesLimit) now |= LIM_READ_BYTES;
    if (job->ioBytes[1] > limit->IoWriteBytesLimit) now |= LIM_WRITE_BYTES;
    if (sums->user > job->notifyTimeEnd) now |= JOB_OBJECT_LIMIT_JOB_TIME;
    if (sums->commit > limit->JobHighMemoryLimit) now |= JOB_OBJECT_LIMIT_JOB_MEMORY;
    if (sums->commit < limit->JobLowMemoryLimit) now |= LIM_MEMORY_LOW;
    if (level[0] >= limit->CpuTolerance) now |= LIM_CPU_TOLERANCE;
    if (level[1] >= limit->IoTolerance) now |= LIM_IO_TOLERANCE;
    return now & limit->LimitFlags;
}

/*
 * Compares the job with its notification limits. `charged` are the I/O limits that a charge has just exceeded.
 * One message reports all of them; there is no other one until its violation was queried. No page says whether
 * one follows then while a limit stays exceeded: a job of the repeating model sends one, any other job at the
 * next crossing.
 */
void check_notifications(int index, const SUMS *sums, DWORD charged, DWORD pid) {
    JOB *job = &registry->jobs[index];
    DWORD now, fresh, level[2] = {rate_level(index, 0), rate_level(index, 1)};
    if (!job->notify.LimitFlags) return;
    now = exceeded(job, sums, level) & ~(LIM_READ_BYTES | LIM_WRITE_BYTES);
    fresh = (now & ~job->above) | (charged & job->notify.LimitFlags);
    job->crossed = (job->crossed | fresh) & now;
    if (job->repeats && !job->violationPending) fresh |= job->crossed;
    job->above = now;
    if (!fresh) return;
    record(job, fresh, sums, level);
    if (fresh & LIM_CPU_TOLERANCE) rate_reset(index, 0), job->above &= ~LIM_CPU_TOLERANCE;
    if (fresh & LIM_IO_TOLERANCE) rate_reset(index, 1), job->above &= ~LIM_IO_TOLERANCE;
    if (job->violationPending) return;
    job->violationPending = TRUE;
    if (!pid) pid = (fresh & JOB_OBJECT_LIMIT_JOB_TIME) ? sums->userPid : sums->growerPid;
    announce(index, JOB_OBJECT_MSG_NOTIFICATION_LIMIT, pid);
}

void take_violation(int index, int number, void *info) {
    JOB *job = &registry->jobs[index];
    DWORD level[2] = {rate_level(index, 0), rate_level(index, 1)};
    VIOLATION_INFO_2 v;
    SUMS sums;
    sum_job(index, &sums);
    /* All limits that are exceeded now; low memory only after it was high. */
    record(job, exceeded(job, &sums, level) & (job->crossed | ~LIM_MEMORY_LOW), &sums, level);
    v = job->violation;
    v.LimitFlags = job->notify.LimitFlags;
    v.IoReadBytesLimit = job->notify.IoReadBytesLimit;
    v.IoWriteBytesLimit = job->notify.IoWriteBytesLimit;
    v.PerJobUserTimeLimit.QuadPart = (v.LimitFlags & JOB_OBJECT_LIMIT_JOB_TIME) ? job->notifyTimeEnd : 0;
    v.JobHighMemoryLimit = job->notify.JobHighMemoryLimit;
    v.JobLowMemoryLimit = job->notify.JobLowMemoryLimit;
    v.CpuToleranceLimit = job->notify.CpuTolerance;
    v.IoToleranceLimit = job->notify.IoTolerance;
    v.NetToleranceLimit = job->notify.NetTolerance;
    job->violationPending = FALSE;
    memset(&job->violation, 0, sizeof job->violation);
    if (number == CLS_VIOLATION_2) {
        *(VIOLATION_INFO_2 *)info = v;
        return;
    }
    v.LimitFlags &= LIM_VALID_NOTIFY;
    v.ViolationLimitFlags &= LIM_VALID_NOTIFY;
    /* The first 80 bytes are those of the older structure. */
    memcpy(info, &v, sizeof(JOBOBJECT_LIMIT_VIOLATION_INFORMATION));
}
