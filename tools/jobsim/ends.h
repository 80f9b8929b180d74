/* How ends of processes are counted and reported, and the names that disappear with a job's last handle. */
#ifndef ENDS_H
#define ENDS_H

#include "job_types.h"

#define MAX_LINGERING 512
#define MAX_TOLD 256
#define RELAY_TAKES 20000 /* milliseconds that an engine may need for what Wine has sent, however busy the machine is */
/* The state of a member whose job's end was requested: it still exists, or it no longer exists. */
#define ENDING 1
#define ENDED 2

typedef struct { DWORD pid, generation; LONGLONG born; LONG job; } LINGERING; /* refused, ended, and held by somebody */
typedef struct { ULONG_PTR key; DWORD pid, message; } TOLD; /* told before its own engine has seen it */

extern BOOL finishedEnds;     /* the model of the jobs that this process makes */
extern volatile LONG marked;  /* the last MESSAGE_MARK that the engine has passed */

/* ends.c */
BOOL ends_finished(int job);
void tell_if_empty(int job);
BOOL request_end(int job, HANDLE handle, UINT code);
void last_handle_closes(HANDLE handle, int job);
void end_all_now(void);
void finish_for(ULONGLONG deadEngines);
DWORD guard_of(int job);
DWORD finish_ends(void);
BOOL has_ending(int job);
BOOL await_relay(void);

/* refused.c */
void linger(int job, DWORD pid, HANDLE process);
DWORD look_at_lingering(void);
LONGLONG creation_time(HANDLE process);
DWORD parent_of_process(HANDLE process);
BOOL has_no_thread(HANDLE process);
BOOL has_ended(HANDLE process);
BOOL no_such_process(void);
BOOL has_dead_parent(HANDLE process);
void await_released(DWORD pid);

/* names.c */
HANDLE create_named(SECURITY_ATTRIBUTES *attributes, const WCHAR *name, int *job);
HANDLE open_named(DWORD access, BOOL inherit, const WCHAR *name, int *job);
int job_of_real_name(const WCHAR *name);

#endif
