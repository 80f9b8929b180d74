/* The shared registry: its lock, and the job and member records. */
#include "jobsim.h"
#include <stdio.h>

REAL real;
REGISTRY *registry;
LOCAL_JOB localJobs[MAX_JOBS];
LOCAL_MEMBER localMembers[MAX_MEMBERS];
static int localHigh;
int self = -1;
DWORD processors = 1, windowsBuild;
ULONGLONG systemMask = 1;
double timeScale = 1;
HANDLE enginePort;
BOOL finishedEnds;
static BOOL repeats; /* the model of the jobs that this process makes */
static HANDLE mutex;
static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static HMODULE module;

void lock(void) { WaitForSingleObject(mutex, INFINITE); }
void unlock(void) { ReleaseMutex(mutex); }

BOOL fail(DWORD error) {
    SetLastError(error);
    return FALSE;
}

DWORD born_of(HANDLE process) {
    FILETIME times[4] = {{0}};
    GetProcessTimes(process, &times[0], &times[1], &times[2], &times[3]);
    return times[0].dwLowDateTime | 1;
}

static void load_real(void) {
    HMODULE kernel = GetModuleHandleW(L"kernel32.dll"), nt = GetModuleHandleW(L"ntdll.dll");
#define TAKE(from, name) real.name = (void *)GetProcAddress(from, #name)
    TAKE(kernel, CreateJobObjectW);
    TAKE(kernel, OpenJobObjectW);
    TAKE(kernel, AssignProcessToJobObject);
    TAKE(kernel, TerminateJobObject);
    TAKE(kernel, SetInformationJobObject);
    TAKE(kernel, QueryInformationJobObject);
    TAKE(kernel, IsProcessInJob);
    TAKE(kernel, CreateProcessW);
    TAKE(kernel, CloseHandle);
    TAKE(nt, NtQuerySystemInformation);
    TAKE(nt, NtQueryObject);
    TAKE(nt, NtCompareObjects);
    TAKE(nt, NtCreateIoCompletion);
    TAKE(nt, NtOpenIoCompletion);
    TAKE(nt, NtQueryInformationProcess);
    TAKE(nt, NtSuspendProcess);
    TAKE(nt, NtResumeProcess);
    TAKE(nt, NtGetNextThread);
    TAKE(nt, NtDelayExecution);
    TAKE(nt, RtlWaitOnAddress);
    TAKE(nt, RtlWakeAddressAll);
#undef TAKE
}

static BOOL map_registry(void) {
    WCHAR name[64];
    HANDLE section;
    BOOL fresh;
    swprintf(name, 64, L"Local\\jobsim-lock-%u", (unsigned)sizeof(REGISTRY));
    mutex = CreateMutexW(NULL, FALSE, name);
    swprintf(name, 64, L"Local\\jobsim-registry-%u", (unsigned)sizeof(REGISTRY));
    section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, sizeof(REGISTRY), name);
    if (!mutex || !section) return FALSE;
    registry = MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    if (!registry) return FALSE;
    lock();
    fresh = !registry->ready;
    registry->ready = 1;
    if (!fresh) bury_dead_engines();
    for (int i = 0; i < MAX_ENGINES && self < 0; i++)
        if (!registry->engines[i].pid) self = i;
    if (self >= 0) {
        registry->engines[self].born = born_of(GetCurrentProcess());
        registry->engines[self].pid = GetCurrentProcessId();
    }
    unlock();
    return self >= 0;
}

/* The port has a name so that another process can continue to read it when this one dies. */
static BOOL make_port(void) {
    WCHAR path[128];
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    DWORD session = 0;
    ProcessIdToSessionId(GetCurrentProcessId(), &session);
    swprintf(path, 128, L"\\Sessions\\%u\\BaseNamedObjects\\jobsim-port-%u-%08x", (unsigned)session,
             (unsigned)registry->engines[self].pid, (unsigned)registry->engines[self].born);
    name.Buffer = path;
    name.Length = (USHORT)(lstrlenW(path) * sizeof(WCHAR));
    name.MaximumLength = name.Length + sizeof(WCHAR);
    InitializeObjectAttributes(&attributes, &name, OBJ_OPENIF, NULL, NULL);
    return real.NtCreateIoCompletion(&enginePort, IO_COMPLETION_ALL_ACCESS, &attributes, 0) >= 0;
}

/* How the jobs that this process creates behave where two models are tested. JOBSIM_ENDS: `requested` or
 * `finished` ends count. JOBSIM_NOTIFY: `once` per crossing, or `repeated` after each query while a limit stays
 * exceeded. FALSE for any other word. */
static BOOL read_models(void) {
    WCHAR model[16] = L"";
    DWORD length = GetEnvironmentVariableW(L"JOBSIM_ENDS", model, 16);
    finishedEnds = length && !wcscmp(model, L"finished");
    if (length && !finishedEnds && wcscmp(model, L"requested")) return FALSE;
    length = GetEnvironmentVariableW(L"JOBSIM_NOTIFY", model, 16);
    repeats = length && !wcscmp(model, L"repeated");
    return !length || repeats || !wcscmp(model, L"once");
}

