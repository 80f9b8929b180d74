// The libraries are bound before a test can be blamed for opening one.
import "../../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { WatchedProcess } from "../../../../cli/report/process_query.ts";
import { JobObject } from "../../../../job/job_object.ts";

Deno.test("WatchedProcess tells a process's image, start, code and end", async () => {
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

Deno.test("WatchedProcess.open answers undefined for a process that is not there", () => {
  assertEquals(WatchedProcess.open(0xFFFF_FFFC), undefined);
});
