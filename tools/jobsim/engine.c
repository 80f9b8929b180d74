/* The engine: one thread per process that reads the jobs' port, samples the members and enforces limits. */
#include "jobsim.h"

#define LIMIT_PERIOD 25 /* milliseconds between samples while a limit is set */
#define STATISTIC_PERIOD 50
#define QUIET_PERIOD 1000
#define OLDEST 20 /* milliseconds that a result may be old, whatever a sample costs */
#define FOREIGN_PERIOD 250 /* between looks at an engine on which this process depends */

static CRITICAL_SECTION sampling;
static INIT_ONCE samplingOnce = INIT_ONCE_STATIC_INIT;
static BYTE *buffer;
static BOOL bufferValid;
static ULONG capacity = 1 << 16;
static ULONGLONG sampledAt; /* 100 ns */
static ULONGLONG cost;      /* of the last sample, 100 ns */
static DWORD sampleNumber;
static volatile LONG moved; /* a member used time or memory since the last sample */

ULONGLONG ticks(void) {
    static LARGE_INTEGER frequency;
    LARGE_INTEGER now;
    if (!frequency.QuadPart) QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&now);
    return (ULONGLONG)((double)now.QuadPart * 1e7 / (double)frequency.QuadPart);
}

static BOOL CALLBACK make_sampling(INIT_ONCE *once, void *parameter, void **context) {
    (void)once, (void)parameter, (void)context;
    InitializeCriticalSection(&sampling);
    return TRUE;
}

static void times_of(const PROCESS_INFO *info, LONGLONG *user, LONGLONG *kernel) {
    *user = *kernel = 0;
    for (ULONG i = 0; i < info->NumberOfThreads; i++) {
        *user += info->Threads[i].UserTime.QuadPart;
        *kernel += info->Threads[i].KernelTime.QuadPart;
    }
    /* Including what its ended threads used. */
    if (info->UserTime.QuadPart > *user) *user = info->UserTime.QuadPart;
    if (info->KernelTime.QuadPart > *kernel) *kernel = info->KernelTime.QuadPart;
}

/* `begun` is when the sample was asked for. */
static void take(const PROCESS_INFO *info, ULONGLONG begun) {
    MEMBER *member = find_member((DWORD)(ULONG_PTR)info->UniqueProcessId);
    LONGLONG user, kernel;
    LINUX_MEMORY memory;
    /* Before it runs its own program, its numbers are those of the process it was forked from. */
    if (!member || !member->settled || member->settledAt >= begun || member->final) return;
    times_of(info, &user, &kernel);
    for (ULONG i = 0; i < info->NumberOfThreads; i++) {
        if ((DWORD)(ULONG_PTR)info->Threads[i].ThreadId != member->mainThread) continue;
        member->mainUser = info->Threads[i].UserTime.QuadPart;
        member->mainKernel = info->Threads[i].KernelTime.QuadPart;
    }
    member->lastUser = member->user;
    member->lastCommit = member->sampledCommit;
    if (user > member->user || kernel > member->kernel || info->PagefileUsage != member->sampledCommit) moved = 1;
    if (user > member->user) member->user = user;
    if (kernel > member->kernel) member->kernel = kernel;
    member->commit = member->sampledCommit = info->PagefileUsage;
    memory.largest = info->PeakWorkingSetSize;
    memory.commit = info->PagefileUsage;
    memory.file = info->WorkingSetSize > memory.commit ? info->WorkingSetSize - memory.commit : 0;
    note_memory(member, &memory);
    member->sampled = TRUE;
    member->seen = sampleNumber;
}

/* For members that have ended, which the sample does not show, what they used. */
static void take_ended(void) {
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        HANDLE process;
        if (!member->count || !member->sampled || member->final || member->seen == sampleNumber) continue;
        process = member_process(member);
        if (process && has_ended(process)) final_times(member);
    }
}

static void note_peaks(void) {
    static ULONGLONG commit[MAX_JOBS];
    memset(commit, 0, sizeof commit);
    for (int i = 0; i < registry->memberHigh; i++) {
        const MEMBER *member = &registry->members[i];
        for (int k = 0; k < member->count; k++) {
            JOB *job = &registry->jobs[member->job[k]];
            commit[member->job[k]] += member->commit;
            if (member->commit > job->peakProcess) job->peakProcess = member->commit;
        }
    }
    for (int i = 0; i < registry->jobHigh; i++)
        if (commit[i] > registry->jobs[i].peakJob) registry->jobs[i].peakJob = commit[i];
}

