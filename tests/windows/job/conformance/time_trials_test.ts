import "../../../helpers/bound_kernel.ts";
import { assertEquals } from "@std/assert";
import { timeTrials } from "../../../../job/conformance/time_trials.ts";
import { assertNoHandleLeft } from "../../../helpers/open_handles.ts";
import { substituteKernel } from "../../../helpers/substituted_kernel.ts";

Deno.test("timeTrials: another limit leaves that of the time", async () => {
  await assertNoHandleLeft(async () => {
    const { verdict, seen } = await timeTrials().preserves();
    assertEquals(verdict, "kept", seen);
  }, "preserves");
});

Deno.test("timeTrials: a limit that is accepted and not kept is found out", async () => {
  using _lie = substituteKernel("SetInformationJobObject", () => () => 1);
  const { verdict, seen } = await timeTrials().preserves();
  assertEquals(verdict, "broken", seen);
});
