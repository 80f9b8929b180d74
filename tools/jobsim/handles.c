/* The caller's job handles, and the engines of other processes on which its jobs depend. */
#include "jobsim.h"
#include <stdio.h>

#define CLOSE_TAKES 2000 /* milliseconds that the engine may need for what a closed job has sent */

typedef struct { HANDLE handle; int job; DWORD generation, access; } ENTRY;

static SRWLOCK tableLock = SRWLOCK_INIT;
static ENTRY *table;
static int tableCount, tableRoom;
static struct { ENGINE id; HANDLE process, port; } foreign[MAX_ENGINES];
static volatile LONG foreignCount;
static HANDLE orphanPorts[MAX_ENGINES]; /* of dead engines; their jobs still send there */
static volatile LONG orphanCount;

/* The registry lock is held for every access to the table, except the quick lookup. */
static ENTRY *entry_of(HANDLE handle) {
    for (int i = 0; i < tableCount; i++)
        if (table[i].handle == handle) return &table[i];
    return NULL;
}

static BOOL is_known(HANDLE handle) {
    BOOL known;
    AcquireSRWLockShared(&tableLock);
    known = entry_of(handle) != NULL;
    ReleaseSRWLockShared(&tableLock);
    return known;
}

/* The job of a handle that this process has used before, or -1. */
int known_job(HANDLE handle) {
    const ENTRY *entry = entry_of(handle);
    return entry && registry->jobs[entry->job].used && registry->jobs[entry->job].generation == entry->generation ? entry->job : -1;
}

static BOOL has_type(HANDLE handle, const WCHAR *type) {
    BYTE buffer[512];
    ULONG length;
    if (real.NtQueryObject(handle, 2, buffer, sizeof buffer, &length) < 0) return FALSE;
    return !wcscmp(((UNICODE_STRING *)buffer)->Buffer, type);
}

static DWORD access_of(HANDLE handle) {
    PUBLIC_OBJECT_BASIC_INFORMATION info = {0};
    ULONG length;
    if (real.NtQueryObject(handle, 0, &info, sizeof info, &length) < 0) return 0;
    return info.GrantedAccess;
}

static BOOL add_entry(HANDLE handle, int job) {
    ENTRY *entry;
    AcquireSRWLockExclusive(&tableLock);
    entry = entry_of(handle);
    if (!entry && tableCount == tableRoom) {
        int room = tableRoom ? tableRoom * 2 : 64;
        ENTRY *grown = table ? HeapReAlloc(GetProcessHeap(), 0, table, room * sizeof *table)
                             : HeapAlloc(GetProcessHeap(), 0, room * sizeof *table);
        if (grown) table = grown, tableRoom = room;
    }
    if (!entry && tableCount < tableRoom) entry = &table[tableCount++];
    if (entry) {
        entry->handle = handle;
        entry->job = job;
        entry->generation = registry->jobs[job].generation;
        entry->access = access_of(handle);
    }
    ReleaseSRWLockExclusive(&tableLock);
    if (!entry) return FALSE;
    if (localJobs[job].generation != registry->jobs[job].generation) {
        if (localJobs[job].port) real.CloseHandle(localJobs[job].port);
        memset(&localJobs[job], 0, sizeof localJobs[job]);
        localJobs[job].generation = registry->jobs[job].generation;
    }
    localJobs[job].handles++;
    registry->jobs[job].openBy |= 1ull << self;
    if (registry->jobs[job].engine != self && open_engine(registry->jobs[job].engine))
        localJobs[job].dependsOn = registry->jobs[job].engine + 1;
    return TRUE;
}

/* Takes the job's only port in Wine; refused if something other than jobsim already has it. */
BOOL own_port(HANDLE handle, int job) {
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT port = {(void *)key_of(job), enginePort};
    return real.SetInformationJobObject(handle, CLS_PORT, &port, sizeof port);
}

