/* Translates Wine's messages to the caller's: which processes joined and left, and how. */
#include "jobsim.h"
#define PSAPI_VERSION 2
#include <psapi.h>

#define QUOTA_STATUS 0xC0000044u
#define STILLBORN_AFTER 5000 /* milliseconds */

volatile LONG relayed;

ULONG_PTR key_of(int job) { return ((ULONG_PTR)registry->jobs[job].generation << 16) | (ULONG_PTR)(job + 1); }

static int job_of_key(ULONG_PTR key) {
    int job = (int)(key & 0xFFFF) - 1;
    if (job < 0 || job >= MAX_JOBS || !registry->jobs[job].used) return -1;
    return registry->jobs[job].generation == key >> 16 ? job : -1;
}

/* The caller's port as this process can use it; taken over from the process that associated it. */
static HANDLE port_of(int index) {
    JOB *job = &registry->jobs[index];
    LOCAL_JOB *local = &localJobs[index];
    HANDLE owner;
    if (local->port && (local->generation != job->generation || local->portGeneration != job->portGeneration)) {
        real.CloseHandle(local->port);
        local->port = NULL;
    }
    if (job->portEngine < 0 || local->port) return local->port;
    owner = OpenProcess(PROCESS_DUP_HANDLE, FALSE, registry->engines[job->portEngine].pid);
    if (owner) {
        DuplicateHandle(owner, job->portHandle, GetCurrentProcess(), &local->port, 0, FALSE, DUPLICATE_SAME_ACCESS);
        real.CloseHandle(owner);
    }
    local->generation = job->generation;
    local->portGeneration = job->portGeneration;
    return local->port;
}

void deliver(int index, DWORD message, DWORD pid) {
    JOB *job = &registry->jobs[index];
    HANDLE port = port_of(index);
    if (job->portEngine < 0 || !port) return;
    if (PostQueuedCompletionStatus(port, message, job->portKey, (OVERLAPPED *)(ULONG_PTR)pid)) job->delivered++;
}

/* Wine sends its own messages to every job of a chain; jobsim's are sent the same way. */
void announce(int job, DWORD message, DWORD pid) {
    for (int i = 0; job >= 0 && i < MAX_CHAIN; i++, job = parent_of(job)) deliver(job, message, pid);
}

void replay(int job) {
    for (int i = 0; i < registry->memberHigh; i++) {
        int place = registry->members[i].count ? place_in(&registry->members[i], job) : -1;
        if (place >= 0 && !registry->members[i].refused[place])
            deliver(job, JOB_OBJECT_MSG_NEW_PROCESS, registry->members[i].pid);
    }
}

