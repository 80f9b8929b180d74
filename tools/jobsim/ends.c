/* The end of a job's processes: requested at once, finished later, and the messages about it. */
#include "jobsim.h"

#define END_DELAY 50 /* milliseconds from the request to the end */
#define FOREIGN_TAKES 5000 /* milliseconds that an engine of another process may need for an end */
#define MAX_PENDING 256

/*
 * The ends that this process has requested. Each holds its own handle to Wine's job. If it is the last handle
 * and the job kills on close, closing it ends the tree, even if this process dies. If no other process holds
 * the job, Wine's job kills on close until the end is complete (guarded): then no other process could notice
 * that this process is dead.
 */
static struct { HANDLE job; int index; DWORD generation; UINT code; BOOL terminates, guarded; ULONGLONG due; } pending[MAX_PENDING];
static volatile LONG pendingCount;

BOOL ends_finished(int index) { return registry->jobs[index].finishedEnds; }

/* Sends one message each time that the last process has gone. */
void tell_if_empty(int index) {
    JOB *job = &registry->jobs[index];
    if (job->active || !job->populated) return;
    job->populated = FALSE;
    deliver(index, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, 0);
}

/* The process no longer counts in any of its jobs, although it still exists, and no longer runs. */
static void request_one(MEMBER *member, HANDLE process, UINT code, BYTE *touched) {
    member->ending = ENDING;
    member->endCode = code;
    member->endEngine = self;
    member->endDue = GetTickCount64() + END_DELAY;
    GetSystemTimePreciseAsFileTime((FILETIME *)&member->endAsked);
    if (member->settled && member->pid != GetCurrentProcessId()) real.NtSuspendProcess(process);
    for (int i = 0; i < member->count; i++) {
        JOB *job = &registry->jobs[member->job[i]];
        if (!member->refused[i] && job->active) job->active--;
        touched[member->job[i]] = 1;
    }
}

/* Processes that have ended by themselves are skipped: their messages are on the way. */
static BOOL request_all(int index, UINT code) {
    static BYTE touched[MAX_JOBS];
    BOOL any = FALSE;
    memset(touched, 0, sizeof touched);
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        HANDLE process;
        if (!member->count || member->ending || place_in(member, index) < 0) continue;
        process = member_process(member);
        if (!process || has_ended(process)) continue;
        request_one(member, process, code, touched);
        any = TRUE;
    }
    /* The innermost job reports first. */
    for (int depth = MAX_CHAIN; depth >= 0; depth--)
        for (int i = 0; i < registry->jobHigh; i++)
            if (touched[i] && depth_of(i) == depth) tell_if_empty(i);
    return any;
}

/* Wine does not end a process without a thread: jobsim does, as soon as it is complete. */
static void doom_newborn(int index, UINT code) {
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        if (!member->count || member->settled || place_in(member, index) < 0 || !has_no_thread(member_process(member))) continue;
        member->doomed = TRUE;
        member->endCode = code;
    }
}

static BOOL is_own_member(int index) {
    const MEMBER *member = find_member(GetCurrentProcessId());
    return member && place_in(member, index) >= 0;
}

/* The flags that Wine's job gets in addition to its own. */
DWORD guard_of(int index) {
    for (int i = 0; i < pendingCount; i++)
        if (pending[i].guarded && pending[i].index == index && pending[i].generation == registry->jobs[index].generation)
            return JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    return 0;
}

/* Whether the engine thread can do the end; it then owns `job`. */
static BOOL put_off(HANDLE job, int index, UINT code, BOOL terminates, BOOL alone) {
    if (pendingCount == MAX_PENDING) return FALSE;
    pending[pendingCount].guarded = alone && job && forward_flags(job, registry->jobs[index].flags | JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE);
    pending[pendingCount].job = job;
    pending[pendingCount].index = index;
    pending[pendingCount].generation = registry->jobs[index].generation;
    pending[pendingCount].code = code;
    pending[pendingCount].terminates = terminates;
    pending[pendingCount].due = GetTickCount64() + END_DELAY;
    pendingCount++;
    if (job) registry->jobs[index].pendingHandles++;
    PostQueuedCompletionStatus(enginePort, 0, 0, NULL);
    return TRUE;
}

static void end_each(int index) {
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        HANDLE process;
        if (member->ending != ENDING || place_in(member, index) < 0) continue;
        if (!member->settled) {
            settle(member); /* at once, or when it is complete */
            continue;
        }
        process = member_process(member);
        if (process) TerminateProcess(process, member->endCode);
        member->ending = ENDED;
    }
}

static BOOL is_last_handle(HANDLE handle, int index) {
    PUBLIC_OBJECT_BASIC_INFORMATION info = {0};
    ULONG length;
    if (real.NtQueryObject(handle, 0, &info, sizeof info, &length) < 0) return FALSE;
    return info.HandleCount <= 1 + registry->jobs[index].pendingHandles;
}

