import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { endTrials } from "../../../../job/conformance/end_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("endTrials: a process has the given code", async () => {
  await assertNoHandleLeft(async () => {
    const { verdict, seen } = await endTrials().terminateCode();
    assertEquals(verdict, "kept", seen);
  }, "terminateCode");
});

Deno.test("endTrials: an end that does not come is detected", async () => {
  using _lie = substituteKernel("TerminateJobObject", () => () => 1);
  const { verdict, seen } = await endTrials().terminateCode();
  assertEquals(verdict, "broken", seen);
});