/* One system call reads every process; a query shortly after another one uses the same result. */
void sample(BOOL forced) {
    ULONGLONG begun, oldest;
    ULONG needed = 0;
    NTSTATUS status;
    InitOnceExecuteOnce(&samplingOnce, make_sampling, NULL, NULL);
    EnterCriticalSection(&sampling);
    begun = ticks();
    oldest = 20000 + 4 * cost;
    if (oldest > OLDEST * 10000) oldest = OLDEST * 10000;
    if (!forced && begun - sampledAt < oldest) {
        LeaveCriticalSection(&sampling);
        return;
    }
    for (;;) {
        if (!buffer) buffer = HeapAlloc(GetProcessHeap(), 0, capacity);
        if (!buffer) break;
        status = real.NtQuerySystemInformation(SystemProcessInformation, buffer, capacity, &needed);
        if (status != (NTSTATUS)0xC0000004) break; /* STATUS_INFO_LENGTH_MISMATCH */
        HeapFree(GetProcessHeap(), 0, buffer);
        buffer = NULL;
        capacity = (needed > capacity ? needed : capacity) * 2;
    }
    bufferValid = buffer && status >= 0;
    if (bufferValid) {
        const PROCESS_INFO *info = (const PROCESS_INFO *)buffer;
        lock();
        sampleNumber = ++registry->sampleNumber;
        for (;; info = (const PROCESS_INFO *)((const BYTE *)info + info->NextEntryOffset)) {
            take(info, begun);
            if (!info->NextEntryOffset) break;
        }
        take_ended();
        note_peaks();
        unlock();
    }
    sampledAt = ticks();
    cost = sampledAt - begun;
    LeaveCriticalSection(&sampling);
}

/*
 * Brings the members of one job up to date: new members are sampled, and those that have just ended get their
 * final numbers. The registry lock is not held.
 */
void sample_job(int index) {
    BOOL forced = FALSE;
    sample(FALSE);
    lock();
    for (int i = 0; i < registry->memberHigh; i++) {
        MEMBER *member = &registry->members[i];
        HANDLE process;
        if (!member->count || member->final || place_in(member, index) < 0) continue;
        process = member_process(member);
        if (process && has_ended(process)) final_times(member);
        else if (member->settled && !member->sampled) forced = TRUE;
    }
    unlock();
    if (forced) sample(TRUE);
}

static const PROCESS_INFO *sampled(DWORD pid, LONGLONG born) {
    const PROCESS_INFO *info = (const PROCESS_INFO *)buffer;
    if (!info || !bufferValid) return NULL;
    for (;; info = (const PROCESS_INFO *)((const BYTE *)info + info->NextEntryOffset)) {
        if ((DWORD)(ULONG_PTR)info->UniqueProcessId == pid && info->CreateTime.QuadPart == born) return info;
        if (!info->NextEntryOffset) return NULL;
    }
}

/* What a process has committed now; 0 if it does not exist. The registry lock is not held. */
ULONGLONG sampled_commit(DWORD pid) {
    const PROCESS_INFO *info;
    ULONGLONG commit = 0;
    sample(TRUE);
    EnterCriticalSection(&sampling);
    for (info = bufferValid ? (const PROCESS_INFO *)buffer : NULL; info;) {
        if ((DWORD)(ULONG_PTR)info->UniqueProcessId == pid) commit = info->PagefileUsage;
        info = info->NextEntryOffset ? (const PROCESS_INFO *)((const BYTE *)info + info->NextEntryOffset) : NULL;
    }
    LeaveCriticalSection(&sampling);
    return commit;
}

/* What a live process has used, from a fresh sample; FALSE if it is not alive. The registry lock is not held.
 */
BOOL sampled_times(DWORD pid, LONGLONG born, LONGLONG *user, LONGLONG *kernel) {
    const PROCESS_INFO *info = NULL;
    sample(FALSE);
    EnterCriticalSection(&sampling);
    info = sampled(pid, born);
    if (!info) {
        sample(TRUE); /* it may be younger than the sample */
        info = sampled(pid, born);
    }
    if (info) times_of(info, user, kernel);
    LeaveCriticalSection(&sampling);
    return info != NULL;
}

