import "../../../helpers/bound_kernel.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { UnsupportedPlatformError } from "../../../../ffi/unsupported_platform.ts";
import { JobObject } from "../../../../job/job_object.ts";

Deno.test("notificationLimits: Wine has none, so setting any is an UnsupportedPlatformError", () => {
  using job = JobObject.create();
  assertEquals(job.notificationLimits(), {});
  for (const limits of [{ jobMemory: 5 }, { jobMemoryLow: 5 }, { cpuRate: {} }]) {
    assertThrows(
      () => job.setNotificationLimits(limits),
      UnsupportedPlatformError,
      `Cannot set the notification limits ${Object.keys(limits)[0]} of a job`,
    );
  }
  assertThrows(() => job.limitViolation(), UnsupportedPlatformError);
});
