/* Classes 2 and 9: the limits of a job, which are checked, stored, and passed to Wine if it supports them. */
#include "jobsim.h"

#define PAGE 4096u

static DWORD check_basic(const JOBOBJECT_BASIC_LIMIT_INFORMATION *basic, DWORD valid) {
    DWORD flags = basic->LimitFlags;
    if (flags & ~valid) return ERROR_INVALID_PARAMETER;
    if ((flags & JOB_OBJECT_LIMIT_JOB_TIME) && (flags & JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME)) return ERROR_INVALID_PARAMETER;
    if ((flags & JOB_OBJECT_LIMIT_SUBSET_AFFINITY) && !(flags & JOB_OBJECT_LIMIT_AFFINITY)) return ERROR_INVALID_PARAMETER;
    if (flags & JOB_OBJECT_LIMIT_WORKINGSET) {
        SIZE_T low = basic->MinimumWorkingSetSize, high = basic->MaximumWorkingSetSize;
        if (!low != !high || low > high) return ERROR_INVALID_PARAMETER;
    }
    if ((flags & JOB_OBJECT_LIMIT_PROCESS_TIME) && basic->PerProcessUserTimeLimit.QuadPart < 0) return ERROR_INVALID_PARAMETER;
    if ((flags & JOB_OBJECT_LIMIT_JOB_TIME) && basic->PerJobUserTimeLimit.QuadPart < 0) return ERROR_INVALID_PARAMETER;
    if (flags & JOB_OBJECT_LIMIT_AFFINITY)
        if (!basic->Affinity || (basic->Affinity & ~systemMask)) return ERROR_INVALID_PARAMETER;
    if ((flags & JOB_OBJECT_LIMIT_SCHEDULING_CLASS) && basic->SchedulingClass > 9) return ERROR_INVALID_PARAMETER;
    if (flags & JOB_OBJECT_LIMIT_PRIORITY_CLASS) switch (basic->PriorityClass) {
        case NORMAL_PRIORITY_CLASS:
        case IDLE_PRIORITY_CLASS:
        case HIGH_PRIORITY_CLASS:
        case REALTIME_PRIORITY_CLASS:
        case BELOW_NORMAL_PRIORITY_CLASS:
        case ABOVE_NORMAL_PRIORITY_CLASS:
            break;
        default:
            return ERROR_INVALID_PARAMETER;
        }
    return ERROR_SUCCESS;
}

/* Whether the caller has SeIncreaseBasePriorityPrivilege and it is enabled. */
static BOOL may_raise(void) {
    PRIVILEGE_SET set = {.PrivilegeCount = 1, .Control = PRIVILEGE_SET_ALL_NECESSARY};
    HANDLE token = NULL;
    BOOL enabled = FALSE;
    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) && !OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
        return FALSE;
    if (!LookupPrivilegeValueA(NULL, SE_INC_BASE_PRIORITY_NAME, &set.Privilege[0].Luid) || !PrivilegeCheck(token, &set, &enabled))
        enabled = FALSE;
    real.CloseHandle(token);
    return enabled;
}

/*
 * See Microsoft's page on JOBOBJECT_BASIC_LIMIT_INFORMATION; for a priority class up to above normal, Windows
 * requires no privilege, despite the page.
 */
static DWORD check_privilege(const JOBOBJECT_BASIC_LIMIT_INFORMATION *basic) {
    BOOL raises = (basic->LimitFlags & JOB_OBJECT_LIMIT_SCHEDULING_CLASS) && basic->SchedulingClass > 5;
    if (basic->LimitFlags & JOB_OBJECT_LIMIT_PRIORITY_CLASS)
        raises |= basic->PriorityClass == HIGH_PRIORITY_CLASS || basic->PriorityClass == REALTIME_PRIORITY_CLASS;
    return raises && !may_raise() ? ERROR_PRIVILEGE_NOT_HELD : ERROR_SUCCESS;
}

/* A new job time counts from the time already used; PRESERVE keeps the current one. */
static void set_job_time(JOB *job, const JOBOBJECT_BASIC_LIMIT_INFORMATION *basic, const SUMS *sums) {
    if (basic->LimitFlags & JOB_OBJECT_LIMIT_JOB_TIME) {
        job->jobTime = basic->PerJobUserTimeLimit.QuadPart;
        job->jobTimeEnd = job->jobTime + sums->user;
        job->periodUser = sums->user;
        job->periodKernel = sums->kernel;
        job->unsignaled |= job->exhausted;
        job->exhausted = FALSE;
    } else if (!(basic->LimitFlags & JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME) || !(job->flags & JOB_OBJECT_LIMIT_JOB_TIME)) {
        job->jobTime = job->jobTimeEnd = 0;
        job->unsignaled |= job->exhausted;
        job->exhausted = FALSE;
    }
}

