import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { ERROR, PROCESS } from "../../../../ffi/constants.ts";
import { check } from "../../../../ffi/error.ts";
import { OwnedHandle } from "../../../../ffi/handle.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { exitStatus, isEnding, processStatus } from "../../../../process/exit/exit_status.ts";
import { ExitError } from "../../../../process/exit/status_codes.ts";
import { startChild, within } from "../../../helpers/job_trials.ts";
import { watchProcess } from "../../../helpers/process_watch.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("exitStatus: undefined while it runs, then the code, also the code of a running process", async () => {
  using job = JobObject.create({ killOnClose: true });
  for (const code of [259, 0]) {
    const child = startChild(job, `read exit ${code}`, { stdin: "piped" });
    using process = watchProcess(child.pid);
    assertEquals(exitStatus(process.value, child.pid), undefined);
    await child.stdin.close();
    await within(child.status, "its end");
    const status = exitStatus(process.value, child.pid);
    assertEquals([status?.code, status?.signal], [code, null]);
    assertEquals(status?.error, undefined);
  }
});

Deno.test("exitStatus: unknown for an invalid handle, or one without the right to wait", async () => {
  const closed = exitStatus(0xfff0n, 1);
  assertEquals([closed?.code, closed?.usage], [null, null]);
  assertEquals([closed?.error?.api, closed?.error?.code], [
    "WaitForSingleObject",
    ERROR.INVALID_HANDLE,
  ]);
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "sleepforever");
  using weak = new OwnedHandle(
    check(kernel32.OpenProcess(PROCESS.TERMINATE, 0, child.pid), "OpenProcess", "Cannot test"),
    "the child",
  );
  assertEquals(exitStatus(weak.value, child.pid)?.error?.code, ERROR.ACCESS_DENIED);
});

Deno.test("ChildProcess.status: comes also when other code has closed the process's handle", async () => {
  await using job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "exit 3");
  using _closed = substituteKernel("CloseHandle", (real) => (handle) => {
    real(handle);
    return real(handle);
  });
  const { code, endedBy } = await within(child.status, "its end");
  assertEquals([code, endedBy], [3, "itself"]);
});

Deno.test("ChildProcess.status: comes also when what ended the process cannot be found out", async () => {
  await using job = JobObject.create({ killOnClose: true });
  const reported: unknown[] = [];
  const listen = (event: ErrorEvent): void => {
    event.preventDefault();
    reported.push(event.error.message);
  };
  addEventListener("error", listen);
  const child = startChild(job, `exit ${ExitError.ERROR_NOT_ENOUGH_QUOTA}`);
  {
    using _faulty = substituteKernel("QueryInformationJobObject", () => () => {
      throw new RangeError("a fault of the test");
    });
    const { code, success, endedBy } = await within(child.status, "its end");
    assertEquals([code, success, endedBy], [ExitError.ERROR_NOT_ENOUGH_QUOTA, false, "unknown"]);
  }
  removeEventListener("error", listen);
  assertEquals(reported, ["a fault of the test"]);
});

Deno.test("processStatus: names what ended the process, and the limit only if a limit did", () => {
  const end = { code: 1816, signal: null, usage: null };
  const evidence = {
    at: 100,
    requests: [],
    asked: false,
    limit: "jobUserTime",
    other: undefined,
  } as const;
  assertEquals(processStatus(end, evidence), {
    success: false,
    ...end,
    endedBy: "limit",
    limit: "jobUserTime",
  });
  const requests = [{ by: "terminate", code: 1816 }] as const;
  assertEquals(processStatus(end, { ...evidence, requests }), {
    success: false,
    ...end,
    endedBy: "terminate",
  });
});

Deno.test("isEnding: false while it runs, true once it has its code", async () => {
  using job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "read exit 5", { stdin: "piped" });
  using process = watchProcess(child.pid);
  assertEquals(isEnding(process.value), false);
  await child.stdin.close();
  await within(child.status, "its end");
  assertEquals(isEnding(process.value), true);
});
