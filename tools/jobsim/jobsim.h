/*
 * jobsim: the job-object functions of kernel32 for a Windows program that runs on Wine 10.
 *
 * THEORY OF OPERATION
 *
 * The caller gets the real handle of Wine's own job, so that Wine still handles handle lifetime, names, access
 * rights, nesting, breakaway and kill-on-close. jobsim never keeps a job handle itself: when the caller closes
 * the last one, or is killed, Wine ends a kill-on-close tree as usual. The flags that Wine understands
 * (breakaway, silent breakaway, kill on close) are always forwarded.
 *
 * What Wine lacks is stored in a REGISTRY: one named section that every process with jobsim maps, protected by
 * one named mutex. It has a JOB record for each job, a MEMBER record for each process in a job, and an ENGINE
 * entry for each process that maps it. So a second process that opens a job by name sees and changes the same
 * limits, statistics and freeze state.
 *
 * Each process runs one ENGINE thread for all of its jobs. In Wine a job has one completion port for its whole
 * life; jobsim takes that port for itself when the job is created. The engine reads it and so learns, in order,
 * which processes joined and left each job. It keeps the member records, and relays each message to the port
 * that the caller associated, adding those that Wine does not send. The same thread samples the members (one
 * NtQuerySystemInformation for all) while a limit or a statistic needs it and a job has members; otherwise it
 * sleeps without a timeout.
 *
 * A job is enforced by the engine of the process that created it. A process that opens the job by name keeps
 * that engine's process and port open. When the engine dies, the first such process that notices (within 250
 * ms) adopts the job and continues to read the port.
 *
 * A new process is checked in one place: where the engine relays its NEW_PROCESS. It is not touched before it
 * is complete, because Wine announces it before it has a thread: killing it then crashes Wine's server, and
 * suspending it then hangs its creator. If a job of its chain has something to check or apply, CreateProcessW
 * starts it suspended, waits for the result, then resumes it or fails with 1816. A grandchild, whose creation
 * jobsim does not see, is checked the same way: one too many is usually ended before it runs, so that its
 * creator fails with 1816 too; limits are applied when its loader runs.
 *
 * A child of a process that is being ended never counts, and ends too. Wine does not end a process that has no
 * thread yet: jobsim ends it when it is complete. One whose creator died before that stays in Wine's job for
 * ever: jobsim reports it as ended, and counts it no more.
 *
 * REAL EFFECT active process limit; user time limits of process and job, with the end-of-job action; CPU hard
 *   cap (members are suspended and resumed in turn); affinity (class 2/9 and 14); priority class; freeze;
 *   maximum rate; kill on close, breakaway, nesting (Wine's); memory limits as far as messages 9 and 10: an
 *   allocation cannot be failed from outside, so nothing is refused or killed; notification limits. Memory is
 *   what Wine reports as page-file usage, which is what was touched, not all that was committed, and is seen
 *   at each look in a member's first second, then once a poll. I/O is what JobsimChargeIo was told; Wine counts
 *   none. Notifications of time, memory and rates are sent at each crossing, those of I/O at each charge that
 *   leaves the total above the limit; while one waits for its query, none is sent. GetProcessTimes of other processes, for which Wine returns the caller's
 *   own times: current user and kernel time of a live one, final times of an ended member as Linux counted
 *   them; zeros for an ended process that was in no job, or ended over 4096 ends ago. Times and page faults of
 *   an ended member are its last ones where Linux keeps it until they are read, which it does for descendants
 *   of a process with jobsim in it (linux.c); of another one, as last seen. A peak is exact where Linux keeps
 *   it (as above) and it is larger than whoever started the member ever was: Linux counts what Wine forked it
 *   from too. A smaller one is the largest size as last seen: in its first second a member is looked at after
 *   each sixteenth of its age, then once a sample, and at its end if there is still something to see. A
 *   member's own request for another priority class or affinity: undone at the next sample, 25 ms later or
 *   more, where jobsim is not in the member, else answered as Windows does (requests.c). A new thread of a process
 *   with jobsim in it: its owner and access list are those of the process's token (threads.c).
 *   JOBSIM_NOTIFY=repeated, in the environment of the process that makes a job: message 11 comes again after
 *   each query while a limit stays exceeded; no page says which of both Windows does. TWO MODELS OF AN END
 *   Microsoft's pages leave some of it open, so JOBSIM_ENDS chooses, in the environment of the process that
 *   makes a job: requested (or nothing), which Windows very probably does: TerminateJobObject, the end of job
 *   time and a kill on close lower ActiveProcesses at once, send ACTIVE_PROCESS_ZERO, and no EXIT. The
 *   processes run nothing any more, but end, and signal the job, 50 ms later; where the caller is killed before
 *   and nobody else holds the job, they end with the caller, with code 0. NEW is in the port when the call
 *   returns, EXIT when WaitForSingleObject does. The port goes with the last handle; a refused process sends no
 *   EXIT. finished: TerminateJobObject returns when all have ended, and each has sent EXIT; a refused process
 *   sends it too. NEW and EXIT come soon after their call or wait. The port outlives the last handle. In both a
 *   refused process counts until every handle to it is closed, the innermost job reports an end first, and a
 *   name disappears with the last handle. STORED ONLY CPU weight, soft cap and minimum rate; network and I/O
 *   rates; UI limits and handle grants; working set; scheduling class; die on unhandled exception; subset
 *   affinity; completion filter; the undocumented classes 21-24, 44, 48, 49. Network accounting, interference
 *   and shared commit are 0. REFUSED (50) classes 5, 20, 25, 30, 35-41, 43, 45-47, 50, 52.
 *
 * NOT SEEN an unnamed job whose handle another process got by inheritance or duplication: its calls fail there
 *   with ERROR_NOT_SUPPORTED (50); give such a job a name. Never shipped and never loaded on Windows.
 */