/*
 * Ends the members of a job, as TerminateJobObject does. In the model where ends count when requested, they are
 * complete when the engine has processed them; the caller's own end cannot wait. The lock is held.
 */
BOOL request_end(int index, HANDLE handle, UINT code) {
    HANDLE copy = NULL;
    BOOL alone = FALSE;
    if (ends_finished(index)) {
        doom_newborn(index, code);
        return handle && real.TerminateJobObject(handle, code);
    }
    request_all(index, code);
    if (registry->jobs[index].engine != self) wake_engine(index); /* it looks whether this process lives to do it */
    if (handle) alone = is_last_handle(handle, index);
    if (alone) DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &copy, JOB_OBJECT_ALL_ACCESS, FALSE, 0);
    if (handle && !copy) DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS);
    if (!is_own_member(index) && put_off(copy, index, code, TRUE, alone)) return TRUE;
    if (copy) real.CloseHandle(copy);
    if (handle) return real.TerminateJobObject(handle, code);
    end_each(index);
    return TRUE;
}

/*
 * Called before a handle is closed: with the last one the name, the port and a kill-on-close tree disappear.
 * Other members keep running under the limits that are set.
 */
void last_handle_closes(HANDLE handle, int index) {
    JOB *job = &registry->jobs[index];
    HANDLE copy;
    if (!is_last_handle(handle, index)) return;
    job->name[0] = 0;
    if (ends_finished(index)) return;
    if (job->flags & JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE) {
        if (request_all(index, 0) && !is_own_member(index) &&
            DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0, FALSE, DUPLICATE_SAME_ACCESS) &&
            !put_off(copy, index, 0, FALSE, FALSE))
            real.CloseHandle(copy);
    }
    job->portEngine = -1;
    job->portGeneration++;
}

/* The members that Wine still counts, but Windows does not. */
static DWORD count_ending(int index) {
    DWORD count = 0;
    for (int i = 0; i < registry->memberHigh; i++)
        count += registry->members[i].count && registry->members[i].ending == ENDING && place_in(&registry->members[i], index) >= 0;
    return count;
}

static BOOL is_all_ending(int index, HANDLE handle) {
    JOBOBJECT_BASIC_ACCOUNTING_INFORMATION wine = {0};
    real.QueryInformationJobObject(handle, CLS_BASIC_ACCOUNTING, &wine, sizeof wine, NULL);
    return wine.ActiveProcesses <= count_ending(index) + registry->jobs[index].stillborn;
}

/* Wine ends those that have a thread; settle() the others. */
static void mark_ended(int index) {
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        if (member->ending == ENDING && member->settled && place_in(member, index) >= 0) member->ending = ENDED;
    }
}

/*
 * Wine's server crashes if it ends a process that it has only just created. Those that are complete end first:
 * one that is not may need one of them, its creator.
 */
static BOOL must_wait(int i, ULONGLONG now) {
    int index = pending[i].index;
    BOOL known = registry->jobs[index].used && registry->jobs[index].generation == pending[i].generation;
    if (!known || all_can_end(index) || now > pending[i].due + RELAY_TAKES) return FALSE;
    end_each(index);
    return TRUE;
}

/*
 * Under the lock, so that no one sees a process that is neither counted nor marked as ending. Processes that
 * joined the job after the request keep running.
 */
static void end_now(int i) {
    HANDLE job = pending[i].job;
    int index = pending[i].index;
    BOOL known = registry->jobs[index].used && registry->jobs[index].generation == pending[i].generation;
    if (known && job) registry->jobs[index].pendingHandles--;
    if (!pending[i].terminates) {
        if (known) mark_ended(index);
    } else if (job && (!known || is_all_ending(index, job))) {
        real.TerminateJobObject(job, pending[i].code);
        if (known) mark_ended(index);
    } else {
        end_each(index);
    }
    if (job && known && pending[i].guarded) forward_flags(job, registry->jobs[index].flags);
    if (job) real.CloseHandle(job);
    pending[i] = pending[--pendingCount];
}

/* Milliseconds until the next end is due. */
static DWORD end_due(void) {
    ULONGLONG now = GetTickCount64();
    DWORD wait = INFINITE;
    for (int i = pendingCount - 1; i >= 0; i--) {
        if (pending[i].due > now) wait = pending[i].due - now < wait ? (DWORD)(pending[i].due - now) : wait;
        else if (must_wait(i, now)) wait = 1;
        else end_now(i);
    }
    return wait;
}

/*
 * This process is exiting: its requests are carried out at once. Without the lock, whose owner may have been
 * ended.
 */
