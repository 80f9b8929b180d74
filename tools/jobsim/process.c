/* Processes join a job, and are ended in it. */
#include "jobsim.h"

#define MAX_LIST 32

/* Whether a new process must not run before the engine has seen it. */
static BOOL judges(int index) {
    const JOB *job = &registry->jobs[index];
    if (job->exhausted || job->frozen || job->groupCount) return TRUE;
    return (job->flags & (JOB_OBJECT_LIMIT_ACTIVE_PROCESS | JOB_OBJECT_LIMIT_AFFINITY | JOB_OBJECT_LIMIT_PRIORITY_CLASS)) != 0;
}

/*
 * The jobs of a process: those that the engine has recorded, and, since a grandchild may not be recorded yet,
 * those of this process's open jobs that contain it according to Wine.
 */
static int jobs_of(DWORD pid, HANDLE process, int *jobs) {
    const MEMBER *member = find_member(pid);
    int count = 0;
    for (int i = 0; i < registry->jobHigh; i++) {
        BOOL in = member && place_in(member, i) >= 0;
        HANDLE handle = in || !registry->jobs[i].used ? NULL : any_handle(i, JOB_OBJECT_QUERY);
        if (handle) real.IsProcessInJob(process, handle, &in);
        if (in && count < MAX_LIST) jobs[count++] = i;
    }
    return count;
}

static BOOL is_listed(int job, const int *jobs, int count) {
    for (int i = 0; i < count; i++)
        if (jobs[i] == job) return TRUE;
    return FALSE;
}

static int innermost(const int *jobs, int count, int except) {
    int best = -1;
    for (int i = 0; i < count; i++) {
        if (jobs[i] == except || is_ancestor(except, jobs[i])) continue;
        if (best < 0 || depth_of(jobs[i]) > depth_of(best)) best = jobs[i];
    }
    return best;
}

static void set_parent(int child, int parent) {
    JOB *job = &registry->jobs[child];
    if (child == parent || parent < 0 || parent_of(child) >= 0 || is_ancestor(child, parent)) return;
    job->parent = parent;
    job->parentGeneration = registry->jobs[parent].generation;
}

/* If either job restricts the user interface, one cannot nest in the other. */
static BOOL nests_with_ui(int job, const int *jobs, int count) {
    BOOL other = FALSE, ui = registry->jobs[job].ui != 0;
    for (int i = 0; i < count; i++) {
        if (jobs[i] == job) continue;
        other = TRUE;
        ui |= registry->jobs[jobs[i]].ui != 0;
    }
    return other && ui;
}

/* `known` is the same process as `process`, with the rights to see who it is and whether it has ended. */
static BOOL assign(HANDLE handle, HANDLE process, HANDLE known) {
    DWORD pid, error = ERROR_SUCCESS, since;
    BOOL already = FALSE;
    int job, jobs[MAX_LIST], joined[MAX_CHAIN], count = 0, joins = 0;
    BOOL arrives;
    lock();
    job = resolve(handle, JOB_OBJECT_ASSIGN_PROCESS);
    arrives = job >= 0 && limits_memory(job);
    unlock();
    pid = GetProcessId(known);
    if (arrives) note_arrival(pid);
    lock();
    job = resolve(handle, JOB_OBJECT_ASSIGN_PROCESS);
    if (job < 0) error = GetLastError();
    if (!error) real.IsProcessInJob(known, handle, &already);
    if (!error && !already) count = jobs_of(pid, known, jobs);
    if (!error && !already && nests_with_ui(job, jobs, count)) error = ERROR_ACCESS_DENIED;
    since = registry->verdictNext;
    if (!error && !real.AssignProcessToJobObject(handle, process)) error = GetLastError();
    if (!error && !already) set_parent(job, innermost(jobs, count, job));
    /* Each job around it that the process also joins decides too. */
    for (int at = job, i = 0; !error && !already && at >= 0 && i < MAX_CHAIN; i++, at = parent_of(at))
        if (!is_listed(at, jobs, count)) joined[joins++] = at;
    unlock();
    if (!error && joins) error = verdict(pid, joined, joins, since);
    return error ? fail(error) : TRUE;
}

EXPORT_AS(AssignProcessToJobObject, sim_AssignProcessToJobObject);
/* The caller's handle needs only PROCESS_SET_QUOTA and PROCESS_TERMINATE. */
BOOL WINAPI sim_AssignProcessToJobObject(HANDLE handle, HANDLE process) {
    HANDLE own = GetCurrentProcess(), known = NULL;
    BOOL done;
    DWORD error;
    if (!start()) return FALSE;
    DuplicateHandle(own, process, own, &known, PROCESS_QUERY_INFORMATION | SYNCHRONIZE, FALSE, 0);
    done = assign(handle, process, known ? known : process);
    error = GetLastError();
    if (known) real.CloseHandle(known);
    SetLastError(error);
    return done;
}

