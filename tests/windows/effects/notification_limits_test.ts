import {
  doIo,
  endJob,
  JOBSIM,
  nextMessage,
  scaleTime,
  startChild,
  trial,
  uniqueName,
  until,
  within,
} from "../../helpers/job_trials.ts";
import { assert, assertEquals } from "@std/assert";
import { JOB_OBJECT_MSG, JOBOBJECTINFOCLASS, LMEM } from "../../../ffi/constants.ts";
import { check } from "../../../ffi/error.ts";
import { INVALID_HANDLE_VALUE, OwnedHandle } from "../../../ffi/handle.ts";
import { kernel32 } from "../../../ffi/library.ts";
import { encodeWide } from "../../../ffi/strings.ts";
import { struct } from "../../../ffi/struct.ts";
import { STRUCTS } from "../../../ffi/structs.ts";
import { JobObject } from "../../../job/job_object.ts";
import { NotificationControl } from "../../../job/notifications/control.ts";
import type { LimitViolation } from "../../../job/notifications/notification_limits.ts";
import { NamedEvent } from "../../helpers/named_event.ts";
import { substituteKernel } from "../../helpers/substituted_kernel.ts";

const MB = 2 ** 20;

/** A job with messages, that ends with the test. */
function listenedJob(what: string): JobObject {
  return JobObject.create({ name: uniqueName(what), notifications: true, killOnClose: true });
}

/** Starts a child that uses some processor time and then sleeps; returns what the job has used then. */
async function useTime(job: JobObject, milliseconds: number): Promise<number> {
  using spun = new NamedEvent();
  startChild(job, `spin ${milliseconds} signal ${spun.name} sleepforever`);
  await until(() => spun.isSet, (isSet) => isSet);
  // A tick of the system's clocks is 10 ms.
  return await until(() => job.stats().userTime, (used) => used >= milliseconds - 10);
}

async function nextViolation(job: JobObject): Promise<LimitViolation & { pid: number }> {
  const { violation, pid } = await nextMessage(job, "notificationLimit");
  return { ...violation, pid };
}

Deno.test(
  "jobMemory: exceeding the soft limit is reported with both numbers, and the process continues",
  trial(async () => {
    using job = listenedJob("memory");
    job.setNotificationLimits({ jobMemory: 64 * MB });
    const child = startChild(job, `alloc ${100 * MB} sleepforever`);
    const violation = await nextViolation(job);
    assertEquals(violation.violated, ["jobMemory"]);
    assertEquals(violation.pid, child.pid);
    assertEquals(violation.jobMemory?.limit, 64 * MB);
    const measured = violation.jobMemory?.measured ?? 0;
    assert(measured >= 64 * MB && measured < 120 * MB, String(measured));
    assert(job.contains(child.pid));
    await endJob(job);
  }),
);

Deno.test(
  "jobMemoryLow: falling below is reported, being below from the beginning is not",
  trial(async () => {
    using job = listenedJob("memory-low");
    startChild(job, "sleepforever");
    job.setNotificationLimits({ jobMemoryLow: 64 * MB, jobMemory: 80 * MB });
    const large = startChild(job, `alloc ${100 * MB} sleepforever`);
    assertEquals((await nextViolation(job)).violated, ["jobMemory"]);
    large.kill();
    const violation = await nextViolation(job);
    assertEquals(violation.violated, ["jobMemoryLow"]);
    assertEquals(violation.jobMemoryLow?.limit, 64 * MB);
    assert((violation.jobMemoryLow?.measured ?? Infinity) < 64 * MB);
    await endJob(job);
  }),
);

Deno.test(
  "readBytes and writeBytes: each has its own limit and its own numbers",
  trial(async () => {
    using job = listenedJob("bytes");
    const reader = startChild(job, "sleepforever");
    job.setNotificationLimits({ readBytes: 5 * MB, writeBytes: 3 * MB });
    await doIo(job, { read: 4 * MB });
    await doIo(job, { write: 3 * MB + 1 });
    const first = await nextViolation(job);
    assertEquals(first.violated, ["writeBytes"]);
    assertEquals(first.writeBytes?.limit, 3 * MB);
    assert((first.writeBytes?.measured ?? 0) > 3 * MB);
    await doIo(job, { read: 2 * MB });
    const second = await nextViolation(job);
    // A violation contains every limit that is exceeded at the time of the query.
    assertEquals(second.violated.toSorted(), ["readBytes", "writeBytes"]);
    assertEquals(second.readBytes?.limit, 5 * MB);
    assert((second.readBytes?.measured ?? 0) > 5 * MB);
    if (JOBSIM) {
      assertEquals([first.pid, second.pid], [reader.pid, reader.pid]);
      assertEquals(second.readBytes?.measured, 6 * MB);
    }
    await endJob(job);
  }),
);

