import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { messageTrials } from "../../../../job/conformance/message_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("messageTrials: a port gets messages about existing processes", async () => {
  await assertNoHandleLeft(async () => {
    const { verdict, seen } = await messageTrials().latePort();
    assertEquals(verdict, "kept", seen);
  }, "latePort");
});

Deno.test("messageTrials: messages that do not come are detected", async () => {
  using _lie = substituteKernel("SetInformationJobObject", () => () => 1);
  const { verdict, seen } = await messageTrials().latePort();
  assertEquals(verdict, "broken", seen);
});
