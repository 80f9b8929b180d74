/* The facts that only Linux has: the times and page faults of a process up to its very end, and its largest
 * size.
 *
 * The process with jobsim becomes the reaper of its Linux descendants, whose Linux parent has already ended
 * because of how Wine starts them. So an ended process stays, with everything it used, until the thread here
 * has copied that to the registry. For a process that is not a descendant, Linux has the numbers only until it
 * ends. */
#include "jobsim.h"

enum { SYS_READ = 0, SYS_OPEN = 2, SYS_CLOSE = 3, SYS_GETPID = 39, SYS_WAIT4 = 61, SYS_PRCTL = 157, SYS_GETTID = 186, SYS_WAITID = 247 };
enum { FORKED_ONLY = 0x40 }; /* of the flags in /proc/PID/stat: it has not executed a program */
enum { BY_ANY = 0, BY_PID = 1, NO_HANG = 1, EXITED = 4, NO_WAIT = 0x1000000, SET_CHILD_SUBREAPER = 36, INTERRUPTED = -4 };

/* Linux's siginfo of a child and rusage, as x86-64 has them; largest in KB. See getrusage(2). */
typedef struct { int number, error, code, pad, pid, more[27]; } CHILD_INFO;
typedef struct { LONGLONG times[4], largest, more[13]; } CHILD_USAGE;

/* Request and reply of Wine's get_thread_times, the one call that names the Linux process. */
enum { GET_THREAD_TIMES = 15 };
typedef union {
    struct { int number; unsigned size, room, handle; } request;
    struct { unsigned error, size; LONGLONG created, ended; int pid, tid; } reply;
    BYTE most[64];
} SERVER_UNION;
typedef struct {
    SERVER_UNION u;
    unsigned count;
    void *reply;
    struct { const void *data; unsigned size; } data[5];
} SERVER_CALL;

static unsigned(CDECL *server_call)(void *);

static LONGLONG linux_call(LONGLONG number, LONGLONG a, LONGLONG b, LONGLONG c, LONGLONG d, LONGLONG e) {
    LONGLONG result;
    register LONGLONG r10 __asm__("r10") = d;
    register LONGLONG r8 __asm__("r8") = e;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
    return result;
}

static BOOL ask_server(HANDLE thread, int *pid, int *tid) {
    SERVER_CALL call = {.u.request = {GET_THREAD_TIMES, 0, 0, (unsigned)(ULONG_PTR)thread}};
    if (!server_call || server_call(&call)) return FALSE;
    *pid = call.u.reply.pid;
    *tid = call.u.reply.tid;
    return *pid > 0;
}

static BOOL read_file(const char *path, char *text, int room) {
    LONGLONG file = linux_call(SYS_OPEN, (LONGLONG)path, 0, 0, 0, 0), got = 0, part;
    if (file < 0) return FALSE;
    while (got < room - 1 && (part = linux_call(SYS_READ, file, (LONGLONG)(text + got), room - 1 - got, 0, 0)) > 0) got += part;
    linux_call(SYS_CLOSE, file, 0, 0, 0, 0);
    text[got] = 0;
    return got > 0;
}

/* Fields 9, 10, 12, 14, 15 and 22 of /proc/PID/stat; a tick is 10 ms. See proc(5). */
static BOOL read_stat(int pid, LINUX_USAGE *out, DWORD *flags) {
    char path[40], text[1024], *field;
    ULONGLONG value[23] = {0};
    wsprintfA(path, "/proc/%d/stat", pid);
    if (!read_file(path, text, sizeof text) || !(field = strrchr(text, ')'))) return FALSE;
    field += 4; /* after the name and the state */
    for (int i = 4; i <= 22; i++) value[i] = strtoull(field, &field, 10);
    *flags = (DWORD)value[9];
    out->pid = pid;
    out->start = value[22];
    out->faults = (DWORD)(value[10] + value[12]);
    out->largest = 0;
    out->user = (LONGLONG)value[14] * 100000;
    out->kernel = (LONGLONG)value[15] * 100000;
    return TRUE;
}

static ULONGLONG bytes_of(const char *text, const char *name) {
    const char *line = strstr(text, name);
    return line ? strtoull(line + strlen(name), NULL, 10) << 10 : 0;
}

/* Sizes in /proc/PID/status, which are there until shortly before the end. */
BOOL linux_memory(const MEMBER *member, LINUX_MEMORY *out) {
    char path[40], text[4096];
    LINUX_USAGE same;
    DWORD flags;
    if (!member->linuxPid) return FALSE;
    wsprintfA(path, "/proc/%d/status", member->linuxPid);
    if (!read_file(path, text, sizeof text) || !strstr(text, "VmHWM:")) return FALSE;
    if (!read_stat(member->linuxPid, &same, &flags) || same.start != member->linuxStart) return FALSE;
    out->largest = bytes_of(text, "VmHWM:");
    out->file = bytes_of(text, "RssFile:") + bytes_of(text, "RssShmem:");
    out->commit = bytes_of(text, "RssAnon:") + bytes_of(text, "VmSwap:");
    return TRUE;
}

