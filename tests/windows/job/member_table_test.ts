import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { ERROR, JOBOBJECTINFOCLASS } from "../../../ffi/constants.ts";
import { dllPath } from "../../../ffi/dll.ts";
import { kernel32, ntdll } from "../../../ffi/library.ts";
import { JobObject } from "../../../job/job_object.ts";
import { CHILD, startChild, within } from "../../helpers/job_trials.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { substituteFunction, substituteKernel } from "../../helpers/substituted_kernel.ts";

const CHILD_NAME = /[\\/]tests[\\/]children[\\/]build[\\/]child\.exe$/i;

/** Adds ids to every list of a job's processes. */
function addIds(...pids: number[]): Disposable {
  return substituteKernel("QueryInformationJobObject", (real) => (...args) => {
    const result = real(...args);
    if (args[1] !== JOBOBJECTINFOCLASS.JobObjectBasicProcessIdList || !result) return result;
    const view = args[2] as DataView<ArrayBuffer>;
    for (const pid of pids) {
      const count = view.getUint32(4, true);
      view.setBigUint64(8 + 8 * count, BigInt(pid), true);
      view.setUint32(4, count + 1, true);
    }
    return result;
  });
}

Deno.test("processes: each with its parent, its program and what it has used", async () => {
  using job = JobObject.create({ killOnClose: true });
  assertEquals(job.processes(), []);
  const started = Date.now();
  await using leader = startChild(job, "spawn 2 -- sleepforever ; print ready sleepforever", {
    stdout: "piped",
  });
  const reader = leader.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("ready")) {
    text += (await within(reader.read(), "the leader's word")).value ?? "";
  }
  let entries = job.processes();
  await assertNoHandleLeft(() => {
    entries = job.processes();
  });
  const grandchildren = [...text.matchAll(/spawned (\d+)/g)].map(([, pid]) => Number(pid));
  assertEquals(grandchildren.length, 2);
  assertEquals(
    entries.map(({ pid, parentPid }) => [pid, parentPid]).toSorted(),
    [[leader.pid, Deno.pid], ...grandchildren.map((pid) => [pid, leader.pid])].toSorted(),
  );
  for (const { image, usage } of entries) {
    assert(CHILD_NAME.test(image), image);
    assert(usage !== undefined);
    // The system's clock ticks coarsely.
    assertGreaterOrEqual(usage.startTime.getTime(), started - 50);
    assertEquals(usage.endTime, undefined);
    assertGreater(usage.memory?.commit ?? 0, 0);
  }
  job.terminate();
  await leader.status;
  await reader.cancel();
  assert(CHILD_NAME.test(CHILD.pathname));
});

Deno.test("processes: an id that another process has taken over, or that is unused, is left out", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "sleepforever");
  using _ = addIds(Deno.pid, 0xFFFF_FFFC);
  assertEquals(job.pids(), [child.pid, Deno.pid, 0xFFFF_FFFC]);
  assertEquals(job.processes().map(({ pid }) => pid), [child.pid]);
});

Deno.test("processes: a process that ends after the list of ids is left out", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "sleepforever");
  using _ = substituteKernel("OpenProcess", () => () => {
    kernel32.SetLastError(ERROR.INVALID_PARAMETER);
    return 0n;
  });
  assertEquals(job.pids(), [child.pid]);
  assertEquals(job.processes(), []);
});

Deno.test("processes: a process that may not be queried has its name, and no usage", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "sleepforever");
  using _ = substituteKernel("OpenProcess", () => () => {
    kernel32.SetLastError(ERROR.ACCESS_DENIED);
    return 0n;
  });
  assertEquals(job.processes(), [
    { pid: child.pid, parentPid: Deno.pid, image: "child.exe", usage: undefined },
  ]);
});

Deno.test("processes: without the path the image is the file's name", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "sleepforever");
  using _ = substituteKernel("QueryFullProcessImageNameW", () => () => 0);
  const entries = job.processes();
  assertEquals(entries.map(({ pid, image }) => [pid, image]), [[child.pid, "child.exe"]]);
  assert(entries[0]!.usage !== undefined);
});

Deno.test("processes: without the permission for ntdll.dll it is not called, and all is the same", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using _first = startChild(job, "sleepforever");
  await using _second = startChild(job, "sleepforever");
  const withoutUsage = () => job.processes().map(({ usage: _, ...rest }) => rest);
  const wanted = withoutUsage();
  assertEquals(wanted.length, 2);
  const asked: unknown[] = [];
  const permissions: Deno.Permissions = Object.getPrototypeOf(Deno.permissions);
  using _query = substituteFunction(permissions, "querySync", () => (permission) => {
    asked.push(permission);
    return { state: "prompt" } as Deno.PermissionStatus;
  });
  using _ntdll = substituteFunction(ntdll, "NtQueryInformationProcess", () => () => {
    throw new Error("It prompts");
  });
  assertEquals(withoutUsage(), wanted);
  assertEquals(asked, [{ name: "ffi", path: dllPath("ntdll", "NtQueryInformationProcess") }]);
});

Deno.test("processes: the system's processes are not listed for members that can be asked", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "sleepforever");
  using _ = substituteKernel("CreateToolhelp32Snapshot", () => () => {
    throw new Error("It lists all processes");
  });
  assertEquals(job.processes().map(({ pid, parentPid }) => [pid, parentPid]), [
    [child.pid, Deno.pid],
  ]);
});