HANDLE any_handle(int job, DWORD access) {
    for (int i = 0; i < tableCount; i++)
        if (table[i].job == job && table[i].generation == registry->jobs[job].generation &&
            (table[i].access & access) == access)
            return table[i].handle;
    return NULL;
}

/* For a duplicated handle: whether it is the same object as one that this process knows. */
static int recognize(HANDLE handle) {
    for (int i = 0; i < tableCount; i++)
        if (real.NtCompareObjects(handle, table[i].handle) == 0) return table[i].job;
    return -1;
}

/* Finds by name the job that another process created, also for a duplicated or inherited handle. */
static int recognize_by_name(HANDLE handle) {
    BYTE buffer[1024];
    ULONG length;
    UNICODE_STRING *name = (UNICODE_STRING *)buffer;
    const WCHAR *last = NULL;
    memset(buffer, 0, sizeof buffer);
    if (real.NtQueryObject(handle, 1, buffer, sizeof buffer - 2, &length) < 0 || !name->Length) return -1;
    for (const WCHAR *c = name->Buffer; *c; c++)
        if (*c == L'\\') last = c + 1;
    return last ? job_of_real_name(last) : -1;
}

/* The job of a handle, or -1 with the error of Windows: 6 if it is not a job, 5 for a missing right. */
int resolve(HANDLE handle, DWORD access) {
    ENTRY *entry;
    int job;
    if (!handle || handle == INVALID_HANDLE_VALUE) return fail(ERROR_INVALID_HANDLE), -1;
    entry = entry_of(handle);
    if (entry && (!registry->jobs[entry->job].used || registry->jobs[entry->job].generation != entry->generation))
        entry = NULL;
    if (!entry) {
        if (!has_type(handle, L"Job")) return fail(ERROR_INVALID_HANDLE), -1;
        job = recognize(handle);
        if (job < 0) job = recognize_by_name(handle);
        if (job < 0) {
            job = new_job(NULL);
            if (job < 0) return fail(ERROR_NOT_ENOUGH_MEMORY), -1;
            /* Another process has its record, which cannot be found: nothing that is set here would be in force. */
            if (!own_port(handle, job)) return free_job(job), fail(ERROR_NOT_SUPPORTED), -1;
        }
        if (!add_entry(handle, job)) return fail(ERROR_NOT_ENOUGH_MEMORY), -1;
        entry = entry_of(handle);
    }
    if ((entry->access & access) != access) return fail(ERROR_ACCESS_DENIED), -1;
    return entry->job;
}

/* A name is limited to MAX_PATH characters, including the final NUL. See Microsoft's page on CreateJobObjectW,
 * which names no error. */
static BOOL fits(const WCHAR *name) { return !name || lstrlenW(name) < MAX_PATH || fail(ERROR_FILENAME_EXCED_RANGE); }

/* Keeps a handle that Wine has just made, its job known; gives the last error of the call. */
static DWORD keep(HANDLE *handle, int job) {
    DWORD error = GetLastError();
    if (!*handle || (job >= 0 && add_entry(*handle, job))) return error;
    real.CloseHandle(*handle);
    *handle = NULL;
    return ERROR_NOT_ENOUGH_MEMORY;
}

EXPORT_AS(CreateJobObjectW, sim_CreateJobObjectW);
HANDLE WINAPI sim_CreateJobObjectW(SECURITY_ATTRIBUTES *attributes, const WCHAR *name) {
    HANDLE handle;
    DWORD error;
    int job = -1;
    if (!start() || !fits(name)) return NULL;
    lock();
    handle = create_named(attributes, name, &job);
    error = keep(&handle, job);
    unlock();
    SetLastError(error);
    return handle;
}

EXPORT_AS(OpenJobObjectW, sim_OpenJobObjectW);
HANDLE WINAPI sim_OpenJobObjectW(DWORD access, BOOL inherit, const WCHAR *name) {
    HANDLE handle;
    DWORD error;
    int job = -1;
    if (!start() || !fits(name)) return NULL;
    lock();
    handle = open_named(access, inherit, name, &job);
    error = keep(&handle, job);
    unlock();
    if (!handle) SetLastError(error);
    return handle;
}

