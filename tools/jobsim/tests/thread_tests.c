/* The rights to threads of a process with jobsim in it. */
#include "harness.h"
#include <sddl.h>

/* Opens a thread with a token in which the group of administrators only denies; the error, 0 for success. */
static DWORD opened_by_others(DWORD thread, DWORD rights) {
    BYTE administrators[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof administrators, error = 0;
    HANDLE own = NULL, fewer = NULL, opened;
    SID_AND_ATTRIBUTES denied = {administrators, 0};
    if (!CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, administrators, &size) ||
        !OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY | TOKEN_IMPERSONATE, &own) ||
        !CreateRestrictedToken(own, 0, 1, &denied, 0, NULL, 0, NULL, &fewer) || !ImpersonateLoggedOnUser(fewer))
        return GetLastError();
    opened = OpenThread(rights, FALSE, thread);
    if (!opened) error = GetLastError();
    RevertToSelf();
    if (opened) CloseHandle(opened);
    CloseHandle(fewer);
    CloseHandle(own);
    return error;
}

static BOOL set_default(ACL *list) {
    TOKEN_DEFAULT_DACL value = {list};
    HANDLE token;
    BOOL set;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_DEFAULT, &token)) return FALSE;
    set = SetTokenInformation(token, TokenDefaultDacl, &value, sizeof value);
    CloseHandle(token);
    return set;
}

/* Sets the default list and gives the one of before, to be freed; NULL on failure. */
static TOKEN_DEFAULT_DACL *replace_default(const WCHAR *text) {
    TOKEN_DEFAULT_DACL *before = malloc(4096);
    SECURITY_DESCRIPTOR *descriptor = NULL;
    BOOL present, unused, done;
    ACL *list;
    HANDLE token;
    DWORD length;
    done = OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) &&
           GetTokenInformation(token, TokenDefaultDacl, before, 4096, &length) && CloseHandle(token) &&
           ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, (void **)&descriptor, NULL) &&
           GetSecurityDescriptorDacl(descriptor, &present, &list, &unused) && set_default(list);
    LocalFree(descriptor);
    if (done) return before;
    free(before);
    return NULL;
}

static const DWORD RIGHTS[] = {THREAD_TERMINATE, THREAD_SUSPEND_RESUME, THREAD_SET_CONTEXT, WRITE_DAC};
#define COUNT (int)(sizeof RIGHTS / sizeof *RIGHTS)

typedef struct { HANDLE ready, go; DWORD id; } POOLED;

static void CALLBACK pooled(TP_CALLBACK_INSTANCE *unused, void *parameter, TP_WORK *work) {
    POOLED *self = parameter;
    (void)unused, (void)work;
    self->id = GetCurrentThreadId();
    SetEvent(self->ready);
    WaitForSingleObject(self->go, HANG);
}

/* The errors of a new suspended thread and of one of a new pool of ntdll's, for each right. */
static BOOL try_both(DWORD *suspended, DWORD *inPool) {
    POOLED one = {CreateEventW(NULL, FALSE, FALSE, NULL), CreateEventW(NULL, FALSE, FALSE, NULL), 0};
    TP_POOL *pool = CreateThreadpool(NULL);
    TP_CALLBACK_ENVIRON environment;
    TP_WORK *work;
    DWORD id;
    HANDLE job = api.CreateJobObjectW(NULL, NULL); /* jobsim starts with the first job */
    HANDLE thread = CreateThread(NULL, 0, (void *)ExitThread, NULL, CREATE_SUSPENDED, &id);
    api.CloseHandle(job);
    InitializeThreadpoolEnvironment(&environment);
    SetThreadpoolCallbackPool(&environment, pool);
    work = CreateThreadpoolWork(pooled, &one, &environment);
    if (!thread || !work) return FALSE;
    SubmitThreadpoolWork(work);
    if (WaitForSingleObject(one.ready, HANG) != WAIT_OBJECT_0) return FALSE;
    for (int i = 0; i < COUNT; i++) {
        suspended[i] = opened_by_others(id, RIGHTS[i]);
        inPool[i] = opened_by_others(one.id, RIGHTS[i]);
    }
    SetEvent(one.go);
    WaitForThreadpoolWorkCallbacks(work, FALSE);
    CloseThreadpoolWork(work);
    CloseThreadpool(pool);
    ResumeThread(thread);
    WaitForSingleObject(thread, HANG);
    CloseHandle(thread);
    CloseHandle(one.ready);
    CloseHandle(one.go);
    return TRUE;
}

static void by_the_token(void) {
    const DWORD open[COUNT] = {0}, closed[COUNT] = {5, 5, 5, 5};
    DWORD suspended[COUNT], inPool[COUNT];
    TOKEN_DEFAULT_DACL *before;
    CHECK(try_both(suspended, inPool));
    CHECK(!memcmp(suspended, open, sizeof open) && !memcmp(inPool, open, sizeof open));
    before = replace_default(L"D:(A;;RC;;;S-1-3-4)(A;;GA;;;BA)(A;;GA;;;SY)");
    CHECK(before);
    CHECK(try_both(suspended, inPool));
    CHECK(!memcmp(suspended, closed, sizeof closed) && !memcmp(inPool, closed, sizeof closed));
    CHECK(set_default(before->DefaultDacl));
    free(before);
    CHECK(try_both(suspended, inPool));
    CHECK(!memcmp(suspended, open, sizeof open) && !memcmp(inPool, open, sizeof open));
}

/* Wine's token has a group for its owner, in which the other token is too. */
static void by_the_owner(void) {
    const DWORD except[COUNT] = {5, 5, 5, 0};
    DWORD suspended[COUNT], inPool[COUNT];
    const WCHAR *lists[] = {L"D:(A;;GA;;;BA)(A;;GA;;;SY)", L"D:(A;;RCWD;;;S-1-3-4)(A;;GA;;;BA)(A;;GA;;;SY)"};
    for (int i = 0; i < 2; i++) {
        TOKEN_DEFAULT_DACL *before = replace_default(lists[i]);
        CHECK(before);
        CHECK(try_both(suspended, inPool));
        CHECK(!memcmp(suspended, except, sizeof except) && !memcmp(inPool, except, sizeof except));
        CHECK(set_default(before->DefaultDacl));
        free(before);
    }
}

static void by_its_creator(void) {
    SECURITY_ATTRIBUTES given = {sizeof given, NULL, FALSE};
    DWORD id;
    HANDLE thread;
    CHECK(ConvertStringSecurityDescriptorToSecurityDescriptorW(L"D:(A;;GA;;;BA)(A;;0x1;;;WD)", SDDL_REVISION_1,
                                                               &given.lpSecurityDescriptor, NULL));
    SetLastError(77);
    thread = CreateThread(&given, 0, (void *)ExitThread, NULL, CREATE_SUSPENDED, &id);
    CHECK(thread);
    EQUAL(GetLastError(), 77);
    EQUAL(opened_by_others(id, THREAD_TERMINATE), 0);
    EQUAL(opened_by_others(id, THREAD_SET_CONTEXT), ERROR_ACCESS_DENIED);
    ResumeThread(thread);
    CloseHandle(thread);
    LocalFree(given.lpSecurityDescriptor);
}

const ENTRY threadTests[] = {
    {"threads: a new one has the access list of its process's token", by_the_token},
    {"threads: its owner may rewrite a list that does not take that right from owners", by_the_owner},
    {"threads: a descriptor that its creator gives stays", by_its_creator},
    {NULL, NULL}};
