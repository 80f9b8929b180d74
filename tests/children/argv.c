// Parses many command lines in one process, so that 10,000 of them need no 10,000 processes. Build:
//   x86_64-w64-mingw32-gcc -O2 -municode argv.c -o argv.exe
// Usage: argv.exe shell32|ucrt INPUT OUTPUT
//   shell32  by CommandLineToArgvW
//   ucrt     by the C runtime's own start code (_configure_wide_argv), without wildcard expansion
//   INPUT    for each line: its length in UTF-16 units (32 bits), then the units
//   OUTPUT   for each line: the number of arguments (32 bits), then each as in INPUT
// Exit code 0, or 2 wrong usage, 12 no memory, 13 a file, 15 a function or a process.
#include <windows.h>
#include <string.h>

int _dowildcard = 0; // mingw's start code would expand a "*"

static unsigned char *bytes;
static size_t length, room;

static void put(const void *from, size_t count) {
  if (length + count > room) {
    room = (length + count) * 2 + 65536;
    HANDLE heap = GetProcessHeap();
    bytes = bytes ? HeapReAlloc(heap, 0, bytes, room) : HeapAlloc(heap, 0, room);
    if (!bytes) ExitProcess(12);
  }
  memcpy(bytes + length, from, count);
  length += count;
}

static WCHAR **(WINAPI *parse)(const WCHAR *, int *);
static HMODULE ucrt;

static void *ucrtFunction(const char *name) {
  void *found = (void *)GetProcAddress(ucrt, name);
  if (!found) ExitProcess(15);
  return found;
}

#define LONGEST 32767

// The runtime splits the line that it finds when it is loaded (Wine) or that its _wcmdln points to (Windows), so both
// are set and it is loaded anew for each line. The process's own line is overwritten in place, which needs a long one.
static WCHAR **splitByUcrt(WCHAR *line, int *count) {
  lstrcpyW(GetCommandLineW(), line);
  if (ucrt) FreeLibrary(ucrt);
  ucrt = LoadLibraryW(L"ucrtbase.dll");
  if (!ucrt) ExitProcess(15);
  WCHAR **(*commandLine)(void) = ucrtFunction("__p__wcmdln");
  int (*configure)(int) = ucrtFunction("_configure_wide_argv");
  int *(*argc)(void) = ucrtFunction("__p___argc");
  WCHAR ***(*argv)(void) = ucrtFunction("__p___wargv");
  *commandLine() = line;
  if (configure(1)) ExitProcess(15);
  *count = *argc();
  return *argv();
}

// Runs this program again with spaces at the end of its line, so that every line to split fits in its place.
static DWORD runWithLongLine(void) {
  static WCHAR line[LONGEST];
  lstrcpyW(line, GetCommandLineW());
  for (int i = lstrlenW(line); i < LONGEST - 1; i++) line[i] = ' ';
  STARTUPINFOW startup = {.cb = sizeof startup};
  PROCESS_INFORMATION made;
  if (!CreateProcessW(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &made)) return 15;
  DWORD code = 15;
  WaitForSingleObject(made.hProcess, INFINITE);
  GetExitCodeProcess(made.hProcess, &code);
  return code;
}

int wmain(int argc, WCHAR **argv) {
  if (argc != 4) return 2;
  if (!lstrcmpW(argv[1], L"shell32")) {
    parse = (void *)GetProcAddress(LoadLibraryW(L"shell32.dll"), "CommandLineToArgvW");
    if (!parse) return 15;
  } else if (lstrcmpW(argv[1], L"ucrt")) return 2;
  else if (lstrlenW(GetCommandLineW()) < LONGEST - 1) return runWithLongLine();

  HANDLE file = CreateFileW(argv[2], GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
  if (file == INVALID_HANDLE_VALUE) return 13;
  DWORD size = GetFileSize(file, NULL), got = 0;
  unsigned char *input = HeapAlloc(GetProcessHeap(), 0, size + 1);
  if (!input) return 12;
  if (!ReadFile(file, input, size, &got, NULL) || got != size) return 13;
  CloseHandle(file);

  static WCHAR line[LONGEST];
  for (size_t at = 0; at + 4 <= size;) {
    DWORD units;
    memcpy(&units, input + at, 4);
    at += 4;
    if (units >= LONGEST || at + units * 2 > size) return 13;
    memcpy(line, input + at, units * 2);
    line[units] = 0;
    at += units * 2;
    int count = 0;
    WCHAR **parsed = parse ? parse(line, &count) : splitByUcrt(line, &count);
    if (!parsed) return 12;
    put(&count, 4);
    for (int i = 0; i < count; i++) {
      DWORD part = lstrlenW(parsed[i]);
      put(&part, 4);
      put(parsed[i], part * 2);
    }
    if (parse) LocalFree(parsed);
  }

  file = CreateFileW(argv[3], GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
  if (file == INVALID_HANDLE_VALUE) return 13;
  DWORD done = 0;
  if (!WriteFile(file, bytes, (DWORD)length, &done, NULL) || done != length) return 13;
  CloseHandle(file);
  return 0;
}