/* The flags that Wine's own job understands. */
BOOL forward_flags(HANDLE handle, DWORD flags) {
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION forward = {0};
    forward.BasicLimitInformation.LimitFlags =
        flags & (JOB_OBJECT_LIMIT_BREAKAWAY_OK | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE);
    return real.SetInformationJobObject(handle, CLS_EXTENDED_LIMIT, &forward, sizeof forward);
}

DWORD set_limits(int index, HANDLE handle, int number, const void *info, DWORD length) {
    JOB *job = &registry->jobs[index];
    const JOBOBJECT_BASIC_LIMIT_INFORMATION *basic = info;
    const JOBOBJECT_EXTENDED_LIMIT_INFORMATION *extended = number == CLS_EXTENDED_LIMIT ? info : NULL;
    DWORD flags = basic->LimitFlags, valid = extended ? LIM_VALID_EXTENDED : LIM_VALID_BASIC, error;
    SUMS sums;
    if (length == sizeof(EXTENDED_LIMIT_V2)) valid |= LIM_SILO_READY;
    error = check_basic(basic, valid);
    if (!error) error = check_privilege(basic);
    if (error) return error;
    if (extended && (flags & JOB_OBJECT_LIMIT_PROCESS_MEMORY) && extended->ProcessMemoryLimit < PAGE) return ERROR_INVALID_PARAMETER;
    if (extended && (flags & JOB_OBJECT_LIMIT_JOB_MEMORY) && extended->JobMemoryLimit < PAGE) return ERROR_INVALID_PARAMETER;
    if (!forward_flags(handle, flags | guard_of(index))) return GetLastError();
    sum_job(index, &sums);
    set_job_time(job, basic, &sums);
    if (flags & JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME)
        flags = (flags & ~JOB_OBJECT_LIMIT_PRESERVE_JOB_TIME) | (job->flags & JOB_OBJECT_LIMIT_JOB_TIME);
#define KEEP(flag, field, value) job->field = (flags & (flag)) ? (value) : 0
    KEEP(JOB_OBJECT_LIMIT_PROCESS_TIME, processTime, basic->PerProcessUserTimeLimit.QuadPart);
    KEEP(JOB_OBJECT_LIMIT_WORKINGSET, minWorkingSet, basic->MinimumWorkingSetSize);
    KEEP(JOB_OBJECT_LIMIT_WORKINGSET, maxWorkingSet, basic->MaximumWorkingSetSize);
    KEEP(JOB_OBJECT_LIMIT_ACTIVE_PROCESS, activeLimit, basic->ActiveProcessLimit);
    KEEP(JOB_OBJECT_LIMIT_AFFINITY, affinity, basic->Affinity);
    KEEP(JOB_OBJECT_LIMIT_PRIORITY_CLASS, priorityClass, basic->PriorityClass);
    job->schedulingClass = (flags & JOB_OBJECT_LIMIT_SCHEDULING_CLASS) ? basic->SchedulingClass : 5;
    /* Windows stores memory limits in pages. */
    KEEP(JOB_OBJECT_LIMIT_PROCESS_MEMORY, processMemory, extended ? extended->ProcessMemoryLimit / PAGE * PAGE : 0);
    KEEP(JOB_OBJECT_LIMIT_JOB_MEMORY, jobMemory, extended ? extended->JobMemoryLimit / PAGE * PAGE : 0);
#undef KEEP
    if (length == sizeof(EXTENDED_LIMIT_V2)) job->totalMemory = ((const EXTENDED_LIMIT_V2 *)info)->JobTotalMemoryLimit;
    job->flags = flags;
    examine_all(index);
    wake_engine(index);
    return ERROR_SUCCESS;
}

void query_limits(int index, int number, void *info, DWORD length) {
    const JOB *job = &registry->jobs[index];
    JOBOBJECT_BASIC_LIMIT_INFORMATION *basic = info;
    memset(info, 0, length);
    basic->PerProcessUserTimeLimit.QuadPart = job->processTime;
    basic->PerJobUserTimeLimit.QuadPart = job->jobTime;
    basic->LimitFlags = job->flags; /* class 2 shows those of class 9 too */
    basic->MinimumWorkingSetSize = job->minWorkingSet;
    basic->MaximumWorkingSetSize = job->maxWorkingSet;
    basic->ActiveProcessLimit = job->activeLimit;
    basic->Affinity = job->affinity;
    basic->PriorityClass = job->priorityClass;
    basic->SchedulingClass = job->schedulingClass;
    if (number == CLS_EXTENDED_LIMIT) {
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION *extended = info;
        extended->ProcessMemoryLimit = job->processMemory;
        extended->JobMemoryLimit = job->jobMemory;
        extended->PeakProcessMemoryUsed = job->peakProcess;
        extended->PeakJobMemoryUsed = job->peakJob;
    }
    if (length == sizeof(EXTENDED_LIMIT_V2)) ((EXTENDED_LIMIT_V2 *)info)->JobTotalMemoryLimit = job->totalMemory;
}