/*
 * Copies what an ended child used to the registry and reaps it at once, because Wine's server keeps its record
 * of a process until Linux has reaped it. FALSE if it must be left alone: the short-lived process between Wine
 * and the one that it starts, which has not executed a program and which Wine waits for.
 */
static BOOL reap(int pid, ULONGLONG largest, BOOL all) {
    LINUX_USAGE usage;
    DWORD flags;
    if (read_stat(pid, &usage, &flags)) {
        if ((flags & FORKED_ONLY) && !all) return FALSE;
        usage.largest = largest;
        lock();
        registry->ends[registry->endNext++ % MAX_ENDS] = usage;
        unlock();
    }
    linux_call(SYS_WAIT4, pid, 0, NO_HANG, 0, 0);
    return TRUE;
}

static DWORD WINAPI reaper_main(void *unused) {
    int left = 0, times = 0;
    (void)unused;
    for (;;) {
        LONG seen = relayed;
        CHILD_INFO info = {0};
        CHILD_USAGE usage = {0};
        LONGLONG error = linux_call(SYS_WAITID, BY_ANY, 0, (LONGLONG)&info, EXITED | NO_WAIT, (LONGLONG)&usage);
        if (error == INTERRUPTED) continue;
        if (error) {
            wait_relayed(seen, 100); /* there is no child yet */
            continue;
        }
        times = info.pid == left ? times + 1 : 0;
        left = info.pid;
        if (!reap(info.pid, (ULONGLONG)usage.largest << 10, times > 50)) Sleep(1);
    }
    return 0;
}

/* Wine's protocol is used here by number, so it is first tested on a known result. */
void linux_start(void) {
    HANDLE thread = NULL;
    int pid = 0, tid = 0;
    server_call = (void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_server_call");
    if (!server_call) return;
    DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &thread, 0, FALSE, DUPLICATE_SAME_ACCESS);
    if (!ask_server(thread, &pid, &tid) || pid != linux_call(SYS_GETPID, 0, 0, 0, 0, 0) || tid != linux_call(SYS_GETTID, 0, 0, 0, 0, 0))
        server_call = NULL;
    real.CloseHandle(thread);
    if (!server_call || linux_call(SYS_PRCTL, SET_CHILD_SUBREAPER, 1, 0, 0, 0)) return;
    thread = CreateThread(NULL, 0, reaper_main, NULL, 0, NULL);
    if (thread) real.CloseHandle(thread);
}

/* The largest size of the process that Wine forked a member from; 0 if unknown. */
static ULONGLONG size_of_maker(HANDLE process) {
    const MEMBER *maker;
    char path[40] = "/proc/self/status", text[4096];
    DWORD pid = parent_of_process(process);
    if (!pid) return 0;
    if (pid != GetCurrentProcessId()) {
        maker = find_member(pid);
        if (!maker || !maker->linuxPid) return 0;
        wsprintfA(path, "/proc/%d/status", maker->linuxPid);
    }
    return read_file(path, text, sizeof text) ? bytes_of(text, "VmHWM:") : 0;
}

/* The Linux process of a member; found by its thread, and distinguished from a later one by its start time. */
void linux_identify(MEMBER *member, HANDLE process, HANDLE thread) {
    LINUX_USAGE usage;
    DWORD flags;
    int pid, tid;
    if (member->linuxPid || !ask_server(thread, &pid, &tid) || !read_stat(pid, &usage, &flags)) return;
    member->linuxPid = pid;
    member->linuxStart = usage.start;
    member->forkedFrom = size_of_maker(process);
}

static BOOL kept_usage(int pid, ULONGLONG start, LINUX_USAGE *out) {
    for (DWORD i = 0; i < MAX_ENDS; i++) {
        *out = registry->ends[i];
        if (out->pid == pid && out->start == start) return TRUE;
    }
    return FALSE;
}

/* The largest size of a process that has ended according to Wine; for Linux it ends a little later. */
LINUX_END linux_end(int pid, ULONGLONG start, ULONGLONG *largest) {
    CHILD_INFO info = {0};
    CHILD_USAGE usage = {0};
    LINUX_USAGE kept;
    LONGLONG error = linux_call(SYS_WAITID, BY_PID, pid, (LONGLONG)&info, EXITED | NO_HANG | NO_WAIT, (LONGLONG)&usage);
    if (kept_usage(pid, start, &kept)) *largest = kept.largest;
    else if (!error && info.pid) *largest = (ULONGLONG)usage.largest << 10;
    else return error && error != INTERRUPTED ? NOT_OURS : NOT_YET;
    return TOLD_SIZE;
}

/* What a live or ended member has used; FALSE if Linux has forgotten it, or it is not known. */
BOOL linux_usage(const MEMBER *member, LINUX_USAGE *out) {
    DWORD flags;
    if (!member->linuxPid) return FALSE;
    /* First the stored numbers: while it is being reaped, Linux shows zeros. */
    if (kept_usage(member->linuxPid, member->linuxStart, out)) return TRUE;
    return read_stat(member->linuxPid, out, &flags) && out->start == member->linuxStart;
}