#ifndef JOBSIM_H
#define JOBSIM_H

#include "job_types.h"
#include "ends.h"
#include "real.h"

#define JOBSIM_VERSION 0x00010000
#define MAX_JOBS 3072
#define MAX_MEMBERS 8192
#define MEMBER_BUCKETS 4096
#define MAX_ENGINES 64
#define MAX_CHAIN 8
#define MAX_VOLUMES 4
#define MAX_KEPT 4096
#define MAX_ENDS 1024
#define MAX_VERDICTS 4096
#define MAX_PEAKS 256
#define MAX_ARRIVALS 256

/* jobsim's own packets in the engine's port, in addition to Wine's. */
#define MESSAGE_CLOSED 0xFFFF0001u /* the last handle of this process was closed */
#define MESSAGE_APPLY 0xFFFF0002u  /* another process changed the job */
#define MESSAGE_MARK 0xFFFF0003u   /* somebody waits until all before it is relayed */

/* Exports the alias under which the caller gets a function whose real counterpart jobsim itself calls. */
#define EXPORT_AS(name, own) __asm__(".section .drectve\n .ascii \" -export:" #name "=" #own "\"\n .text")

typedef struct { DWORD pid, born; } ENGINE;

/* The facts about a Linux process: times in 100 ns, `start` in ticks since boot, sizes in bytes. */
typedef struct { int pid; DWORD faults; ULONGLONG start, largest; LONGLONG user, kernel; } LINUX_USAGE; /* largest: once it has ended */
typedef enum { TOLD_SIZE, NOT_YET, NOT_OURS } LINUX_END;
typedef struct { ULONGLONG largest, file, commit; } LINUX_MEMORY; /* all resident but for the commit */

typedef struct { WCHAR volume[MAX_PATH]; IO_RATE_NATIVE_V3 rate; } IO_ENTRY;

typedef struct {
    LONG used;
    DWORD generation;
    WCHAR name[MAX_PATH + 8]; /* empty once the last handle is closed */
    BOOL alias;               /* Wine knows it by another name */
    LONG parent;
    DWORD parentGeneration;
    LONG engine;       /* index of the engine that enforces */
    ULONGLONG openBy;  /* engines whose process holds a handle */

    DWORD flags; /* LimitFlags */
    LONGLONG processTime, jobTime;
    ULONGLONG minWorkingSet, maxWorkingSet, affinity, processMemory, jobMemory, totalMemory;
    DWORD activeLimit, priorityClass, schedulingClass;
    LONGLONG jobTimeEnd, periodUser, periodKernel; /* absolute, in job user time */
    BOOL exhausted;
    BOOL unsignaled; /* Wine's signal of the end of its time is over: the limit was reset */
    DWORD ui, endOfJobAction;
    BOOL frozen;
    ULONG wakeHigh, wakeLow;
    CPU_RATE_INFO cpu;
    BOOL cpuEver;
    NET_RATE_INFO net;
    IO_ENTRY io[MAX_VOLUMES];
    DWORD ioCount;
    GROUP_AFFINITY groups[4];
    DWORD groupCount;
    USHORT groupList[4];
    DWORD groupListCount;
    BYTE stored[64];

    LONG portEngine; /* -1: no port */
    HANDLE portHandle;
    ULONG_PTR portKey;
    DWORD portGeneration;
    ULONGLONG delivered;

    NOTIFY_INFO_2 notify;
    VIOLATION_INFO_2 violation;
    LONGLONG notifyTimeEnd;
    BOOL violationPending, memoryAbove;
    BOOL repeats; /* notifies again after each query while a limit stays exceeded */
    DWORD above;   /* limits that are crossed now */
    DWORD crossed; /* of those, the ones that were not so from the first */

    BOOL finishedEnds; /* the model of its maker */
    BOOL populated;    /* the end of its last process is still to be told */
    DWORD pendingHandles;
    DWORD held; /* of the active: refused, and counted until their handles are closed */
    DWORD stillborn; /* Wine counts them for ever: their creators ended before they had a thread */
    DWORD total, active, limitKills, endedFaults;
    LONGLONG endedUser, endedKernel;
    ULONGLONG ioOps[3], ioBytes[3]; /* read, write, other */
    ULONGLONG peakProcess, peakJob;
    BOOL attributionEver, attributionOn;
    ATTRIBUTION_STATS attribution[2];
} JOB;

