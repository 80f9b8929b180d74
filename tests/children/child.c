// The one child program of the kernel tests: a small console program (about 1.5 MB) whose arguments are verbs, done
// in order; afterwards it exits with 0. Build:
//   x86_64-w64-mingw32-gcc -O2 -municode child.c -o child.exe
// Numbers are decimal or 0x hexadecimal. Text goes out as one ASCII line by one write; strings as JSON, so that
// lone surrogates survive. Exit codes of its own: 2 wrong usage, 12 an allocation failed, 13 a write or a read
// failed, 14 no memory for itself, 15 something could not be started, opened or set.
//
//   argv …          three JSON lines {"by":"wmain"|"ucrt"|"shell32","argv":[…]}; takes all that follows
//   commandline     the raw command line, as JSON
//   print TEXT      TEXT as UTF-8           printerr TEXT   the same to stderr
//   exit N          ends at once with the unsigned 32-bit code N
//   crash           access violation, without a dialog: ends with 0xC0000005
//   crashraw        the same with no filter of ours: what the system does on an unhandled exception
//   raise N         raises the exception N, without a dialog: ends with N
//   sleep MS        also spelled "hold MS"  sleepforever
//   alloc BYTES     commits and touches; prints "ok", or "failed ERROR" and ends with 12
//   free            frees the last block of alloc
//   spin MS         spins until MS of user time were used      spinwall MS  until MS of wall time passed
//   spinforever     times: prints user and kernel milliseconds of this process
//   spawn N -- VERBS [;]      starts N copies of itself with VERBS (all that follows, up to a lone ";"; of ";;" and
//                   longer the copy gets one fewer) with all inheritable handles; prints "spawned PID" or "failed ERROR"
//   spawnwait N -- VERBS [;]  the same, then waits for all; prints "exited PID CODE" of each
//   spawnapart N -- VERBS [;] the same as spawn, but with no handle of ours and no console
//   breakaway -- VERBS [;]    spawn 1 with CREATE_BREAKAWAY_FROM_JOB
//   write BYTES     stdout gets bytes i % 251 from i = 0       writeerr BYTES  stderr
//   writefile PATH BYTES, readfile PATH (prints the count)
//   cat             stdin to stdout         discard         reads stdin to its end, prints the count
//   verify          reads stdin to its end: "ok COUNT" if it is write's pattern, else "differs at OFFSET"
//   read            one read of stdin: "data COUNT", "eof" or "failed ERROR"
//   closestdin, closestdout, closestderr    closes the handle
//   stdio           {"stdin":TYPE,"stdout":TYPE,"stderr":TYPE}, TYPE: none invalid disk char pipe unknown
//   count FILE|-    for ever, each 10 ms a counter, ten digits and a newline: to stdout, or over the start of FILE
//   affinity        own mask, hexadecimal   priority        own class, hexadecimal
//   env             the environment as a JSON array, in its order       getenv NAME  JSON string or null
//   cwd             JSON string             pid             own process id
//   handles         {"inherited":[…],"valid":COUNT} of the handle values 4 to 4096; inherited: marked inheritable
//   setevent N      sets the event whose handle value is N: "ok" or "failed ERROR"
//   signal NAME     sets the named event    await NAME      waits for the named event (60 s, else ends with 15)
//   awaitfile PATH  waits until there is such a file (60 s, else ends with 15)
//   console         "yes" or "no"           injob           "yes" or "no"
//   listen PORT     listens at that TCP port of 127.0.0.1 until its end; prints "listening"
//   ignorebreak     from now CTRL_BREAK and CTRL_C do nothing  enablectrlc  undoes a new group's "no CTRL_C"
//   waitbreak       prints "ready", waits for ever; CTRL_BREAK ends it with 3, CTRL_C with 4
#define _WIN32_WINNT 0x0A00
#include "text.h"

int _dowildcard = 0; // mingw's start code would expand a "*"

