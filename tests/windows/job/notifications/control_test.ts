import { endJob, nextMessage, startChild, trial, uniqueName } from "../../../helpers/job_trials.ts";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { JOBOBJECTINFOCLASS } from "../../../../ffi/constants.ts";
import { Win32Error } from "../../../../ffi/error.ts";
import { AlreadyClosedError } from "../../../../ffi/handle.ts";
import { UnsupportedPlatformError } from "../../../../ffi/unsupported_platform.ts";
import { JobObject } from "../../../../job/job_object.ts";
import type {
  NotificationLimitName,
  NotificationLimits,
} from "../../../../job/notifications/notification_limits.ts";
import { NOTIFICATION_NAMES, notificationRow } from "../../../../job/notifications/table.ts";
import { Random } from "../../../helpers/random.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

function randomValue(name: NotificationLimitName, random: Random): unknown {
  const row = notificationRow(name);
  if (row.watches !== undefined) {
    return {
      tolerance: random.pick(["low", "medium", "high"]),
      interval: random.pick(["short", "medium", "long"]),
    };
  }
  const number = 1 + random.int(2 ** 30);
  return row.options[0].form.range?.unit === "milliseconds" ? number / 10_000 : number;
}

Deno.test("setNotificationLimits: 50 random sets and removals equal the model after each", () => {
  const random = new Random(6);
  using job = JobObject.create();
  assertEquals(job.notificationLimits(), {});
  let model: Partial<Record<NotificationLimitName, unknown>> = {};
  for (let step = 0; step < 50; step++) {
    const change: Partial<Record<NotificationLimitName, unknown>> = {};
    for (const name of NOTIFICATION_NAMES) {
      const chance = random.int(4);
      if (chance === 0) change[name] = null;
      else if (chance === 1) change[name] = randomValue(name, random);
    }
    job.setNotificationLimits(change as NotificationLimits);
    model = Object.fromEntries(
      Object.entries({ ...model, ...change }).filter(([, value]) => value !== null),
    );
    assertEquals(job.notificationLimits(), model as NotificationLimits, `step ${step}`);
  }
});

Deno.test("setNotificationLimits: the default tolerance is high over a short interval", () => {
  using job = JobObject.create();
  job.setNotificationLimits({ cpuRate: {} });
  assertEquals(job.notificationLimits(), { cpuRate: { tolerance: "high", interval: "short" } });
});

Deno.test("setNotificationLimits: they are independent of the enforced limits", () => {
  using job = JobObject.create({ limits: { jobMemory: 2 ** 26, jobUserTime: 60_000 } });
  job.setNotificationLimits({ jobMemory: 2 ** 25, jobUserTime: 30_000 });
  job.setLimits({ jobMemory: 2 ** 27 });
  assertEquals(job.limits(), { jobMemory: 2 ** 27, jobUserTime: 60_000 });
  assertEquals(job.notificationLimits(), { jobMemory: 2 ** 25, jobUserTime: 30_000 });
});

Deno.test("setNotificationLimits: a wrong value is refused, and the limits stay unchanged", () => {
  using job = JobObject.create();
  job.setNotificationLimits({ readBytes: 5 });
  const wrong = { writeBytes: 6, jobMemory: -1 };
  assertThrows(() => job.setNotificationLimits(wrong), RangeError, "jobMemory");
  assertThrows(
    () => job.setNotificationLimits({ memory: 1 } as NotificationLimits),
    TypeError,
    "there is no such notification limit",
  );
  assertEquals(job.notificationLimits(), { readBytes: 5 });
});

Deno.test("notificationLimits: another process's limits can be read, and setting needs its right", () => {
  const name = uniqueName("notify");
  using job = JobObject.create({ name });
  job.setNotificationLimits({ writeBytes: 77 });
  using reader = JobObject.open(name, { access: ["query"] });
  assertEquals(reader.notificationLimits(), { writeBytes: 77 });
  const error = assertThrows(() => reader.setNotificationLimits({ writeBytes: 78 }), Win32Error);
  assertEquals(error.codeName, "ERROR_ACCESS_DENIED");
  assertStringIncludes(error.message, `Cannot set the notification limits writeBytes of job`);
  assertEquals(job.notificationLimits(), { writeBytes: 77 });
});

Deno.test("limitViolation: nothing was crossed in a new job", () => {
  using job = JobObject.create();
  assertEquals(job.limitViolation(), { violated: [] });
});

Deno.test("notificationLimits: a closed job has none", () => {
  const job = JobObject.create();
  job.close();
  assertThrows(() => job.notificationLimits(), AlreadyClosedError);
  assertThrows(() => job.setNotificationLimits({ readBytes: 1 }), AlreadyClosedError);
  assertThrows(() => job.limitViolation(), AlreadyClosedError);
});

/** A system of before Windows 10: classes 33 and 34 are refused as one that nobody knows. */
function withoutNewerClasses(): Disposable {
  const {
    JobObjectNotificationLimitInformation2: limits,
    JobObjectLimitViolationInformation2: violation,
  } = JOBOBJECTINFOCLASS;
  const older = (infoClass: number): number =>
    infoClass === limits || infoClass === violation ? 0x7fff : infoClass;
  const stack = new DisposableStack();
  stack.use(substituteKernel("QueryInformationJobObject", (real) => {
    return (job, infoClass, ...rest) => real(job, older(infoClass), ...rest);
  }));
  stack.use(substituteKernel("SetInformationJobObject", (real) => {
    return (job, infoClass, ...rest) => real(job, older(infoClass), ...rest);
  }));
  return stack;
}

Deno.test(
  "setNotificationLimits: without class 33 everything that class 12 has is set, reported and removed",
  trial(async () => {
    using _ = withoutNewerClasses();
    using job = JobObject.create({ notifications: true, killOnClose: true });
    const limits = {
      jobMemory: 2 ** 26,
      readBytes: 101,
      writeBytes: 102,
      jobUserTime: 3_600_000,
      cpuRate: { tolerance: "low", interval: "medium" },
    } as const;
    job.setNotificationLimits(limits);
    assertEquals(job.notificationLimits(), limits);
    for (const more of [{ jobMemoryLow: 5 }, { ioRate: {} }, { netRate: {} }]) {
      const [name] = Object.keys(more);
      const error = assertThrows(
        () => job.setNotificationLimits({ readBytes: 7, ...more }),
        UnsupportedPlatformError,
      );
      assertStringIncludes(error.message, `JobObjectNotificationLimitInformation2, which ${name}`);
      assertEquals(job.notificationLimits(), limits);
    }
    // Limits that it cannot report are not set, so there is nothing to remove.
    job.setNotificationLimits({ jobMemoryLow: null, cpuRate: null });
    const { cpuRate: _cpuRate, ...rest } = limits;
    assertEquals(job.notificationLimits(), rest);
    startChild(job, `alloc ${100 * 2 ** 20} sleepforever`);
    const { violation } = await nextMessage(job, "notificationLimit");
    assertEquals([violation.violated, violation.jobMemory?.limit], [["jobMemory"], 2 ** 26]);
    assert((violation.jobMemory?.measured ?? 0) >= 2 ** 26);
    await endJob(job);
  }),
);