typedef struct {
    DWORD pid, generation;
    LONG next; /* in the bucket */
    LONG count;
    WORD job[MAX_CHAIN];
    BYTE refused[MAX_CHAIN], memoryAbove[MAX_CHAIN];
    BYTE ending; /* 0, ENDING or ENDED: its job's end was requested */
    LONG endEngine;
    UINT endCode;
    ULONGLONG endDue;   /* GetTickCount64 */
    LONGLONG endAsked;  /* when, as a creation time: what it starts later ends too */
    ULONGLONG examined[MAX_CHAIN]; /* the commit that was compared with the job's limits */
    BOOL timeKilled, masked;
    BOOL created; /* its creator has reported that it is complete */
    BOOL settled; /* judged, and the limits applied */
    ULONGLONG settledAt; /* ticks() */
    BOOL doomed;  /* it had no thread yet when its job was ended */
    BOOL final;   /* it has ended, and its times are final */
    ULONGLONG joined; /* GetTickCount64 */
    DWORD mainThread;
    int linuxPid;
    ULONGLONG linuxStart;
    ULONGLONG forkedFrom; /* the size that its Linux process may have had before it ran its program; 0: unknown */
    ULONGLONG file;       /* the pages that do not count as committed, as last seen */
    BOOL sampled;       /* at least once */
    DWORD seen;         /* number of the sample that last showed it */
    ULONGLONG look;     /* when its memory is to be looked at again while it is young */
    LONGLONG user, kernel, mainUser, mainKernel;
    ULONGLONG commit;                     /* as last seen */
    ULONGLONG sampledCommit, lastCommit; /* in the last two samples */
    LONGLONG lastUser;
    DWORD faults;
    ULONGLONG suspendedBy; /* engines that hold a suspension */
} MEMBER;

/* The state of a member whose largest size Linux has not reported yet. */
typedef struct {
    int pid; /* 0: none */
    LONG count;
    ULONGLONG start, due, forkedFrom, file;
    WORD job[MAX_CHAIN];
    DWORD generation[MAX_CHAIN];
} PEAK;

typedef struct { ULONG_PTR key; DWORD pid, error; } VERDICT; /* of a job on a new process */

typedef struct {
    LONG ready;
    DWORD sequence;
    ENGINE engines[MAX_ENGINES];
    LONG jobHigh;
    JOB jobs[MAX_JOBS];
    LONG memberHigh;
    LONG buckets[MEMBER_BUCKETS]; /* index + 1 */
    MEMBER members[MAX_MEMBERS];
    struct { DWORD pid; ULONGLONG commit; } arrivals[MAX_ARRIVALS]; /* running processes that were assigned */
    DWORD arrivalNext;
    struct { DWORD pid; LONGLONG born, user, kernel; } kept[MAX_KEPT]; /* of members that have ended */
    DWORD keptNext;
    LINGERING lingering[MAX_LINGERING];
    TOLD told[MAX_TOLD];
    DWORD toldNext;
    VERDICT verdicts[MAX_VERDICTS];
    DWORD verdictNext;
    LINUX_USAGE ends[MAX_ENDS]; /* of Linux processes that were reaped */
    PEAK peaks[MAX_PEAKS];
    DWORD endNext, peakNext, sampleNumber;
} REGISTRY;

/* What only this process knows about a job. */
typedef struct {
    DWORD generation;
    LONG handles;
    HANDLE port;
    DWORD portGeneration;
    LONG drained;   /* close packets that the engine has passed */
    LONG dependsOn; /* engine of another process that enforces, + 1 */
    BOOL adopted;
    BOOL throttled, throttledInSlice;
    LONGLONG credit, lastCpu; /* 100 ns of CPU time */
    ULONGLONG rateSeen;       /* when the budget was last filled */
    struct {
        ULONGLONG start;   /* of the open slice */
        LONGLONG used;     /* CPU time, or bytes and operations, at its start */
        LONGLONG backlog;  /* I/O that a rate would still hold back */
        BYTE exceeded[64]; /* closed slices, newest at next - 1 */
        DWORD length[64], next, count;
    } tolerance[2]; /* of CPU and of I/O */
} LOCAL_JOB;

typedef struct { DWORD generation; HANDLE process, thread; } LOCAL_MEMBER;

typedef struct {
    LONGLONG user, kernel;
    ULONGLONG commit;
    DWORD faults, members, growerPid, userPid;
    LONGLONG growth, userGrowth;
} SUMS;

extern REGISTRY *registry;
extern LOCAL_JOB localJobs[MAX_JOBS];
extern LOCAL_MEMBER localMembers[MAX_MEMBERS];
extern int self;          /* this process's engine */
extern DWORD processors, windowsBuild;
extern ULONGLONG systemMask;
extern double timeScale;
extern HANDLE enginePort;
extern volatile LONG relayed; /* moves whenever the engine has relayed something */

#include "functions.h"

#endif