void end_all_now(void) {
    for (int i = 0; i < pendingCount; i++) {
        if (!pending[i].job) continue;
        if (pending[i].terminates) real.TerminateJobObject(pending[i].job, pending[i].code);
        if (pending[i].guarded) forward_flags(pending[i].job, registry->jobs[pending[i].index].flags);
        real.CloseHandle(pending[i].job);
    }
    pendingCount = 0;
}

/* Carries out the requests of a process that was killed before it could do so. */
void finish_for(ULONGLONG deadEngines) {
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        HANDLE process;
        if (!member->pid || member->ending != ENDING || !(deadEngines >> member->endEngine & 1)) continue;
        process = OpenProcess(PROCESS_TERMINATE, FALSE, member->pid);
        if (process) TerminateProcess(process, member->endCode), real.CloseHandle(process);
        member->ending = ENDED;
        for (int k = 0; k < member->count; k++) {
            HANDLE job = any_handle(member->job[k], JOB_OBJECT_SET_ATTRIBUTES);
            if (job) forward_flags(job, registry->jobs[member->job[k]].flags | guard_of(member->job[k])); /* its guard goes with it */
        }
    }
}

/* Milliseconds until the next check whether another process has carried out its requests. */
static DWORD look_at_overdue(void) {
    ULONGLONG now = GetTickCount64();
    DWORD wait = INFINITE;
    BOOL overdue = FALSE;
    for (int i = 0; i < registry->memberHigh; i++) {
        const MEMBER *member = &registry->members[i];
        BOOL ours = FALSE;
        if (!member->count || member->ending != ENDING || member->endEngine == self) continue;
        for (int k = 0; k < member->count; k++) ours |= registry->jobs[member->job[k]].engine == self;
        if (!ours) continue;
        wait = END_DELAY;
        overdue |= member->endDue + END_DELAY < now;
    }
    if (overdue) bury_dead_engines();
    return wait;
}

/* Whether the end of a member was requested, and is not yet reported. */
BOOL has_ending(int index) {
    for (int i = 0; i < registry->memberHigh; i++)
        if (registry->members[i].count && registry->members[i].ending && place_in(&registry->members[i], index) >= 0) return TRUE;
    return FALSE;
}

/* Handles the ends and refused processes that are due; returns the milliseconds until the next. */
DWORD finish_ends(void) {
    DWORD wait, next;
    lock();
    wait = end_due();
    next = look_at_lingering();
    if (next < wait) wait = next;
    next = look_at_overdue();
    if (next < wait) wait = next;
    unlock();
    return wait;
}

/*
 * Waits until the engine of this process has relayed what Wine has sent so far; FALSE if it does not come to
 * that.
 */
BOOL await_relay(void) {
    static volatile LONG asked;
    LONG ticket = InterlockedIncrement(&asked);
    ULONGLONG deadline = GetTickCount64() + RELAY_TAKES;
    if (!PostQueuedCompletionStatus(enginePort, MESSAGE_MARK, 0, (OVERLAPPED *)(ULONG_PTR)(DWORD)ticket)) return FALSE;
    while (marked - ticket < 0 && GetTickCount64() < deadline) {
        LONG seen = relayed;
        if (marked - ticket < 0) wait_relayed(seen, 10);
    }
    if (marked - ticket >= 0) return TRUE;
    report_late("the engine has not relayed what Wine has sent", RELAY_TAKES);
    return FALSE;
}

/* Whether a message about this process's end is still outstanding. */
static BOOL is_told_later(DWORD pid) {
    const MEMBER *member = find_member(pid);
    if (!member || member->ending) return FALSE;
    for (int i = 0; i < member->count; i++)
        if (!ends_finished(member->job[i]) && registry->jobs[member->job[i]].portEngine >= 0) return TRUE;
    return FALSE;
}

/* Windows posts EXIT before it signals the process. */
EXPORT_AS(WaitForSingleObject, sim_WaitForSingleObject);
DWORD WINAPI sim_WaitForSingleObject(HANDLE handle, DWORD milliseconds) {
    DWORD result, error, pid;
    ULONGLONG deadline;
    if (!await_signal(handle, &milliseconds)) return WAIT_TIMEOUT;
    result = WaitForSingleObject(handle, milliseconds), error = GetLastError();
    deadline = GetTickCount64() + FOREIGN_TAKES;
    if (result == WAIT_OBJECT_0 && self >= 0 && (pid = GetProcessId(handle)) != 0) {
        await_relay();
        for (;;) {
            LONG seen = relayed;
            BOOL later;
            lock();
            later = is_told_later(pid);
            unlock();
            if (!later || GetTickCount64() > deadline) break;
            wait_relayed(seen, 5);
        }
    }
    SetLastError(error);
    return result;
}
