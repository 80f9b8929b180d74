/* SetInformationJobObject and QueryInformationJobObject. */
#include "jobsim.h"

/* The innermost job of this process, which a query without a handle refers to. */
int own_job(void) {
    const MEMBER *member = find_member(GetCurrentProcessId());
    int best = -1;
    for (int i = 0; member && i < member->count; i++)
        if (best < 0 || depth_of(member->job[i]) > depth_of(best)) best = member->job[i];
    return best;
}

static BOOL is_port(HANDLE handle) {
    BYTE buffer[512];
    ULONG length;
    if (real.NtQueryObject(handle, 2, buffer, sizeof buffer, &length) < 0) return FALSE;
    return !wcscmp(((UNICODE_STRING *)buffer)->Buffer, L"IoCompletion");
}

static DWORD set_port(int index, const JOBOBJECT_ASSOCIATE_COMPLETION_PORT *info) {
    JOB *job = &registry->jobs[index];
    LOCAL_JOB *local = &localJobs[index];
    HANDLE copy;
    if (!info->CompletionPort) {
        if (local->port) real.CloseHandle(local->port);
        local->port = NULL;
        job->portEngine = -1;
        job->portGeneration++;
        return ERROR_SUCCESS;
    }
    if (job->portEngine >= 0) return ERROR_INVALID_PARAMETER;
    if (!is_port(info->CompletionPort)) return ERROR_INVALID_HANDLE;
    /* A copy, because the kernel would hold the port itself: the caller may close its handle. */
    if (!DuplicateHandle(GetCurrentProcess(), info->CompletionPort, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS))
        return GetLastError();
    if (local->port) real.CloseHandle(local->port);
    local->port = copy;
    local->portGeneration = ++job->portGeneration;
    job->portEngine = self;
    job->portHandle = copy;
    job->portKey = (ULONG_PTR)info->CompletionKey;
    replay(index);
    return ERROR_SUCCESS;
}

static DWORD set_freeze(int index, const FREEZE_INFO *info) {
    JOB *job = &registry->jobs[index];
    if (!info->Flags || (info->Flags & ~7u)) return ERROR_INVALID_PARAMETER;
    if ((info->Flags & 1) && info->Freeze > 1) return ERROR_INVALID_PARAMETER;
    if (info->Flags & 2) job->wakeHigh = info->HighEdge, job->wakeLow = info->LowEdge;
    if (info->Flags & 1) job->frozen = info->Freeze;
    wake_engine(index);
    return ERROR_SUCCESS;
}

static DWORD set_ui(int index, DWORD mask) {
    if (mask & ~(windowsBuild >= 26100 ? 0x3FFu : 0xFFu)) return ERROR_INVALID_PARAMETER;
    registry->jobs[index].ui = mask;
    return ERROR_SUCCESS;
}

static DWORD set_class(int index, HANDLE handle, int number, const void *info, DWORD length) {
    JOB *job = &registry->jobs[index];
    const CLASS_RULE *rule = class_rule(number);
    SUMS sums;
    switch (number) {
    case CLS_BASIC_LIMIT:
    case CLS_EXTENDED_LIMIT: return set_limits(index, handle, number, info, length);
    case CLS_UI: return set_ui(index, *(const DWORD *)info);
    case CLS_END_OF_JOB:
        if (*(const DWORD *)info > JOB_OBJECT_POST_AT_END_OF_JOB) return ERROR_INVALID_PARAMETER;
        job->endOfJobAction = *(const DWORD *)info;
        return ERROR_SUCCESS;
    case CLS_PORT: return set_port(index, info);
    case CLS_GROUPS:
    case CLS_GROUPS_EX: return set_groups(index, number, info, length);
    case CLS_NOTIFY:
    case CLS_NOTIFY_2: return set_notify(index, number, info);
    case CLS_CPU_RATE: return set_cpu(index, info);
    case CLS_FILTER:
        if (*(const DWORD *)info & ~0x3FFEu) return ERROR_INVALID_PARAMETER;
        break;
    case CLS_COUNTER: job->delivered = *(const ULONGLONG *)info; return ERROR_SUCCESS;
    case CLS_FREEZE: return set_freeze(index, info);
    case CLS_CLEAR_PEAK:
        sum_job(index, &sums);
        job->peakJob = sums.commit;
        return ERROR_SUCCESS;
    case CLS_IO_RATE: return set_native_io(index, info, length);
    case CLS_NET_RATE: return set_net(index, info);
    case CLS_IO_ATTRIBUTION: return set_attribution(index, info);
    }
    memcpy(job->stored + rule->stored, info, length);
    return ERROR_SUCCESS;
}

