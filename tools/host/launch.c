/*
 * Starts a program under Wine with this one's standard handles and hands its exit code on.
 *
 *   launch.exe PROGRAM ARGUMENT...
 *
 * The code goes to the file that JOBBOX_HOST_END names, which the program itself does not see.
 *
 * Why: Wine's own Linux process may end with 0 where the Windows program's code is another, when
 * the program ends while it is still starting threads (seen with deno.exe in one of eight runs on
 * busy processors), or when wineserver has died. What wineserver says of an ended process is right,
 * so what is not in the file is not known.
 */
#include <windows.h>
#include <stdio.h>

#define END L"JOBBOX_HOST_END"

/* The program decides what Ctrl-C means; we wait for what it decides. */
static BOOL WINAPI ignore(DWORD event) {
    return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
}

/* The text after our own name, unchanged: splitting and joining it could change it. */
static WCHAR *arguments(void) {
    WCHAR *at = GetCommandLineW();
    WCHAR end = *at == L'"' ? *at++ : L' ';
    while (*at && *at != end) at++;
    if (*at == L'"') at++;
    while (*at == L' ' || *at == L'\t') at++;
    return at;
}

static int finish(const WCHAR *file, DWORD code) {
    char text[16];
    DWORD length = (DWORD)snprintf(text, sizeof text, "%lu\n", code), written;
    HANDLE end = CreateFileW(file, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    if (end != INVALID_HANDLE_VALUE) {
        WriteFile(end, text, length, &written, NULL);
        CloseHandle(end);
    }
    return (int)code;
}

int wmain(void) {
    static WCHAR file[32768];
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION info;
    DWORD code;
    GetEnvironmentVariableW(END, file, sizeof file / sizeof *file);
    SetEnvironmentVariableW(END, NULL);
    SetConsoleCtrlHandler(ignore, TRUE);
    if (!CreateProcessW(NULL, arguments(), NULL, NULL, TRUE, 0, NULL, NULL, &startup, &info)) {
        code = GetLastError();
        fprintf(stderr, "jobbox host: Cannot start %ls: error %lu\n", arguments(), code);
        fflush(stderr);
        return finish(
            file, code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND ? 127 : 126);
    }
    CloseHandle(info.hThread);
    if (WaitForSingleObject(info.hProcess, INFINITE) != WAIT_OBJECT_0) return 125;
    if (!GetExitCodeProcess(info.hProcess, &code)) return 125;
    return finish(file, code);
}
