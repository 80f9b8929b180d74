import "../../helpers/bound_kernel.ts";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../ffi/constants.ts";
import { check, failure, Win32Error } from "../../../ffi/error.ts";
import { AlreadyClosedError, INVALID_HANDLE_VALUE, OwnedHandle } from "../../../ffi/handle.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";

function createJob(): bigint {
  return check(kernel32.CreateJobObjectW(null, null), "CreateJobObjectW", "Cannot create a job");
}

Deno.test("OwnedHandle: returns the handle until it is closed", () => {
  const raw = createJob();
  const handle = new OwnedHandle(raw, "job");
  assertStrictEquals(handle.value, raw);
  assertEquals(handle.closed, false);
  handle.close();
  assertEquals(handle.closed, true);
});

Deno.test("OwnedHandle.close: the kernel's handle is gone afterwards", () => {
  const raw = createJob();
  new OwnedHandle(raw, "job").close();
  assertEquals(failure(kernel32.TerminateJobObject(raw, 1)), ERROR.INVALID_HANDLE);
});

Deno.test("OwnedHandle.close: a second call does nothing, whoever owns the number then", () => {
  const handle = new OwnedHandle(createJob(), "job");
  handle.close();
  // A new object may well get the number just freed; it must survive.
  using next = new OwnedHandle(createJob(), "next job");
  handle.close();
  check(kernel32.TerminateJobObject(next.value, 1), "TerminateJobObject", "Cannot terminate");
});

Deno.test("OwnedHandle.value: after close the error names what the handle was of", () => {
  const handle = new OwnedHandle(createJob(), 'job "build"');
  handle.close();
  const error = assertThrows(() => handle.value, AlreadyClosedError);
  assertEquals(error.message, 'Cannot use job "build": it was closed');
  assertEquals(error.name, "AlreadyClosedError");
});

Deno.test("OwnedHandle.close: a handle that other code closed is an error", () => {
  const raw = createJob();
  const handle = new OwnedHandle(raw, "job");
  check(kernel32.CloseHandle(raw), "CloseHandle", "Cannot close");
  assertThrows(
    () => handle.close(),
    Win32Error,
    "Cannot close job: CloseHandle failed with ERROR_INVALID_HANDLE (6)",
  );
  assertEquals(handle.closed, true);
});

Deno.test("OwnedHandle: the end of a using scope closes it, by an exception too", () => {
  let seen: OwnedHandle | undefined;
  assertThrows(() => {
    using handle = new OwnedHandle(createJob(), "job");
    seen = handle;
    throw new RangeError("out");
  }, RangeError);
  assertEquals(seen?.closed, true);
});

Deno.test("OwnedHandle: a thousand of them leave no handle", async () => {
  await assertNoHandleLeft(() => {
    for (let i = 0; i < 1000; i++) {
      using _ = new OwnedHandle(createJob(), "job");
    }
  }, "a thousand jobs");
});

Deno.test("INVALID_HANDLE_VALUE: CreateFileW returns it for a missing file", () => {
  const name = new Uint16Array([..."C:\\no such file"].map((c) => c.charCodeAt(0)).concat(0));
  const result = kernel32.CreateFileW(name, 0, 0, null, 3, 0, 0n);
  assertEquals(result, INVALID_HANDLE_VALUE);
});