/* Exit codes that make an exit abnormal. See Microsoft's page on JOBOBJECT_ASSOCIATE_COMPLETION_PORT. */
static BOOL is_abnormal(DWORD code) {
    static const DWORD codes[] = {
        STATUS_ACCESS_VIOLATION, STATUS_ARRAY_BOUNDS_EXCEEDED, STATUS_BREAKPOINT, STATUS_CONTROL_C_EXIT,
        STATUS_DATATYPE_MISALIGNMENT, STATUS_FLOAT_DENORMAL_OPERAND, STATUS_FLOAT_DIVIDE_BY_ZERO,
        STATUS_FLOAT_INEXACT_RESULT, STATUS_FLOAT_INVALID_OPERATION, STATUS_FLOAT_MULTIPLE_FAULTS,
        STATUS_FLOAT_MULTIPLE_TRAPS, STATUS_FLOAT_OVERFLOW, STATUS_FLOAT_STACK_CHECK, STATUS_FLOAT_UNDERFLOW,
        STATUS_GUARD_PAGE_VIOLATION, STATUS_ILLEGAL_INSTRUCTION, STATUS_IN_PAGE_ERROR,
        STATUS_INTEGER_DIVIDE_BY_ZERO, STATUS_INTEGER_OVERFLOW, STATUS_INVALID_DISPOSITION,
        STATUS_NONCONTINUABLE_EXCEPTION, STATUS_PRIVILEGED_INSTRUCTION, STATUS_REG_NAT_CONSUMPTION,
        STATUS_SINGLE_STEP, STATUS_STACK_OVERFLOW};
    for (unsigned i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (codes[i] == code) return TRUE;
    return FALSE;
}

/* No message reports a process whose end was requested; a refused one had no NEW. */
void leave(int index, MEMBER *member, int place, BOOL told) {
    JOB *job = &registry->jobs[index];
    HANDLE process = member_process(member);
    BOOL refused = member->refused[place];
    DWORD code = 0, pid = member->pid;
    final_times(member);
    if (process) GetExitCodeProcess(process, &code);
    job->endedUser += member->user;
    job->endedKernel += member->kernel;
    job->endedFaults += member->faults;
    if (member->ending || (refused && !ends_finished(index))) told = FALSE;
    if (told) {
        leave_inner(index, member);
        place = place_in(member, index);
    }
    if (refused) linger(index, pid, process);
    else if (!member->ending && job->active) job->active--;
    if (member->count == 1) keep_times(member, process);
    drop_membership(member, place);
    if (told) deliver(index, is_abnormal(code) ? JOB_OBJECT_MSG_ABNORMAL_EXIT_PROCESS : JOB_OBJECT_MSG_EXIT_PROCESS, pid);
    tell_if_empty(index);
    if (told) leave_outer(index, pid);
}

/*
 * Wine sends no EXIT while it terminates a job, only ZERO; the remaining members have then ended. In the model
 * where ends count when finished, each one is reported.
 */
void leave_all(int index) {
    for (int i = 0; i < registry->memberHigh; i++)
        if (registry->members[i].count && place_in(&registry->members[i], index) >= 0) final_times(&registry->members[i]);
    for (int i = registry->memberHigh - 1; i >= 0; i--) {
        MEMBER *member = &registry->members[i];
        int place = member->count ? place_in(member, index) : -1;
        if (place >= 0) leave(index, member, place, ends_finished(index));
    }
}

/* The new process exceeds the limit; settle() ends it. */
static void refuse(int index, MEMBER *member, int place) {
    JOB *job = &registry->jobs[index];
    member->refused[place] = 1;
    record_verdict(index, member->pid, ERROR_NOT_ENOUGH_QUOTA);
    job->held++;
    count_kills(index, 1);
    if (!job->exhausted) announce(index, JOB_OBJECT_MSG_ACTIVE_PROCESS_LIMIT, 0);
}

/*
 * A new process can be ended once its Linux process is known, that is, when its memory can be measured. It can
 * be suspended once its own loader runs; before that its creator waits for it.
 */
static BOOL can_end(const MEMBER *member, HANDLE process) {
    PROCESS_MEMORY_COUNTERS memory = {0};
    if (member->created || member->settled || !process) return TRUE;
    return GetProcessMemoryInfo(process, &memory, sizeof memory) && memory.WorkingSetSize;
}

static BOOL stands(const MEMBER *member, HANDLE process, BOOL refused) {
    PROCESS_BASIC_INFORMATION info = {0};
    void *loader = NULL;
    SIZE_T got = 0;
    if (refused || member->created || !process) return can_end(member, process);
    if (real.NtQueryInformationProcess(process, ProcessBasicInformation, &info, sizeof info, NULL) < 0) return FALSE;
    if (!info.PebBaseAddress) return FALSE;
    return ReadProcessMemory(process, &info.PebBaseAddress->Ldr, &loader, sizeof loader, &got) && loader;
}

static BOOL is_refused(const MEMBER *member) {
    for (int i = 0; i < member->count; i++)
        if (member->refused[i]) return TRUE;
    return FALSE;
}

/*
 * Applies the limits to a new process, or ends one that may not run: a refused one with the status whose Win32
 * error is 1816, so that its creator, which usually still waits for it, fails with that error.
 */
BOOL settle(MEMBER *member) {
    HANDLE process = member_process(member);
    BOOL refused = is_refused(member), ends = refused || member->ending || member->doomed;
    if (member->settled && !refused) return TRUE;
    if (!stands(member, process, ends)) return FALSE;
    member->settled = TRUE;
    member->settledAt = ticks();
    if (!ends) apply_to_member(member);
    else if (process) TerminateProcess(process, refused ? QUOTA_STATUS : member->endCode);
    if (member->ending) member->ending = ENDED;
    return TRUE;
}

static BOOL is_over(int index) {
    return !registry->jobs[index].openBy && !registry->jobs[index].active && !has_members(index);
}

/*
 * Whether a new process can never get a thread: its creator, which has ended, was the only other one that held
 * it. Where others have opened it, it gets some time.
 */
static BOOL is_stillborn(MEMBER *member) {
    PUBLIC_OBJECT_BASIC_INFORMATION info = {0};
    HANDLE process = member_process(member);
    ULONG length;
    if (!process || !has_no_thread(process)) return FALSE;
    if (real.NtQueryObject(process, 0, &info, sizeof info, &length) < 0) return FALSE;
    return info.HandleCount == 1 || (GetTickCount64() - member->joined > STILLBORN_AFTER && has_dead_parent(process));
}

/* It has left, although Wine counts it for ever. */
static void bury_stillborn(MEMBER *member) {
    while (member->count) {
        int index = member->job[member->count - 1];
        registry->jobs[index].stillborn++;
        leave(index, member, member->count - 1, TRUE);
        if (is_over(index)) free_job(index);
    }
}

/*
 * Milliseconds until the unsettled processes must be checked again: 0 if one must be ended before its creator
 * continues; INFINITE if there are none.
 */
DWORD settle_all(void) {
    ULONGLONG now = GetTickCount64();
    DWORD wait = INFINITE;
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        if (!member->count || member->settled || registry->jobs[member->job[0]].engine != self || settle(member)) continue;
        if (is_stillborn(member)) {
            bury_stillborn(member);
            continue;
        }
        if (now - member->joined < 100 && is_refused(member)) wait = 0;
        else if (now - member->joined < 500 && wait) wait = 2;
        else if (wait > 50) wait = 50; /* somebody started it suspended */
    }
    return wait;
}

