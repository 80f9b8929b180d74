import "../../helpers/bound_kernel.ts";
import { assert, assertEquals } from "@std/assert";
import { JobObject } from "../../../job/job_object.ts";
import { startChild } from "../../helpers/job_trials.ts";

Deno.test("processes: where membership needs a wider right than Windows asks for, each has what it used", async () => {
  using job = JobObject.create({ killOnClose: true });
  await using child = startChild(job, "sleepforever");
  const [entry, ...others] = job.processes();
  assert(entry?.usage !== undefined);
  assertEquals([entry.pid, entry.parentPid, others], [child.pid, Deno.pid, []]);
  assert(entry.usage.startTime.getTime() > Date.now() - 3_600_000);
  assertEquals([job.contains(child.pid), job.contains(Deno.pid)], [true, false]);
});