static WCHAR **next, **end;
static void *block;

static void usage(const char *why, const WCHAR *what) {
  Text text = {0};
  put(&text, "child: ");
  put(&text, why);
  if (what) putJson(&text, what);
  endLine(STD_ERROR_HANDLE, &text);
  ExitProcess(2);
}

static WCHAR *take(void) {
  if (next == end) usage("a verb lacks its argument", NULL);
  return *next++;
}

static DWORD failed(const char *before, DWORD error) {
  sayNumber(before, error);
  return error;
}

static void putArgv(const char *by, int count, WCHAR **argv) {
  Text text = {0};
  put(&text, "{\"by\":\"");
  put(&text, by);
  put(&text, "\",\"argv\":[");
  for (int i = 0; i < count; i++) {
    if (i) put(&text, ",");
    putJson(&text, argv[i]);
  }
  put(&text, "]}");
  endLine(STD_OUTPUT_HANDLE, &text);
}

// shell32 and ucrtbase are loaded here only: they would double the start time of every child.
static void argvVerb(int argc, WCHAR **argv) {
  putArgv("wmain", argc, argv);
  HMODULE ucrt = LoadLibraryW(L"ucrtbase.dll"), shell = LoadLibraryW(L"shell32.dll");
  int (*configure)(int) = (void *)GetProcAddress(ucrt, "_configure_wide_argv");
  int *(*ucrtArgc)(void) = (void *)GetProcAddress(ucrt, "__p___argc");
  WCHAR ***(*ucrtArgv)(void) = (void *)GetProcAddress(ucrt, "__p___wargv");
  WCHAR **(WINAPI *parse)(const WCHAR *, int *) = (void *)GetProcAddress(shell, "CommandLineToArgvW");
  if (!configure || !ucrtArgc || !ucrtArgv || !parse || configure(1)) ExitProcess(15);
  putArgv("ucrt", *ucrtArgc(), *ucrtArgv());
  int count = 0;
  WCHAR **parsed = parse(GetCommandLineW(), &count);
  if (!parsed) ExitProcess(15);
  putArgv("shell32", count, parsed);
  next = end;
}

static LONG WINAPI endQuietly(EXCEPTION_POINTERS *info) {
  TerminateProcess(GetCurrentProcess(), info->ExceptionRecord->ExceptionCode);
  return EXCEPTION_EXECUTE_HANDLER;
}

static void noDialog(void) {
  SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
  SetUnhandledExceptionFilter(endQuietly);
}

static ULONGLONG fileTime(FILETIME t) { return ((ULONGLONG)t.dwHighDateTime << 32) | t.dwLowDateTime; }

static void cpuTimes(ULONGLONG *user, ULONGLONG *kernel) {
  FILETIME made, ended, k, u;
  if (!GetProcessTimes(GetCurrentProcess(), &made, &ended, &k, &u)) ExitProcess(15);
  *user = fileTime(u) / 10000;
  *kernel = fileTime(k) / 10000;
}

static void burn(void) {
  for (volatile unsigned i = 0; i < 200000; i++) {}
}

