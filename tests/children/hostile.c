// A command that tries to get away: `hostile TRY then TRY …`. Each try prints a line: "ok", or "denied" and the
// code of Windows. The verbs of a try:
//   process PID MASK   opens a process        job NAME MASK   opens a job by its name
//   threads PID MASK   opens any thread of a process
//   watch PID MASK N   the same again and again, at least 40 times and until it has seen N threads start
//   token PID          takes a process's token and makes a copy of it to start programs with
//   parent PID         starts a copy of itself as the child of another process
//   key PATH           sets a value of a key below HKEY_CURRENT_USER
#define _WIN32_WINNT 0x0A00
#include <windows.h>
#include <tlhelp32.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

static int told(BOOL done, DWORD error) {
  if (done) printf("ok\n");
  else printf("denied %lu\n", error);
  fflush(stdout);
  return 0;
}

static int asChildOf(DWORD pid) {
  HANDLE parent = OpenProcess(PROCESS_CREATE_PROCESS, FALSE, pid);
  STARTUPINFOEXW startup = {{.cb = sizeof startup}};
  PROCESS_INFORMATION made;
  WCHAR path[MAX_PATH], line[] = L"hostile nothing";
  SIZE_T size = 0;
  if (!parent) return told(FALSE, GetLastError());
  InitializeProcThreadAttributeList(NULL, 1, 0, &size);
  startup.lpAttributeList = malloc(size);
  InitializeProcThreadAttributeList(startup.lpAttributeList, 1, 0, &size);
  UpdateProcThreadAttribute(startup.lpAttributeList, 0, PROC_THREAD_ATTRIBUTE_PARENT_PROCESS, &parent, sizeof parent, NULL, NULL);
  GetModuleFileNameW(NULL, path, MAX_PATH);
  BOOL done = CreateProcessW(path, line, NULL, NULL, FALSE, EXTENDED_STARTUPINFO_PRESENT, NULL, NULL, &startup.StartupInfo, &made);
  return told(done, GetLastError());
}

#define LOOKS 40
#define MAX_SEEN 65536

static DWORD seen[MAX_SEEN], seenCount;

static BOOL isNew(DWORD thread) {
  for (DWORD i = 0; i < seenCount; i++)
    if (seen[i] == thread) return FALSE;
  if (seenCount < MAX_SEEN) seen[seenCount++] = thread;
  return TRUE;
}

// Opens each thread; gives the worst: success, else another error than ACCESS_DENIED, else that. Counts those that
// no look before this one showed.
static DWORD openThreads(DWORD pid, DWORD mask, DWORD *fresh) {
  HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  THREADENTRY32 entry = {.dwSize = sizeof entry};
  DWORD worst = ERROR_NOT_FOUND;
  for (BOOL more = Thread32First(all, &entry); more && worst; more = Thread32Next(all, &entry)) {
    if (entry.th32OwnerProcessID != pid) continue;
    HANDLE thread = OpenThread(mask, FALSE, entry.th32ThreadID);
    DWORD error = thread ? ERROR_SUCCESS : GetLastError();
    *fresh += isNew(entry.th32ThreadID);
    // It has ended since the list was made.
    if (error == ERROR_INVALID_PARAMETER) continue;
    if (worst == ERROR_NOT_FOUND || error != ERROR_ACCESS_DENIED) worst = error;
  }
  CloseHandle(all);
  return worst;
}

static int anyThread(DWORD pid, DWORD mask) {
  DWORD fresh = 0, error = openThreads(pid, mask, &fresh);
  return told(!error, error);
}

static int watch(DWORD pid, DWORD mask, DWORD wanted) {
  DWORD fresh = 0, error = openThreads(pid, mask, &fresh);
  fresh = 0;
  for (int look = 1; error == ERROR_ACCESS_DENIED && (look < LOOKS || fresh < wanted); look++) error = openThreads(pid, mask, &fresh);
  return told(!error, error);
}

static int stolen(DWORD pid) {
  HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, pid), token, copy;
  if (!process) return told(FALSE, GetLastError());
  if (!OpenProcessToken(process, TOKEN_DUPLICATE, &token)) return told(FALSE, GetLastError());
  BOOL done = DuplicateTokenEx(token, MAXIMUM_ALLOWED, NULL, SecurityImpersonation, TokenPrimary, &copy);
  return told(done, GetLastError());
}

static int attempt(int count, WCHAR **words) {
  if (count < 2) return 2;
  const WCHAR *verb = words[0];
  DWORD pid = wcstoul(words[1], NULL, 0), mask = count > 2 ? wcstoul(words[2], NULL, 0) : 0;
  if (!wcscmp(verb, L"process") || !wcscmp(verb, L"job")) {
    HANDLE opened = *verb == 'p' ? OpenProcess(mask, FALSE, pid) : OpenJobObjectW(mask, FALSE, words[1]);
    return told(opened != NULL, GetLastError());
  }
  if (!wcscmp(verb, L"threads")) return anyThread(pid, mask);
  if (!wcscmp(verb, L"watch") && count > 3) return watch(pid, mask, wcstoul(words[3], NULL, 0));
  if (!wcscmp(verb, L"parent")) return asChildOf(pid);
  if (!wcscmp(verb, L"token")) return stolen(pid);
  if (!wcscmp(verb, L"key")) {
    HKEY key;
    LONG code = RegOpenKeyExW(HKEY_CURRENT_USER, words[1], 0, KEY_SET_VALUE, &key);
    return told(code == 0, code);
  }
  return 2;
}

int wmain(int argc, WCHAR **argv) {
  // The copy that `parent` starts.
  if (argc == 2) return 0;
  for (int first = 1, next = 1; first < argc; first = next + 1) {
    for (next = first; next < argc && wcscmp(argv[next], L"then"); next++) {}
    int code = attempt(next - first, argv + first);
    if (code) return code;
  }
  return 0;
}
