// The verbs of child.c that ask or tell the system something; included by child.c only, which lists them.
static HANDLE breakCame;
static DWORD breakKind;
static BOOL breakIsIgnored;

static BOOL WINAPI onControl(DWORD kind) {
  if (kind != CTRL_BREAK_EVENT && kind != CTRL_C_EVENT) return FALSE;
  if (!breakIsIgnored) {
    breakKind = kind;
    SetEvent(breakCame);
  }
  return TRUE;
}

// ws2_32 is loaded here only: it would slow down the start of every child.
static void listenVerb(USHORT port) {
  HMODULE winsock = LoadLibraryW(L"ws2_32.dll");
  int (WINAPI *startup)(WORD, void *) = (void *)GetProcAddress(winsock, "WSAStartup");
  UINT_PTR (WINAPI *make)(int, int, int) = (void *)GetProcAddress(winsock, "socket");
  int (WINAPI *bindTo)(UINT_PTR, const void *, int) = (void *)GetProcAddress(winsock, "bind");
  int (WINAPI *listenAt)(UINT_PTR, int) = (void *)GetProcAddress(winsock, "listen");
  char data[1024]; // WSADATA
  if (!startup || !make || !bindTo || !listenAt || startup(0x0202, data)) ExitProcess(15);
  struct {
    USHORT family;
    BYTE port[2], address[4], zero[8];
  } address = {2 /* AF_INET */, {port >> 8, port & 255}, {127, 0, 0, 1}, {0}};
  UINT_PTR socket = make(2, 1 /* SOCK_STREAM */, 0);
  if (socket == (UINT_PTR)-1 || bindTo(socket, &address, sizeof address) || listenAt(socket, 1)) ExitProcess(15);
  say("listening");
}

