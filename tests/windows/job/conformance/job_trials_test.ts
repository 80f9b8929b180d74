import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { jobTrials } from "../../../../job/conformance/job_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("jobTrials: closing the last handle ends the process", async () => {
  await assertNoHandleLeft(async () => {
    const { verdict, seen } = await jobTrials().killOnClose();
    assertEquals(verdict, "kept", seen);
  }, "killOnClose");
});

Deno.test("jobTrials: a limit that is accepted but not in force is detected", async () => {
  using _lie = substituteKernel("SetInformationJobObject", () => () => 1);
  const { verdict, seen } = await jobTrials().killOnClose();
  assertEquals(verdict, "broken", seen);
});