static BOOL CALLBACK start_once(INIT_ONCE *unused, void *parameter, void **context) {
    SYSTEM_INFO system;
    HMODULE pinned;
    HANDLE thread;
    LONG(NTAPI *version)(OSVERSIONINFOW *);
    OSVERSIONINFOW os = {.dwOSVersionInfoSize = sizeof os};
    DWORD_PTR mask = 0, all = 0;
    (void)unused, (void)parameter, (void)context;
    load_real();
    if (!read_models()) return FALSE;
    GetSystemInfo(&system);
    processors = system.dwNumberOfProcessors ? system.dwNumberOfProcessors : 1;
    if (GetProcessAffinityMask(GetCurrentProcess(), &mask, &all)) systemMask = all;
    version = (void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlGetVersion");
    if (version && version(&os) == 0) windowsBuild = os.dwBuildNumber;
    /* The engine thread runs this module's code until the process ends. */
    GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (const WCHAR *)module, &pinned);
    if (!map_registry() || !make_port()) return FALSE;
    linux_start();
    if (!secure_new_threads()) fputs("jobsim: new threads get no access list on this Wine\n", stderr);
    thread = CreateThread(NULL, 0, engine_main, NULL, 0, NULL);
    if (!thread) return FALSE;
    real.CloseHandle(thread);
    return TRUE;
}

BOOL start(void) {
    if (InitOnceExecuteOnce(&once, start_once, NULL, NULL)) return TRUE;
    return fail(ERROR_NOT_ENOUGH_MEMORY);
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, void *reserved) {
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) {
        module = instance;
        DisableThreadLibraryCalls(instance);
    }
    /*
     * No lock here: its owner may be a thread that the exit has already ended. Members held by a CPU cap
     * resume; frozen ones stay frozen, as they would without the process that froze them.
     */
    if (reason == DLL_PROCESS_DETACH && registry && self >= 0) {
        end_all_now();
        for (int i = 0; i < MAX_MEMBERS; i++) {
            MEMBER *member = &registry->members[i];
            BOOL frozen = FALSE;
            if (!localMembers[i].process || !(member->suspendedBy >> self & 1)) continue;
            for (int k = 0; k < member->count; k++) frozen |= registry->jobs[member->job[k]].frozen;
            if (!frozen) real.NtResumeProcess(localMembers[i].process);
        }
    }
    return TRUE;
}

/* "Local\" is the namespace of a bare name. */
static const WCHAR *bare(const WCHAR *name) { return wcsncmp(name, L"Local\\", 6) ? name : name + 6; }

int find_job(const WCHAR *name) {
    if (!name || !*name) return -1;
    for (int i = 0; i < registry->jobHigh; i++)
        if (registry->jobs[i].used && !wcscmp(registry->jobs[i].name, bare(name))) return i;
    return -1;
}

int new_job(const WCHAR *name) {
    for (int attempt = 0; attempt < 2; attempt++) {
        for (int i = 0; i < MAX_JOBS; i++) {
            JOB *job = &registry->jobs[i];
            if (job->used) continue;
            memset(job, 0, sizeof *job);
            job->used = 1;
            if (i >= registry->jobHigh) registry->jobHigh = i + 1;
            job->generation = ++registry->sequence & 0xFFFFFF;
            if (name) lstrcpynW(job->name, bare(name), sizeof job->name / sizeof job->name[0]);
            job->parent = job->portEngine = -1;
            job->engine = self;
            job->finishedEnds = finishedEnds;
            job->schedulingClass = 5;
            job->repeats = repeats;
            return i;
        }
        bury_dead_engines();
    }
    return -1;
}

void free_job(int index) {
    JOB *job = &registry->jobs[index];
    for (int i = 0; i < registry->memberHigh; i++) {
        int place = registry->members[i].count ? place_in(&registry->members[i], index) : -1;
        if (place >= 0) drop_membership(&registry->members[i], place);
    }
    for (int i = 0; i < registry->jobHigh; i++) {
        JOB *child = &registry->jobs[i];
        if (child->used && child->parent == index && child->parentGeneration == job->generation)
            child->parent = job->parent, child->parentGeneration = job->parentGeneration;
    }
    if (localJobs[index].port) real.CloseHandle(localJobs[index].port);
    memset(&localJobs[index], 0, sizeof localJobs[index]);
    job->used = 0;
    job->name[0] = 0;
    while (registry->jobHigh && !registry->jobs[registry->jobHigh - 1].used) registry->jobHigh--;
}

int parent_of(int index) {
    const JOB *job = &registry->jobs[index];
    if (job->parent < 0 || !registry->jobs[job->parent].used) return -1;
    return registry->jobs[job->parent].generation == job->parentGeneration ? job->parent : -1;
}

BOOL is_ancestor(int ancestor, int job) {
    for (int i = 0; job >= 0 && i < MAX_CHAIN; i++, job = parent_of(job))
        if (job == ancestor) return TRUE;
    return FALSE;
}

