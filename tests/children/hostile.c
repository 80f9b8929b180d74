// A command that tries to get away: each verb prints "ok", or "denied" and the code of Windows.
//   process PID MASK   opens a process        job NAME MASK   opens a job by its name
//   threads PID MASK   opens any thread of a process
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

static int anyThread(DWORD pid, DWORD mask) {
  HANDLE all = CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0);
  THREADENTRY32 entry = {.dwSize = sizeof entry};
  DWORD error = ERROR_NOT_FOUND;
  for (BOOL more = Thread32First(all, &entry); more; more = Thread32Next(all, &entry)) {
    if (entry.th32OwnerProcessID != pid) continue;
    HANDLE thread = OpenThread(mask, FALSE, entry.th32ThreadID);
    error = GetLastError();
    if (thread) return told(TRUE, 0);
  }
  return told(FALSE, error);
}

static int stolen(DWORD pid) {
  HANDLE process = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, pid), token, copy;
  if (!process) return told(FALSE, GetLastError());
  if (!OpenProcessToken(process, TOKEN_DUPLICATE, &token)) return told(FALSE, GetLastError());
  BOOL done = DuplicateTokenEx(token, MAXIMUM_ALLOWED, NULL, SecurityImpersonation, TokenPrimary, &copy);
  return told(done, GetLastError());
}

int wmain(int argc, WCHAR **argv) {
  if (argc < 3) return 0;
  const WCHAR *verb = argv[1];
  DWORD pid = wcstoul(argv[2], NULL, 0), mask = argc > 3 ? wcstoul(argv[3], NULL, 0) : 0;
  if (!wcscmp(verb, L"process") || !wcscmp(verb, L"job")) {
    HANDLE opened = *verb == 'p' ? OpenProcess(mask, FALSE, pid) : OpenJobObjectW(mask, FALSE, argv[2]);
    return told(opened != NULL, GetLastError());
  }
  if (!wcscmp(verb, L"threads")) return anyThread(pid, mask);
  if (!wcscmp(verb, L"parent")) return asChildOf(pid);
  if (!wcscmp(verb, L"token")) return stolen(pid);
  if (!wcscmp(verb, L"key")) {
    HKEY key;
    LONG code = RegOpenKeyExW(HKEY_CURRENT_USER, argv[2], 0, KEY_SET_VALUE, &key);
    return told(code == 0, code);
  }
  return 2;
}