Deno.test(
  "jobUserTime: a limit of twice the time used counts from what was used",
  trial(async () => {
    using job = listenedJob("time");
    const before = await useTime(job, 400);
    const given = 2 * before;
    job.setNotificationLimits({ jobUserTime: given });
    const after = job.stats().userTime;
    assertEquals(job.notificationLimits(), { jobUserTime: given });
    const child = startChild(job, "spinforever");
    const violation = await nextViolation(job);
    assertEquals(violation.violated, ["jobUserTime"]);
    // On a busy machine the tick that exceeds it may be counted for the other member.
    assert([child.pid, ...job.pids()].includes(violation.pid!), String(violation.pid));
    const { limit = 0, measured = 0 } = violation.jobUserTime ?? {};
    // What the sleeping child itself uses in the meantime, if anything.
    assert(limit >= before + given && limit <= after + given, `${limit} of ${before} to ${after}`);
    const { userTime } = job.stats();
    assert(measured >= limit && measured <= userTime, `${limit}, ${measured}, ${userTime}`);
    assert(job.contains(child.pid));
    await endJob(job);
  }),
);

Deno.test(
  "jobUserTime: setting another limit meanwhile does not move its end",
  trial(async () => {
    using job = listenedJob("time-kept");
    job.setNotificationLimits({ jobUserTime: 600 });
    await useTime(job, 300);
    job.setNotificationLimits({ writeBytes: 100 * MB });
    assertEquals(job.notificationLimits(), { jobUserTime: 600, writeBytes: 100 * MB });
    startChild(job, "spinforever");
    const violation = await nextViolation(job);
    assertEquals(violation.violated, ["jobUserTime"]);
    assertEquals(violation.jobUserTime?.limit, 600);
    await endJob(job);
  }),
);

Deno.test(
  "cpuRate: a demand above the hard cap is reported with tolerance and measured value",
  trial(async () => {
    scaleTime(0.05);
    try {
      using job = listenedJob("rate");
      job.setLimits({ cpu: { hardCap: 10, notify: true } });
      job.setNotificationLimits({ cpuRate: { tolerance: "low", interval: "short" } });
      const limits = { cpuRate: { tolerance: "low", interval: "short" } } as const;
      assertEquals(job.notificationLimits(), limits);
      startChild(job, "spinforever");
      const { violated, cpuRate } = await nextViolation(job);
      assertEquals(violated, ["cpuRate"]);
      assertEquals(cpuRate?.limit, "low");
      assert(
        ["low", "medium", "high"].includes(cpuRate?.measured ?? ""),
        String(cpuRate?.measured),
      );
      await endJob(job);
    } finally {
      scaleTime(1);
    }
  }),
);

Deno.test(
  "notification limits: a limit that null removes is not reported, and the others still are",
  trial(async () => {
    using job = listenedJob("lifted");
    startChild(job, "sleepforever");
    job.setNotificationLimits({ readBytes: MB, writeBytes: MB });
    job.setNotificationLimits({ readBytes: null });
    assertEquals(job.notificationLimits(), { writeBytes: MB });
    await doIo(job, { read: 2 * MB });
    await doIo(job, { write: 2 * MB });
    assertEquals((await nextViolation(job)).violated, ["writeBytes"]);
    job.setNotificationLimits({ writeBytes: null });
    assertEquals(job.notificationLimits(), {});
    await endJob(job);
  }),
);

const PORT = struct(STRUCTS, "JOBOBJECT_ASSOCIATE_COMPLETION_PORT");
const ENTRY = struct(STRUCTS, "OVERLAPPED_ENTRY");