static void allocate(SIZE_T bytes) {
  char *fresh = VirtualAlloc(NULL, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (!fresh) {
    failed("failed ", GetLastError());
    ExitProcess(12);
  }
  for (SIZE_T at = 0; at < bytes; at += 4096) ((volatile char *)fresh)[at] = 1;
  block = fresh;
  say("ok");
}

static void appendQuoted(WCHAR **at, const WCHAR *argument) {
  *(*at)++ = '"';
  for (;; argument++) {
    int slashes = 0;
    for (; *argument == '\\'; argument++) slashes++;
    int twice = !*argument || *argument == '"';
    for (int i = 0; i < slashes * (1 + twice); i++) *(*at)++ = '\\';
    if (!*argument) break;
    if (*argument == '"') *(*at)++ = '\\';
    *(*at)++ = *argument;
  }
  *(*at)++ = '"';
}

static void spawnVerb(DWORD copies, DWORD flags, BOOL inherit, BOOL wait) {
  static WCHAR path[32768], line[32768], scratch[32768];
  GetModuleFileNameW(NULL, path, 32768);
  WCHAR *at = line;
  appendQuoted(&at, path);
  if (next < end && !lstrcmpW(*next, L"--")) next++;
  for (; next < end; next++) {
    const WCHAR *argument = *next;
    int marks = 0;
    while (argument[marks] == ';') marks++;
    BOOL onlyMarks = marks && !argument[marks];
    if (onlyMarks && marks == 1) {
      next++;
      break;
    }
    if ((at - line) + 2 * lstrlenW(argument) + 4 > 32767) usage("the copy's command line is too long", NULL);
    *at++ = ' ';
    appendQuoted(&at, argument + onlyMarks);
  }
  *at = 0;
  PROCESS_INFORMATION *made = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, copies * sizeof *made);
  if (!made) ExitProcess(14);
  for (DWORD i = 0; i < copies; i++) {
    STARTUPINFOW startup = {.cb = sizeof startup};
    lstrcpyW(scratch, line); // CreateProcessW may write into the line
    if (!CreateProcessW(path, scratch, NULL, NULL, inherit, flags, NULL, NULL, &startup, &made[i])) {
      failed("failed ", GetLastError());
      continue;
    }
    sayNumber("spawned ", made[i].dwProcessId);
    CloseHandle(made[i].hThread);
    if (!wait) CloseHandle(made[i].hProcess);
  }
  for (DWORD i = 0; wait && i < copies; i++) {
    if (!made[i].hProcess) continue;
    DWORD code = 0;
    WaitForSingleObject(made[i].hProcess, INFINITE);
    GetExitCodeProcess(made[i].hProcess, &code);
    CloseHandle(made[i].hProcess);
    Text text = {0};
    put(&text, "exited ");
    putNumber(&text, made[i].dwProcessId, 10);
    put(&text, " ");
    putNumber(&text, code, 10);
    endLine(STD_OUTPUT_HANDLE, &text);
  }
  HeapFree(GetProcessHeap(), 0, made);
}

#define CHUNK 65536
static unsigned char chunk[CHUNK + 251];

static void writePattern(HANDLE file, ULONGLONG bytes) {
  for (int i = 0; i < CHUNK + 251; i++) chunk[i] = i % 251;
  for (ULONGLONG done = 0; done < bytes;) {
    size_t part = bytes - done > CHUNK ? CHUNK : (size_t)(bytes - done);
    if (!writeAll(file, chunk + done % 251, part)) ExitProcess(13);
    done += part;
  }
}

static HANDLE openFile(const WCHAR *path, DWORD access, DWORD how) {
  HANDLE file = CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, how, 0, NULL);
  if (file == INVALID_HANDLE_VALUE) ExitProcess(15);
  return file;
}

// The length of one read, 0 at the end of the stream; a closed pipe is an end, any other failure ends the child.
static DWORD readSome(HANDLE file) {
  DWORD got = 0;
  if (ReadFile(file, chunk, CHUNK, &got, NULL) || GetLastError() == ERROR_BROKEN_PIPE) return got;
  ExitProcess(13);
}

enum { CAT, DISCARD, VERIFY };
static void readVerb(HANDLE file, int mode) {
  ULONGLONG total = 0, wrong = ~0ULL;
  for (DWORD got; (got = readSome(file)); total += got) {
    if (mode == CAT && !writeAll(GetStdHandle(STD_OUTPUT_HANDLE), chunk, got)) ExitProcess(13);
    for (DWORD i = 0; mode == VERIFY && wrong == ~0ULL && i < got; i++)
      if (chunk[i] != (total + i) % 251) wrong = total + i;
  }
  if (mode == DISCARD) sayNumber("", total);
  if (mode == VERIFY) sayNumber(wrong == ~0ULL ? "ok " : "differs at ", wrong == ~0ULL ? total : wrong);
}

