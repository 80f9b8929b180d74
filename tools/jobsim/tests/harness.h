/* The frame of jobsim's own tests: a list of tests, checks that name what failed, children, messages. */
#ifndef HARNESS_H
#define HARNESS_H

#include "../job_types.h"
#include <stdio.h>

typedef struct {
    JOB_FUNCTIONS
    DWORD(WINAPI *SetIoRateControlInformationJobObject)(HANDLE, IO_RATE_INFO *);
    DWORD(WINAPI *QueryIoRateControlInformationJobObject)(HANDLE, const WCHAR *, IO_RATE_INFO **, ULONG *);
    void(WINAPI *FreeMemoryJobObject)(void *);
    DWORD(WINAPI *WaitForSingleObject)(HANDLE, DWORD);
    BOOL(WINAPI *UserHandleGrantAccess)(HANDLE, HANDLE, BOOL);
    BOOL(WINAPI *SetPriorityClass)(HANDLE, DWORD);
    BOOL(WINAPI *SetProcessAffinityMask)(HANDLE, DWORD_PTR);
    BOOL(WINAPI *GetProcessTimes)(HANDLE, FILETIME *, FILETIME *, FILETIME *, FILETIME *);
    BOOL(WINAPI *JobsimChargeIo)(HANDLE, ULONGLONG, ULONGLONG, DWORD);
    BOOL(WINAPI *JobsimSetTimeScale)(double);
    DWORD(WINAPI *JobsimVersion)(void);
} API;
extern API api;

/* Milliseconds for what comes in any case, however busy the machine is: only a hang lasts longer. */
#define HANG 30000

typedef struct { DWORD message, pid; ULONG_PTR key; } MESSAGE;
typedef struct { HANDLE job, port; } RIG; /* a kill-on-close job with a port; key 42 */
typedef struct { HANDLE process; DWORD pid; } CHILD;
typedef struct { HANDLE ready, go; } EVENTS; /* jobsim-test-ready and jobsim-test-go, by which a child is led */

/* A test returns early from a failed CHECK; what it leaves open ends with its jobs. */
void fail_test(const char *file, int line, const char *format, ...);
#define CHECK(condition) do { if (!(condition)) { fail_test(__FILE__, __LINE__, "%s (error %lu)", #condition, GetLastError()); return; } } while (0)
#define EQUAL(actual, expected) do { long long a_ = (long long)(actual), e_ = (long long)(expected); \
    if (a_ != e_) { fail_test(__FILE__, __LINE__, "%s is %lld (0x%llx), wanted %lld (0x%llx)", #actual, a_, a_, e_, e_); return; } } while (0)
#define BETWEEN(actual, low, high) do { long long a_ = (long long)(actual); \
    if (a_ < (long long)(low) || a_ > (long long)(high)) { fail_test(__FILE__, __LINE__, "%s is %lld, wanted %lld to %lld", #actual, a_, (long long)(low), (long long)(high)); return; } } while (0)
/* The call fails with this error. */
#define REFUSED(call, error) do { SetLastError(0); if (call) { fail_test(__FILE__, __LINE__, "%s succeeded", #call); return; } \
    if (GetLastError() != (error)) { fail_test(__FILE__, __LINE__, "%s: error %lu, wanted %lu", #call, GetLastError(), (DWORD)(error)); return; } } while (0)

typedef void (*TEST)(void);
typedef struct { const char *name; TEST run; } ENTRY;
extern const ENTRY limitTests[], messageTests[], effectTests[], notifyTests[], lifetimeTests[], sharedTests[], timesTests[], endTests[], endSharedTests[],
    nestingTests[], memberTests[], threadTests[];

BOOL rig_open(RIG *rig);
void rig_close(RIG *rig);
BOOL next_message(HANDLE port, MESSAGE *out, DWORD milliseconds);
/* Waits for a message of this kind and drops those before it. */
BOOL await_message(HANDLE port, DWORD kind, MESSAGE *out, DWORD milliseconds);
/* How many of this kind come within the time. */
int count_messages(HANDLE port, DWORD kind, DWORD milliseconds);
/* Starts this program again with a verb, born in the jobs; FALSE with the last error. */
BOOL start_child(const HANDLE *jobs, int count, const WCHAR *verb, DWORD flags, CHILD *out);
BOOL child_in(HANDLE job, const WCHAR *verb, CHILD *out);
DWORD exit_code(const CHILD *child, DWORD milliseconds);
void drop_child(CHILD *child);
BOOL events_open(EVENTS *events);
void events_close(EVENTS *events);
LONGLONG user_time(HANDLE job);
/* How many processes a limit of the job has ended. */
DWORD limit_kills(HANDLE job);
DWORD own_handles(void);
BOOL wait_until(BOOL (*condition)(void *), void *context, DWORD milliseconds);
BOOL set_flags(HANDLE job, DWORD flags);
/* The model of ends: whether they count when they are requested. */
BOOL ends_requested(void);
int child_main(int count, WCHAR **arguments);

#endif