/** Makes a port for a job, as a program without this module's dispatcher does. */
function listen(job: OwnedHandle): OwnedHandle {
  const handle = kernel32.CreateIoCompletionPort(INVALID_HANDLE_VALUE, 0n, 0n, 1);
  const port = new OwnedHandle(check(handle, "CreateIoCompletionPort", "Cannot listen"), "a port");
  check(
    kernel32.SetInformationJobObject(
      job.value,
      JOBOBJECTINFOCLASS.JobObjectAssociateCompletionPortInformation,
      PORT.encode({ CompletionKey: 1n, CompletionPort: port.value }),
      PORT.size,
    ),
    "SetInformationJobObject",
    "Cannot listen",
  );
  return port;
}

/** Takes messages until none comes for a while, and counts the notification limits. */
function countNotifications(port: OwnedHandle): number {
  const entry = ENTRY.allocate();
  const size = BigInt(ENTRY.size);
  const memory = kernel32.LocalAlloc(LMEM.FIXED, size + 8n);
  using _memory = { [Symbol.dispose]: () => void kernel32.LocalFree(memory) };
  for (let count = 0;;) {
    const taken = memory + size;
    if (!kernel32.GetQueuedCompletionStatusEx(port.value, memory, 1, taken, 300, 0)) return count;
    kernel32.RtlMoveMemory(entry, memory, size);
    const { dwNumberOfBytesTransferred } = ENTRY.decode(entry);
    if (dwNumberOfBytesTransferred === JOB_OBJECT_MSG.NOTIFICATION_LIMIT) count++;
  }
}

Deno.test(
  "limitViolation: crossing twice without the query gives one message, with it two",
  trial(async () => {
    const name = uniqueName("rearm");
    const made = kernel32.CreateJobObjectW(null, encodeWide(name));
    using handle = new OwnedHandle(check(made, "CreateJobObjectW", "Cannot make a job"), name);
    using port = listen(handle);
    // Opened, so that this module does not listen to the job and asks nothing by itself.
    using job = JobObject.open(name);
    const child = startChild(job, "sleepforever");
    const limits = new NotificationControl(() => handle.value, name);
    limits.setNotificationLimits({ readBytes: MB, writeBytes: MB });
    await doIo(job, { read: 2 * MB });
    await doIo(job, { write: 2 * MB });
    assertEquals(countNotifications(port), 1);
    const violation = limits.limitViolation();
    assert(violation.violated.includes("readBytes"));
    assertEquals(violation.readBytes?.limit, MB);
    await doIo(job, { write: MB });
    assertEquals(countNotifications(port), 1);
    const both = ["readBytes", "writeBytes"];
    assertEquals(limits.limitViolation().violated.toSorted(), both);
    // Both are still exceeded, and a query does not change that.
    assertEquals(limits.limitViolation().violated.toSorted(), both);
    job.terminate();
    await within(child.status, "the child's end");
  }),
);

Deno.test(
  "notificationLimit: each violation is queried once, however many listen, so that every one is reported",
  trial(async () => {
    using job = listenedJob("each");
    startChild(job, "sleepforever");
    job.setNotificationLimits({ writeBytes: MB });
    const more = [job.notifications(), job.notifications()];
    const told = more.map((messages) => messages.next());
    let questions = 0;
    using _ = substituteKernel(
      "QueryInformationJobObject",
      (real) => (handle, infoClass, ...to) => {
        const asks = infoClass === JOBOBJECTINFOCLASS.JobObjectLimitViolationInformation ||
          infoClass === JOBOBJECTINFOCLASS.JobObjectLimitViolationInformation2;
        if (asks) questions++;
        return real(handle, infoClass, ...to);
      },
    );
    for (let crossing = 1; crossing <= 5; crossing++) {
      // Listening first: a consumer gets the messages from its first call on.
      const next = nextViolation(job);
      await doIo(job, { write: 2 * MB });
      const { writeBytes } = await next;
      assert((writeBytes?.measured ?? 0) >= 2 * MB * crossing, `crossing ${crossing}`);
      assertEquals(questions, crossing);
    }
    assertEquals((await within(Promise.all(told), "the others")).map(({ done }) => done), [
      false,
      false,
    ]);
    for (const messages of more) await messages.return?.();
    assertEquals(job.limitViolation().violated, ["writeBytes"]);
    await endJob(job);
  }),
);
