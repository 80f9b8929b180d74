/*
 * Names of jobs. A name disappears with the last handle, as on Windows. Wine keeps it while a member runs, or
 * while there is a handle to one that has ended; a new job with that name then gets an alias in Wine.
 */
#include "jobsim.h"
#include <stdio.h>

#define ALIAS_MARK L'\x7f' /* between the name and the generation of its job */
#define MAX_NAME (MAX_PATH + 32)

static void real_name(int index, const WCHAR *name, WCHAR *out) {
    if (registry->jobs[index].alias) swprintf(out, MAX_NAME, L"%ls%lc%x", name, ALIAS_MARK, (unsigned)registry->jobs[index].generation);
    else lstrcpynW(out, name, MAX_NAME);
}

/* The job for the last part of a name in Wine. */
int job_of_real_name(const WCHAR *name) {
    WCHAR own[MAX_NAME];
    for (int i = 0; i < registry->jobHigh; i++) {
        if (!registry->jobs[i].used || !registry->jobs[i].name[0]) continue;
        real_name(i, registry->jobs[i].name, own);
        if (!wcscmp(own, name)) return i;
    }
    return -1;
}

/* A job whose holders have all been killed has also lost its name. */
static int find_live(const WCHAR *name) {
    int job = find_job(name);
    if (job < 0 || registry->jobs[job].openBy == 1ull << self) return job;
    bury_dead_engines();
    return find_job(name);
}

/*
 * A job in Wine that jobsim does not know was created without jobsim, or has lost its name; the latter already
 * has jobsim's port.
 */
static BOOL takes_port(const WCHAR *name, int job) {
    HANDLE handle = real.OpenJobObjectW(JOB_OBJECT_ALL_ACCESS, FALSE, name);
    BOOL taken = handle && own_port(handle, job);
    if (handle) real.CloseHandle(handle);
    return taken;
}

/* Like CreateJobObjectW, with its last error; `job` is the record, or -1 if there is no room for one. */
HANDLE create_named(SECURITY_ATTRIBUTES *attributes, const WCHAR *name, int *job) {
    WCHAR own[MAX_NAME];
    HANDLE handle;
    BOOL existed;
    *job = name && *name ? find_live(name) : -1;
    if (*job >= 0 && registry->jobs[*job].alias) {
        real_name(*job, name, own);
        SetLastError(ERROR_SUCCESS);
        handle = real.CreateJobObjectW(attributes, own);
        if (!handle || GetLastError() == ERROR_ALREADY_EXISTS) return handle;
        real.CloseHandle(handle);
        free_job(*job); /* its kernel object is gone */
        *job = -1;
    }
    SetLastError(ERROR_SUCCESS);
    handle = real.CreateJobObjectW(attributes, name);
    if (!handle) return NULL;
    existed = GetLastError() == ERROR_ALREADY_EXISTS;
    if (existed && *job >= 0) return handle;
    if (*job >= 0) free_job(*job); /* its kernel object is gone */
    *job = new_job(name);
    if (*job >= 0 && !own_port(handle, *job) && existed && !takes_port(name, *job)) {
        real.CloseHandle(handle);
        registry->jobs[*job].alias = TRUE;
        real_name(*job, name, own);
        handle = real.CreateJobObjectW(attributes, own);
        if (!handle) return free_job(*job), NULL;
        own_port(handle, *job);
        existed = FALSE;
    }
    SetLastError(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    return handle;
}

/* Like OpenJobObjectW; the name of a job without handles is not found. */
HANDLE open_named(DWORD access, BOOL inherit, const WCHAR *name, int *job) {
    WCHAR own[MAX_NAME];
    HANDLE handle;
    *job = find_live(name);
    if (*job >= 0) {
        real_name(*job, name, own);
        return real.OpenJobObjectW(access, inherit, own);
    }
    handle = real.OpenJobObjectW(access, inherit, name);
    if (!handle) return NULL;
    *job = new_job(name);
    if (*job < 0 || takes_port(name, *job)) return handle;
    free_job(*job);
    real.CloseHandle(handle);
    SetLastError(ERROR_FILE_NOT_FOUND);
    return NULL;
}
