// Text in and out for the child programs: no printf, so that a child stays small and starts fast.
// Every text verb writes one line by one WriteFile, so that lines of several children never mix.
#ifndef CHILD_TEXT_H
#define CHILD_TEXT_H
#include <windows.h>

typedef struct {
  char *bytes;
  size_t length, room;
} Text;

static void putBytes(Text *text, const char *bytes, size_t count) {
  if (text->length + count > text->room) {
    size_t room = (text->length + count) * 2 + 256;
    HANDLE heap = GetProcessHeap();
    text->bytes = text->bytes ? HeapReAlloc(heap, 0, text->bytes, room) : HeapAlloc(heap, 0, room);
    if (!text->bytes) ExitProcess(14);
    text->room = room;
  }
  for (size_t i = 0; i < count; i++) text->bytes[text->length++] = bytes[i];
}

static void put(Text *text, const char *ascii) { putBytes(text, ascii, lstrlenA(ascii)); }

static void putNumber(Text *text, ULONGLONG value, unsigned base) {
  char digits[24];
  int at = sizeof digits;
  do {
    digits[--at] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value);
  putBytes(text, digits + at, sizeof digits - at);
}

// A JSON string in pure ASCII; a lone surrogate goes out as its own escape, so nothing is lost.
static void putJson(Text *text, const WCHAR *wide) {
  put(text, "\"");
  for (; *wide; wide++) {
    unsigned unit = *wide;
    if (unit >= 0x20 && unit < 0x7f && unit != '"' && unit != '\\') {
      char byte = (char)unit;
      putBytes(text, &byte, 1);
    } else {
      char escape[6] = "\\u";
      for (int i = 0; i < 4; i++) escape[2 + i] = "0123456789abcdef"[(unit >> (12 - 4 * i)) & 15];
      putBytes(text, escape, 6);
    }
  }
  put(text, "\"");
}

static void putUtf8(Text *text, const WCHAR *wide) {
  int size = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
  char *bytes = HeapAlloc(GetProcessHeap(), 0, size);
  if (!bytes) ExitProcess(14);
  WideCharToMultiByte(CP_UTF8, 0, wide, -1, bytes, size, NULL, NULL);
  putBytes(text, bytes, size - 1);
  HeapFree(GetProcessHeap(), 0, bytes);
}

// FALSE when the reader is gone or the handle is closed.
static BOOL writeAll(HANDLE file, const void *bytes, size_t count) {
  const char *at = bytes;
  while (count) {
    DWORD done = 0, part = count > 0x100000 ? 0x100000 : (DWORD)count;
    if (!WriteFile(file, at, part, &done, NULL)) return FALSE;
    at += done;
    count -= done;
  }
  return TRUE;
}

static void endLine(DWORD stream, Text *text) {
  put(text, "\n");
  writeAll(GetStdHandle(stream), text->bytes, text->length);
  HeapFree(GetProcessHeap(), 0, text->bytes);
  text->bytes = NULL;
  text->length = text->room = 0;
}

static void say(const char *ascii) {
  Text text = {0};
  put(&text, ascii);
  endLine(STD_OUTPUT_HANDLE, &text);
}

static void sayNumber(const char *before, ULONGLONG value) {
  Text text = {0};
  put(&text, before);
  putNumber(&text, value, 10);
  endLine(STD_OUTPUT_HANDLE, &text);
}

static void sayHex(ULONGLONG value) {
  Text text = {0};
  put(&text, "0x");
  putNumber(&text, value, 16);
  endLine(STD_OUTPUT_HANDLE, &text);
}

// Strict: decimal or 0x hexadecimal, nothing before or after; wrong text ends the child with 2.
static ULONGLONG number(const WCHAR *wide) {
  ULONGLONG value = 0;
  unsigned base = 10;
  const WCHAR *at = wide;
  if (at && at[0] == '0' && (at[1] == 'x' || at[1] == 'X')) {
    base = 16;
    at += 2;
  }
  BOOL good = at && *at;
  for (; good && *at; at++) {
    unsigned digit = *at >= '0' && *at <= '9'   ? *at - '0'
                     : *at >= 'a' && *at <= 'f' ? *at - 'a' + 10
                     : *at >= 'A' && *at <= 'F' ? *at - 'A' + 10
                                                : 99;
    good = digit < base;
    value = value * base + digit;
  }
  if (!good) {
    Text text = {0};
    put(&text, "child: not a number: ");
    if (wide) putJson(&text, wide);
    endLine(STD_ERROR_HANDLE, &text);
    ExitProcess(2);
  }
  return value;
}
#endif