static void countVerb(const WCHAR *path) {
  BOOL toFile = lstrcmpW(path, L"-") != 0;
  HANDLE file = toFile ? openFile(path, GENERIC_WRITE, OPEN_ALWAYS) : GetStdHandle(STD_OUTPUT_HANDLE);
  for (unsigned value = 0;; value++, Sleep(10)) {
    char line[11] = "0000000000\n";
    unsigned rest = value;
    for (int i = 9; rest; i--, rest /= 10) line[i] = '0' + rest % 10;
    if (toFile) SetFilePointer(file, 0, NULL, FILE_BEGIN);
    if (!writeAll(file, line, sizeof line)) ExitProcess(13);
  }
}

#include "child_system.h"

int wmain(int argc, WCHAR **argv) {
  next = argv + 1;
  end = argv + argc;
  if (next == end) usage("no verb; they are listed at the top of child.c", NULL);
  while (next < end) {
    WCHAR *verb = take();
#define IS(name) (!lstrcmpW(verb, L##name))
    if (IS("argv")) argvVerb(argc, argv);
    else if (IS("exit")) ExitProcess((UINT)number(take()));
    else if (IS("sleep") || IS("hold")) Sleep((DWORD)number(take()));
    else if (IS("sleepforever")) Sleep(INFINITE);
    else if (IS("crash") || IS("crashraw")) {
      if (IS("crash")) noDialog();
      *(volatile int *)(ULONG_PTR)(argc * 8 - argc * 8) = 1;
    } else if (IS("raise")) {
      noDialog();
      RaiseException((DWORD)number(take()), EXCEPTION_NONCONTINUABLE, 0, NULL);
    } else if (IS("alloc")) allocate((SIZE_T)number(take()));
    else if (IS("free")) VirtualFree(block, 0, MEM_RELEASE);
    else if (IS("spin")) {
      ULONGLONG kernel, start, now, wanted = number(take());
      for (cpuTimes(&start, &kernel), now = start; now - start < wanted; cpuTimes(&now, &kernel)) burn();
    } else if (IS("spinwall")) {
      ULONGLONG start = GetTickCount64(), wanted = number(take());
      while (GetTickCount64() - start < wanted) burn();
    } else if (IS("spinforever")) for (;;) burn();
    else if (IS("spawn") || IS("spawnwait")) spawnVerb((DWORD)number(take()), 0, TRUE, IS("spawnwait"));
    else if (IS("spawnapart")) spawnVerb((DWORD)number(take()), DETACHED_PROCESS, FALSE, FALSE);
    else if (IS("breakaway")) spawnVerb(1, CREATE_BREAKAWAY_FROM_JOB, TRUE, FALSE);
    else if (IS("write")) writePattern(GetStdHandle(STD_OUTPUT_HANDLE), number(take()));
    else if (IS("writeerr")) writePattern(GetStdHandle(STD_ERROR_HANDLE), number(take()));
    else if (IS("writefile")) {
      HANDLE file = openFile(take(), GENERIC_WRITE, CREATE_ALWAYS);
      writePattern(file, number(take()));
      CloseHandle(file);
    } else if (IS("readfile")) {
      HANDLE file = openFile(take(), GENERIC_READ, OPEN_EXISTING);
      readVerb(file, DISCARD);
      CloseHandle(file);
    } else if (IS("cat")) readVerb(GetStdHandle(STD_INPUT_HANDLE), CAT);
    else if (IS("discard")) readVerb(GetStdHandle(STD_INPUT_HANDLE), DISCARD);
    else if (IS("verify")) readVerb(GetStdHandle(STD_INPUT_HANDLE), VERIFY);
    else if (IS("count")) countVerb(take());
    else if (!systemVerb(verb)) usage("unknown verb ", verb);
  }
  return 0;
}