/*
 * Closing this process's last handle waits until the engine has relayed what the job has sent so far, so that
 * the job's port and records are gone, or nearly so, when the call returns.
 */
EXPORT_AS(CloseHandle, sim_CloseHandle);
BOOL WINAPI sim_CloseHandle(HANDLE handle) {
    BOOL closed, last = FALSE;
    DWORD error, generation = 0;
    LONG drained = 0;
    int job = -1;
    ENTRY *entry;
    if (!start() || !is_known(handle)) return real.CloseHandle(handle);
    lock();
    entry = entry_of(handle);
    if (entry && localJobs[entry->job].handles == 1 && (registry->jobs[entry->job].flags & JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE)) {
        job = entry->job;
        unlock();
        await_newcomers(job, handle);
        await_relay();
        lock();
        entry = entry_of(handle);
        job = -1;
    }
    if (entry && registry->jobs[entry->job].used && registry->jobs[entry->job].generation == entry->generation)
        last_handle_closes(handle, entry->job);
    closed = real.CloseHandle(handle);
    error = GetLastError();
    if (closed && entry) {
        job = entry->job;
        generation = entry->generation;
        AcquireSRWLockExclusive(&tableLock);
        *entry = table[--tableCount];
        ReleaseSRWLockExclusive(&tableLock);
        if (registry->jobs[job].generation == generation && registry->jobs[job].used && !--localJobs[job].handles) {
            registry->jobs[job].openBy &= ~(1ull << self);
            last = registry->jobs[job].engine == self;
            drained = localJobs[job].drained;
            if (last) PostQueuedCompletionStatus(enginePort, MESSAGE_CLOSED, key_of(job), NULL);
            else if (registry->jobs[job].portEngine == self) registry->jobs[job].portEngine = -1, registry->jobs[job].portGeneration++;
        }
    }
    unlock();
    for (ULONGLONG deadline = GetTickCount64() + CLOSE_TAKES; last && GetTickCount64() < deadline;) {
        LONG seen = relayed;
        if (localJobs[job].generation != generation || localJobs[job].drained != drained) break;
        wait_relayed(seen, 10);
    }
    SetLastError(error);
    return closed;
}

/*
 * The process and port of another engine that enforces a job of this process. They are kept open so that its
 * death is noticed and later messages of the job are not lost: Wine closes a port with its last handle.
 */
BOOL open_engine(int engine) {
    const ENGINE *id = &registry->engines[engine];
    WCHAR path[128];
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    DWORD session = 0;
    if (engine < 0 || (foreign[engine].process && foreign[engine].id.pid == id->pid && foreign[engine].id.born == id->born)) return TRUE;
    if (foreign[engine].process) real.CloseHandle(foreign[engine].process), InterlockedDecrement(&foreignCount);
    if (foreign[engine].port) real.CloseHandle(foreign[engine].port);
    memset(&foreign[engine], 0, sizeof foreign[engine]);
    foreign[engine].process = OpenProcess(SYNCHRONIZE, FALSE, id->pid);
    if (!foreign[engine].process) return FALSE;
    foreign[engine].id = *id;
    InterlockedIncrement(&foreignCount);
    ProcessIdToSessionId(GetCurrentProcessId(), &session);
    swprintf(path, 128, L"\\Sessions\\%u\\BaseNamedObjects\\jobsim-port-%u-%08x", (unsigned)session, (unsigned)id->pid,
             (unsigned)id->born);
    name.Buffer = path;
    name.Length = (USHORT)(lstrlenW(path) * sizeof(WCHAR));
    name.MaximumLength = name.Length + sizeof(WCHAR);
    InitializeObjectAttributes(&attributes, &name, 0, NULL, NULL);
    if (real.NtOpenIoCompletion(&foreign[engine].port, IO_COMPLETION_ALL_ACCESS, &attributes) < 0) foreign[engine].port = NULL;
    PostQueuedCompletionStatus(enginePort, 0, 0, NULL); /* the engine waits without a timeout */
    return TRUE;
}

