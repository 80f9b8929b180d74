// Stands for HTCondor's condor_chirp.exe, whose Windows build is not here: sets an attribute of the job ad by the
// starter's own protocol. Build:
//   x86_64-w64-mingw32-gcc -O2 -municode condor_chirp.c -o condor_chirp.exe
// Usage: condor_chirp.exe set_job_attr_delayed NAME EXPRESSION
// The file that _CONDOR_CHIRP_CONFIG names holds "HOST PORT COOKIE". Each request is a line, in which a backslash
// stands before a blank and a backslash; the answer is a line with a number, below 0 for a failure.
// Exit code 0, or 1 refused, 2 wrong usage, 3 no configuration, 4 no connection.
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <string.h>

// Loaded by name, because the build links no library for one program only.
static HMODULE winsock;

typedef int(WSAAPI *Startup)(WORD, LPWSADATA);
typedef SOCKET(WSAAPI *Make)(int, int, int);
typedef int(WSAAPI *Connect)(SOCKET, const struct sockaddr *, int);
typedef int(WSAAPI *Send)(SOCKET, const char *, int, int);
typedef int(WSAAPI *Receive)(SOCKET, char *, int, int);

static SOCKET line;
static Send sendTo;
static Receive receive;

// Sends a request and returns the number of the answer.
static int request(const char *text) {
  char answer[64];
  int length = 0;
  if (sendTo(line, text, (int)strlen(text), 0) < 0) return -1;
  while (length < 63 && receive(line, answer + length, 1, 0) == 1) {
    if (answer[length++] == '\n') {
      int number = -1;
      answer[length] = 0;
      sscanf(answer, "%d", &number);
      return number;
    }
  }
  return -1;
}

static void put(char *to, const WCHAR *from) {
  char bytes[1024];
  int count = WideCharToMultiByte(CP_UTF8, 0, from, -1, bytes, sizeof bytes - 1, NULL, NULL);
  bytes[count > 0 ? count - 1 : 0] = 0;
  to += strlen(to);
  for (const char *at = bytes; *at; at++) {
    if (strchr(" \t\r\n\\", *at)) *to++ = '\\';
    *to++ = *at;
  }
  *to = 0;
}

int wmain(int count, WCHAR **words) {
  WCHAR path[1024];
  char host[128], cookie[256], text[5000] = "";
  int port;
  if (count != 4 || wcscmp(words[1], L"set_job_attr_delayed")) return 2;
  if (!GetEnvironmentVariableW(L"_CONDOR_CHIRP_CONFIG", path, 1024)) return 3;
  FILE *file = _wfopen(path, L"r");
  if (!file || fscanf(file, "%127s %d %255s", host, &port, cookie) != 3) return 3;
  fclose(file);

  winsock = LoadLibraryW(L"ws2_32.dll");
  Startup start = (Startup)(void *)GetProcAddress(winsock, "WSAStartup");
  Make make = (Make)(void *)GetProcAddress(winsock, "socket");
  Connect join = (Connect)(void *)GetProcAddress(winsock, "connect");
  sendTo = (Send)(void *)GetProcAddress(winsock, "send");
  receive = (Receive)(void *)GetProcAddress(winsock, "recv");
  WSADATA data;
  // The pool is on the loopback address.
  struct sockaddr_in address = {.sin_family = AF_INET};
  unsigned char *number = (unsigned char *)&address.sin_addr;
  unsigned char *at = (unsigned char *)&address.sin_port;
  at[0] = (unsigned char)(port >> 8);
  at[1] = (unsigned char)port;
  if (sscanf(host, "%hhu.%hhu.%hhu.%hhu", number, number + 1, number + 2, number + 3) != 4) return 3;
  if (!start || start(0x0202, &data)) return 4;
  line = make(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  if (line == INVALID_SOCKET || join(line, (struct sockaddr *)&address, sizeof address)) return 4;

  sprintf(text, "cookie %s\n", cookie);
  if (request(text) < 0) return 4;
  strcpy(text, "set_job_attr_delayed ");
  put(text, words[2]);
  strcat(text, " ");
  put(text, words[3]);
  strcat(text, "\n");
  return request(text) < 0 ? 1 : 0;
}
