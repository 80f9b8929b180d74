// The libraries are bound before a test can be blamed for opening one.
import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { WatchedProcess } from "../../../../cli/report/process_query.ts";
import { kernel32 } from "../../../../ffi/library.ts";
import { JobObject } from "../../../../job/job_object.ts";
import { startChild, within } from "../../../helpers/job_trials.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("WatchedProcess reports a process's image, start, code and end", async () => {
  using job = JobObject.create({ killOnClose: true });
  const before = Date.now();
  await using child = job.spawn("cmd.exe", {
    args: ["/d", "/q", "/k"],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  });
  const process = WatchedProcess.open(child.pid);
  assert(process);
  assertEquals(process.image()?.toLowerCase(), "cmd.exe");
  assertEquals(process.end(), undefined);
  // The system's clock ticks coarsely.
  const start = process.start();
  assert(start);
  assertGreaterOrEqual(start, before - 50);
  job.terminate(0xC0000005);
  await child.status;
  const end = process.end();
  assert(end);
  assertEquals(end.code, 0xC0000005);
  assertGreaterOrEqual(end.endedAt, start);
  process.close();
  process.close();
});

Deno.test("WatchedProcess.open returns undefined for a process that does not exist", () => {
  assertEquals(WatchedProcess.open(0xFFFF_FFFC), undefined);
});

Deno.test("WatchedProcess.end: times that the system does not report are absent, never 1601", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "sleepforever");
  const process = WatchedProcess.open(child.pid);
  assert(process);
  job.terminate(3);
  await within(child.status, "its end");
  const untold = { endedAt: undefined, userTime: undefined, kernelTime: undefined };
  for (const name of ["GetProcessTimes", "WaitForSingleObject"] as const) {
    using _failing = substituteKernel(name as "GetProcessTimes", () => () => {
      kernel32.SetLastError(0);
      return name === "GetProcessTimes" ? 0 : 0xffff_ffff;
    });
    assertEquals(process.start() === undefined, name === "GetProcessTimes");
    const end = name === "GetProcessTimes" ? { code: 3, ...untold } : undefined;
    assertEquals(process.end(), end);
  }
  process.close();
});
