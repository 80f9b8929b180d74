import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { ERROR } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { snapshotProcesses } from "../../../../process/query/snapshot.ts";
import { startChild } from "../../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("snapshotProcesses: has this process and its child, with parent and image", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "sleepforever");
  await assertNoHandleLeft(() => void snapshotProcesses());
  const processes = snapshotProcesses();
  assertEquals(processes.get(child.pid), {
    pid: child.pid,
    parentPid: Deno.pid,
    image: "child.exe",
  });
  assertEquals(processes.get(Deno.pid)?.image.toLowerCase(), "deno.exe");
});

Deno.test("snapshotProcesses: an incomplete list is an error", async () => {
  using _broken = substituteKernel("Process32NextW", () => () => {
    kernel32.SetLastError(ERROR.BAD_LENGTH);
    return 0;
  });
  await assertNoHandleLeft(() => {
    const error = assertThrows(() => snapshotProcesses(), Win32Error);
    assertEquals([error.api, error.code], ["Process32NextW", ERROR.BAD_LENGTH]);
  });
});
