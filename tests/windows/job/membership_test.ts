import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ERROR, JOBOBJECTINFOCLASS, PROCESS } from "../../../ffi/constants.ts";
import { check, Win32Error } from "../../../ffi/error.ts";
import { OwnedHandle } from "../../../ffi/handle.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import { JobObject } from "../../../job/job_object.ts";
import {
  assignHandle,
  assignProcess,
  containsHandle,
  containsProcess,
  openProcess,
  processIds,
} from "../../../job/membership.ts";
import { startChild, within } from "../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { hasEnded, watchProcess } from "../../helpers/process_watch.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

const LIST = struct(STRUCTS, "JOBOBJECT_BASIC_PROCESS_ID_LIST");

function createJob(): OwnedHandle {
  const handle = kernel32.CreateJobObjectW(null, null);
  return new OwnedHandle(check(handle, "CreateJobObjectW", "Cannot create it"), "a job");
}

/** A job with a given number of processes at each query, as the kernel would report them. */
function pretendMembers(counts: readonly number[], asked: number[]): Disposable {
  return substituteKernel("QueryInformationJobObject", (real) => (...args) => {
    const [, kind, memory, size] = args;
    if (kind !== JOBOBJECTINFOCLASS.JobObjectBasicProcessIdList) return real(...args);
    const count = counts[Math.min(asked.length, counts.length - 1)]!;
    const header = LIST.size - 8;
    const room = (size - header) / 8;
    asked.push(room);
    const stored = Math.min(room, count);
    const view = memory as DataView<ArrayBuffer>;
    const list = LIST.encode({
      NumberOfAssignedProcesses: count,
      NumberOfProcessIdsInList: stored,
    });
    new Uint8Array(view.buffer).set(new Uint8Array(list.buffer, 0, header));
    const ids = new BigUint64Array(view.buffer, header, stored);
    for (let i = 0; i < stored; i++) ids[i] = BigInt(4 * (i + 1));
    if (stored === count) return 1;
    kernel32.SetLastError(ERROR.MORE_DATA);
    return 0;
  });
}

Deno.test("processIds: empty for an empty job, one id for a job with one process", async () => {
  using job = JobObject.create({ killOnClose: true });
  assertEquals(job.pids(), []);
  await using child = startChild(job, "sleepforever");
  assertEquals(job.pids(), [child.pid]);
  child.kill();
  await child.status;
  await job.wait();
  assertEquals(job.pids(), []);
});

Deno.test("processIds: complete however the job grows between two queries", () => {
  using job = createJob();
  const asked: number[] = [];
  {
    // Each time more than the room that the previous result asked for.
    using _ = pretendMembers([100, 250, 600, 1_500], asked);
    const ids = processIds(job.value, "a job");
    assertEquals(ids, Array.from({ length: 1_500 }, (_, i) => 4 * (i + 1)));
  }
  assertEquals(asked.length, 5);
  assert(asked.every((room, i) => i === 0 || room > asked[i - 1]!));
  assertEquals(processIds(job.value, "a job"), []);
});

Deno.test("processIds: a list that exactly fits is not queried again", () => {
  using job = createJob();
  const asked: number[] = [];
  using _ = pretendMembers([64], asked);
  assertEquals(processIds(job.value, "a job").length, 64);
  assertEquals(asked, [64]);
});

Deno.test("processIds: any failure but too little room is an error", () => {
  using job = createJob();
  using _ = substituteKernel("QueryInformationJobObject", () => () => {
    kernel32.SetLastError(ERROR.ACCESS_DENIED);
    return 0;
  });
  const error = assertThrows(() => processIds(job.value, 'job "x"'), Win32Error);
  assertEquals(
    error.message,
    'Cannot list the processes of job "x": QueryInformationJobObject failed with ' +
      "ERROR_ACCESS_DENIED (5)",
  );
});

Deno.test("containsProcess: true for the job's own processes only", async () => {
  using job = JobObject.create({ killOnClose: true });
  using other = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "sleepforever");
  await assertNoHandleLeft(() => {
    assertEquals(job.contains(child.pid), true);
    assertEquals(other.contains(child.pid), false);
    assertEquals(job.contains(Deno.pid), false);
    for (const nobody of [0, 0xFFFF_FFFC]) assertEquals(job.contains(nobody), false);
  });
  for (const pid of [-4, 0.5, 2 ** 32, Infinity]) {
    assertThrows(() => job.contains(pid), RangeError, `pid must be a whole number`);
  }
});

