/* What the engines decide about new processes, and the wait for it. */
#include "jobsim.h"
#include <stdio.h>

/* How long an engine may take for a new process, however busy the machine is. */
#define VERDICT_TAKES 20000 /* milliseconds */

/* Whoever makes a process join a job records the result: ERROR_SUCCESS, or why it may not run in it. */
void record_verdict(int job, DWORD pid, DWORD error) {
    VERDICT *verdict = &registry->verdicts[registry->verdictNext++ % MAX_VERDICTS];
    verdict->key = key_of(job);
    verdict->pid = pid;
    verdict->error = error;
}

/*
 * Whether a job has decided since then, and what. A process's id is not used again while somebody holds the
 * process: of a call that has begun before the process joined, this is no other one.
 */
static BOOL find_verdict(ULONG_PTR key, DWORD pid, DWORD since, DWORD *error) {
    DWORD end = registry->verdictNext;
    for (DWORD i = end - since > MAX_VERDICTS ? end - MAX_VERDICTS : since; i != end; i++) {
        const VERDICT *verdict = &registry->verdicts[i % MAX_VERDICTS];
        if (verdict->key != key || verdict->pid != pid) continue;
        *error = verdict->error;
        return TRUE;
    }
    return FALSE;
}

/* Its creator has reported that a new process is complete: the limits are applied, or it is ended. */
static void complete(DWORD pid, int job) {
    MEMBER *member = find_member(pid);
    if (!member || member->settled) return;
    member->created = TRUE;
    settle(member);
    wake_engine(job);
}

void report_late(const char *what, DWORD milliseconds) {
    fprintf(stderr, "jobsim: %s within %lu s\n", what, (unsigned long)(milliseconds / 1000));
}

/*
 * Waits until each of the jobs has decided on a new process; returns the error if one refused it. `since` is
 * verdictNext of before the process joined them. Without an answer nothing is known, which is an error too.
 */
DWORD verdict(DWORD pid, const int *jobs, int count, DWORD since) {
    ULONGLONG deadline = GetTickCount64() + VERDICT_TAKES;
    for (;;) {
        LONG seen = relayed;
        DWORD error = ERROR_SUCCESS;
        int judged = 0;
        lock();
        for (int i = 0; i < count && !error; i++) judged += find_verdict(key_of(jobs[i]), pid, since, &error);
        if (error || judged == count) complete(pid, jobs[0]);
        unlock();
        if (error || judged == count) return error;
        if (GetTickCount64() > deadline) {
            report_late("no engine has decided on a new process", VERDICT_TAKES);
            return ERROR_TIMEOUT;
        }
        wait_relayed(seen, 5);
    }
}
