/**
 * That a job is empty: what loops over its messages end at.
 *
 * @module
 */
import "../../helpers/bound_kernel.ts";
import { assertEquals, assertLess } from "@std/assert";
import { JOB_OBJECT_MSG } from "../../../ffi/constants.ts";
import { check } from "../../../ffi/error.ts";
import { OwnedHandle } from "../../../ffi/handle.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { JobObject } from "../../../job/job_object.ts";
import { JobEvents } from "../../../job/messages/events.ts";
import type { JobNotification } from "../../../job/messages/notification.ts";
import { completionPort } from "../../../process/io/completion_port.ts";
import { startChild, within } from "../../helpers/job_trials.ts";
import { ticksUntil } from "../../helpers/ticks.ts";

function next(iterator: AsyncIterator<JobNotification>): Promise<JobNotification | undefined> {
  return within(iterator.next().then(({ value }) => value), "a message");
}

Deno.test("notifications: a loop ends at zero, also when the child ended before it began", async () => {
  for (const notifications of [false, true]) {
    using job = JobObject.create({ killOnClose: true, notifications });
    await within(startChild(job, "exit 0").status, "the child's end");
    await job.wait();
    const types: string[] = [];
    const loop = async (): Promise<void> => {
      for await (const { type } of job.notifications()) {
        types.push(type);
        if (type === "activeProcessZero") break;
      }
    };
    assertLess(await ticksUntil(within(loop(), "the loop's end")), 500);
    assertEquals(types.at(-1), "activeProcessZero");
    // With the option the first consumer gets what came before.
    assertEquals(types.length, notifications ? 3 : 1);
  }
});

Deno.test("notifications: a job that has had no process is not reported as empty", async () => {
  using job = JobObject.create({ killOnClose: true });
  const iterator = job.notifications();
  const child = startChild(job, "exit 0");
  assertEquals(await next(iterator), { type: "newProcess", pid: child.pid });
  await iterator.return?.();
  await child.status;
});

Deno.test("notifications: if the message is lost, the empty job is reported once all the same", async () => {
  const counts = { ActiveProcesses: 1, TotalProcesses: 1 };
  const handle = check(kernel32.CreateJobObjectW(null, null), "CreateJobObjectW", "Cannot");
  using owned = new OwnedHandle(handle, "the test's job");
  const events = new JobEvents({
    handle: () => owned.value,
    label: "the test's job",
    violation: () => ({ violated: [] }),
    accounting: () => counts,
    told: () => {},
    hear: () => {},
  });
  events.listen();
  const iterator = events.notifications();
  const first = iterator.next();
  counts.ActiveProcesses = 0;
  const news = within(first, "the news");
  assertLess(await ticksUntil(news), 500);
  assertEquals((await news).value, { type: "activeProcessZero" });
  // Posted late it comes again, and a new process's end is told anew.
  check(
    kernel32.PostQueuedCompletionStatus(
      completionPort.handle,
      JOB_OBJECT_MSG.ACTIVE_PROCESS_ZERO,
      events.key!,
      0n,
    ),
    "PostQueuedCompletionStatus",
    "Cannot post",
  );
  assertEquals(await next(iterator), { type: "activeProcessZero" });
  counts.TotalProcesses = 2;
  assertEquals(await next(iterator), { type: "activeProcessZero" });
  await iterator.return?.();
  events.close();
  await within(completionPort.idle(), "the pump's end");
});
