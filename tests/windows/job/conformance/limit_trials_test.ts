import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { limitTrials } from "../../../../job/conformance/limit_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("limitTrials: one process too many is refused and ended", async () => {
  await assertNoHandleLeft(async () => {
    const { verdict, seen } = await limitTrials().limitAssign();
    assertEquals(verdict, "kept", seen);
  }, "limitAssign");
});

Deno.test("limitTrials: a limit that is accepted but not in force is detected", async () => {
  using _lie = substituteKernel("SetInformationJobObject", () => () => 1);
  const { verdict, seen } = await limitTrials().limitAssign();
  assertEquals(verdict, "broken", seen);
});
