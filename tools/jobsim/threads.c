/*
 * The rights to a new thread. On Windows a thread that is created without a security descriptor gets one from the
 * primary token of its creator (see CreateThread): the token's owner and its default access list. Wine gives it
 * none, so that everybody may open it. Here it is created with that descriptor, so that it is never without.
 * Wine does not know the owner's rights (OWNER RIGHTS, S-1-3-4) either: on Windows an owner may rewrite the list,
 * unless the list names these rights; then it says which the owner has. A thread whose list names them, and lets
 * an owner do no more than read it, gets an owner that is nobody's. With any other list Wine's owner, who may
 * rewrite it, stands for one that the list lets do harm.
 *
 * Every thread of a process with jobsim in it passes through ntdll's NtCreateThreadEx, also those of thread pools
 * in ntdll itself. So its third instruction, which is 8 bytes long and at a multiple of 8, is replaced in one
 * store by a jump to a page nearby: a thread is before it or after it, never in it. That page has a copy of the
 * whole function, which does not depend on its place, and the jump to our own. A thread that another process
 * starts in this one does not pass through it.
 */
#include "jobsim.h"

typedef NTSTATUS(NTAPI *CREATE_THREAD)(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, HANDLE, void *, void *, ULONG,
                                       SIZE_T, SIZE_T, SIZE_T, void *);

/* mov r10,rcx; mov eax,NUMBER; test byte [7FFE0308h],1; jne; syscall; ret; jmp; ret; call [7FFE1000h]; ret */
static const BYTE expected[] = {0x4C, 0x8B, 0xD1, 0xB8, 0, 0, 0, 0, 0xF6, 0x04, 0x25, 0x08, 0x03, 0xFE, 0x7F, 0x01, 0x75,
                                0x03, 0x0F, 0x05, 0xC3, 0xEB, 0x01, 0xC3, 0xFF, 0x14, 0x25, 0x00, 0x10, 0xFE, 0x7F, 0xC3};
#define NUMBER 4
#define TEST 8

#define ROOM 1024

static CREATE_THREAD realCreate;

#define OF_AUTHORITY(authority, part) {.Revision = SID_REVISION, .SubAuthorityCount = 1, .IdentifierAuthority = {authority}, .SubAuthority = {part}}
static SID ownerRights = OF_AUTHORITY(SECURITY_CREATOR_SID_AUTHORITY, SECURITY_CREATOR_OWNER_RIGHTS_RID);
static SID nobody = OF_AUTHORITY(SECURITY_NULL_SID_AUTHORITY, SECURITY_NULL_RID);

static BOOL is_closed_to_owners(ACL *list) {
    ACCESS_ALLOWED_ACE *entry;
    BOOL named = FALSE;
    for (DWORD i = 0; i < list->AceCount; i++) {
        if (!GetAce(list, i, (void **)&entry) || !EqualSid(&entry->SidStart, &ownerRights)) continue;
        if (entry->Header.AceType != ACCESS_DENIED_ACE_TYPE && (entry->Mask & ~READ_CONTROL)) return FALSE;
        named = TRUE;
    }
    return named;
}

/* Each call is one to the server and takes no lock, since any thread of the process may come here. */
static void describe(SECURITY_DESCRIPTOR *out, void *ownerRoom, void *listRoom) {
    const TOKEN_OWNER *owner = ownerRoom;
    const TOKEN_DEFAULT_DACL *list = listRoom;
    HANDLE token;
    DWORD length;
    BOOL known;
    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) return;
    known = GetTokenInformation(token, TokenOwner, ownerRoom, ROOM, &length) &&
            GetTokenInformation(token, TokenDefaultDacl, listRoom, ROOM, &length);
    real.CloseHandle(token);
    if (!known || !list->DefaultDacl) return;
    out->Control = SE_DACL_PRESENT;
    out->Dacl = list->DefaultDacl;
    out->Owner = is_closed_to_owners(list->DefaultDacl) ? &nobody : owner->Owner;
}

static NTSTATUS NTAPI create_thread(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *given, HANDLE process,
                                    void *start, void *parameter, ULONG flags, SIZE_T zeroBits, SIZE_T stackCommit,
                                    SIZE_T stackReserve, void *list) {
    ULONG_PTR ownerRoom[ROOM / sizeof(ULONG_PTR)], listRoom[ROOM / sizeof(ULONG_PTR)];
    SECURITY_DESCRIPTOR descriptor = {.Revision = SECURITY_DESCRIPTOR_REVISION};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof attributes};
    DWORD error = GetLastError();
    if (given) attributes = *given;
    if (!attributes.SecurityDescriptor) {
        attributes.SecurityDescriptor = &descriptor;
        /* Left empty, Wine fills it from the token that the creator uses. */
        describe(&descriptor, ownerRoom, listRoom);
    }
    SetLastError(error);
    return realCreate(handle, access, &attributes, process, start, parameter, flags, zeroBits, stackCommit, stackReserve, list);
}

static BOOL is_expected(const BYTE *code) {
    for (unsigned i = 0; i < sizeof expected; i++)
        if (code[i] != expected[i] && (i < NUMBER || i >= TEST)) return FALSE;
    return !((ULONG_PTR)code % 8);
}

/* A page that a jump of 32 bits reaches. */
static BYTE *page_below(BYTE *code) {
    const ULONG_PTR STEP = 0x10000, REACH = 0x40000000;
    ULONG_PTR at = (ULONG_PTR)code / STEP * STEP;
    for (ULONG_PTR down = STEP; down < REACH && down < at; down += STEP) {
        BYTE *page = VirtualAlloc((void *)(at - down), 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_EXECUTE_READWRITE);
        if (page) return page;
    }
    return NULL;
}

/* FALSE where Wine's function is another one: its threads then stay open to everybody. */
BOOL secure_new_threads(void) {
    BYTE *code = (void *)GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "NtCreateThreadEx"), *page;
    const BYTE jump[6] = {0xFF, 0x25}; /* to the address that follows */
    union { BYTE bytes[8]; LONG64 value; } patch = {.bytes = {0xE9}};
    CREATE_THREAD own = create_thread;
    LONG distance;
    DWORD before;
    if (!code || !is_expected(code) || !(page = page_below(code))) return FALSE;
    memcpy(page, code, sizeof expected);
    memcpy(page + sizeof expected, jump, sizeof jump);
    memcpy(page + sizeof expected + sizeof jump, &own, sizeof own);
    VirtualProtect(page, 0x1000, PAGE_EXECUTE_READ, &before);
    realCreate = (void *)page;
    distance = (LONG)(page + sizeof expected - (code + TEST + 5));
    memcpy(patch.bytes + 1, &distance, sizeof distance);
    if (!VirtualProtect(code, sizeof expected, PAGE_EXECUTE_READWRITE, &before)) return FALSE;
    InterlockedExchange64((LONG64 *)(code + TEST), patch.value);
    return VirtualProtect(code, sizeof expected, before, &before);
}
