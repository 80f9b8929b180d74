/*
 * Starts a program under Wine with this one's standard handles and hands its exit code on.
 *
 *   launch.exe PROGRAM ARGUMENT...
 *
 * Why: Wine's own Linux process may end with 0 where the Windows program's code is another, when
 * the program ends while it is still starting threads (seen with deno.exe in one of eight runs on
 * busy processors). What wineserver says of an ended process is right, and this program, having
 * one thread, ends as it was told to.
 */
#include <windows.h>
#include <stdio.h>

/* The program decides what Ctrl-C means; we wait for what it decides. */
static BOOL WINAPI ignore(DWORD event) {
    return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
}

/* What follows our own name, as it stands: taking it apart and putting it together could change it. */
static WCHAR *arguments(void) {
    WCHAR *at = GetCommandLineW();
    WCHAR end = *at == L'"' ? *at++ : L' ';
    while (*at && *at != end) at++;
    if (*at == L'"') at++;
    while (*at == L' ' || *at == L'\t') at++;
    return at;
}

int wmain(void) {
    STARTUPINFOW startup = {.cb = sizeof startup};
    PROCESS_INFORMATION info;
    DWORD code;
    SetConsoleCtrlHandler(ignore, TRUE);
    if (!CreateProcessW(NULL, arguments(), NULL, NULL, TRUE, 0, NULL, NULL, &startup, &info)) {
        code = GetLastError();
        fprintf(stderr, "jobbox host: Cannot start %ls: error %lu\n", arguments(), code);
        return code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND ? 127 : 126;
    }
    CloseHandle(info.hThread);
    WaitForSingleObject(info.hProcess, INFINITE);
    GetExitCodeProcess(info.hProcess, &code);
    return (int)code;
}
