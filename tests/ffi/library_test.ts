import { assertEquals, assertThrows } from "@std/assert";
import { FUNCTIONS } from "../../ffi/functions.ts";
import { advapi32, kernel32, ntdll, preload, user32 } from "../../ffi/library.ts";
import { UnsupportedPlatformError } from "../../ffi/unsupported_platform.ts";

const elsewhere = { ignore: Deno.build.os === "windows" };

Deno.test("library: importing it opens nothing, and lists every function", () => {
  // This ring has no permission: an open at import would have thrown.
  const names = Object.keys(kernel32);
  assertEquals(Object.keys(FUNCTIONS.kernel32).filter((name) => !names.includes(name)), []);
  assertEquals(names.includes("GetQueuedCompletionStatusExAsync"), true);
  assertEquals(Object.keys(user32), Object.keys(FUNCTIONS.user32));
  assertEquals(Object.keys(advapi32), Object.keys(FUNCTIONS.advapi32));
  assertEquals(Object.keys(ntdll), Object.keys(FUNCTIONS.ntdll));
});

Deno.test("kernel32: the first call off Windows says what is missing", elsewhere, () => {
  assertThrows(
    () => kernel32.CreateJobObjectW(null, null),
    UnsupportedPlatformError,
    `Cannot call CreateJobObjectW: job objects are a part of Windows, and this is ${Deno.build.os}`,
  );
});

Deno.test("kernel32: a second row's error has the function's own name", elsewhere, () => {
  const error = assertThrows(() => kernel32.RtlMoveMemory$write, UnsupportedPlatformError);
  assertEquals(error.message.startsWith("Cannot call RtlMoveMemory: "), true);
});

Deno.test("preload: it is refused off Windows", elsewhere, () => {
  assertThrows(preload, UnsupportedPlatformError, "Cannot call GetLastError");
});

Deno.test("kernel32: without the permission the call is refused by Deno", {
  ignore: Deno.build.os !== "windows",
}, () => {
  assertThrows(() => kernel32.CreateJobObjectW(null, null), Deno.errors.NotCapable);
});

Deno.test("kernel32: a number as a handle, a missing and an extra argument do not compile", () => {
  const wrong = (): void => {
    // @ts-expect-error: a handle is a bigint.
    kernel32.CloseHandle(5);
    // @ts-expect-error: the exit code is missing.
    kernel32.TerminateJobObject(5n);
    // @ts-expect-error: it takes nothing.
    kernel32.GetLastError(1);
    // @ts-expect-error: memory is a view, and an address no memory.
    kernel32.GetExitCodeProcess(5n, 7n);
    // @ts-expect-error: what comes back is a number, and no boolean.
    const done: boolean = kernel32.CloseHandle(5n);
    // @ts-expect-error: an asynchronous call gives a promise.
    const removed: number = kernel32.GetQueuedCompletionStatusExAsync(1n, 0n, 1, 0n, 0, 0);
    void [done, removed];
  };
  assertEquals(wrong.length, 0);
});