BOOL has_foreign(void) { return foreignCount > 0 || orphanCount > 0; }

/* Members whose engine died: those that have ended in the meantime leave now. */
static void adopt(int job, int engine) {
    registry->jobs[job].engine = self;
    localJobs[job].adopted = TRUE;
    localJobs[job].rateSeen = 0;
    for (int i = registry->memberHigh - 1; i >= 0; i--) {
        MEMBER *member = &registry->members[i];
        HANDLE process;
        int place = member->count ? place_in(member, job) : -1;
        if (place < 0) continue;
        if (member->suspendedBy >> engine & 1) {
            member->suspendedBy &= ~(1ull << engine);
            member->suspendedBy |= 1ull << self;
        }
        process = member_process(member);
        if (process ? has_ended(process) : no_such_process())
            relay(key_of(job), JOB_OBJECT_MSG_EXIT_PROCESS, member->pid);
    }
    apply_to_job(job);
}

static void close_foreign(int i) {
    real.CloseHandle(foreign[i].process);
    if (foreign[i].port) real.CloseHandle(foreign[i].port);
    memset(&foreign[i], 0, sizeof foreign[i]);
    InterlockedDecrement(&foreignCount);
}

static void take_over(int engine) {
    BOOL adopted = FALSE;
    for (int k = 0; k < registry->jobHigh; k++) {
        const JOB *job = &registry->jobs[k];
        if (!job->used || localJobs[k].generation != job->generation || !localJobs[k].handles) continue;
        if (localJobs[k].dependsOn != engine + 1 || (job->engine != engine && job->engine != self)) continue;
        adopt(k, engine);
        localJobs[k].dependsOn = 0;
        adopted = TRUE;
    }
    if (adopted && foreign[engine].port && orphanCount < MAX_ENGINES) {
        orphanPorts[orphanCount++] = foreign[engine].port;
        foreign[engine].port = NULL;
    }
    close_foreign(engine);
    bury_dead_engines();
}

/* Checks whether an engine on which this process depends has died, and takes over from it. */
void poll_foreign(void) {
    BOOL orphans = FALSE;
    for (int i = 0; i < orphanCount; i++) drain_foreign(orphanPorts[i]);
    for (int i = 0; i < MAX_ENGINES; i++) {
        BOOL needed = FALSE;
        if (!foreign[i].process) continue;
        if (WaitForSingleObject(foreign[i].process, 0) == WAIT_OBJECT_0) {
            if (foreign[i].port) drain_foreign(foreign[i].port);
            lock();
            take_over(i);
            unlock();
            continue;
        }
        lock();
        for (int k = 0; k < registry->jobHigh && !needed; k++)
            needed = registry->jobs[k].used && localJobs[k].handles && localJobs[k].dependsOn == i + 1 &&
                     localJobs[k].generation == registry->jobs[k].generation;
        if (!needed) close_foreign(i);
        unlock();
    }
    lock();
    for (int k = 0; k < registry->jobHigh; k++)
        orphans |= registry->jobs[k].used && localJobs[k].adopted && localJobs[k].generation == registry->jobs[k].generation;
    while (!orphans && orphanCount) real.CloseHandle(orphanPorts[--orphanCount]);
    unlock();
}

/* Notifies the job's engine of a change; acts at once if that engine is in this process. */
void wake_engine(int job) {
    int engine = registry->jobs[job].engine;
    if (engine == self) {
        apply_to_job(job);
        PostQueuedCompletionStatus(enginePort, 0, 0, NULL);
    } else if (engine >= 0 && foreign[engine].port) {
        PostQueuedCompletionStatus(foreign[engine].port, MESSAGE_APPLY, key_of(job), NULL);
    }
}