/*
 * Wine's server crashes if a process ends that it has only just created. Waits until all members that
 * it counts have been relayed and can be ended; what they have used so far is sampled. FALSE if it does not
 * come to that. The lock is not held.
 */
BOOL await_newcomers(int job, HANDLE handle) {
    ULONGLONG deadline = GetTickCount64() + RELAY_TAKES;
    LARGE_INTEGER moment;
    BOOL ready = FALSE;
    moment.QuadPart = -2000; /* 200 us */
    sample(FALSE); /* the final numbers of those that end now */
    for (;;) {
        JOBOBJECT_BASIC_ACCOUNTING_INFORMATION wine = {0};
        lock();
        if (!registry->jobs[job].used) ready = TRUE;
        else if (real.QueryInformationJobObject(handle, CLS_BASIC_ACCOUNTING, &wine, sizeof wine, NULL))
            ready = wine.TotalProcesses <= registry->jobs[job].total && all_can_end(job);
        else ready = all_can_end(job);
        unlock();
        if (ready) return TRUE;
        if (GetTickCount64() > deadline) {
            report_late("the engine has not seen all processes of a job", RELAY_TAKES);
            return FALSE;
        }
        real.NtDelayExecution(FALSE, &moment);
    }
}

EXPORT_AS(TerminateJobObject, sim_TerminateJobObject);
BOOL WINAPI sim_TerminateJobObject(HANDLE handle, UINT code) {
    DWORD error = ERROR_SUCCESS;
    BOOL ended;
    int job;
    if (!start()) return FALSE;
    lock();
    job = resolve(handle, JOB_OBJECT_TERMINATE);
    if (job < 0) error = GetLastError();
    unlock();
    if (error) return fail(error);
    /* A process that the engine has not seen would outlive the job's end. */
    if (!await_newcomers(job, handle) || !await_relay()) return fail(ERROR_TIMEOUT);
    lock();
    registry->jobs[job].unsignaled = FALSE;
    ended = request_end(job, handle, code);
    error = GetLastError();
    unlock();
    SetLastError(error);
    return ended;
}

EXPORT_AS(IsProcessInJob, sim_IsProcessInJob);
/* On Windows PROCESS_QUERY_LIMITED_INFORMATION is enough; Wine requires the larger right. */
BOOL WINAPI sim_IsProcessInJob(HANDLE process, HANDLE job, BOOL *result) {
    HANDLE larger;
    DWORD error;
    BOOL told;
    if (!start()) return FALSE;
    if (real.IsProcessInJob(process, job, result)) return TRUE;
    if (GetLastError() != ERROR_ACCESS_DENIED) return FALSE;
    larger = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, GetProcessId(process));
    if (!larger) return SetLastError(ERROR_ACCESS_DENIED), FALSE;
    told = real.IsProcessInJob(larger, job, result);
    error = GetLastError();
    real.CloseHandle(larger);
    SetLastError(error);
    return told;
}

/* The jobs in the caller's attribute list; -1 with last error 6 if one is not a job. */
static int listed_jobs(DWORD flags, const STARTUPINFOW *startup, int *jobs) {
    const ATTRIBUTE_LIST *list = (const ATTRIBUTE_LIST *)((const STARTUPINFOEXW *)startup)->lpAttributeList;
    int count = 0;
    if (!(flags & EXTENDED_STARTUPINFO_PRESENT) || startup->cb < sizeof(STARTUPINFOEXW) || !list) return 0;
    for (DWORD i = 0; i < list->count; i++) {
        const HANDLE *handles = list->entry[i].value;
        if (list->entry[i].attribute != ATTRIBUTE_JOB_LIST) continue;
        for (SIZE_T k = 0; k < list->entry[i].size / sizeof(HANDLE) && count < MAX_LIST; k++) {
            int job = resolve(handles[k], JOB_OBJECT_ASSIGN_PROCESS);
            if (job < 0) return -1;
            if (!is_listed(job, jobs, count)) jobs[count++] = job;
        }
    }
    return count;
}

/* The caller's own jobs that a child inherits: from the innermost up, except those that let it break away. */
static int inherited_jobs(DWORD flags, int *jobs) {
    int count = 0;
    BOOL leaving = TRUE;
    for (int job = own_job(), i = 0; job >= 0 && i < MAX_CHAIN; i++, job = parent_of(job)) {
        DWORD limits = registry->jobs[job].flags;
        leaving = leaving && ((limits & JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK) ||
                              ((flags & CREATE_BREAKAWAY_FROM_JOB) && (limits & JOB_OBJECT_LIMIT_BREAKAWAY_OK)));
        if (!leaving && count < MAX_CHAIN) jobs[count++] = job;
    }
    return count;
}

static BOOL list_nests_with_ui(const int *listed, int count, int inherited, const int *chain) {
    BOOL ui = FALSE;
    for (int i = 0; i < count; i++) ui |= registry->jobs[listed[i]].ui != 0;
    for (int i = 0; i < inherited; i++) ui |= registry->jobs[chain[i]].ui != 0;
    return ui && count > 0 && count + inherited > 1;
}

