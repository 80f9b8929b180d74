import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { nestingTrials } from "../../../../job/conformance/nesting_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("nestingTrials: the end of a job ends the jobs inside it", async () => {
  await assertNoHandleLeft(async () => {
    const { verdict, seen } = await nestingTrials().chainTerminate();
    assertEquals(verdict, "kept", seen);
  }, "chainTerminate");
});

Deno.test("nestingTrials: an end that does not come is detected", async () => {
  using _lie = substituteKernel("TerminateJobObject", () => () => 1);
  const { verdict, seen } = await nestingTrials().chainTerminate();
  assertEquals(verdict, "broken", seen);
});