static void stdioVerb(void) {
  static const char *const names[] = {"stdin", "stdout", "stderr"};
  static const DWORD streams[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
  Text text = {0};
  for (int i = 0; i < 3; i++) {
    HANDLE handle = GetStdHandle(streams[i]);
    const char *type = "unknown";
    if (!handle) type = "none";
    else {
      SetLastError(0);
      DWORD kind = GetFileType(handle);
      if (kind == FILE_TYPE_DISK) type = "disk";
      else if (kind == FILE_TYPE_CHAR) type = "char";
      else if (kind == FILE_TYPE_PIPE) type = "pipe";
      else if (GetLastError()) type = "invalid";
    }
    put(&text, i ? ",\"" : "{\"");
    put(&text, names[i]);
    put(&text, "\":\"");
    put(&text, type);
    put(&text, "\"");
  }
  put(&text, "}");
  endLine(STD_OUTPUT_HANDLE, &text);
}

static void handlesVerb(void) {
  Text text = {0};
  unsigned valid = 0, inherited = 0;
  put(&text, "{\"inherited\":[");
  for (ULONG_PTR value = 4; value <= 4096; value += 4) {
    DWORD flags;
    if (!GetHandleInformation((HANDLE)value, &flags)) continue;
    valid++;
    if (!(flags & HANDLE_FLAG_INHERIT)) continue; // an inherited handle stays inheritable in the child
    if (inherited++) put(&text, ",");
    putNumber(&text, value, 10);
  }
  put(&text, "],\"valid\":");
  putNumber(&text, valid, 10);
  put(&text, "}");
  endLine(STD_OUTPUT_HANDLE, &text);
}

static void environmentVerb(void) {
  Text text = {0};
  WCHAR *all = GetEnvironmentStringsW();
  put(&text, "[");
  for (WCHAR *at = all; *at; at += lstrlenW(at) + 1) {
    if (at != all) put(&text, ",");
    putJson(&text, at);
  }
  put(&text, "]");
  FreeEnvironmentStringsW(all);
  endLine(STD_OUTPUT_HANDLE, &text);
}

static void sayJson(const WCHAR *wide) {
  Text text = {0};
  putJson(&text, wide);
  endLine(STD_OUTPUT_HANDLE, &text);
}

static void eventVerb(const WCHAR *name, BOOL wait) {
  HANDLE event = OpenEventW(wait ? SYNCHRONIZE : EVENT_MODIFY_STATE, FALSE, name);
  if (!event || (wait ? WaitForSingleObject(event, 60000) != WAIT_OBJECT_0 : !SetEvent(event))) ExitProcess(15);
  CloseHandle(event);
}

static void awaitFile(const WCHAR *path) {
  for (int look = 0; GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES; look++) {
    if (look == 3000) ExitProcess(15);
    Sleep(20);
  }
}

static BOOL systemVerb(const WCHAR *verb) {
  static WCHAR wide[32768];
#define IS(name) (!lstrcmpW(verb, L##name))
  if (IS("print") || IS("printerr")) {
    Text text = {0};
    putUtf8(&text, take());
    endLine(IS("print") ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE, &text);
  } else if (IS("commandline")) sayJson(GetCommandLineW());
  else if (IS("times")) {
    ULONGLONG user, kernel;
    cpuTimes(&user, &kernel);
    Text text = {0};
    putNumber(&text, user, 10);
    put(&text, " ");
    putNumber(&text, kernel, 10);
    endLine(STD_OUTPUT_HANDLE, &text);
  } else if (IS("read")) {
    DWORD got = 0;
    if (ReadFile(GetStdHandle(STD_INPUT_HANDLE), chunk, CHUNK, &got, NULL) && got) sayNumber("data ", got);
    else if (!got && (GetLastError() == ERROR_BROKEN_PIPE || GetLastError() == 0)) say("eof");
    else failed("failed ", GetLastError());
  } else if (IS("closestdin")) CloseHandle(GetStdHandle(STD_INPUT_HANDLE));
  else if (IS("closestdout")) CloseHandle(GetStdHandle(STD_OUTPUT_HANDLE));
  else if (IS("closestderr")) CloseHandle(GetStdHandle(STD_ERROR_HANDLE));
  else if (IS("stdio")) stdioVerb();
  else if (IS("affinity")) {
    DWORD_PTR own = 0, machine = 0;
    if (!GetProcessAffinityMask(GetCurrentProcess(), &own, &machine)) ExitProcess(15);
    sayHex(own);
  } else if (IS("priority")) sayHex(GetPriorityClass(GetCurrentProcess()));
  else if (IS("env")) environmentVerb();
  else if (IS("getenv")) {
    SetLastError(0);
    if (!GetEnvironmentVariableW(take(), wide, 32768) && GetLastError() == ERROR_ENVVAR_NOT_FOUND) say("null");
    else sayJson(wide);
  } else if (IS("cwd")) {
    GetCurrentDirectoryW(32768, wide);
    sayJson(wide);
  } else if (IS("pid")) sayNumber("", GetCurrentProcessId());
  else if (IS("handles")) handlesVerb();
  else if (IS("listen")) listenVerb((USHORT)number(take()));
  else if (IS("setevent")) {
    if (SetEvent((HANDLE)(ULONG_PTR)number(take()))) say("ok");
    else failed("failed ", GetLastError());
  } else if (IS("signal")) eventVerb(take(), FALSE);
  else if (IS("await")) eventVerb(take(), TRUE);
  else if (IS("awaitfile")) awaitFile(take());
  else if (IS("console")) say(GetConsoleCP() ? "yes" : "no");
  else if (IS("injob")) {
    BOOL inside = FALSE;
    if (!IsProcessInJob(GetCurrentProcess(), NULL, &inside)) ExitProcess(15);
    say(inside ? "yes" : "no");
  } else if (IS("ignorebreak")) {
    breakIsIgnored = TRUE;
    SetConsoleCtrlHandler(onControl, TRUE);
  } else if (IS("enablectrlc")) SetConsoleCtrlHandler(NULL, FALSE);
  else if (IS("waitbreak")) {
    breakCame = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (!SetConsoleCtrlHandler(onControl, TRUE)) ExitProcess(15);
    say("ready");
    WaitForSingleObject(breakCame, INFINITE);
    ExitProcess(breakKind == CTRL_BREAK_EVENT ? 3 : 4);
  } else return FALSE;
  return TRUE;
}
#undef IS
