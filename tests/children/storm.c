// A command that does too much of everything, or undoes what it was given. One verb each:
//   bomb DEPTH WIDTH EVENT  starts WIDTH copies of itself with DEPTH - 1, whatever fails; prints "tried PID", and
//                           waits for the event
//   flood WIDTH EVENT       WIDTH copies, and itself after it has set the event, write to stdout and stderr until
//                           nobody reads
//   closeall CODE           closes every handle that it has, then ends with CODE
//   closeallspin            closes every handle that it has, then spins for ever
//   games                   takes the highest priority and every processor, then says what it is left with
//   rename PATH COPY CODE   renames its own image to PATH, copies that to COPY, and ends with its code, CODE
//   long CODE               runs a copy with a command line and a variable of 32,767 units, halves of pairs among
//                           them, which ends with CODE
#define _WIN32_WINNT 0x0A00
#include "text.h"

#define LONGEST 32767
static WCHAR image[LONGEST], line[LONGEST + 1];

static void append(WCHAR **at, const WCHAR *words) {
  while (*words) *(*at)++ = *words++;
  **at = 0;
}

// CreateProcessW may write into the line.
static HANDLE startLine(const WCHAR *path, DWORD flags) {
  STARTUPINFOW startup = {.cb = sizeof startup};
  PROCESS_INFORMATION made;
  if (!CreateProcessW(path, line, NULL, NULL, TRUE, flags, NULL, NULL, &startup, &made)) return NULL;
  CloseHandle(made.hThread);
  return made.hProcess;
}

static DWORD codeOf(HANDLE process) {
  DWORD code = 15;
  if (!process) return GetLastError();
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, &code);
  return code;
}

static void bomb(ULONGLONG depth, ULONGLONG width, const WCHAR *event) {
  HANDLE held = OpenEventW(SYNCHRONIZE, FALSE, event);
  if (!held) ExitProcess(15);
  for (ULONGLONG i = 0; depth && i < width; i++) {
    wsprintfW(line, L"storm bomb %u %u %s", (unsigned)depth - 1, (unsigned)width, event);
    HANDLE process = startLine(image, 0);
    if (process) CloseHandle(process);
  }
  sayNumber("tried ", GetCurrentProcessId());
  WaitForSingleObject(held, INFINITE);
}

static DWORD WINAPI pour(void *stream) {
  static char bytes[65536];
  while (writeAll(GetStdHandle((DWORD)(ULONG_PTR)stream), bytes, sizeof bytes)) {}
  return 0;
}

static void flood(ULONGLONG width, const WCHAR *event) {
  HANDLE begun = OpenEventW(SYNCHRONIZE | EVENT_MODIFY_STATE, FALSE, event);
  if (!begun) ExitProcess(15);
  for (ULONGLONG i = 0; i < width; i++) {
    wsprintfW(line, L"storm flood 0 %s", event);
    if (!startLine(image, 0)) ExitProcess(15);
  }
  if (width) SetEvent(begun);
  WaitForSingleObject(begun, INFINITE);
  HANDLE thread = CreateThread(NULL, 0, pour, (void *)(ULONG_PTR)STD_ERROR_HANDLE, 0, NULL);
  pour((void *)(ULONG_PTR)STD_OUTPUT_HANDLE);
  WaitForSingleObject(thread, INFINITE);
}

static void closeAll(void) {
  for (ULONG_PTR value = 4; value <= 0x10000; value += 4) {
    DWORD flags;
    if (GetHandleInformation((HANDLE)value, &flags)) CloseHandle((HANDLE)value);
  }
}

static void sayClassAndMask(const char *before, DWORD priority, DWORD_PTR mask) {
  Text text = {0};
  put(&text, before);
  put(&text, " 0x");
  putNumber(&text, priority, 16);
  put(&text, " 0x");
  putNumber(&text, mask, 16);
  endLine(STD_OUTPUT_HANDLE, &text);
}

// What the system lets it have at last: a stand-in for the limits may need a moment to take it back.
static void games(BOOL again) {
  DWORD_PTR own = 0, all = 0, first = 0;
  DWORD priority = GetPriorityClass(GetCurrentProcess()), begun = priority;
  GetProcessAffinityMask(GetCurrentProcess(), &first, &all);
  SetPriorityClass(GetCurrentProcess(), REALTIME_PRIORITY_CLASS);
  SetPriorityClass(GetCurrentProcess(), HIGH_PRIORITY_CLASS);
  SetProcessAffinityMask(GetCurrentProcess(), all);
  ULONGLONG until = GetTickCount64() + 20000;
  do {
    priority = GetPriorityClass(GetCurrentProcess());
    GetProcessAffinityMask(GetCurrentProcess(), &own, &all);
    if (priority == begun && own == first) break;
    Sleep(10);
  } while (GetTickCount64() < until);
  sayClassAndMask(again ? "itself" : "its child", priority, own);
  if (!again) return;
  lstrcpyW(line, L"storm gamesofchild");
  codeOf(startLine(image, HIGH_PRIORITY_CLASS));
}

static DWORD renamed(const WCHAR *path, const WCHAR *copy, const WCHAR *code) {
  if (!MoveFileExW(image, path, 0) || !CopyFileW(path, copy, TRUE)) return GetLastError();
  wsprintfW(line, L"storm closeall %s", code);
  return codeOf(startLine(copy, 0));
}

static DWORD longest(const WCHAR *code) {
  static WCHAR value[LONGEST + 1];
  static const WCHAR units[] = {0xd83d, L'x', 0xde00, 0x202e, 0x1b, 0xffff, L'"'};
  for (int i = 0; i < LONGEST - 1; i++) value[i] = units[i % 6];
  if (!SetEnvironmentVariableW(L"LONG", value)) return GetLastError();
  WCHAR *at = line;
  append(&at, L"storm closeall ");
  append(&at, code);
  append(&at, L" ");
  while (at - line < LONGEST - 1) *at = units[(at - line) % 7], at++;
  *at = 0;
  return codeOf(startLine(image, 0));
}

int wmain(int argc, WCHAR **argv) {
  const WCHAR *verb = argc > 1 ? argv[1] : L"";
#define IS(name) (!lstrcmpW(verb, L##name))
  GetModuleFileNameW(NULL, image, LONGEST);
  if (IS("bomb") && argc == 5) bomb(number(argv[2]), number(argv[3]), argv[4]);
  else if (IS("flood") && argc == 4) flood(number(argv[2]), argv[3]);
  else if (IS("closeall") && argc >= 3) {
    UINT code = (UINT)number(argv[2]);
    closeAll();
    TerminateProcess(GetCurrentProcess(), code);
  } else if (IS("closeallspin")) {
    closeAll();
    for (volatile unsigned i = 0;; i++) {}
  } else if (IS("games") || IS("gamesofchild")) games(IS("games"));
  else if (IS("rename") && argc == 5) return renamed(argv[2], argv[3], argv[4]);
  else if (IS("long") && argc == 3) return longest(argv[2]);
  else return 2;
  return 0;
}
