import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
import { ERROR, PROCESS } from "../../../ffi/constants.ts";
import { SYSTEM_DIRECTORY } from "../../../ffi/dll.ts";
import { check, errorSymbol, failure, Win32Error } from "../../../ffi/error.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { encodeWide } from "../../../ffi/strings.ts";

/** A number that is not a handle of this process: handles are multiples of 4. */
const NO_HANDLE = 0xabcd_1230n;

Deno.test("check: returns any result but zero", () => {
  assertEquals(check(1, "X", "Cannot x"), 1);
  assertEquals(check(0xffff_ffff_ffff_ffffn, "X", "Cannot x"), 0xffff_ffff_ffff_ffffn);
});

Deno.test("check: a failed call throws its code, name, function and sentence", () => {
  const error = assertThrows(
    () =>
      check(
        kernel32.AssignProcessToJobObject(NO_HANDLE, NO_HANDLE),
        "AssignProcessToJobObject",
        'Cannot assign process 4312 to job "build"',
      ),
    Win32Error,
  );
  assertEquals(
    error.message,
    'Cannot assign process 4312 to job "build": AssignProcessToJobObject failed with ERROR_INVALID_HANDLE (6)',
  );
  assertEquals([error.code, error.codeName, error.api, error.name], [
    6,
    "ERROR_INVALID_HANDLE",
    "AssignProcessToJobObject",
    "Win32Error",
  ]);
});

Deno.test("check: zero as a bigint fails like zero", () => {
  const name = encodeWide("Local\\no such job, ever");
  assertThrows(
    () => check(kernel32.OpenJobObjectW(0x4, 0, name), "OpenJobObjectW", "Cannot open job"),
    Win32Error,
    "Cannot open job: OpenJobObjectW failed with ERROR_FILE_NOT_FOUND (2)",
  );
});

Deno.test("failure: 0 for a success, else the code", () => {
  assertEquals(failure(1), 0);
  assertEquals(failure(5n), 0);
  assertEquals(failure(kernel32.CloseHandle(NO_HANDLE)), ERROR.INVALID_HANDLE);
});

Deno.test("failure: the code is right in 10,000 failing calls of three kinds", () => {
  const path = encodeWide("C:\\no such folder\\no such file");
  let wrong = 0;
  for (let i = 0; i < 10_000; i++) {
    // Garbage between the calls, as a program makes it.
    const garbage = new Array(i % 64).fill({ i });
    if (failure(kernel32.CloseHandle(NO_HANDLE)) !== ERROR.INVALID_HANDLE) wrong++;
    // The idle process cannot be opened.
    const process = kernel32.OpenProcess(PROCESS.QUERY_LIMITED_INFORMATION, 0, 0);
    if (failure(process) !== ERROR.INVALID_PARAMETER) wrong++;
    if (i % 20 === 0) {
      const found = kernel32.GetFileAttributesW(path) !== 0xffff_ffff;
      if (failure(Number(found)) !== ERROR.PATH_NOT_FOUND) wrong++;
    }
    garbage.length = 0;
  }
  assertEquals(wrong, 0);
});

Deno.test("failure: the very first call's code is right, under the scoped permission", () => {
  // In a new process nothing is bound yet, so the reader of the code is bound after the failure
  // unless the library sees to it.
  const program = new URL("../../helpers/first_failure.ts", import.meta.url);
  const permission = `--allow-ffi=${SYSTEM_DIRECTORY}kernel32.dll`;
  const { stdout, stderr, code } = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-config", permission, "--no-check", program.href],
  }).outputSync();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  assertEquals(new TextDecoder().decode(stdout).trim(), "ERROR_INVALID_HANDLE");
});

Deno.test("errorSymbol: a code has the name of the headers", () => {
  assertEquals(errorSymbol(5), "ERROR_ACCESS_DENIED");
  assertEquals(errorSymbol(258), "WAIT_TIMEOUT");
});

Deno.test("errorSymbol: a code without a name is shown as a number", () => {
  assertEquals(errorSymbol(4_000_000_000), "error 4000000000");
});

Deno.test("Win32Error.systemMessage: the system's sentence, without its line break", () => {
  const said = new Win32Error(ERROR.ACCESS_DENIED, "X", "Cannot x").systemMessage();
  assert(said.length > 0);
  assertStrictEquals(said, said.trim());
  assertMatch(said, /^\P{Cc}+$/u);
});

Deno.test("Win32Error.systemMessage: empty if the system has no text, or no true one", () => {
  for (const code of [0x7abc_def0, 0, ERROR.GEN_FAILURE]) {
    assertEquals(new Win32Error(code, "X", "Cannot x").systemMessage(), "");
  }
});

Deno.test("Win32Error: a call that failed without a reason has the code of an unknown error", () => {
  kernel32.SetLastError(0);
  assertEquals(failure(0), ERROR.GEN_FAILURE);
  kernel32.SetLastError(0);
  assertEquals(failure(0n), ERROR.GEN_FAILURE);
  kernel32.SetLastError(0);
  const error = assertThrows(() => check(0, "X", "Cannot x"), Win32Error);
  assertEquals([error.code, error.codeName], [31, "ERROR_GEN_FAILURE"]);
  assertEquals(
    error.message,
    "Cannot x: X failed with ERROR_GEN_FAILURE (31), an unknown error",
  );
});

Deno.test("Win32Error: keeps an earlier error as its cause", () => {
  const first = new Win32Error(5, "X", "Cannot x");
  assertStrictEquals(new Win32Error(87, "Y", "Cannot y", { cause: first }).cause, first);
  assertEquals("cause" in first, false);
});

Deno.test("Win32Error: it can be made without any call failing", () => {
  const error = new Win32Error(87, "SetX", "Cannot set x");
  assertEquals(error.message, "Cannot set x: SetX failed with ERROR_INVALID_PARAMETER (87)");
  assert(error instanceof Error);
});
