import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR, STANDARD_RIGHTS, WAIT } from "../../../ffi/constants.ts";
import { Win32Error } from "../../../ffi/error.ts";
import { OwnedHandle } from "../../../ffi/handle.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { NewThread, secureOwnThreads, threadsOf } from "../../../isolation/threads.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

Deno.test("threadsOf: returns the threads of one process only", () => {
  const own = threadsOf(kernel32.GetCurrentProcessId());
  assert(own.length > 1);
  assertEquals(new Set(own).size, own.length);
  // No process has this id.
  assertEquals(threadsOf(0xffff_fffe), []);
});

Deno.test("threadsOf: a list that is cut short is an error", () => {
  using _fault = substituteKernel("Thread32Next", () => () => {
    kernel32.SetLastError(ERROR.ACCESS_DENIED);
    return 0;
  });
  assertThrows(() => threadsOf(1), Win32Error, "Thread32Next");
});

Deno.test("secureOwnThreads: every thread that opens is set once, and no handle is left", async () => {
  let opened = 0;
  using _counting = substituteKernel("OpenThread", (real) => (...args) => {
    const handle = real(...args);
    if (handle !== 0n) opened++;
    return handle;
  });
  // All may do all: what the tests after this one need.
  await assertNoHandleLeft(() => void secureOwnThreads("D:(A;;GA;;;WD)", 4));
  assert(opened > 1);
});

Deno.test("NewThread: it has not run, and ends when it is disposed of; no handle is left", async () => {
  await assertNoHandleLeft(
    () => {
      const thread = new NewThread();
      const { SYNCHRONIZE } = STANDARD_RIGHTS;
      using handle = new OwnedHandle(kernel32.OpenThread(SYNCHRONIZE, 0, thread.id), "a thread");
      assert(threadsOf(kernel32.GetCurrentProcessId()).includes(thread.id));
      assertEquals(kernel32.WaitForSingleObject(handle.value, 0), WAIT.WAIT_TIMEOUT);
      thread[Symbol.dispose]();
      // The time bounds a hang only.
      assertEquals(kernel32.WaitForSingleObject(handle.value, 60_000), WAIT.WAIT_OBJECT_0);
    },
    "a new thread",
    { late: true },
  );
});