static BOOL uses_samples(int number) {
    switch (number) {
    case CLS_BASIC_ACCOUNTING:
    case CLS_BASIC_AND_IO:
    case CLS_EXTENDED_LIMIT:
    case CLS_BASIC_LIMIT:
    case CLS_NOTIFY:
    case CLS_NOTIFY_2:
    case CLS_VIOLATION:
    case CLS_VIOLATION_2:
    case CLS_CLEAR_PEAK:
    case CLS_EXTENDED_ACCOUNTING:
    case CLS_MEMORY_USAGE: return TRUE;
    }
    return FALSE;
}

/*
 * Returns the job of a call, or -1 with the last error. Brings its members up to date if the class reports what
 * they used or counts from it. Takes the lock.
 */
static int locked_job(HANDLE handle, int number, DWORD access) {
    BOOL active;
    int job;
    lock();
    if (handle || access != JOB_OBJECT_QUERY) job = resolve(handle, access);
    else if ((job = own_job()) < 0) SetLastError(ERROR_ACCESS_DENIED);
    if (job < 0 || !uses_samples(number)) return job;
    active = registry->jobs[job].active != 0;
    unlock();
    if (active && access != JOB_OBJECT_QUERY) sample(TRUE); /* a new limit counts from this moment */
    if (active) sample_job(job);
    await_peaks(job);
    lock();
    return handle ? resolve(handle, access) : job;
}

EXPORT_AS(SetInformationJobObject, sim_SetInformationJobObject);
BOOL WINAPI sim_SetInformationJobObject(HANDLE handle, int number, void *info, DWORD length) {
    DWORD error;
    int job;
    if (!start()) return FALSE;
    error = check_call(number, TRUE, length);
    if (error) return fail(error);
    if (length && !info) return fail(ERROR_NOACCESS);
    job = locked_job(handle, number, JOB_OBJECT_SET_ATTRIBUTES);
    error = job < 0 ? GetLastError() : set_class(job, handle, number, info, length);
    unlock();
    return error ? fail(error) : TRUE;
}

/* Wine counts the processes at once, the engine only when it has relayed them; so Wine's counts are better. */
static void query_accounting(int index, HANDLE handle, JOBOBJECT_BASIC_ACCOUNTING_INFORMATION *out) {
    const JOB *job = &registry->jobs[index];
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION wine = {0};
    SUMS sums;
    for (int i = 0; i < registry->memberHigh; i++)
        if (registry->members[i].count && place_in(&registry->members[i], index) >= 0) refresh_faults(&registry->members[i]);
    sum_job(index, &sums);
    memset(out, 0, sizeof *out);
    out->TotalUserTime.QuadPart = sums.user;
    out->TotalKernelTime.QuadPart = sums.kernel;
    out->ThisPeriodTotalUserTime.QuadPart = sums.user - job->periodUser;
    out->ThisPeriodTotalKernelTime.QuadPart = sums.kernel - job->periodKernel;
    out->TotalPageFaultCount = sums.faults;
    out->TotalTerminatedProcesses = job->limitKills;
    out->TotalProcesses = job->total;
    out->ActiveProcesses = job->active;
    if (!handle || !real.QueryInformationJobObject(handle, CLS_BASIC_ACCOUNTING, &wine, sizeof wine, NULL)) return;
    out->TotalProcesses = wine.TotalProcesses;
    /* Wine also counts what Windows does not: members whose end was requested, and what these still start. */
    if (job->held || has_ending(index)) return;
    out->ActiveProcesses = wine.ActiveProcesses > job->stillborn ? wine.ActiveProcesses - job->stillborn : 0;
}

static void query_io(int index, IO_COUNTERS *out) {
    const JOB *job = &registry->jobs[index];
    out->ReadOperationCount = job->ioOps[0];
    out->WriteOperationCount = job->ioOps[1];
    out->OtherOperationCount = job->ioOps[2];
    out->ReadTransferCount = job->ioBytes[0];
    out->WriteTransferCount = job->ioBytes[1];
    out->OtherTransferCount = job->ioBytes[2];
}