/* Whether all members of a job can be ended without harm to Wine's server. */
BOOL all_can_end(int index) {
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        HANDLE process;
        if (!member->count || member->settled || place_in(member, index) < 0) continue;
        process = member_process(member);
        if (!can_end(member, process) && WaitForSingleObject(process, 0) == WAIT_TIMEOUT) return FALSE;
    }
    return TRUE;
}

void join(int index, DWORD pid) {
    JOB *job = &registry->jobs[index];
    MEMBER *member;
    int place;
    BOOL over;
    join_inner(index, pid);
    member = find_member(pid);
    place = member ? place_in(member, index) : -1;
    if (place >= 0) leave(index, member, place, TRUE); /* an earlier process of this id */
    member = add_member(pid);
    if (!member || member->count == MAX_CHAIN) {
        record_verdict(index, pid, ERROR_NO_SYSTEM_RESOURCES); /* its limits would not be in force */
        return;
    }
    was_told(key_of(index), JOB_OBJECT_MSG_EXIT_PROCESS, pid); /* of an earlier process of this id */
    place = member->count++;
    member->job[place] = (WORD)index;
    member->refused[place] = member->memoryAbove[place] = 0;
    member->examined[place] = arrived_with(pid);
    job->total++;
    member->joined = GetTickCount64();
    over = job->exhausted || ((job->flags & JOB_OBJECT_LIMIT_ACTIVE_PROCESS) && job->active >= job->activeLimit);
    if (!over && ends_with_parent(index, member)) {
        record_verdict(index, pid, ERROR_ACCESS_DENIED);
        settle(member);
        return;
    }
    job->active++;
    job->populated = TRUE;
    member_process(member);
    if (over) {
        refuse(index, member, place);
        settle(member);
        return;
    }
    record_verdict(index, pid, ERROR_SUCCESS);
    deliver(index, JOB_OBJECT_MSG_NEW_PROCESS, pid);
    join_outer(index, pid);
    if (member->settled) apply_to_member(member);
    else settle(member);
}

void relay(ULONG_PTR key, DWORD message, DWORD pid) {
    int index = job_of_key(key), place;
    MEMBER *member;
    if (index < 0) return;
    switch (message) {
    case JOB_OBJECT_MSG_NEW_PROCESS:
        if (!was_told(key, message, pid)) join(index, pid);
        else if ((member = find_member(pid)) != NULL) member_process(member);
        break;
    case JOB_OBJECT_MSG_EXIT_PROCESS:
        member = find_member(pid);
        place = member ? place_in(member, index) : -1;
        if (place >= 0) leave(index, member, place, TRUE);
        if (place >= 0 && registry->jobs[index].stillborn && is_over(index)) free_job(index); /* Wine sends no ZERO */
        if (place < 0 && !was_told(key, message, pid)) deliver(index, message, pid);
        break;
    case JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO:
        leave_all(index);
        registry->jobs[index].active = registry->jobs[index].held;
        tell_if_empty(index);
        if (is_over(index)) free_job(index);
        break;
    case MESSAGE_CLOSED:
        localJobs[index].drained++;
        if (is_over(index)) free_job(index);
        break;
    case MESSAGE_APPLY:
        apply_to_job(index);
        break;
    default:
        deliver(index, message, pid);
    }
}

void wait_relayed(LONG seen, DWORD milliseconds) {
    LARGE_INTEGER wait;
    wait.QuadPart = -10000ll * milliseconds;
    if (relayed == seen) real.RtlWaitOnAddress((const void *)&relayed, &seen, sizeof seen, &wait);
}