Deno.test("containsProcess: a process in a job inside it is in it", async () => {
  using outer = JobObject.create({ killOnClose: true });
  using inner = JobObject.create({ killOnClose: true });
  await using child = startChild(outer, "sleepforever");
  inner.assign(child.pid);
  await using second = startChild(outer, "sleepforever");
  assertEquals([outer.contains(child.pid), inner.contains(child.pid)], [true, true]);
  assertEquals([outer.contains(second.pid), inner.contains(second.pid)], [true, false]);
  assertEquals(new Set(outer.pids()), new Set([child.pid, second.pid]));
  assertEquals(inner.pids(), [child.pid]);
});

Deno.test("containsProcess: a refusal is passed on, and leaves no handle", async () => {
  using job = createJob();
  containsProcess(job.value, Deno.pid, "a job");
  await assertNoHandleLeft(() => {
    using _ = substituteKernel("IsProcessInJob", () => () => {
      kernel32.SetLastError(ERROR.INVALID_HANDLE);
      return 0;
    });
    const error = assertThrows(() => containsProcess(job.value, Deno.pid, "a job"), Win32Error);
    assertEquals([error.code, error.api], [ERROR.INVALID_HANDLE, "IsProcessInJob"]);
  });
});

Deno.test("containsHandle: a refused handle is copied with the full right, and the answer is the copy's", async () => {
  using outer = JobObject.create({ killOnClose: true });
  await using child = startChild(outer, "sleepforever");
  using job = createJob();
  using other = createJob();
  assignProcess(job.value, child.pid, "a job");
  using limited = openProcess(child.pid, PROCESS.QUERY_LIMITED_INFORMATION, "Cannot ask it");
  await assertNoHandleLeft(() => {
    using _ = substituteKernel("IsProcessInJob", (real) => (process, ...rest) => {
      if (process !== limited.value) return real(process, ...rest);
      kernel32.SetLastError(ERROR.ACCESS_DENIED);
      return 0;
    });
    assertEquals(containsHandle(job.value, limited.value, "a job"), true);
    assertEquals(containsHandle(other.value, limited.value, "a job"), false);
    using _copy = substituteKernel("DuplicateHandle", () => () => 0);
    const error = assertThrows(
      () => containsHandle(other.value, limited.value, "a job"),
      Win32Error,
    );
    assertEquals([error.code, error.api], [ERROR.ACCESS_DENIED, "IsProcessInJob"]);
  });
});

Deno.test("containsHandle: accepts the pseudo handle of this process", () => {
  using job = createJob();
  assertEquals(containsHandle(job.value, kernel32.GetCurrentProcess(), "a job"), false);
  const error = assertThrows(() => containsHandle(job.value, 0x1233n, "a job"), Win32Error);
  assertEquals([error.code, error.api], [ERROR.INVALID_HANDLE, "IsProcessInJob"]);
});

Deno.test("openProcess: opens with the requested rights, and no more", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "sleepforever");
  {
    using process = openProcess(child.pid, PROCESS.QUERY_INFORMATION, "Cannot try");
    const refused = kernel32.TerminateProcess(process.value, 3);
    assertEquals(refused, 0);
  }
  using process = openProcess(child.pid, PROCESS.TERMINATE, "Cannot try");
  assertEquals(kernel32.TerminateProcess(process.value, 3), 1);
  assertEquals((await within(child.status, "the child")).code, 3);
  const error = assertThrows(() => openProcess(0, PROCESS.TERMINATE, "Cannot try"), Win32Error);
  assertEquals(error.message, "Cannot try: OpenProcess failed with ERROR_INVALID_PARAMETER (87)");
});

Deno.test("assignProcess: opens the process with only the two rights that it needs", async () => {
  using outer = JobObject.create({ killOnClose: true });
  using job = createJob();
  await using child = startChild(outer, "sleepforever");
  const rights: number[] = [];
  {
    using _ = substituteKernel("OpenProcess", (real) => (access, inherit, pid) => {
      rights.push(access);
      return real(access, inherit, pid);
    });
    assignProcess(job.value, child.pid, "a job");
  }
  assertEquals(rights, [PROCESS.SET_QUOTA | PROCESS.TERMINATE]);
  assertEquals(processIds(job.value, "a job"), [child.pid]);
  using weak = openProcess(child.pid, PROCESS.QUERY_INFORMATION, "Cannot try");
  using other = createJob();
  const error = assertThrows(() => assignHandle(other.value, weak.value, "Cannot do"), Win32Error);
  assertEquals(
    error.message,
    "Cannot do: AssignProcessToJobObject failed with ERROR_ACCESS_DENIED (5)",
  );
  using process = watchProcess(child.pid);
  assert(!hasEnded(process));
});