/* 0 if there is nothing to watch; otherwise the milliseconds until the next sample is due. */
static DWORD period(BOOL sampled) {
    static DWORD quiet;
    BOOL members = FALSE, limits = FALSE;
    DWORD most = LIMIT_PERIOD;
    DWORD wanted, price = (DWORD)(cost / 10000);
    lock();
    for (int i = 0; i < registry->jobHigh; i++) {
        if (!registry->jobs[i].used || registry->jobs[i].engine != self) continue;
        if (!registry->jobs[i].active && !io_pending(i)) continue;
        members = TRUE;
        limits |= needs_limits(i);
        most += 2 * registry->jobs[i].active;
    }
    unlock();
    if (!members) return 0;
    /* On a busy machine a sample seems expensive; the cost of a few members is bounded. */
    if (limits) return 4 * price < LIMIT_PERIOD ? LIMIT_PERIOD : 4 * price < most ? 4 * price : most;
    if (InterlockedExchange(&moved, 0)) quiet = 0;
    else if (sampled && quiet < QUIET_PERIOD / STATISTIC_PERIOD) quiet++;
    wanted = STATISTIC_PERIOD * (1 + quiet);
    return wanted > 25 * price ? wanted : 25 * price;
}

volatile LONG marked;

static void pass_mark(LONG mark) {
    if (mark - marked > 0) marked = mark;
}

static BOOL drain(HANDLE port, DWORD timeout) {
    OVERLAPPED_ENTRY entries[64];
    ULONG count = 0;
    if (!GetQueuedCompletionStatusEx(port, entries, 64, &count, timeout, FALSE) || !count) return FALSE;
    lock();
    /* First all members that have ended: Linux soon forgets what they used. */
    for (ULONG i = 0; i < count; i++) {
        MEMBER *member = entries[i].dwNumberOfBytesTransferred == JOB_OBJECT_MSG_EXIT_PROCESS
                             ? find_member((DWORD)(ULONG_PTR)entries[i].lpOverlapped)
                             : NULL;
        if (entries[i].lpCompletionKey && member) final_times(member);
    }
    for (ULONG i = 0; i < count; i++)
        if (entries[i].lpCompletionKey)
            relay(entries[i].lpCompletionKey, entries[i].dwNumberOfBytesTransferred,
                  (DWORD)(ULONG_PTR)entries[i].lpOverlapped);
        else if (entries[i].dwNumberOfBytesTransferred == MESSAGE_MARK)
            pass_mark((LONG)(ULONG_PTR)entries[i].lpOverlapped);
    close_stale();
    unlock();
    InterlockedIncrement(&relayed);
    real.RtlWakeAddressAll((const void *)&relayed);
    return TRUE;
}

/* Reads what a dead engine left unread in a port that this process has kept open. */
void drain_foreign(HANDLE port) {
    while (drain(port, 0)) {
    }
}

static DWORD settle_newcomers(void) {
    LARGE_INTEGER moment;
    DWORD wait;
    moment.QuadPart = -1000; /* 100 us */
    for (;;) {
        lock();
        wait = settle_all();
        unlock();
        if (wait) break;
        real.NtDelayExecution(FALSE, &moment);
    }
    if (wait != INFINITE) return wait;
    InterlockedIncrement(&relayed);
    real.RtlWakeAddressAll((const void *)&relayed);
    return wait;
}

DWORD WINAPI engine_main(void *unused) {
    ULONGLONG due = 0, looked = 0;
    (void)unused;
    for (;;) {
        BOOL sampled = FALSE;
        ULONGLONG now = GetTickCount64();
        DWORD wait = settle_newcomers(), ends = finish_ends(), young;
        lock();
        young = watch_young();
        unlock();
        if (young < wait) wait = young;
        if (ends < wait) wait = ends;
        if (due && due <= now) wait = 0;
        else if (due && due - now < wait) wait = (DWORD)(due - now);
        if (has_foreign()) {
            DWORD look = looked + FOREIGN_PERIOD > now ? (DWORD)(looked + FOREIGN_PERIOD - now) : 0;
            if (look < wait) wait = look;
        }
        drain(enginePort, wait);
        now = GetTickCount64();
        if (has_foreign() && now >= looked + FOREIGN_PERIOD) {
            looked = now;
            poll_foreign();
        }
        if (due && now >= due) {
            sample(TRUE);
            lock();
            enforce(ticks());
            unlock();
            due = 0;
            sampled = TRUE;
        }
        if (!due) {
            DWORD next = period(sampled);
            if (next) due = GetTickCount64() + next;
        } else if (due > now + LIMIT_PERIOD) {
            /* Since the long wait was chosen, a limit may have been set or a process may have joined. */
            DWORD next = period(FALSE);
            if (next && now + next < due) due = now + next;
        }
    }
}
