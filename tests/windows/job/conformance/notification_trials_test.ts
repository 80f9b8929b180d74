import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { notificationTrials } from "../../../../job/conformance/notification_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("notificationTrials: exceeding a soft limit is reported", async () => {
  await assertNoHandleLeft(async () => {
    const { verdict, seen } = await notificationTrials().crossingTold();
    assertEquals(verdict, "kept", seen);
  }, "crossingTold");
});

Deno.test("notificationTrials: a soft limit without a message is detected", async () => {
  using _lie = substituteKernel("SetInformationJobObject", () => () => 1);
  const { verdict, seen } = await notificationTrials().crossingTold();
  assertEquals(verdict, "broken", seen);
});