typedef struct {
    const WCHAR *application;
    WCHAR *line;
    SECURITY_ATTRIBUTES *process, *thread;
    BOOL inherit;
    DWORD flags;
    void *environment;
    const WCHAR *directory;
    STARTUPINFOW *startup;
    PROCESS_INFORMATION *out;
} BIRTH;

static BOOL give_birth(const BIRTH *b, BOOL asUser, HANDLE token, DWORD flags) {
    if (!asUser)
        return real.CreateProcessW(b->application, b->line, b->process, b->thread, b->inherit, flags, b->environment,
                                   b->directory, b->startup, b->out);
    return CreateProcessAsUserW(token, b->application, b->line, b->process, b->thread, b->inherit, flags, b->environment,
                                b->directory, b->startup, b->out);
}

static BOOL create(const BIRTH *b, BOOL asUser, HANDLE token) {
    int listed[MAX_LIST], chain[MAX_CHAIN], all[MAX_LIST + MAX_CHAIN], members = 0, count, inherited;
    PROCESS_INFORMATION *out = b->out;
    BOOL gate = FALSE, created;
    DWORD error = ERROR_SUCCESS, since;
    if (!start()) return FALSE;
    lock();
    since = registry->verdictNext;
    count = listed_jobs(b->flags, b->startup, listed);
    if (count < 0) error = GetLastError();
    inherited = inherited_jobs(b->flags, chain);
    if (!error && list_nests_with_ui(listed, count, inherited, chain)) error = ERROR_ACCESS_DENIED;
    for (int i = 0; i < count; i++) gate |= judges(listed[i]);
    for (int i = 0; i < inherited; i++) gate |= judges(chain[i]);
    unlock();
    if (error) return fail(error);
    created = give_birth(b, asUser, token, gate ? b->flags | CREATE_SUSPENDED : b->flags);
    if (!created || (!count && !inherited)) return created;
    lock();
    for (int i = 0; i < count; i++) {
        BOOL in = FALSE;
        HANDLE handle = any_handle(listed[i], JOB_OBJECT_QUERY);
        /* Wine drops the list for batch files. */
        if (handle) real.IsProcessInJob(out->hProcess, handle, &in);
        if (!in) continue;
        set_parent(listed[i], i ? listed[i - 1] : inherited ? chain[0] : -1);
        all[members++] = listed[i];
    }
    for (int i = 0; i < inherited; i++) all[members++] = chain[i];
    unlock();
    error = members ? verdict(out->dwProcessId, all, members, since) : ERROR_SUCCESS;
    if (error) {
        TerminateProcess(out->hProcess, error);
        real.CloseHandle(out->hThread);
        real.CloseHandle(out->hProcess);
        await_released(out->dwProcessId);
        memset(out, 0, sizeof *out);
        return fail(error);
    }
    if (gate && !(b->flags & CREATE_SUSPENDED)) ResumeThread(out->hThread);
    return TRUE;
}

EXPORT_AS(CreateProcessW, sim_CreateProcessW);
BOOL WINAPI sim_CreateProcessW(const WCHAR *application, WCHAR *line, SECURITY_ATTRIBUTES *process, SECURITY_ATTRIBUTES *thread,
                               BOOL inherit, DWORD flags, void *environment, const WCHAR *directory, STARTUPINFOW *startup,
                               PROCESS_INFORMATION *out) {
    BIRTH birth = {application, line, process, thread, inherit, flags, environment, directory, startup, out};
    return create(&birth, FALSE, NULL);
}

EXPORT_AS(CreateProcessAsUserW, sim_CreateProcessAsUserW);
BOOL WINAPI sim_CreateProcessAsUserW(HANDLE token, const WCHAR *application, WCHAR *line, SECURITY_ATTRIBUTES *process,
                                     SECURITY_ATTRIBUTES *thread, BOOL inherit, DWORD flags, void *environment,
                                     const WCHAR *directory, STARTUPINFOW *startup, PROCESS_INFORMATION *out) {
    BIRTH birth = {application, line, process, thread, inherit, flags, environment, directory, startup, out};
    return create(&birth, TRUE, token);
}

/* The grant has no effect, since Wine's windows do not know jobs. The handles are checked as on Windows. */
EXPORT_AS(UserHandleGrantAccess, sim_UserHandleGrantAccess);
BOOL WINAPI sim_UserHandleGrantAccess(HANDLE user, HANDLE handle, BOOL grant) {
    int job;
    DWORD error;
    (void)grant;
    if (!start()) return FALSE;
    lock();
    job = resolve(handle, JOB_OBJECT_SET_ATTRIBUTES);
    error = job < 0 ? GetLastError() : ERROR_SUCCESS;
    unlock();
    if (error) return fail(error);
    return user ? TRUE : fail(ERROR_INVALID_WINDOW_HANDLE);
}
