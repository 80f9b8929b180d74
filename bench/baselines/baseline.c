// What the rows of the benchmark are compared with, in C: each verb does its work COUNT times and
// prints how many nanoseconds one took.
//
//   call COUNT          GetCurrentProcessId
//   query COUNT         QueryInformationJobObject, the basic accounting
//   life COUNT          a job with a port and kill-on-close: made, set, closed
//   batches COUNT       takes packets that are in a port, 128 at a time
//   single COUNT        takes them one at a time
//   waited COUNT        posts a packet and takes it
//   handed COUNT        posts a packet to a thread that waits for it and hands it back
//   spawn COUNT PROGRAM [ARGS]       starts a program in a job and waits for its end, COUNT times
//   spawnpiped COUNT PROGRAM [ARGS]  the same with three pipes, read to their ends
//   together COUNT PROGRAM [ARGS]    the same, each on a thread of its own, all at once
//   spawnlarge COUNT PROGRAM [ARGS]  as spawn, with 150 MB in use, as Deno has
//
// A start has the attributes of `job.spawn()`: JOB_LIST, HANDLE_LIST, suspended and resumed.
#define _WIN32_WINNT 0x0A00
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#ifndef PROC_THREAD_ATTRIBUTE_JOB_LIST
#define PROC_THREAD_ATTRIBUTE_JOB_LIST 0x0002000D
#endif

static void fail(const char *what) {
  fprintf(stderr, "Cannot measure: %s failed with %lu\n", what, GetLastError());
  ExitProcess(1);
}

static double now(void) {
  LARGE_INTEGER count, frequency;
  QueryPerformanceCounter(&count);
  QueryPerformanceFrequency(&frequency);
  return count.QuadPart * 1e9 / frequency.QuadPart;
}

static HANDLE newJob(void) {
  HANDLE job = CreateJobObjectW(NULL, NULL);
  if (!job) fail("CreateJobObjectW");
  return job;
}

static HANDLE newPort(void) {
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  if (!port) fail("CreateIoCompletionPort");
  return port;
}

static void post(HANDLE port, DWORD at) {
  if (!PostQueuedCompletionStatus(port, JOB_OBJECT_MSG_NEW_PROCESS, 1, (OVERLAPPED *)(ULONG_PTR)(4 * at))) {
    fail("PostQueuedCompletionStatus");
  }
}

static void call(int count) {
  DWORD (WINAPI *volatile id)(void) = GetCurrentProcessId;
  for (int i = 0; i < count; i++) id();
}

static void query(HANDLE job, int count) {
  JOBOBJECT_BASIC_ACCOUNTING_INFORMATION info;
  for (int i = 0; i < count; i++) {
    if (!QueryInformationJobObject(job, JobObjectBasicAccountingInformation, &info, sizeof info, NULL)) {
      fail("QueryInformationJobObject");
    }
  }
}

static void life(HANDLE port, int count) {
  for (int i = 0; i < count; i++) {
    HANDLE job = newJob();
    JOBOBJECT_ASSOCIATE_COMPLETION_PORT association = {(void *)(ULONG_PTR)(i + 1), port};
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (!SetInformationJobObject(job, JobObjectAssociateCompletionPortInformation, &association, sizeof association) ||
        !SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits) || !CloseHandle(job)) {
      fail("a job's life");
    }
  }
}

static void batches(HANDLE port, int count) {
  OVERLAPPED_ENTRY entries[128];
  for (ULONG taken = 0, sum = 0; sum < (ULONG)count; sum += taken) {
    if (!GetQueuedCompletionStatusEx(port, entries, 128, &taken, INFINITE, FALSE)) fail("GetQueuedCompletionStatusEx");
  }
}

static void takeOne(HANDLE port) {
  DWORD bytes;
  ULONG_PTR key;
  OVERLAPPED *overlapped;
  if (!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE)) fail("GetQueuedCompletionStatus");
}

static void waited(HANDLE port, int count) {
  OVERLAPPED_ENTRY entries[128];
  ULONG taken;
  for (int i = 0; i < count; i++) {
    post(port, i);
    if (!GetQueuedCompletionStatusEx(port, entries, 128, &taken, INFINITE, FALSE)) fail("GetQueuedCompletionStatusEx");
  }
}

static HANDLE handPort;

static DWORD WINAPI hand(void *back) {
  OVERLAPPED_ENTRY entries[128];
  ULONG taken;
  while (GetQueuedCompletionStatusEx(handPort, entries, 128, &taken, INFINITE, FALSE)) SetEvent(back);
  fail("GetQueuedCompletionStatusEx");
  return 1;
}

static void handed(HANDLE port, int count) {
  handPort = port;
  HANDLE back = CreateEventW(NULL, FALSE, FALSE, NULL);
  HANDLE thread = CreateThread(NULL, 0, hand, back, 0, NULL);
  if (!back || !thread) fail("CreateThread");
  for (int i = 0; i < count; i++) {
    post(port, i);
    WaitForSingleObject(back, INFINITE);
  }
}

static HANDLE spawnJob;
static WCHAR line[4096], *program;

static void drain(HANDLE from) {
  char bytes[4096];
  DWORD got;
  while (ReadFile(from, bytes, sizeof bytes, &got, NULL) && got) {}
  CloseHandle(from);
}