int depth_of(int job) {
    int depth = 0;
    while (depth < MAX_CHAIN && (job = parent_of(job)) >= 0) depth++;
    return depth;
}

MEMBER *find_member(DWORD pid) {
    LONG i = registry->buckets[(pid >> 2) % MEMBER_BUCKETS];
    for (; i; i = registry->members[i - 1].next)
        if (registry->members[i - 1].pid == pid) return &registry->members[i - 1];
    return NULL;
}

MEMBER *add_member(DWORD pid) {
    MEMBER *member = find_member(pid);
    LONG *bucket = &registry->buckets[(pid >> 2) % MEMBER_BUCKETS];
    if (member) return member;
    for (int i = 0; i < MAX_MEMBERS; i++) {
        member = &registry->members[i];
        if (member->pid) continue;
        memset(member, 0, sizeof *member);
        member->pid = pid;
        member->generation = ++registry->sequence;
        member->next = *bucket;
        *bucket = i + 1;
        if (i >= registry->memberHigh) registry->memberHigh = i + 1;
        return member;
    }
    return NULL;
}

static void close_local(LOCAL_MEMBER *local) {
    if (local->process) real.CloseHandle(local->process);
    if (local->thread) real.CloseHandle(local->thread);
    memset(local, 0, sizeof *local);
}

void drop_membership(MEMBER *member, int place) {
    int index = (int)(member - registry->members);
    member->count--;
    for (int i = place; i < member->count; i++) {
        member->job[i] = member->job[i + 1];
        member->refused[i] = member->refused[i + 1];
        member->memoryAbove[i] = member->memoryAbove[i + 1];
        member->examined[i] = member->examined[i + 1];
    }
    if (member->count) {
        BOOL needed = FALSE;
        for (int i = 0; i < member->count; i++) needed |= registry->jobs[member->job[i]].engine == self;
        if (!needed) close_local(&localMembers[index]);
        return;
    }
    forget_arrival(member->pid);
    for (LONG *link = &registry->buckets[(member->pid >> 2) % MEMBER_BUCKETS]; *link; link = &registry->members[*link - 1].next)
        if (*link == index + 1) {
            *link = member->next;
            break;
        }
    member->pid = member->generation = 0;
    while (registry->memberHigh && !registry->members[registry->memberHigh - 1].pid) registry->memberHigh--;
    close_local(&localMembers[index]);
}

/* Another engine dropped the last membership: a handle would keep the ended process in existence. */
void close_stale(void) {
    for (int i = 0; i < localHigh; i++)
        if (localMembers[i].process && localMembers[i].generation != registry->members[i].generation) close_local(&localMembers[i]);
}

BOOL has_members(int job) {
    for (int i = 0; i < registry->memberHigh; i++)
        if (registry->members[i].count && place_in(&registry->members[i], job) >= 0) return TRUE;
    return FALSE;
}

int place_in(const MEMBER *member, int job) {
    for (int i = 0; i < member->count; i++)
        if (member->job[i] == job) return i;
    return -1;
}

/* The process of a member, opened once by each engine that acts on it. */
HANDLE member_process(MEMBER *member) {
    LOCAL_MEMBER *local = &localMembers[member - registry->members];
    if (local->generation != member->generation || !local->process) {
        close_local(local);
        if (member - registry->members >= localHigh) localHigh = (int)(member - registry->members) + 1;
        local->generation = member->generation;
        local->process = OpenProcess(PROCESS_ALL_ACCESS, FALSE, member->pid);
    }
    /*
     * The handle of an ended thread still gives its final times. A new process has no thread yet, and its first
     * thread is not a Linux thread at once.
     */
    if (!local->thread && local->process && real.NtGetNextThread &&
        real.NtGetNextThread(local->process, NULL, THREAD_QUERY_INFORMATION, 0, 0, &local->thread) < 0)
        local->thread = NULL;
    if (local->thread && !member->mainThread) member->mainThread = GetThreadId(local->thread);
    if (local->thread) linux_identify(member, local->process, local->thread);
    return local->process;
}

void sum_job(int index, SUMS *sums) {
    const JOB *job = &registry->jobs[index];
    memset(sums, 0, sizeof *sums);
    sums->user = job->endedUser;
    sums->kernel = job->endedKernel;
    sums->faults = job->endedFaults;
    for (int i = 0; i < registry->memberHigh; i++) {
        const MEMBER *member = &registry->members[i];
        LONGLONG growth, user;
        if (!member->count || place_in(member, index) < 0) continue;
        growth = (LONGLONG)(member->sampledCommit - member->lastCommit);
        user = member->user - member->lastUser;
        sums->members++;
        sums->user += member->user;
        sums->kernel += member->kernel;
        sums->commit += member->commit;
        sums->faults += member->faults;
        if (!sums->growerPid || growth > sums->growth) sums->growerPid = member->pid, sums->growth = growth;
        if (!sums->userPid || user > sums->userGrowth) sums->userPid = member->pid, sums->userGrowth = user;
    }
}
