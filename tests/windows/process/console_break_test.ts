import "../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { JobObject } from "../../../job/job_object.ts";
import { breakGroup } from "../../../process/console_break.ts";
import { startChild, within } from "../../helpers/job_trials.ts";

/** What comes of a break within its time. */
async function outcome(group: number, ended: Promise<unknown>): Promise<string> {
  using sent = breakGroup(group);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve("late"), 3_000);
  });
  return await Promise.race([
    ended.then(() => "ended"),
    sent.refused.then(() => "refused"),
    late,
  ]).finally(() => clearTimeout(timer));
}

Deno.test("breakGroup: ends the group, or is refused where there is no console to send it in", async () => {
  using job = JobObject.create({ killOnClose: true });
  const child = startChild(job, "waitbreak", { newProcessGroup: true, stdout: "piped" });
  const reader = child.stdout.getReader();
  await within(reader.read(), "its word");
  const came = await outcome(child.pid, child.status);
  // Wine 10 hangs in the call, or refuses it when the test has no console.
  assertEquals(["ended", "refused", "late"].includes(came), true);
  if (came === "ended") assertEquals((await child.status).code, 3);
  else assertEquals(job.contains(child.pid), true);
  await child[Symbol.asyncDispose]();
});

Deno.test("breakGroup: the caller goes on, whatever the call does", async () => {
  const start = performance.now();
  breakGroup(0xffff_fff0)[Symbol.dispose]();
  // Neither the event loop nor the disposal waits for the Worker.
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(performance.now() - start < 1_000, true);
});
