import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { controlTrials } from "../../../../job/conformance/control_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("controlTrials: frozen processes stop and continue", async () => {
  await assertNoHandleLeft(async () => {
    const { verdict, seen } = await controlTrials().frozenStops();
    assertEquals(verdict, "kept", seen);
  }, "frozenStops");
});

Deno.test("controlTrials: a freeze without effect is detected", async () => {
  using _lie = substituteKernel("SetInformationJobObject", () => () => 1);
  const { verdict, seen } = await controlTrials().frozenStops();
  assertEquals(verdict, "broken", seen);
});