static void start(BOOL piped) {
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
  HANDLE theirs[3], ours[3] = {0};
  for (int i = 0; i < 3; i++) {
    if (piped) {
      HANDLE reads, writes;
      if (!CreatePipe(&reads, &writes, &inherited, 0)) fail("CreatePipe");
      theirs[i] = i == 0 ? reads : writes;
      ours[i] = i == 0 ? writes : reads;
    } else {
      theirs[i] = CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, 3, &inherited, OPEN_EXISTING, 0, NULL);
      if (theirs[i] == INVALID_HANDLE_VALUE) fail("CreateFileW");
    }
  }
  SIZE_T size = 0;
  InitializeProcThreadAttributeList(NULL, 2, 0, &size);
  LPPROC_THREAD_ATTRIBUTE_LIST list = malloc(size);
  if (!InitializeProcThreadAttributeList(list, 2, 0, &size) ||
      !UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_JOB_LIST, &spawnJob, sizeof spawnJob, NULL, NULL) ||
      !UpdateProcThreadAttribute(list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, theirs, sizeof theirs, NULL, NULL)) {
    fail("UpdateProcThreadAttribute");
  }
  STARTUPINFOEXW startup = {0};
  startup.StartupInfo.cb = sizeof startup;
  startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  startup.StartupInfo.hStdInput = theirs[0];
  startup.StartupInfo.hStdOutput = theirs[1];
  startup.StartupInfo.hStdError = theirs[2];
  startup.lpAttributeList = list;
  WCHAR copy[4096];
  wcscpy(copy, line);
  PROCESS_INFORMATION made;
  DWORD flags = CREATE_SUSPENDED | CREATE_UNICODE_ENVIRONMENT | EXTENDED_STARTUPINFO_PRESENT;
  if (!CreateProcessW(program, copy, NULL, NULL, TRUE, flags, NULL, NULL, &startup.StartupInfo, &made)) {
    fail("CreateProcessW");
  }
  DeleteProcThreadAttributeList(list);
  free(list);
  ResumeThread(made.hThread);
  CloseHandle(made.hThread);
  for (int i = 0; i < 3; i++) CloseHandle(theirs[i]);
  if (piped) {
    CloseHandle(ours[0]);
    drain(ours[1]);
    drain(ours[2]);
  }
  WaitForSingleObject(made.hProcess, INFINITE);
  DWORD code;
  if (!GetExitCodeProcess(made.hProcess, &code) || code != 0) fail("the program");
  CloseHandle(made.hProcess);
}

static DWORD WINAPI startPiped(void *unused) {
  (void)unused;
  start(TRUE);
  return 0;
}

static void together(int count) {
  HANDLE *threads = malloc(count * sizeof *threads);
  for (int i = 0; i < count; i++) {
    threads[i] = CreateThread(NULL, 65536, startPiped, NULL, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    if (!threads[i]) fail("CreateThread");
  }
  for (int i = 0; i < count; i++) {
    WaitForSingleObject(threads[i], INFINITE);
    CloseHandle(threads[i]);
  }
  free(threads);
}

/* Wine copies the tables of all pages that are in use for each start. */
static void useMemory(void) {
  SIZE_T size = 150 << 20;
  volatile char *memory = VirtualAlloc(NULL, size, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
  if (!memory) fail("VirtualAlloc");
  for (SIZE_T at = 0; at < size; at += 4096) memory[at] = 1;
}

int wmain(int argc, WCHAR **argv) {
  if (argc < 3) fail("without a verb and a count, the command line");
  const WCHAR *verb = argv[1];
  int count = _wtoi(argv[2]);
  if (count < 1) fail("the count");
  BOOL starts = argc > 3;
  program = starts ? argv[3] : NULL;
  for (int i = 3; i < argc; i++) {
    swprintf(line + wcslen(line), 4096 - wcslen(line), i == 3 ? L"\"%ls\"" : L" %ls", argv[i]);
  }
  HANDLE port = newPort(), job = newJob();
  spawnJob = job;
  BOOL isLarge = !wcscmp(verb, L"spawnlarge");
  if (isLarge) useMemory();
  BOOL fills = !wcscmp(verb, L"batches") || !wcscmp(verb, L"single");
  for (int i = 0; fills && i < count; i++) post(port, i);
  double begin = now();
  if (!wcscmp(verb, L"call")) call(count);
  else if (!wcscmp(verb, L"query")) query(job, count);
  else if (!wcscmp(verb, L"life")) life(port, count);
  else if (!wcscmp(verb, L"batches")) batches(port, count);
  else if (!wcscmp(verb, L"single")) for (int i = 0; i < count; i++) takeOne(port);
  else if (!wcscmp(verb, L"waited")) waited(port, count);
  else if (!wcscmp(verb, L"handed")) handed(port, count);
  else if (starts && (isLarge || !wcscmp(verb, L"spawn"))) for (int i = 0; i < count; i++) start(FALSE);
  else if (starts && !wcscmp(verb, L"spawnpiped")) for (int i = 0; i < count; i++) start(TRUE);
  else if (starts && !wcscmp(verb, L"together")) together(count);
  else fail("an unknown verb");
  printf("%.1f\n", (now() - begin) / count);
  return 0;
}