static DWORD query_ids(int index, HANDLE handle, JOBOBJECT_BASIC_PROCESS_ID_LIST *out, DWORD length, DWORD *needed) {
    DWORD room = (length - 8) / sizeof(ULONG_PTR);
    if (handle && !has_ending(index) && !registry->jobs[index].stillborn)
        return real.QueryInformationJobObject(handle, CLS_PROCESS_IDS, out, length, needed) ? ERROR_SUCCESS : GetLastError();
    out->NumberOfAssignedProcesses = out->NumberOfProcessIdsInList = 0;
    for (int i = 0; i < registry->memberHigh; i++) {
        const MEMBER *member = &registry->members[i];
        if (!member->count || member->ending || place_in(member, index) < 0) continue;
        if (out->NumberOfAssignedProcesses++ < room) out->ProcessIdList[out->NumberOfProcessIdsInList++] = member->pid;
    }
    if (out->NumberOfAssignedProcesses > room) return ERROR_MORE_DATA;
    *needed = 8 + out->NumberOfProcessIdsInList * sizeof(ULONG_PTR);
    return ERROR_SUCCESS;
}

static void query_attribution(const JOB *job, ATTRIBUTION_INFO *out) {
    memset(out, 0, sizeof *out);
    out->ControlFlags = job->attributionOn ? 1 : 2;
    out->ReadStats = job->attribution[0];
    out->WriteStats = job->attribution[1];
}

static DWORD query_class(int index, HANDLE handle, int number, void *info, DWORD length, DWORD *needed) {
    JOB *job = &registry->jobs[index];
    const CLASS_RULE *rule = class_rule(number);
    EXTENDED_ACCOUNTING *accounting = info;
    FREEZE_INFO *freeze = info;
    MEMORY_INFO *memory = info;
    SUMS sums;
    *needed = length;
    switch (number) {
    case CLS_PROCESS_IDS: return query_ids(index, handle, info, length, needed);
    case CLS_GROUPS:
    case CLS_GROUPS_EX: return query_groups(index, number, info, length, needed);
    case CLS_IO_ATTRIBUTION:
        if (!job->attributionEver) return ERROR_NOT_FOUND;
        query_attribution(job, info);
        return ERROR_SUCCESS;
    }
    memset(info, 0, length);
    switch (number) {
    case CLS_BASIC_LIMIT:
    case CLS_EXTENDED_LIMIT: query_limits(index, number, info, length); break;
    case CLS_EXTENDED_ACCOUNTING:
    case CLS_BASIC_AND_IO: query_io(index, &accounting->IoInfo); /* fall through */
    case CLS_BASIC_ACCOUNTING: query_accounting(index, handle, info); break;
    case CLS_UI: *(DWORD *)info = job->ui; break;
    case CLS_END_OF_JOB: *(DWORD *)info = job->endOfJobAction; break;
    case CLS_NOTIFY:
    case CLS_NOTIFY_2: query_notify(index, number, info); break;
    case CLS_VIOLATION:
    case CLS_VIOLATION_2: take_violation(index, number, info); break;
    case CLS_CPU_RATE: *(CPU_RATE_INFO *)info = job->cpu; break;
    case CLS_COUNTER: *(ULONGLONG *)info = job->delivered; break;
    case CLS_FREEZE:
        freeze->Flags = 1;
        freeze->Freeze = (BOOLEAN)job->frozen;
        freeze->HighEdge = job->wakeHigh;
        freeze->LowEdge = job->wakeLow;
        break;
    case CLS_MEMORY_USAGE:
        sum_job(index, &sums);
        memory->JobMemory = sums.commit;
        memory->PeakJobMemoryUsed = job->peakJob;
        break;
    case CLS_IO_RATE: query_native_io(index, info, length); break;
    case CLS_NET_RATE: *(NET_RATE_INFO *)info = job->net; break;
    default:
        if (rule->stored >= 0) memcpy(info, job->stored + rule->stored, length);
    }
    return ERROR_SUCCESS;
}

EXPORT_AS(QueryInformationJobObject, sim_QueryInformationJobObject);
BOOL WINAPI sim_QueryInformationJobObject(HANDLE handle, int number, void *info, DWORD length, DWORD *returned) {
    DWORD error, needed = 0;
    int job;
    if (!start()) return FALSE;
    error = check_call(number, FALSE, length);
    if (!error && number == CLS_PROCESS_IDS && length < sizeof(JOBOBJECT_BASIC_PROCESS_ID_LIST)) error = ERROR_BAD_LENGTH;
    if (error) return fail(error);
    if (length && !info) return fail(ERROR_NOACCESS);
    job = locked_job(handle, number, JOB_OBJECT_QUERY);
    error = job < 0 ? GetLastError() : query_class(job, handle, number, info, length, &needed);
    unlock();
    /* For a list of processes that is too small the length is not set; for a list of groups it is. */
    if (returned && (!error || error == ERROR_INSUFFICIENT_BUFFER)) *returned = needed;
    return error ? fail(error) : TRUE;
}
